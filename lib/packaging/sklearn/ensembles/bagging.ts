/** `sklearn.ensemble.Bagging*`: the mean of estimators that are given all of the columns, or some of them. */

import { FLOAT32_MAXIMUM } from '../../../model/formats/float32';
import { classesOf } from '../../estimator/classes';
import type { Conversion, Converter, Prediction } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { type Features, limitMagnitude, refuseMissing, selectFeatures } from '../../estimator/features';
import {
  computeClassOf,
  listedMembers,
  memberColumns,
  probabilitiesOf,
  regressed,
  sumInOrder,
  trainedElsewhere,
  voteOf,
} from '../../estimator/members';
import { testedVersion } from '../../estimator/version';
import { leafSums, roundToFloat32 } from '../../graph-parts/tree-ensemble';
import {
  acceptsMissing,
  type FittedTree,
  onColumns,
  readTree,
  TREE_CLASSIFIERS,
  TREE_REGRESSORS,
} from '../trees/fitted-tree';
import { leafTable, leavesOf, meanOfLeaves } from '../trees/leaf-values';

/** The members' trees, when all of them are trees that know these classes or one target: they fit into one node of the graph. */
function treesOf(
  outer: Estimator,
  members: readonly Estimator[],
  input: Features,
  { classNames, classes }: { readonly classNames: readonly string[]; readonly classes: number },
): FittedTree[] | undefined {
  const fits = (tree: Estimator) =>
    tree.get('n_outputs_') === 1 && (classes === 1 || tree.get('n_classes_') === classes);
  if (!members.every((tree) => classNames.includes(tree.className) && fits(tree))) return undefined;
  const columns = memberColumns(outer, members.length, input.columns.length);
  return members.map((tree, i) => {
    const given = { ...input, columns: columns[i]!.map((column) => input.columns[column]!) };
    limitMagnitude(given, FLOAT32_MAXIMUM);
    if (!acceptsMissing(tree)) refuseMissing(given);
    return onColumns(readTree(tree, [1, classes]), columns[i]!);
  });
}

function answers(
  outer: Estimator,
  members: readonly Estimator[],
  input: Features,
  conversion: Conversion,
): Prediction[] {
  const columns = memberColumns(outer, members.length, input.columns.length);
  return members.map((estimator, i) =>
    conversion.predict(estimator, selectFeatures(conversion.graph, input, columns[i]!)),
  );
}

export const baggingClassifier: Converter = {
  classNames: ['sklearn.ensemble._bagging.BaggingClassifier'],
  reads: ['estimators_', 'n_classes_', 'n_outputs_'],

  predict(estimator, input, conversion) {
    const { graph } = conversion;
    const classes = classesOf(estimator);
    const count = classes.labels.length;
    const indices = classes.labels.map((_, i) => i); // the members are fitted on these
    const members = listedMembers(estimator, 'estimators_');
    const trees = treesOf(estimator, members, input, { classNames: TREE_CLASSIFIERS, classes: count });
    const answer = (probability: ReturnType<typeof meanOfLeaves>, predictions: readonly Prediction[]) => ({
      outputs: {
        predict: { value: classes.at(graph, graph.argmax(probability)), width: 1 },
        predict_proba: { value: probability, width: count },
      },
      classes: classes.labels,
      computeClass: trees ? ('tree' as const) : computeClassOf(predictions),
    });
    if (trees) {
      const leaf = leavesOf(graph, estimator, trees, input);
      const normalise = testedVersion(estimator).minor < 4;
      const table = leafTable(estimator, trees, leaf, { numbers: count, normalise });
      return answer(meanOfLeaves(graph, leaf, table, count), []);
    }
    const predictions = answers(estimator, members, input, conversion);
    const votes = predictions.map((prediction, i) =>
      prediction.outputs.predict_proba
        ? probabilitiesOf(graph, prediction, members[i]!, { labels: indices, need: 'bagging needs' })
        : voteOf(graph, prediction, indices, members[i]!),
    );
    const mean = graph.divide(sumInOrder(graph, votes), graph.doubles([members.length]));
    const { outputs, ...rest } = answer(mean, predictions);
    const decisions = predictions.map((prediction) => prediction.outputs.decision_function);
    const [first] = decisions;
    if (!first || decisions.some((decision) => decision?.width !== first.width)) return { outputs, ...rest };
    const sum = sumInOrder(
      graph,
      decisions.map((decision) => decision!.value as typeof mean),
    );
    const decision = graph.divide(sum, graph.doubles([members.length]));
    return { outputs: { ...outputs, decision_function: { value: decision, width: first.width } }, ...rest };
  },
};

/** Its members are pipelines that begin with a sampler, which leaves rows to predict alone. */
export const balancedBagging: Converter = {
  ...baggingClassifier,
  classNames: [
    'imblearn.ensemble._bagging.BalancedBaggingClassifier',
    'imblearn.ensemble._easy_ensemble.EasyEnsembleClassifier',
  ],
  trainedOn: trainedElsewhere,
  library: () => ({ name: 'imbalanced-learn' }),
};

export const baggingRegressor: Converter = {
  classNames: ['sklearn.ensemble._bagging.BaggingRegressor'],
  reads: ['estimators_', 'n_outputs_'],

  predict(estimator, input, conversion) {
    const { graph } = conversion;
    const members = listedMembers(estimator, 'estimators_');
    const trees = treesOf(estimator, members, input, { classNames: TREE_REGRESSORS, classes: 1 });
    const mean = (sum: Parameters<typeof graph.divide>[0]) =>
      graph.divide(graph.reshape(sum, [-1]), graph.doubles([members.length]));
    if (trees) {
      const weighted = trees.map((tree) => ({ ...tree, target: 0, weights: tree.values }));
      const rounded = roundToFloat32(graph, input.value);
      const sum = leafSums(graph, estimator, weighted, { value: rounded, width: input.columns.length, targets: 1 });
      return { outputs: { predict: { value: mean(sum), width: 1 } }, computeClass: 'tree' };
    }
    const predictions = answers(estimator, members, input, conversion);
    const values = predictions.map((prediction, i) => regressed(graph, prediction, members[i]!));
    const value = mean(sumInOrder(graph, values));
    return { outputs: { predict: { value, width: 1 } }, computeClass: computeClassOf(predictions) };
  },
};
