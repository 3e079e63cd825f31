import { mkdirSync, writeFileSync } from 'node:fs';
import { whatToStart } from '../../../bin/local/what-to-start';
import { thrownBy } from '../../../testing/error-of';
import { temporaryFolder } from '../../../testing/temporary-folder';

const cwd = process.cwd();
beforeEach(() => process.chdir(temporaryFolder()));
afterEach(() => process.chdir(cwd));

const FLAGS = { port: 8443 };

/** Empty files. */
function lie(...paths: readonly string[]): void {
  for (const path of paths) {
    if (path.includes('/')) mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true });
    writeFileSync(path, '');
  }
}

test('golden rows beside the model file are taken', () => {
  lie('credit.joblib', 'golden.csv');
  expect(whatToStart('credit.joblib', FLAGS)).toMatchObject({
    file: 'credit.joblib',
    golden: 'golden.csv',
    name: 'credit',
  });
  lie('other.json');
  expect(whatToStart('credit.joblib', { ...FLAGS, golden: 'other.json' })).toMatchObject({ golden: 'other.json' });
});

test('a folder that slipway_save.py wrote is a model with its rows, and has its name', () => {
  lie('claims/model.joblib', 'claims/golden.json', 'claims/training.csv');
  const found = { kind: 'file', file: 'claims/model.joblib', golden: 'claims/golden.json', name: 'claims' };
  expect(whatToStart('claims', FLAGS)).toMatchObject(found);
  expect(whatToStart('claims/model.joblib', FLAGS)).toMatchObject(found);
});

test('where init was, the package of slipway.yaml is started', () => {
  lie('slipway.yaml');
  expect(whatToStart(undefined, FLAGS)).toEqual({ ...FLAGS, kind: 'own', config: 'slipway.yaml' });
});

test('in a clone it is the example', () => {
  lie('slipway.yaml', 'examples/breast-cancer/model.joblib');
  expect(whatToStart(undefined, FLAGS)).toMatchObject({ kind: 'file', name: 'breast-cancer', config: 'slipway.yaml' });
});

test.each([
  ['nothing in an empty folder', [undefined, FLAGS], 'E_USAGE', /^name a model file, e\.g\. npx slipway start/],
  ['a file that is not there', ['a.joblib', FLAGS], 'E_FILE', /^a\.joblib: does not exist; name a model file$/],
  [
    'a file without golden rows',
    ['there.joblib', FLAGS],
    'E_USAGE',
    /name the golden rows of there\.joblib with --golden/,
  ],
  [
    'golden rows that are not there',
    ['there.joblib', { ...FLAGS, golden: 'b.json' }],
    'E_FILE',
    /^b\.json: does not exist/,
  ],
  [
    'a name for a package',
    [undefined, { ...FLAGS, config: 'a.yaml', name: 'b' }],
    'E_USAGE',
    /a\.yaml is a package; leave out --name/,
  ],
] as const)('%s is an error that says what to do', (_, [file, flags], code, message) => {
  lie('there.joblib');
  expect(thrownBy(() => whatToStart(file, flags), code).message).toMatch(message);
});
