/** Forests of `sklearn.ensemble`, and imbalanced-learn's: the mean of what their trees say. */

import { FLOAT32_MAXIMUM } from '../../../model/formats/float32';
import { classesOf } from '../../estimator/classes';
import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { type Features, limitMagnitude, refuseMissing } from '../../estimator/features';
import { memberVersion, trainedElsewhere } from '../../estimator/members';
import { leafSums, roundToFloat32 } from '../../graph-parts/tree-ensemble';
import type { PyObject } from '../../joblib';
import {
  acceptsMissing,
  DECISION_TREE_CLASSIFIERS,
  DECISION_TREE_REGRESSORS,
  EXTRA_TREE_CLASSIFIERS,
  EXTRA_TREE_REGRESSORS,
  type FittedTree,
  readTrees,
  targetsOf,
} from './fitted-tree';
import { leafTable, leavesOf, meanOfLeaves } from './leaf-values';

function treesOf(
  forest: Estimator,
  classNames: readonly string[],
  shape: readonly [number, number],
  input: Features,
): FittedTree[] {
  const objects = forest.list('estimators_');
  const trees = readTrees(forest, objects, classNames, shape);
  limitMagnitude(input, FLOAT32_MAXIMUM);
  // a forest asks its first tree since 1.4; before that it accepts no NaN
  const first = forest.child(objects[0] as PyObject);
  if (input.sparse || memberVersion(forest).minor < 4 || !acceptsMissing(first)) refuseMissing(input);
  return trees;
}

const classifier = (name: string, treeClasses: readonly string[]): Converter => ({
  classNames: [`sklearn.ensemble._forest.${name}`],
  reads: ['estimators_'],

  predict(estimator, input, { graph }) {
    const classes = classesOf(estimator);
    const count = classes.labels.length;
    const trees = treesOf(estimator, treeClasses, [1, count], input);
    const leaf = leavesOf(graph, estimator, trees, input);
    // until 1.3 a node holds weights of classes, and scikit-learn divides when it predicts
    const normalise = memberVersion(estimator).minor < 4;
    const table = leafTable(estimator, trees, leaf, { numbers: count, normalise });
    const probability = meanOfLeaves(graph, leaf, table, count);
    return {
      outputs: {
        predict: { value: classes.at(graph, graph.argmax(probability)), width: 1 },
        predict_proba: { value: probability, width: count },
      },
      classes: classes.labels,
      computeClass: 'tree',
    };
  },
});

const regressor = (name: string, treeClasses: readonly string[]): Converter => ({
  classNames: [`sklearn.ensemble._forest.${name}`],
  reads: ['estimators_'],

  predict(estimator, input, { graph }) {
    const targets = targetsOf(estimator);
    const trees = treesOf(estimator, treeClasses, [targets, 1], input);
    if (targets > 1) {
      const leaf = leavesOf(graph, estimator, trees, input);
      const value = meanOfLeaves(graph, leaf, leafTable(estimator, trees, leaf, { numbers: targets }), targets);
      return { outputs: { predict: { value, width: targets } }, computeClass: 'tree' };
    }
    const weighted = trees.map((tree) => ({ ...tree, target: 0, weights: tree.values }));
    const rounded = roundToFloat32(graph, input.value);
    const sum = leafSums(graph, estimator, weighted, { value: rounded, width: input.columns.length, targets: 1 });
    const value = graph.divide(graph.reshape(sum, [-1]), graph.doubles([trees.length]));
    return { outputs: { predict: { value, width: 1 } }, computeClass: 'tree' };
  },
});

export const randomForestClassifier = classifier('RandomForestClassifier', DECISION_TREE_CLASSIFIERS);
export const randomForestRegressor = regressor('RandomForestRegressor', DECISION_TREE_REGRESSORS);
export const extraTreesClassifier = classifier('ExtraTreesClassifier', EXTRA_TREE_CLASSIFIERS);
export const extraTreesRegressor = regressor('ExtraTreesRegressor', EXTRA_TREE_REGRESSORS);

/** Its trees are grown on rows that a sampler chose; its answers are those of any forest. */
export const balancedForest: Converter = {
  ...randomForestClassifier,
  classNames: ['imblearn.ensemble._forest.BalancedRandomForestClassifier'],
  trainedOn: trainedElsewhere,
  library: () => ({ name: 'imbalanced-learn' }),
};
