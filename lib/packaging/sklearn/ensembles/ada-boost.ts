/**
 * `sklearn.ensemble.AdaBoost*`: classifiers that vote with weights, and the weighted median of regressors.
 *
 *     SAMME    sum of weight_m * (1 for the class that m names, -1 / (classes - 1) for each other, 0 until 1.2)
 *     SAMME.R  sum of (classes - 1) * (log p_m - mean of log p_m over the classes)
 *
 * both divided by the sum of the weights.
 *
 * How a vote counts against the other classes has changed with 1.3, and the algorithm SAMME.R is gone since 1.6;
 * source: `decision_function` in sklearn/ensemble/_weight_boosting.py of these releases.
 */

import { FLOAT32_MAXIMUM } from '../../../model/formats/float32';
import { classesOf } from '../../estimator/classes';
import type { Converter, Prediction } from '../../estimator/converter';
import type { Estimator, Reader } from '../../estimator/estimator';
import { type Features, limitMagnitude, refuseMissing } from '../../estimator/features';
import {
  computeClassOf,
  listedMembers,
  memberVersion,
  probabilitiesOf,
  regressed,
  sumInOrder,
  voteOf,
} from '../../estimator/members';
import { numpySum } from '../../graph-parts/numpy-sum';
import { leafSums, roundToFloat32 } from '../../graph-parts/tree-ensemble';
import type { GraphBuilder, Value } from '../../onnx';
import { readTree, TREE_CLASSIFIERS, TREE_REGRESSORS } from '../trees/fitted-tree';
import { leafTable, leavesOf } from '../trees/leaf-values';

/** numpy's `finfo(float64).eps`, which stands for a probability of 0 where its logarithm is taken. */
const EPSILON = 2 ** -52;

const WEIGHTS: Reader = { reads: ['estimator_weights_'] };

function weightsOf(estimator: Estimator, members: number): { readonly weights: Float64Array; readonly total: number } {
  const { values } = estimator.readBy(WEIGHTS).finite('estimator_weights_', 1);
  if (values.length < members) throw estimator.damaged(`it has ${values.length} weights for ${members} estimators`);
  return { weights: values, total: numpySum(values) };
}

function algorithmOf(estimator: Estimator): 'SAMME' | 'SAMME.R' {
  const { minor } = memberVersion(estimator);
  const algorithm = estimator.get('algorithm');
  if (minor >= 6 && algorithm !== 'SAMME.R') return 'SAMME';
  if (minor < 6 && (algorithm === 'SAMME' || algorithm === 'SAMME.R')) return algorithm;
  if (algorithm === 'deprecated') return 'SAMME'; // imbalanced-learn's name for it since 0.13
  throw estimator.unsupported(
    `(${estimator.className}) has algorithm=${String(algorithm)}, which the scikit-learn that fitted it does not document`,
  );
}

/** What the vote of a member with this weight counts for its class, and against each of the others. */
function vote(estimator: Estimator, weight: number, classes: number): { readonly yes: number; readonly no: number } {
  return { yes: weight, no: memberVersion(estimator).minor >= 3 ? (-1 / (classes - 1)) * weight : 0 };
}

/** SAMME.R: what probabilities count. */
function logShares(probabilities: Float64Array): Float64Array {
  const classes = probabilities.length;
  const logs = probabilities.map((probability) => Math.log(Math.max(probability, EPSILON)));
  const total = numpySum(logs);
  return logs.map((log) => (classes - 1) * (log - (1 / classes) * total));
}

interface WeightedMembers {
  readonly members: readonly Estimator[];
  readonly weights: Float64Array;
}

/** The sum over trees, all in one node of the graph: what a leaf counts stands in a table. */
function sumOfTrees(
  graph: GraphBuilder,
  estimator: Estimator,
  input: Features,
  { members, weights, classes }: WeightedMembers & { readonly classes: number },
): Value<'float64'> {
  limitMagnitude(input, FLOAT32_MAXIMUM);
  const trees = members.map((tree) => readTree(tree, [1, classes]));
  const leaf = leavesOf(graph, estimator, trees, input);
  const byProbability = algorithmOf(estimator) === 'SAMME.R';
  const normalise = byProbability && memberVersion(estimator).minor < 4;
  const table = leafTable(estimator, trees, leaf, { numbers: classes, normalise });
  let at = 0;
  leaf.leaves.forEach((leaves, tree) => {
    const { yes, no } = vote(estimator, weights[tree]!, classes);
    for (let i = 0; i < leaves.length; i++, at += classes) {
      const row = table.subarray(at, at + classes);
      if (byProbability) row.set(logShares(row));
      else {
        const label = row.indexOf(row.reduce((most, value) => Math.max(most, value), row[0]!));
        for (let k = 0; k < classes; k++) row[k] = k === label ? yes : no;
      }
    }
  });
  return graph.sum(graph.gather(graph.doubles(table, [leaf.count, classes]), leaf.value), 1, false);
}

