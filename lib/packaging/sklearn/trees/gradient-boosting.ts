/**
 * `sklearn.ensemble.GradientBoosting*`: a constant to begin with, and trees that are added to it one by one.
 *
 * Which constant an initial estimator makes, and how a label is read from the sum, have changed with 1.4;
 * source: sklearn/ensemble/_gb_losses.py until 1.3, `_init_raw_predictions` in sklearn/ensemble/_gb.py since.
 */

import { FLOAT32_MAXIMUM } from '../../../model/formats/float32';
import { classesOf } from '../../estimator/classes';
import type { Converter } from '../../estimator/converter';
import type { Estimator, Reader } from '../../estimator/estimator';
import { type Features, limitMagnitude, refuseMissing } from '../../estimator/features';
import { testedVersion } from '../../estimator/version';
import { DUMMY_CLASSIFIER, DUMMY_REGRESSOR, dummyProbabilities, dummyValues } from '../../graph-parts/constant-answer';
import { constantTree, leafSums, roundToFloat32 } from '../../graph-parts/tree-ensemble';
import { NumpyArray, PyObject } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';
import { boostedClassifier } from './boosted-classifier';
import { DECISION_TREE_REGRESSORS, readTrees } from './fitted-tree';

/** numpy's `finfo(float32).eps` and `finfo(float64).eps`. */
const FLOAT32_EPSILON = 2 ** -23;
const FLOAT64_EPSILON = 2 ** -52;

const REGRESSION_LOSSES = ['squared_error', 'absolute_error', 'huber', 'quantile', 'ls', 'lad'];
const CLASSIFICATION_LOSSES = ['log_loss', 'deviance', 'exponential'];

function lossOf(estimator: Estimator, known: readonly string[]): string {
  const loss = estimator.get('loss');
  if (typeof loss === 'string' && known.includes(loss)) return loss;
  throw estimator.unsupported(
    `(${estimator.className}) has loss=${typeof loss === 'string' ? loss : 'an object'}, which is not converted; use one of ${known.join(', ')}`,
  );
}

/** The initial estimator; undefined for 'zero'. */
function initialEstimator(estimator: Estimator, className: string): Estimator | undefined {
  const init = estimator.fitted('init_');
  if (init === 'zero') return undefined;
  if (init instanceof PyObject && init.callee.fullName === className) return estimator.child(init, 'init');
  const given = init instanceof PyObject ? init.callee.fullName : String(init);
  throw estimator.unsupported(
    `(${estimator.className}) has init=${given}, which is not converted; leave init as it is, or use 'zero' or ${className}`,
  );
}

/** What the sums of a classifier begin with. */
function initialScores(estimator: Estimator, classes: number, half: boolean): readonly number[] {
  const init = initialEstimator(estimator, DUMMY_CLASSIFIER);
  if (!init) return new Array<number>(classes === 2 ? 1 : classes).fill(0);
  const { minor } = testedVersion(estimator);
  const epsilon = minor >= 8 ? FLOAT64_EPSILON : FLOAT32_EPSILON;
  const shares = Array.from(dummyProbabilities(init, classes), (share) =>
    Math.min(Math.max(share, epsilon), 1 - epsilon),
  );
  if (classes === 2) {
    const odds = Math.log(shares[1]! / (1 - shares[1]!));
    return [half ? 0.5 * odds : odds];
  }
  if (minor < 4) return shares.map(Math.log);
  const mean = Math.exp(shares.reduce((sum, share) => sum + Math.log(share), 0) / classes);
  return shares.map((share) => Math.log(share / mean));
}

/** What the sum of a regressor begins with. */
function initialValue(estimator: Estimator): readonly number[] {
  const init = initialEstimator(estimator, DUMMY_REGRESSOR);
  if (!init) return [0];
  const values = dummyValues(init);
  if (values.length !== 1) throw init.damaged(`constant_ has ${values.length} values for one target`);
  return [...values];
}

const SUMS: Reader = { reads: ['learning_rate', 'estimators_'] };

/** The sums, added up as scikit-learn does: the start, then each stage times the learning rate. Shape `[rows, start.length]`. */
function sums(graph: GraphBuilder, model: Estimator, input: Features, start: readonly number[]): Value<'float64'> {
  const estimator = model.readBy(SUMS);
  const stages = estimator.fitted('estimators_');
  const targets = start.length;
  if (!(stages instanceof NumpyArray) || !stages.objects || stages.shape.length !== 2 || stages.shape[1] !== targets) {
    throw estimator.damaged(`estimators_ has not ${targets} trees at each stage`);
  }
  const rate = estimator.fitted('learning_rate');
  if (typeof rate !== 'number') throw estimator.damaged('learning_rate is not a number');
  refuseMissing(input);
  limitMagnitude(input, FLOAT32_MAXIMUM);
  const trees = readTrees(estimator, stages.objects, DECISION_TREE_REGRESSORS, [1, 1]);
  const weighted = trees.map((tree, i) => ({
    ...tree,
    target: i % targets,
    weights: tree.values.map((value) => rate * value),
  }));
  const all = [...start.map((value, target) => constantTree(target, value)), ...weighted];
  const rounded = roundToFloat32(graph, input.value);
  return leafSums(graph, estimator, all, { value: rounded, width: input.columns.length, targets });
}

export const gradientBoostingClassifier: Converter = {
  classNames: ['sklearn.ensemble._gb.GradientBoostingClassifier'],
  reads: ['loss', 'init_'],

  predict(estimator, input, { graph }) {
    const classes = classesOf(estimator);
    const half = lossOf(estimator, CLASSIFICATION_LOSSES) === 'exponential';
    const start = initialScores(estimator, classes.labels.length, half);
    const by = testedVersion(estimator).minor >= 4 || half ? 'sums' : 'probabilities';
    return boostedClassifier(graph, classes, sums(graph, estimator, input, start), { by, zero: 1, half });
  },
};

export const gradientBoostingRegressor: Converter = {
  classNames: ['sklearn.ensemble._gb.GradientBoostingRegressor'],
  reads: ['loss', 'init_'],

  predict(estimator, input, { graph }) {
    lossOf(estimator, REGRESSION_LOSSES);
    const sum = sums(graph, estimator, input, initialValue(estimator));
    return { outputs: { predict: { value: graph.reshape(sum, [-1]), width: 1 } }, computeClass: 'tree' };
  },
};
