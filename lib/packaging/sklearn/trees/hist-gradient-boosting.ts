/**
 * `sklearn.ensemble.HistGradientBoosting*`: a constant to begin with, and trees that are added to it one by one.
 *
 * X is not rounded to float32 here, and may be missing: each split says where that goes.
 */

import { classesOf } from '../../estimator/classes';
import type { Conversion, Converter } from '../../estimator/converter';
import type { Estimator, Reader } from '../../estimator/estimator';
import { type FeatureColumn, marginAt } from '../../estimator/feature-column';
import type { Features } from '../../estimator/features';
import { testedVersion } from '../../estimator/version';
import type { WeightedTree } from '../../graph-parts/tree';
import { constantTree, leafSums } from '../../graph-parts/tree-ensemble';
import { NumpyArray, PyObject } from '../../joblib';
import type { Value } from '../../onnx';
import { boostedClassifier } from './boosted-classifier';
import { categoricalFeatures, categoricalInputTypes, MAXIMUM_CATEGORIES } from './hist-categories';

const PREDICTOR = 'sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor';

/** Losses of a regressor by what makes its answer of the sum. */
const LINKS: Readonly<Record<string, 'identity' | 'log'>> = {
  squared_error: 'identity',
  absolute_error: 'identity',
  quantile: 'identity',
  poisson: 'log',
  gamma: 'log',
  least_squares: 'identity',
  least_absolute_deviation: 'identity',
};
const CLASSIFICATION_LOSSES = ['log_loss', 'auto', 'binary_crossentropy', 'categorical_crossentropy'];

/** Below the integers that categories are. */
const NO_CATEGORY = -1;

function refuseLoss(estimator: Estimator): never {
  const loss = estimator.get('loss');
  throw estimator.unsupported(
    `(${estimator.className}) has loss=${typeof loss === 'string' ? loss : 'an object'}, which is not converted; use one of scikit-learn's own by its name`,
  );
}

/** The integers of a set, which is 8 words of 32 bits. */
function membersOf(bitsets: NumpyArray, index: number): readonly number[] {
  const words = bitsets.numbers();
  const members: number[] = [];
  for (let value = 0; value < MAXIMUM_CATEGORIES; value++) {
    const word = words[index * 8 + (value >>> 5)]!;
    if ((word >>> (value & 31)) & 1) members.push(value);
  }
  return members;
}

function readPredictor(predictor: Estimator, columns: readonly FeatureColumn[], target: number): WeightedTree {
  const nodes = predictor.fitted('nodes');
  if (!(nodes instanceof NumpyArray) || nodes.shape.length !== 1) throw predictor.damaged('it has no nodes');
  const field = (...names: string[]): Float64Array => {
    for (const name of names) {
      const column = nodes.field(name);
      if (column) return column;
    }
    throw predictor.damaged(`it has nodes without ${names[0]}`);
  };
  const isLeaf = field('is_leaf');
  const children = (name: string) => field(name).map((child, node) => (isLeaf[node] ? -1 : child));
  const isCategorical = nodes.field('is_categorical'); // since 0.24
  const bitsets = predictor.get('raw_left_cat_bitsets');
  const threshold = field('num_threshold', 'threshold').slice(); // its name until 0.23
  const members = Array.from(isCategorical ?? [], (categorical, node) => {
    if (!categorical || isLeaf[node]) return undefined;
    const index = field('bitset_idx')[node]!;
    if (!(bitsets instanceof NumpyArray) || bitsets.shape[1] !== 8 || index >= bitsets.shape[0]!) {
      throw predictor.damaged(`node ${node} has no set of categories`);
    }
    const values = membersOf(bitsets, index);
    if (values.length > 0) return values;
    threshold[node] = NO_CATEGORY; // only what is missing goes left, if that does
    return undefined;
  });
  const feature = field('feature_idx');
  return {
    left: children('left'),
    right: children('right'),
    feature,
    // where columns have more values than bins, thresholds are numbers of training, which go left
    threshold: threshold.map((edge, node) => {
      const column = columns[feature[node]!];
      return column && Number.isFinite(edge) ? edge + marginAt(column, edge) : edge;
    }),
    missingLeft: field('missing_go_to_left'),
    ...(members.some(Boolean) && { members }),
    target,
    weights: field('value'),
  };
}

const SUMS: Reader = { reads: ['_baseline_prediction', '_predictors', 'nodes', 'raw_left_cat_bitsets'] };

/** The sums, added up as scikit-learn does: the baseline, then each iteration. Shape `[rows, targets]`. */
function sums(model: Estimator, input: Features, targets: number, conversion: Conversion): Value<'float64'> {
  const estimator = model.readBy(SUMS);
  // until 1.0 one is a plain number
  const plain = typeof estimator.get('_baseline_prediction') === 'number';
  const baseline = plain
    ? [estimator.number('_baseline_prediction')]
    : estimator.finite('_baseline_prediction', 2).values;
  if (baseline.length !== targets) {
    throw estimator.damaged(`_baseline_prediction has ${baseline.length} values for ${targets} sums`);
  }
  const features = categoricalFeatures(estimator, input, conversion);
  const trees = Array.from(baseline, (value, target) => constantTree(target, value));
  for (const iteration of estimator.list('_predictors')) {
    if (!Array.isArray(iteration) || iteration.length !== targets) {
      throw estimator.damaged(`an iteration has not ${targets} trees`);
    }
    iteration.forEach((object, target) => {
      if (!(object instanceof PyObject) || object.callee.fullName !== PREDICTOR) {
        throw estimator.damaged(`a tree in it is not a ${PREDICTOR}`);
      }
      trees.push(readPredictor(estimator.child(object), features.columns, target));
    });
  }
  const { value, columns } = features;
  return leafSums(conversion.graph, estimator, trees, { value, width: columns.length, targets });
}

export const histGradientBoostingClassifier: Converter = {
  classNames: ['sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier'],
  reads: ['loss'],
  inputTypes: categoricalInputTypes,

  predict(estimator, input, conversion) {
    const classes = classesOf(estimator);
    if (!CLASSIFICATION_LOSSES.includes(String(estimator.get('loss')))) refuseLoss(estimator);
    const count = classes.labels.length;
    const by = testedVersion(estimator).minor >= 5 ? 'sums' : 'probabilities';
    const sum = sums(estimator, input, count === 2 ? 1 : count, conversion);
    return boostedClassifier(conversion.graph, classes, sum, { by, zero: 0, half: false });
  },
};

export const histGradientBoostingRegressor: Converter = {
  classNames: ['sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingRegressor'],
  reads: ['loss'],
  inputTypes: categoricalInputTypes,

  predict(estimator, input, conversion) {
    const loss = estimator.get('loss');
    const link = typeof loss === 'string' && Object.hasOwn(LINKS, loss) ? LINKS[loss] : undefined;
    if (!link) refuseLoss(estimator);
    const { graph } = conversion;
    const sum = graph.reshape(sums(estimator, input, 1, conversion), [-1]);
    const value = link === 'log' ? graph.exp(sum) : sum;
    return { outputs: { predict: { value, width: 1 } }, computeClass: 'tree' };
  },
};