function sumOfOthers(
  graph: GraphBuilder,
  estimator: Estimator,
  predictions: readonly Prediction[],
  { members, weights }: WeightedMembers,
): Value<'float64'> {
  const { labels } = classesOf(estimator);
  const classes = labels.length;
  const byProbability = algorithmOf(estimator) === 'SAMME.R';
  const counts = predictions.map((prediction, i) => {
    if (!byProbability) {
      const { yes, no } = vote(estimator, weights[i]!, classes);
      const named = voteOf(graph, prediction, labels, members[i]!);
      return graph.where(graph.greater(named, graph.doubles([0])), graph.doubles([yes]), graph.doubles([no]));
    }
    const share = probabilitiesOf(graph, prediction, members[i]!, { labels, need: 'SAMME.R needs' });
    const least = graph.doubles([EPSILON]);
    const logs = graph.log(graph.where(graph.less(share, least), least, share));
    const mean = graph.multiply(graph.doubles([1 / classes]), graph.sum(logs, 1, true));
    return graph.multiply(graph.doubles([classes - 1]), graph.subtract(logs, mean));
  });
  return sumInOrder(graph, counts);
}

export const adaBoostClassifier: Converter = {
  classNames: ['sklearn.ensemble._weight_boosting.AdaBoostClassifier'],
  reads: ['estimators_', 'n_classes_', 'algorithm'],

  predict(estimator, input, conversion) {
    const { graph } = conversion;
    const classes = classesOf(estimator);
    const count = classes.labels.length;
    const members = listedMembers(estimator, 'estimators_');
    const { weights, total } = weightsOf(estimator, members.length);
    refuseMissing(input);
    const trees = members.every(
      (tree) => TREE_CLASSIFIERS.includes(tree.className) && tree.get('n_classes_') === count,
    );
    const predictions = trees ? [] : members.map((each) => conversion.predict(each, input));
    const sum = trees
      ? sumOfTrees(graph, estimator, input, { members, weights, classes: count })
      : sumOfOthers(graph, estimator, predictions, { members, weights });
    const pred = graph.divide(sum, graph.doubles([total]));
    const binary = count === 2;
    const decision = binary ? graph.sum(graph.multiply(pred, graph.doubles([-1, 1])), 1, false) : pred;
    const column = () => graph.reshape(decision, [-1, 1]);
    const logits = binary
      ? graph.divide(graph.concat([graph.negate(column()), column()], 1), graph.doubles([2]))
      : graph.divide(decision, graph.doubles([count - 1]));
    const index = binary ? graph.cast(graph.greater(decision, graph.doubles([0])), 'int64') : graph.argmax(decision);
    return {
      outputs: {
        predict: { value: classes.at(graph, index), width: 1 },
        predict_proba: { value: graph.softmax(logits), width: count },
        decision_function: { value: decision, width: binary ? 1 : count },
      },
      classes: classes.labels,
      computeClass: trees ? 'tree' : computeClassOf(predictions),
    };
  },
};

/** What each tree says, all in one node of the graph: shape `[rows, trees]`. */
function valuesOfTrees(
  graph: GraphBuilder,
  estimator: Estimator,
  members: readonly Estimator[],
  input: Features,
): Value<'float64'> {
  limitMagnitude(input, FLOAT32_MAXIMUM);
  const trees = members.map((member, target) => {
    const tree = readTree(member, [1, 1]);
    return { ...tree, target, weights: tree.values };
  });
  const rounded = roundToFloat32(graph, input.value);
  return leafSums(graph, estimator, trees, { value: rounded, width: input.columns.length, targets: trees.length });
}

/** The value at which half of the weight lies at or below. @param values shape `[rows, weights.length]` */
function weightedMedian(graph: GraphBuilder, values: Value<'float64'>, weights: Float64Array): Value<'float64'> {
  const count = weights.length;
  const [sorted, indices] = graph.topK(values, count, 'smallest');
  const reached = graph.node(
    'CumSum',
    [graph.gather(graph.doubles(weights), indices), graph.integers([1], [])],
    'float64',
  );
  const all = graph.node('Gather', [reached, graph.integers([count - 1])], 'float64', { axis: 1 });
  const below = graph.cast(graph.less(reached, graph.multiply(all, graph.doubles([0.5]))), 'float64');
  const place = graph.reshape(graph.argmax(graph.negate(below)), [-1, 1]);
  return graph.reshape(graph.node('GatherElements', [sorted, place], 'float64', { axis: 1 }), [-1]);
}

/** Each of its members is fitted on rows that a sampler chose. */
export const sampledAdaBoost: Converter = {
  ...adaBoostClassifier,
  classNames: ['imblearn.ensemble._weight_boosting.RUSBoostClassifier'],
  library: () => ({ name: 'imbalanced-learn' }),
};

export const adaBoostRegressor: Converter = {
  classNames: ['sklearn.ensemble._weight_boosting.AdaBoostRegressor'],
  reads: ['estimators_', 'n_outputs_'],

  predict(estimator, input, conversion) {
    const { graph } = conversion;
    const members = listedMembers(estimator, 'estimators_');
    const { weights } = weightsOf(estimator, members.length);
    refuseMissing(input);
    const trees = members.every((tree) => TREE_REGRESSORS.includes(tree.className) && tree.get('n_outputs_') === 1);
    const predictions = trees ? [] : members.map((each) => conversion.predict(each, input));
    const values = trees
      ? valuesOfTrees(graph, estimator, members, input)
      : graph.concat(
          predictions.map((prediction, i) => regressed(graph, prediction, members[i]!)),
          1,
        );
    const value = weightedMedian(graph, values, weights.subarray(0, members.length));
    return { outputs: { predict: { value, width: 1 } }, computeClass: trees ? 'tree' : computeClassOf(predictions) };
  },
};
