/** Models of a stage that share instances, in slipway.yaml. */
import { fleetsOf } from '../../lib/config/fleets';
import { mistakes, read } from './configuration';

const document = (models: readonly string[], stage: readonly string[], defaults = '') =>
  [
    'models:',
    ...models.map((line) => `  ${line}`),
    `defaults: { traffic: { requestsPerSecond: 20, p99: 100ms }, monitoring: { notify: none }${defaults} }`,
    'stages:',
    '  prod:',
    '    region: eu-west-1',
    '    availability: single',
    '    domain: { name: models.example.com, zone: example.com, zoneId: Z0123456789 }',
    ...stage.map((line) => `    ${line}`),
    '',
  ].join('\n');

const THREE = ['titanic: { model: a }', 'iris: { model: b }', 'billing: { model: c }'];
const groups = (text: string) =>
  fleetsOf(read(text), 'prod').map((group) => [group[0]!.fleet?.name, ...group.map(({ place }) => place!.name)]);

test('members of a fleet have it as one object, and the other models none', () => {
  const text = document(THREE, ['fleets: { small: [titanic, billing] }']);
  const [titanic, iris, billing] = read(text).stages;
  expect(titanic!.fleet).toEqual({ name: 'small', members: ['titanic', 'billing'] });
  expect(billing!.fleet).toBe(titanic!.fleet);
  expect(iris!.fleet).toBeUndefined();
  expect(groups(text)).toEqual([
    ['small', 'titanic', 'billing'],
    [undefined, 'iris'],
  ]);
});

test('a stage says otherwise than the defaults', () => {
  const defaults = ', fleets: { small: [titanic, billing] }';
  expect(groups(document(THREE, [], defaults))).toHaveLength(2);
  expect(groups(document(THREE, ['fleets: { all: [titanic, iris, billing] }'], defaults))).toHaveLength(1);
  expect(groups(document(THREE, ['fleets: {}'], defaults))).toHaveLength(3);
});

test.each<[string, string[], string, string]>([
  ['a fleet without models', THREE, 'small: []', 'small must name a model, e.g. small: [titanic, billing]'],
  [
    'a model that is not there',
    THREE,
    'small: [titanic, bilings]',
    'small.1 names "bilings", which is no model of this file; they are titanic, iris, billing; did you mean billing?',
  ],
  [
    'a model in two fleets',
    THREE,
    'small: [titanic], other: [iris, titanic]',
    'other.1 names titanic, which is in small; a model runs on one fleet',
  ],
  ['a model twice', THREE, 'small: [titanic, titanic]', 'small.1 is there already'],
  [
    'a model that is kept apart',
    ['titanic: { model: a, isolate: true }', ...THREE.slice(1)],
    'small: [iris, titanic]',
    'small.1 names titanic, which has isolate: true; take one of both away',
  ],
  [
    'a model with a shadow',
    ['titanic: { model: a, shadow: { model: d } }', ...THREE.slice(1)],
    'small: [iris, titanic]',
    'small.1 names titanic, which has a shadow',
  ],
  [
    'members that differ',
    ['titanic: { model: a, access: { apiKeys: /keys } }', ...THREE.slice(1)],
    'small: [iris, titanic]',
    'small.1 names titanic, whose access are not those of iris: a fleet has access as one',
  ],
  [
    'a rollout of one of them alone',
    ['titanic: { model: a, rollout: { canary: 5 %, for: 10m } }', ...THREE.slice(1)],
    'small: [iris, titanic]',
    'small.1 names titanic, whose rollout are not those of iris: a fleet has rollout as one',
  ],
  [
    'more models than one alarm pages for',
    Array.from({ length: 13 }, (_, i) => `model-${i}: { model: a }`),
    `small: [${Array.from({ length: 13 }, (_, i) => `model-${i}`).join(', ')}]`,
    'small has 13 models, and one alarm pages for at most 12',
  ],
  [
    'more models than a rollout tries',
    Array.from({ length: 11 }, (_, i) => `model-${i}: { model: a, rollout: { canary: 5 %, for: 10m } }`),
    `small: [${Array.from({ length: 11 }, (_, i) => `model-${i}`).join(', ')}]`,
    'small has 11 models, and a rollout tries at most 10',
  ],
  ['the name of a model', THREE, 'iris: [titanic]', 'iris is the name of a model'],
  ['an odd name', THREE, 'Small: [titanic]', 'Small must be 2 to 30 lower-case letters'],
])('%s is told once, with its line', (_, models, fleets, message) => {
  const found = mistakes(document(models, [`fleets: { ${fleets} }`]));
  expect(found).toHaveLength(1);
  expect(found[0]!.startsWith(`${models.length + 8}: stages.prod.fleets.${message}`) ? '' : found[0]).toBe('');
});

test.each([
  ['7', '8', true, 'is 7, and that of iris the next'],
  ['7', '8, rollout: { canary: 5 %, for: 10m }', false, 'is 7, and that of iris the next'],
  ['7', '8', false, undefined],
  ['7', '9', true, undefined],
  ['25000', '9', true, 'is 25000, whose rules on a fleet would come after the last'],
])('of priorities %s and %s on a fleet (both: %s) is told that titanic %s', (titanic, iris, both, message) => {
  const models = [`titanic: { model: a, priority: ${titanic} }`, `iris: { model: b, priority: ${iris} }`];
  const text = document(models, [`fleets: { small: [titanic${both ? ', iris' : ''}] }`]);
  if (message === undefined) expect(read(text).stages).toHaveLength(2);
  else expect(mistakes(text)).toEqual([expect.stringContaining(`2: models.titanic.priority ${message}`)]);
});

test('models of a fleet have a rollout together', () => {
  const tried = document(THREE, ['fleets: { small: [titanic, iris] }', 'rollout: { canary: 5 %, for: 10m }']);
  const rollouts = read(tried).stages.map(({ endpoint }) => endpoint.rollout?.shares);
  expect(rollouts).toEqual([[5], [5], [5]]);
});

test('fleets are of several models', () => {
  const alone = document(THREE, ['fleets: { small: [titanic] }']).replace(/^models:\n(?: {2}.*\n){3}/, 'model: a\n');
  expect(mistakes(alone)).toEqual([
    expect.stringContaining('stages.prod.fleets are of several models, and the file has no models'),
  ]);
});
