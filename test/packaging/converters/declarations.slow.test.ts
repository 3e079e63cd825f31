import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { SlipwayError } from '../../../lib/model/error';
import { convertModel } from '../../../lib/packaging/converters';
import { CONVERTERS } from '../../../lib/packaging/converters/registry';
import type { Converter } from '../../../lib/packaging/estimator/converter';
import { Estimator, type Reader } from '../../../lib/packaging/estimator/estimator';
import { readModelBytes, readModelFile } from '../../../lib/packaging/joblib';
import { errorOf } from '../../../testing/error-of';
import { fixtureBytes, load, modelsOf } from '../fixtures';

const FIXTURES = join(__dirname, '../../fixtures/packaging');
const CODE = join(__dirname, '../../../lib/packaging');

const HELPERS = 'helpers that several share';

/**
 * What no committed file has the converter read: attributes of other releases, and those of classes and options that
 * `npm run proof:parity` makes.
 */
const WITHOUT_FIXTURE: Readonly<Record<string, readonly string[]>> = {
  [HELPERS]: ['center_', 'estimator'], // of a RobustScaler before 0.24 that is given X; of a selector's fitted model
  'sklearn.cross_decomposition._pls.PLSRegression': ['_y_mean'], // of 0.24 and 1.0
  'sklearn.ensemble._iforest.IsolationForest': ['max_samples_'], // until 1.3
  'imblearn.ensemble._bagging.BalancedBaggingClassifier': ['n_classes_', 'n_outputs_'], // of trees, where it has pipelines
  'sklearn.feature_selection._univariate_selection.SelectFpr': ['alpha'],
  'sklearn.feature_selection._univariate_selection.SelectFwe': ['alpha'],
  'sklearn.feature_selection._sequential.SequentialFeatureSelector': ['support_'],
  'sklearn.feature_selection._from_model.SelectFromModel': ['l1_ratio', 'l1_ratio_'],
  'sklearn.model_selection._classification_threshold.FixedThresholdClassifier': ['estimator'],
  'sklearn.model_selection._classification_threshold.TunedThresholdClassifierCV': ['estimator'],
  'sklearn.compose._target.TransformedTargetRegressor': ['center_', 'with_centering', 'with_scaling', 'min_', 'clip'],
};

/** All model files, of every release; those of `refused` are not read in the first place. */
const files = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.(joblib|pkl)$/.test(file) && !file.startsWith('refused'),
);

/** As jest does with a method that it replaces, but the suite needs no modules of its own for it. */
const { readBy } = Estimator.prototype;
afterEach(() => {
  Estimator.prototype.readBy = readBy;
});

/** What has been read of what each reader declares, over all model files. */
async function readInFixtures(): Promise<ReadonlyMap<Reader, ReadonlySet<string>>> {
  const read = new Map<Reader, Set<string>>(CONVERTERS.map((converter) => [converter, new Set()]));
  const watched = new Map<Reader, Reader>();
  Estimator.prototype.readBy = function (this: Estimator, reader) {
    if (!watched.has(reader)) {
      const names = read.get(reader) ?? new Set();
      read.set(reader, names);
      const reads = [...reader.reads];
      reads.includes = (name) => {
        names.add(name);
        return reader.reads.includes(name);
      };
      watched.set(reader, { reads });
    }
    return readBy.call(this, watched.get(reader)!);
  };
  for (const file of files) {
    try {
      convertModel(await readModelFile(join(FIXTURES, file)), { allowUntested: true, warn: () => {} });
    } catch (error) {
      if (!SlipwayError.is(error)) throw error; // such as a read of what is not declared
    }
  }
  return read;
}

test('every attribute that is declared is read in some file, so that a declaration says no more than is true', async () => {
  const read = await readInFixtures();
  const unread = [...read].flatMap(([reader, names]) => {
    const label = 'classNames' in reader ? (reader as Converter).classNames[0]! : HELPERS;
    return reader.reads.filter((name) => !names.has(name)).map((name) => `${label}: ${name}`);
  });
  const known = Object.entries(WITHOUT_FIXTURE).flatMap(([label, names]) => names.map((name) => `${label}: ${name}`));
  expect(unread.sort()).toEqual(known.sort());
}, 60_000);

const READ =
  /(?<!state\??|options)\.(?:get|fitted|numbers|finite|integer|number|option|boolean|list|part)\(\s*'(\w+)'|\b(?:shaped|shapedList|shapedMatrix|matrixOf|memberIn|listedMembers|perColumn)\(\w+,\s*'(\w+)'/g;

/** The code of converters, by its paths. */
const sources = ['estimator', 'graph-parts', 'sklearn', 'boosters'].flatMap((folder) =>
  readdirSync(join(CODE, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file)),
);
const textOf = (file: string) => readFileSync(join(CODE, file), 'utf8');

test('a file that reads an attribute declares it, so that who calls its functions need not', () => {
  // but for what all estimators are read by, and the files of boosters, which are no estimators
  const files = sources.filter((file) => /^(?!estimator.estimator|boosters)|-estimator|handle/.test(file));
  const undeclared = files.flatMap((file) => {
    const text = textOf(file);
    const others = text.replaceAll(READ, '');
    return [...text.matchAll(READ)]
      .map(([, read, shaped]) => (read ?? shaped)!)
      .filter((name) => !others.includes(`'${name}'`))
      .map((name) => `${file}: ${name}`);
  });
  expect(undeclared).toEqual([]);
});

test('the graph is the first parameter of what builds one', () => {
  expect(sources.filter((file) => /,\s*graph: GraphBuilder/.test(textOf(file)))).toEqual([]);
});

test('names a first release of classes that it has, and of no others', () => {
  const unknown = CONVERTERS.flatMap(({ classNames, since }) =>
    Object.keys(since ?? {}).filter((name) => !classNames.some((full) => full.endsWith(`.${name}`))),
  );
  expect(unknown).toEqual([]);
});

test('refuses a class that says it comes from a release that did not have it', async () => {
  const text = inflateSync(fixtureBytes(modelsOf('ensembles'), 'threshold-fixed.joblib')).toString('latin1');
  const older = Buffer.from(text.replaceAll('1.9.1', '1.4.2'), 'latin1');
  const error = await errorOf(readModelBytes('model.joblib', older).then(convertModel));
  expect(error).toMatchObject({
    code: 'E_FORMAT',
    message: expect.stringContaining('it says scikit-learn 1.4.2, and 1.5 was the first to have it'),
  });
});

test('nothing can be read that is not declared, nor can it in the estimators inside', async () => {
  const { file, root } = await load(modelsOf('trees'), 'forest.joblib');
  const forest = Estimator.root(file, root as never).readBy({ reads: ['estimators_'] });
  const [tree] = forest.list('estimators_');
  expect(() => forest.get('classes_')).toThrow(
    'classes_ of sklearn.ensemble._forest.RandomForestClassifier is read by',
  );
  expect(() => forest.child(tree as never).part('tree_', [])).toThrow('tree_ of sklearn.tree._classes.DecisionTree');
});
