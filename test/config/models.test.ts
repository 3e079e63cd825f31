/** Several models in slipway.yaml: what each gets, and what is wrong with places behind one front door. */
import { endpointName, priorityOf } from '../../lib/config/model-place';
import { endpointStack } from '../../lib/config/stack-names';
import { mistakes, read } from './configuration';

/** Models are lines 2 and on; the stage begins on the 6th line from the end. */
const document = (models: readonly string[], stage: readonly string[] = []) =>
  [
    'models:',
    ...models.map((line) => `  ${line}`),
    'defaults:',
    '  traffic: { requestsPerSecond: 20, p99: 100ms }',
    '  monitoring: { notify: none }',
    'stages:',
    '  prod:',
    '    region: eu-west-1',
    '    availability: single',
    '    domain: { name: models.example.com, zone: example.com, zoneId: Z0123456789 }',
    ...stage.map((line) => `    ${line}`),
    '',
  ].join('\n');

const TWO = ['titanic: { model: models/titanic }', 'iris: { model: models/iris, traffic: { p99: 40ms } }'];

test('each model is an endpoint of the stage, with its own package, place and traffic', () => {
  const { stages } = read(document(TWO));
  expect(stages.map(({ name, place, serviceLevel }) => [name, place?.name, place?.path, serviceLevel.p99Ms])).toEqual([
    ['prod', 'titanic', '/titanic', 100],
    ['prod', 'iris', '/iris', 40],
  ]);
  expect(stages.map(({ model }) => model.endsWith('/models/titanic'))).toEqual([true, false]);
  expect(stages.every(({ serviceLevel }) => serviceLevel.sharedDoor)).toBe(true);
  expect(stages.map(endpointName)).toEqual(['models.example.com/titanic', 'models.example.com/iris']);
  expect(stages.map(endpointStack)).toEqual(['models-example-com--titanic-model', 'models-example-com--iris-model']);
});

test.each(['titanic:', 'titanic: []', 'titanic: models/titanic', 'titanic: {}'])(
  '%s is a mistake with its line',
  (line) => {
    const [first, ...more] = mistakes(document([line, TWO[1]!]));
    expect(first).toMatch(/^2: models\.titanic(\.model)? (must be a mapping|is missing)/);
    expect(more).toEqual([]);
  },
);

test('a path is no longer than a rule of a load balancer takes it', () => {
  const of = (length: number) => mistakes(document([`titanic: { model: models/m, path: /${'p'.repeat(length - 1)} }`]));
  expect(of(126)).toEqual([]);
  expect(of(127)).toEqual([expect.stringMatching(/^2: models\.titanic\.path must be at most 126 characters/)]);
});

test('models with names of their own have at most the certificates that a load balancer takes', () => {
  const models = (count: number) =>
    Array.from({ length: count }, (_, i) => `m${i}: { model: models/m, host: m${i}.example.com, priority: ${i + 1} }`);
  expect(mistakes(document(models(25)))).toEqual([]);
  expect(mistakes(document(models(26)))).toEqual([
    expect.stringMatching(
      /models has 26 models with a host, each of which gets a certificate, .* takes 25 beside its first/,
    ),
  ]);
  const given = 'arn:aws:acm:eu-west-1:111111111111:certificate/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f';
  const text = document(models(26)).replace('zoneId: Z0123456789 }', `zoneId: Z0123456789, certificate: "${given}" }`);
  expect(mistakes(text)).toEqual([]);
});

test('a stage says otherwise of one of its models, and wins', () => {
  const stage = ['models:', '  iris: { traffic: { requestsPerSecond: 3 }, host: iris.example.com }'];
  const [titanic, iris] = read(document(TWO, stage)).stages;
  expect(titanic!.serviceLevel).toMatchObject({ requestsPerSecond: 20, p99Ms: 100 });
  expect(iris!.serviceLevel).toMatchObject({ requestsPerSecond: 3, p99Ms: 40 });
  expect(endpointName(iris!)).toBe('iris.example.com');
});

test('the budget of a stage is of all its models together, that of a model is its own', () => {
  const models = ['titanic: { model: a, budget: 20 USD/month }', 'iris: { model: b }'];
  const [titanic, iris] = read(document(models, ['budget: 90 USD/month'])).stages;
  expect(titanic!.serviceLevel.budgetUsdPerMonth).toBe(20);
  expect(iris!.serviceLevel.budgetUsdPerMonth).toBeUndefined();
  expect(iris!.place!.stageBudgetUsdPerMonth).toBe(90);
});

test('a place has a priority by its name alone, so that no model moves when another comes', () => {
  const [, before] = read(document(TWO)).stages;
  const after = read(document(['aaa: { model: a }', ...TWO])).stages.at(-1);
  expect(after!.place!.priority).toBe(before!.place!.priority);
});

/** Two names whose priorities are the same, which few have. */
function meeting(): [string, string] {
  const known = new Map<number, string>();
  for (let i = 0; ; i++) {
    const name = `m${i}`;
    const other = known.get(priorityOf(name));
    if (other !== undefined) return [other, name];
    known.set(priorityOf(name), name);
  }
}

test('two models whose rules would have one priority are told apart by hand', () => {
  const [one, two] = meeting();
  const models = [`${one}: { model: a }`, `${two}: { model: b }`];
  expect(mistakes(document(models))).toEqual([
    `3: models.${two}.priority is ${priorityOf(two)}, as that of ${one}: a listener has one rule of a priority; give one of both another, e.g. priority: ${1 + priorityOf(two)}`,
  ]);
  expect(mistakes(document([models[0]!, `${two}: { model: b, priority: ${1 + priorityOf(two)} }`]))).toEqual([]);
});

