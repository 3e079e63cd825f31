/** Several models behind a listener of the user's. */
import { NETWORK } from '../../testing/stage-variants';
import { mistakes, read } from './configuration';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener/app/shared/0123456789abcdef/fedcba9876543210';
const LISTENER = `arn: "${ARN}", securityGroup: sg-0123456789abcdef0`;

const stage = (name: string, listener = '', more = '') =>
  `  ${name}: { region: eu-west-1, account: "111111111111", availability: single, domain: { name: ${name}.example.com }, listener: { ${LISTENER}${listener} }, ${NETWORK}${more} }`;

const file = (models: readonly string[], ...stages: string[]) =>
  [
    'models:',
    ...models.map((line) => `  ${line}`),
    'defaults: { traffic: { requestsPerSecond: 5, p99: 100ms }, monitoring: { notify: none } }',
    'stages:',
    ...stages,
  ].join('\n');

const TWO = ['titanic: { model: a }', 'iris: { model: b, host: iris.example.com }'];
const placesOf = (text: string) => read(text).stages.map(({ place }) => place!.priority);

test('each has a rule of its own, by path or by name, and a priority that follows from its names', () => {
  const { stages } = read(file(TWO, stage('prod')));
  expect(stages.map(({ place }) => place)).toMatchObject([{ path: '/titanic' }, { host: 'iris.example.com' }]);
  for (const { place, endpoint, serviceLevel } of stages) {
    expect(endpoint.listener!.priority).toBe(2 * place!.priority);
    expect(serviceLevel).toMatchObject({ existingListener: true, sharedDoor: true });
  }
  // the same whatever other models there are
  expect(placesOf(file([TWO[0]!, 'other: { model: c }'], stage('prod')))[0]).toBe(stages[0]!.place!.priority);
});

test('two stages of the same models stand behind one listener', () => {
  const places = placesOf(file([TWO[0]!, 'iris: { model: b }'], stage('dev'), stage('prod')));
  expect(new Set(places).size).toBe(4);
});

test('places are before a rule that takes everything, and at no number that is taken', () => {
  const all = Array.from({ length: 9 }, (_, i) => `{ priority: ${i + 1} }`).join(', ');
  const [place] = placesOf(
    file(['titanic: { model: a }'], stage('prod', `, rules: [${all}, { priority: 20, path: "/*" }]`)),
  );
  expect(2 * place! - 1).toBeGreaterThan(9);
  expect(2 * place! + 1).toBeLessThan(20);
});

test.each<[string, string, string[], string, string | undefined]>([
  [
    'a number that is taken',
    'titanic: { model: a, priority: 50 }',
    [],
    ', rules: [{ priority: 100 }]',
    'models.titanic.priority takes 100, which listener.rules state of another rule',
  ],
  [
    'the number that a rollout takes',
    'titanic: { model: a, priority: 50, rollout: { canary: 5 %, for: 10m } }',
    [],
    ', rules: [{ priority: 99 }]',
    'models.titanic.priority takes 99, which listener.rules state of another rule; 99 and 100 are taken here',
  ],
  [
    'the number after it, which a fleet takes',
    'titanic: { model: a, priority: 50 }',
    ['fleets: { small: [titanic] }'],
    ', rules: [{ priority: 101 }]',
    'models.titanic.priority takes 101',
  ],
  [
    'a rule before it that takes all of its requests',
    'titanic: { model: a, priority: 50 }',
    [],
    ', rules: [{ priority: 7, host: "*.example.com" }]',
    'models.titanic.priority comes to 100, after rule 7 (*.example.com), which takes all of its requests',
  ],
  [
    'one that takes its path',
    'titanic: { model: a, priority: 50 }',
    [],
    ', rules: [{ priority: 7, path: ["/t*"] }]',
    'models.titanic.priority comes to 100, after rule 7 (/t*)',
  ],
  [
    'a rule after it, all of whose requests it would take',
    'titanic: { model: a, priority: 50 }',
    [],
    ', rules: [{ priority: 700, host: prod.example.com, path: /titanic/admin }]',
    'models.titanic.priority comes to 100, before rule 700 (prod.example.com /titanic/admin), all of whose requests it would take',
  ],
  [
    'a rule before it that takes a part',
    'titanic: { model: a, priority: 50 }',
    [],
    ', rules: [{ priority: 7, host: prod.example.com, path: /titanic/admin }]',
    undefined,
  ],
  [
    'another name',
    'titanic: { model: a, priority: 50 }',
    [],
    ', rules: [{ priority: 7, host: a.example.com }]',
    undefined,
  ],
  [
    'a rule twice',
    'titanic: { model: a }',
    [],
    ', rules: [{ priority: 7 }, { priority: 7 }]',
    'listener.rules.1.priority is 7, which is there already',
  ],
  [
    'a priority of the stage',
    'titanic: { model: a }',
    [],
    ', priority: 7',
    'listener.priority is 7, of a stage of one model; each of several has its own, as models.titanic.priority',
  ],
  [
    'a path of the stage',
    'titanic: { model: a }',
    [],
    ', path: /x',
    'listener.path is /x, of a stage of one model; each of several has its own, as models.titanic.path',
  ],
  [
    'a path that hides /docs',
    'titanic: { model: a, path: /docs }',
    [],
    '',
    'models.titanic.path is /docs, which hides the route',
  ],
  [
    'what is of the load balancer',
    'titanic: { model: a }',
    ['waf: {}'],
    '',
    'waf is of the load balancer, which is yours with listener',
  ],
])('%s is told once', (_, model, more, listener, told) => {
  const found = mistakes(file([model], stage('prod', listener, more.map((line) => `, ${line}`).join(''))));
  expect(found).toEqual(told === undefined ? [] : [expect.stringContaining(told)]);
});

test('two models at one place, and one of another stage, are told', () => {
  const same = ['titanic: { model: a, priority: 7 }', 'iris: { model: b, priority: 7 }'];
  expect(mistakes(file(same, stage('prod')))).toEqual([expect.stringContaining('is 7, as that of titanic')]);
  const found = mistakes(file([same[0]!], stage('dev'), stage('prod')));
  expect(found).toEqual([
    expect.stringContaining('models.titanic.priority is 7, and dev/titanic takes 14 of the same listener'),
  ]);
});

test('a single model is held against the stated rules, too', () => {
  const one = (listener: string) => file([], stage('prod', listener)).replace(/^models:\n/, 'model: a\n');
  expect(mistakes(one(', priority: 9, path: /credit, rules: [{ priority: 5, path: "/credit*" }]'))).toEqual([
    expect.stringContaining('listener.priority comes to 9, after rule 5 (/credit*)'),
  ]);
  expect(mistakes(one(''))).toEqual([expect.stringContaining('listener.priority is missing')]);
});
