/** What X was in training: how many columns, and their names. */
import { NumpyArray, PyObject, PyTuple } from '../joblib';
import type { Estimator, Reader } from './estimator';
import { testedVersion } from './version';

export interface Training {
  /** Columns. */
  readonly width: number;
  /** Absent when the model was fitted with an array. */
  readonly names?: readonly string[];
}

/**
 * Attributes that releases without `n_features_in_` can be counted by, and the axis that is the columns'. The first
 * that an estimator has decides: `coef_` of partial least squares has other axes, and `n_features_` of RFE is the
 * columns that it keeps.
 */
const COUNTED: readonly (readonly [attribute: string, axis: number])[] = [
  ['ranking_', 0],
  ['x_mean_', 0],
  ['coef_', -1],
  ['theta_', 1],
  ['cluster_centers_', 1],
  ['centroids_', 1],
  ['means_', 1],
  ['_fit_X', 1],
  ['X_train_', 1],
  ['components_', 1],
  ['quantiles_', 1],
  ['scores_', 0],
  ['variances_', 0],
  ['statistics_', 0],
  ['n_bins_', 0],
  ['location_', 0],
  ['lambdas_', 0],
  ['scale_', 0],
  ['mean_', 0],
  ['center_', 0],
];

/** As above, where the number itself is an attribute. */
const TOLD = ['n_features_', '_n_features', 'n_input_features_'];

/** Who reads all this, of whatever estimator is given X. */
const SIGNATURE: Reader = {
  reads: [
    ...['n_features_in_', 'feature_names_in_', '_feature_names_in', 'estimator_', 'estimators_'],
    ...['shape_fit_', 'categories_', 'coefs_'],
    ...TOLD,
    ...COUNTED.map(([attribute]) => attribute),
  ],
};

/**
 * @param ofInner the same of an estimator inside, which may be of another library
 * @throws SlipwayError E_UNSUPPORTED when the estimator does not say
 */
export function trainedOn(estimator: Estimator, ofInner: (inner: Estimator) => Training = trainedOn): Training {
  const seen = estimator.readBy(SIGNATURE);
  const inner = seen.get('n_features_in_') === undefined ? innerOf(seen) : undefined;
  if (inner) return ofInner(inner);
  const width = widthOf(seen);
  const names = namesOf(estimator);
  if (width < 1 || (names && names.length !== width)) {
    throw estimator.damaged(`n_features_in_ is ${width}${names ? `, and there are ${names.length} names` : ''}`);
  }
  return { width, ...(names && { names }) };
}

/** The names of the columns that an estimator itself was given; undefined when it was an array, or does not record them. */
export function namesOf(estimator: Estimator): readonly string[] | undefined {
  const seen = estimator.readBy(SIGNATURE);
  const array = seen.get('feature_names_in_') ?? seen.get('_feature_names_in') ?? undefined;
  const names = array instanceof NumpyArray ? array.strings() : undefined;
  if (array !== undefined && !names) throw estimator.damaged('feature_names_in_ is not an array of text');
  return names;
}

function widthOf(estimator: Estimator): number {
  if (estimator.get('n_features_in_') !== undefined) return estimator.integer('n_features_in_');
  const { minor } = testedVersion(estimator);
  const width = minor <= 0 ? counted(estimator) : undefined;
  if (width !== undefined) return width;
  if (minor >= 5) return estimator.integer('n_features_in_'); // which all of them have that are fitted
  throw estimator.unsupported(
    `(${estimator.className}) does not say how many columns it was fitted with: it was saved before it was fitted, or is one of those that do not record it in this release of scikit-learn; call fit, or fit it again with scikit-learn 1.5 or newer`,
  );
}

/** A model inside that was given the same columns: that of a selector, or the first of AdaBoost's. */
function innerOf(estimator: Estimator): Estimator | undefined {
  if (estimator.get('ranking_') !== undefined) return undefined; // its last model was given some of the columns
  const alone = estimator.get('estimator_');
  if (alone instanceof PyObject) return estimator.child(alone);
  if (TOLD.some((name) => estimator.get(name) !== undefined)) return undefined;
  const several = estimator.get('estimators_');
  const [first] = Array.isArray(several) ? several : [];
  return first instanceof PyObject ? estimator.child(first) : undefined;
}

function counted(estimator: Estimator): number | undefined {
  const shape = estimator.get('shape_fit_'); // of libsvm's
  if (shape instanceof PyTuple && typeof shape.items[1] === 'number') return shape.items[1];
  for (const name of estimator.get('ranking_') === undefined ? TOLD : []) {
    if (typeof estimator.get(name) === 'number') return estimator.integer(name);
  }
  const categories = estimator.get('categories_');
  if (Array.isArray(categories)) return categories.length;
  const layers = estimator.get('coefs_'); // of a neural network
  if (Array.isArray(layers)) return layers[0] instanceof NumpyArray ? layers[0].shape[0] : undefined;
  for (const [name, axis] of COUNTED) {
    const array = estimator.get(name);
    if (array instanceof NumpyArray && array.shape.length > 0) return array.shape.at(axis);
  }
  return undefined;
}
