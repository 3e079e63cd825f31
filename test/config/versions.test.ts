import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadConfig } from '../../lib/config/load';
import { servedFolders, stageVersions } from '../../lib/config/stage-versions';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { errorOf } from '../../testing/error-of';
import { shiftedPackage } from '../../testing/shifted-package';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL, LOAN_MODEL } from '../example';

const STAGE = [
  'stages:',
  '  dev:',
  '    region: eu-west-1',
  '    availability: single',
  '    traffic: { requestsPerSecond: 5, p99: 100ms }',
  '    domain: { name: dev.example.com, zone: example.com, zoneId: Z0123456789PROD }',
  '    monitoring: { notify: none }',
];

function written(...lines: string[]) {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'models'));
  cpSync(EXAMPLE_MODEL, join(folder, 'models/breast-cancer'), { recursive: true });
  cpSync(LOAN_MODEL, join(folder, 'models/loan'), { recursive: true });
  shiftedPackage(EXAMPLE_MODEL, join(folder, 'models/second'), { by: 1 });
  const path = join(folder, 'slipway.yaml');
  writeFileSync(path, `${['model: models/breast-cancer', ...STAGE, ...lines].join('\n')}\n`);
  return path;
}
const load = (...lines: string[]) => loadConfig(written(...lines));
const refused = (work: () => unknown) => errorOf(Promise.resolve().then(work));
const versions = async (list: string, ...more: string[]) =>
  (await refused(() => load(`    versions: [${list}]`, ...more))).problems;

const ONE = '{ name: 1, weight: 90 % }';
const TWO = '{ name: "2", model: models/second, weight: 10 % }';

test('versions are of the folder of the file, and a number is as good a name as a text', () => {
  const path = written(`    versions: [${ONE}, ${TWO}]`);
  const config = loadConfig(path);
  const [stage] = config.stages;
  expect(stage!.versions).toEqual([
    { name: '1', weight: 0.9 },
    { name: '2', weight: 0.1, model: resolve(path, '../models/second') },
  ]);
  const own = readModelPackage(stage!.model);
  const read = stageVersions(config, stage!, { manifest: own.manifest, profile: readProfile(own) })!;
  expect(read.map(({ name, weight }) => [name, weight])).toEqual([
    ['1', 0.9],
    ['2', 0.1],
  ]);
  expect(read[0]!.model).toBeUndefined();
  expect(read[1]!.model!.digest).not.toBe(own.digest);
});

test('a model of several has versions of its own', () => {
  const path = written();
  const lines = ['models:', `  titanic: { model: models/breast-cancer, versions: [${ONE}, ${TWO}] }`];
  writeFileSync(path, `${[...lines, '  loan: { model: models/loan }', ...STAGE].join('\n')}\n`);
  expect(loadConfig(path).stages.map((stage) => stage.versions?.length)).toEqual([2, undefined]);
});

test.each([
  [
    'weights that do not add up',
    `${ONE}, { name: 2, model: models/second, weight: 20 % }`,
    /dev.versions must have weights that add up to 100 %, and they add up to 110 %/,
  ],
  [
    'two versions of one name',
    `${ONE}, { name: "1", model: models/second, weight: 10 % }`,
    /versions\.1\.name is a second version 1/,
  ],
  [
    'no version that is the model',
    `{ name: 1, model: models/breast-cancer, weight: 90 % }, ${TWO}`,
    /must have one version without a model, .* none is without/,
  ],
  ['two that are', `${ONE}, { name: 2, weight: 10 % }`, /must have one version without a model, .* 2 are without/],
  ['one alone', '{ name: 1, weight: 100 % }', /must be two versions at least/],
  [
    'a name that is no part of a path',
    `{ name: "a/b", weight: 90 % }, ${TWO}`,
    /versions\.0\.name must be 1 to 32 letters/,
  ],
  [
    'a weight without its unit',
    `{ name: 1, weight: 0.9 }, ${TWO}`,
    /versions\.0\.weight must be the share of the requests/,
  ],
])('%s: one clear error', async (_, list, message) => {
  expect(await versions(list)).toEqual([expect.stringMatching(message)]);
});

test.each(['shadow: { model: models/second }', 'rollout: { canary: 5 %, for: 10m }'])(
  'beside %s they stand',
  (line) => {
    expect(load(`    versions: [${ONE}, ${TWO}]`, `    ${line}`).stages[0]!.versions).toHaveLength(2);
  },
);

test('a shadow of a version that nobody is sent to would see nothing', async () => {
  const list = '{ name: 1, weight: 0 % }, { name: "2", model: models/second, weight: 100 % }';
  expect(await versions(list, '    shadow: { model: models/second }')).toEqual([
    expect.stringMatching(
      /dev\.shadow is given the rows of the version that is the model of the file, whose weight is 0 %/,
    ),
  ]);
});

test('a package of another signature is told with its line', async () => {
  const config = load(`    versions: [${ONE}, { name: "2", model: models/loan, weight: 10 % }]`);
  const [stage] = config.stages;
  const own = readModelPackage(stage!.model);
  const error = await refused(() =>
    stageVersions(config, stage!, { manifest: own.manifest, profile: readProfile(own) }),
  );
  expect(error.message).toMatch(/slipway\.yaml:9: .*loan: is no version of breast-cancer/);
  expect(error.problems).toEqual([
    expect.stringMatching(/is of the model "loan", and a version of "breast-cancer" has its name: pack it with --name/),
    expect.stringMatching(/has other columns: "age" float64 in place 1/),
    expect.stringMatching(/has other outputs/),
    expect.stringMatching(/has other classes/),
  ]);
});

test('all packages of a stage are those that slipway verify asks for, each once', () => {
  const path = written('    versions: [{ name: 1, weight: 90 % }, { name: 2, model: models/second, weight: 10 % }]');
  const [stage] = loadConfig(path).stages;
  const folder = (name: string) => resolve(path, '..', 'models', name);
  expect(servedFolders(stage!)).toEqual([folder('breast-cancer'), folder('second')]);
  expect(servedFolders({ model: folder('loan') })).toEqual([folder('loan')]);
});