test.each<[string, string[], string[], string]>([
  [
    'two on one path',
    [TWO[0]!, 'bb: { model: b, path: /titanic }'],
    [],
    '3: models.bb.path is /titanic, which titanic has already; give one of both another',
  ],
  [
    'a path within another',
    [TWO[0]!, 'bb: { model: b, path: /titanic/b }'],
    [],
    '3: models.bb.path is /titanic/b, and titanic has /titanic: one would hide routes of the other',
  ],
  [
    'a path that hides the page',
    ['titanic: { model: a, path: /docs }'],
    [],
    '2: models.titanic.path is /docs, which hides the route of that name; take another, e.g. path: /titanic-model',
  ],
  [
    'a model that is called like a route',
    ['predict: { model: a }'],
    [],
    '2: models.predict.path is /predict, which hides the route of that name; take another, e.g. path: /predict-model',
  ],
  [
    'a path that ends in a slash',
    ['titanic: { model: a, path: /t/ }'],
    [],
    '2: models.titanic.path must be a path of one to three segments without a slash at its end, e.g. /titanic, got "/t/"',
  ],
  [
    'a path and a name',
    ['titanic: { model: a, path: /t, host: t.example.com }'],
    [],
    '2: models.titanic.path is there beside host: t.example.com; a model has a path or a name of its own, leave one of both out',
  ],
  [
    'a name outside its zone',
    ['titanic: { model: a, host: titanic.example.org }'],
    [],
    '2: models.titanic.host "titanic.example.org" is not in the zone example.com; take a name that ends in .example.com',
  ],
  [
    'the name of the front door',
    ['titanic: { model: a, host: models.example.com }'],
    [],
    '2: models.titanic.host is "models.example.com", the name of the front door; take another, or a path',
  ],
  [
    'two of one name',
    ['titanic: { model: a, host: t.example.com }', 'iris: { model: b, host: t.example.com }'],
    [],
    '3: models.iris.host is "t.example.com", which titanic has already; give one of both another',
  ],
  [
    'a name of an internal endpoint',
    ['titanic: { model: a, host: t.example.com }'],
    ['internal: true'],
    '2: models.titanic.host needs a record, and the private zone of an internal endpoint has one name; take a path',
  ],
  [
    'the free tier',
    TWO,
    ['freeTier: true'],
    '12: stages.prod.freeTier is of a whole account, and each of the models would take it off its bill; leave it out',
  ],
  [
    'a model that is not there',
    TWO,
    ['models: { irsi: { traffic: { p99: 1s } } }'],
    '12: stages.prod.models.irsi is no model of this file; they are titanic, iris',
  ],
  [
    'an unknown key',
    ['titanic: { model: a, trafic: { p99: 1s } }'],
    [],
    '2: models.titanic.trafic is not known; did you mean traffic?; allowed are availability, traffic',
  ],
  [
    'a key of the stage',
    ['titanic: { model: a, region: eu-west-1 }'],
    [],
    '2: models.titanic.region is not known; allowed are availability',
  ],
  ['no package', ['titanic: {}'], [], '2: models.titanic.model is missing'],
  [
    'an odd name',
    ['Titanic: { model: a }'],
    [],
    '2: models.Titanic must be 2 to 30 lower-case letters, digits and single hyphens, and begin with a letter, got "Titanic"',
  ],
])('%s is told once, with its line', (_, models, stage, message) => {
  const found = mistakes(document(models, stage));
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(message.slice(0, 60));
  expect(found[0]!.startsWith(message)).toBe(true);
});

test('what all models lack is told once', () => {
  const text = document(TWO).replace('  traffic: { requestsPerSecond: 20, p99: 100ms }\n', '');
  expect(mistakes(text).map((line) => line.split(' is missing')[0])).toEqual([
    expect.stringContaining('stages.prod.traffic.requestsPerSecond'),
    expect.stringContaining('stages.prod.traffic.p99'),
  ]);
});

test('one model is model, several are models', () => {
  expect(mistakes(`model: a\n${document(TWO)}`)[0]).toMatch('models stands beside model');
  const alone = document(TWO, ['models: { iris: { budget: 9 USD/month } }']).replace(
    /^models:\n.*\n.*\n/,
    'model: a\n',
  );
  expect(mistakes(alone)).toEqual([expect.stringContaining('stages.prod.models is there, and the file has no models')]);
});

test('more models than a front door takes', () => {
  const many = Array.from({ length: 51 }, (_, i) => `m${i}: { model: a, priority: ${i + 1} }`);
  expect(mistakes(document(many))).toEqual([
    expect.stringContaining('1: models has 51 models, and a front door takes 50'),
  ]);
});

test('two stages do not give one name to two endpoints', () => {
  const other = [
    '  dev:',
    '    region: eu-west-1',
    '    availability: single',
    '    domain: { name: dev.example.com, zone: example.com, zoneId: Z0123456789 }',
  ];
  const text = `${document(['titanic: { model: a, host: t.example.com }'])}${other.join('\n')}\n`;
  expect(mistakes(text)).toEqual([expect.stringContaining('2: models.titanic.host is t.example.com in prod too')]);
});
