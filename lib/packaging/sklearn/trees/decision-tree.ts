/** `sklearn.tree`: a decision tree on its own. */

import { FLOAT32_MAXIMUM } from '../../../model/formats/float32';
import { classesOf } from '../../estimator/classes';
import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { type Features, limitMagnitude, refuseMissing } from '../../estimator/features';
import { testedVersion } from '../../estimator/version';
import { acceptsMissing, readTree, TREE_CLASSIFIERS, TREE_REGRESSORS, targetsOf } from './fitted-tree';
import { leafTable, leavesOf } from './leaf-values';

function narrow(tree: Estimator, input: Features): void {
  limitMagnitude(input, FLOAT32_MAXIMUM);
  if (input.sparse || !acceptsMissing(tree)) refuseMissing(input);
}

/** Index of the largest of each row of `table`; of the first one when several are equal, as in numpy. */
function largest(table: Float64Array, columns: number): Int32Array {
  return Int32Array.from({ length: table.length / columns }, (_, row) => {
    let best = 0;
    for (let i = 1; i < columns; i++) if (table[row * columns + i]! > table[row * columns + best]!) best = i;
    return best;
  });
}

export const decisionTreeClassifier: Converter = {
  classNames: TREE_CLASSIFIERS,
  reads: [],

  predict(estimator, input, { graph }) {
    const classes = classesOf(estimator);
    const count = classes.labels.length;
    const trees = [readTree(estimator, [1, count])];
    narrow(estimator, input);
    const leaf = leavesOf(graph, estimator, trees, input);
    const reached = graph.reshape(leaf.value, [-1]);
    // the label comes from what the leaf holds, which until 1.3 is not yet divided by its sum
    const label = largest(leafTable(estimator, trees, leaf, { numbers: count }), count);
    const normalise = testedVersion(estimator).minor < 4;
    const probability = leafTable(estimator, trees, leaf, { numbers: count, normalise });
    return {
      outputs: {
        predict: { value: classes.at(graph, graph.gather(graph.integers(label), reached)), width: 1 },
        predict_proba: { value: graph.gather(graph.doubles(probability, [leaf.count, count]), reached), width: count },
      },
      classes: classes.labels,
      computeClass: 'tree',
    };
  },
};

export const decisionTreeRegressor: Converter = {
  classNames: TREE_REGRESSORS,
  reads: [],

  predict(estimator, input, { graph }) {
    const targets = targetsOf(estimator);
    const trees = [readTree(estimator, [targets, 1])];
    narrow(estimator, input);
    const leaf = leavesOf(graph, estimator, trees, input);
    const table = leafTable(estimator, trees, leaf, { numbers: targets });
    const shape = targets === 1 ? [leaf.count] : [leaf.count, targets];
    const value = graph.gather(graph.doubles(table, shape), graph.reshape(leaf.value, [-1]));
    return { outputs: { predict: { value, width: targets } }, computeClass: 'tree' };
  },
};
