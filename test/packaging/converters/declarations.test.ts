import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { SlipwayError } from '../../../lib/model/error';
import { convertModel } from '../../../lib/packaging/converters';
import { CONVERTERS } from '../../../lib/packaging/converters/registry';
import { Estimator } from '../../../lib/packaging/estimator/estimator';
import { readModelBytes, readModelFile } from '../../../lib/packaging/joblib';
import { errorOf } from '../../../testing/error-of';
import { fixtureBytes, load, modelsOf } from '../fixtures';

const FIXTURES = join(__dirname, '../../fixtures/packaging');
const CODE = join(__dirname, '../../../lib/packaging');

/**
 * What no committed file has the converter read: attributes of other releases, and those of classes and options that
 * `npm run proof:parity` makes.
 */
const WITHOUT_FIXTURE: Readonly<Record<string, readonly string[]>> = {
  'sklearn.cross_decomposition._pls.PLSRegression': ['_y_mean'], // of 0.24 and 1.0
  'sklearn.ensemble._iforest.IsolationForest': ['max_samples_'], // until 1.3
  'imblearn.ensemble._bagging.BalancedBaggingClassifier': ['n_classes_', 'n_outputs_'], // of trees, where it has pipelines
  'sklearn.feature_selection._univariate_selection.SelectFpr': ['pvalues_', 'alpha'],
  'sklearn.feature_selection._univariate_selection.SelectFwe': ['pvalues_', 'alpha'],
  'sklearn.feature_selection._univariate_selection.GenericUnivariateSelect': ['pvalues_'],
  'sklearn.feature_selection._rfe.RFE': ['estimator'],
  'sklearn.feature_selection._rfe.RFECV': ['estimator'],
  'sklearn.feature_selection._sequential.SequentialFeatureSelector': ['support_', 'estimator_', 'estimator'],
  'sklearn.feature_selection._from_model.SelectFromModel': ['estimator', 'l1_ratio', 'l1_ratio_'],
  'xgboost.sklearn.XGBClassifier': ['classes_'], // of a LabelEncoder, until 1.7
  'sklearn.model_selection._classification_threshold.FixedThresholdClassifier': ['estimator'],
  'sklearn.model_selection._classification_threshold.TunedThresholdClassifierCV': ['estimator'],
  'sklearn.compose._target.TransformedTargetRegressor': ['center_', 'with_centering', 'with_scaling', 'min_', 'clip'],
};

/** All model files, of every release; those of `refused` are not read in the first place. */
const files = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.(joblib|pkl)$/.test(file) && !file.startsWith('refused'),
);

/** Attributes that several converters share, because a helper of theirs reads them. */
function sharedReads(): ReadonlySet<string> {
  const modules = ['estimator', 'graph-parts', 'sklearn', 'boosters'].flatMap((folder) =>
    readdirSync(join(CODE, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => require(join(CODE, folder, file)) as Record<string, unknown>),
  );
  const lists = modules.flatMap((module) => Object.entries(module).filter(([name]) => name.endsWith('_READS')));
  return new Set(lists.flatMap(([, names]) => names as string[]));
}

test('every attribute that a converter declares is read in some file, so that a declaration says no more than is true', async () => {
  const read = CONVERTERS.map(() => new Set<string>());
  CONVERTERS.forEach((converter, i) => {
    const watched = [...converter.reads];
    watched.includes = (name) => {
      read[i]!.add(name);
      return watched.indexOf(name) >= 0;
    };
    jest.replaceProperty(converter, 'reads', watched);
  });
  for (const file of files) {
    try {
      convertModel(await readModelFile(join(FIXTURES, file)), { allowUntested: true, warn: () => {} });
    } catch (error) {
      if (!SlipwayError.is(error)) throw error; // such as a read of what is not declared
    }
  }
  const shared = sharedReads();
  const anywhere = new Set(read.flatMap((names) => [...names]));
  const superfluous = CONVERTERS.flatMap(({ classNames, reads }, i) => {
    const known = WITHOUT_FIXTURE[classNames[0]!] ?? [];
    const isRead = (name: string) => (shared.has(name) ? anywhere : read[i]!).has(name);
    return reads.filter((name) => isRead(name) === known.includes(name)).map((name) => `${classNames[0]}: ${name}`);
  });
  expect(superfluous).toEqual([]);
}, 60_000);

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

test('a converter cannot read what it has not declared, nor can it in the estimators inside', async () => {
  const { file, root } = await load(modelsOf('trees'), 'forest.joblib');
  const reader = { classNames: ['a.Forest'], reads: ['estimators_'] };
  const forest = Estimator.root(file, root as never).readBy(reader);
  const [tree] = forest.list('estimators_');
  expect(() => forest.get('classes_')).toThrow('the converter of a.Forest reads classes_, which it does not declare');
  expect(() => forest.child(tree as never).part('tree_', [])).toThrow('reads tree_, which it does not declare');
});
