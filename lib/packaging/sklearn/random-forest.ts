/** `sklearn.ensemble.RandomForestClassifier`: the mean of what its trees say. */
import { NumpyArray, PyObject } from '../joblib';
import { classesOf } from './classes';
import type { Converter } from './converter';
import type { Estimator } from './estimator';
import { limitMagnitude, refuseMissing } from './features';
import { leafIndex, type Tree } from './tree-ensemble';
import { testedVersion } from './version';

const TREE_CLASSES = ['sklearn.tree._classes.DecisionTreeClassifier', 'sklearn.tree.tree.DecisionTreeClassifier'];
const TREE_PARTS = ['sklearn.tree._tree.Tree'];

/** Largest finite float32: scikit-learn raises for what does not fit. */
const FLOAT32_MAXIMUM = (2 - 2 ** -23) * 2 ** 127;

/** Numbers in the table of leaves: 1 GiB of it. */
const MAXIMUM_LEAF_VALUES = 2 ** 27;

interface FittedTree extends Tree {
  /** What each node says, shape `[nodes, classes]`. */
  readonly values: Float64Array;
}

function treesOf(forest: Estimator, classes: number): FittedTree[] {
  const trees = forest.list('estimators_');
  if (trees.length === 0) throw forest.damaged('it has no trees');
  const known = new Map<PyObject, FittedTree>(); // a file may hold one tree a million times
  return trees.map((object) => {
    if (!(object instanceof PyObject) || !TREE_CLASSES.includes(object.callee.fullName)) {
      throw forest.damaged(`an estimator in it is not a ${TREE_CLASSES[0]}`);
    }
    const tree = known.get(object) ?? readTree(forest.child(object), classes);
    known.set(object, tree);
    return tree;
  });
}

function readTree(estimator: Estimator, classes: number): FittedTree {
  const { state } = estimator.part('tree_', TREE_PARTS);
  const nodes = state.get('nodes');
  const values = state.get('values');
  if (!(nodes instanceof NumpyArray) || nodes.shape.length !== 1 || !(values instanceof NumpyArray)) {
    throw estimator.damaged('tree_ has no nodes');
  }
  const field = (name: string): Float64Array => {
    const column = nodes.field(name);
    if (!column) throw estimator.damaged(`tree_ has nodes without ${name}`);
    return column;
  };
  if (values.shape.length !== 3 || values.shape.join() !== [nodes.size, 1, classes].join()) {
    throw estimator.damaged(`tree_ has values of shape ${values.shape.join(' x ')} for ${classes} classes`);
  }
  const missingLeft = nodes.field('missing_go_to_left');
  return {
    left: field('left_child'),
    right: field('right_child'),
    feature: field('feature'),
    threshold: field('threshold'),
    ...(missingLeft && { missingLeft }),
    values: values.numbers(),
  };
}

/** Whether the forest accepts NaN when it predicts: a forest can since 1.4, and until 1.8 only without monotonic constraints. */
function acceptsMissing(forest: Estimator): boolean {
  const { minor } = testedVersion(forest);
  return minor >= 9 || (minor >= 4 && (forest.get('monotonic_cst') ?? null) === null);
}

/** Probabilities of the classes at every leaf, shape `[leaves, classes]`. */
function leafTable(
  trees: readonly FittedTree[],
  leaves: readonly (readonly number[])[],
  count: number,
  classes: number,
  normalise: boolean,
): Float64Array {
  const table = new Float64Array(count * classes);
  let at = 0;
  trees.forEach(({ values }, tree) => {
    for (const node of leaves[tree]!) {
      const row = values.subarray(node * classes, (node + 1) * classes);
      const total = normalise ? row.reduce((sum, value) => sum + value, 0) || 1 : 1;
      for (let i = 0; i < classes; i++) table[at++] = normalise ? row[i]! / total : row[i]!;
    }
  });
  return table;
}

export const randomForestClassifier: Converter = {
  classNames: ['sklearn.ensemble._forest.RandomForestClassifier', 'sklearn.ensemble.forest.RandomForestClassifier'],

  predict(estimator, input, { graph }) {
    const classes = classesOf(estimator);
    const count = classes.labels.length;
    const trees = treesOf(estimator, count);
    limitMagnitude(input, FLOAT32_MAXIMUM);
    if (!acceptsMissing(estimator)) refuseMissing(input);

    const leaf = leafIndex(graph, input.value, trees, input.columns.length, estimator.file, (what) =>
      estimator.damaged(what),
    );
    if (leaf.count * count > MAXIMUM_LEAF_VALUES) {
      throw estimator.unsupported(
        `(${estimator.className}) has ${leaf.count} leaves with ${count} classes each, which do not fit into one ONNX file; limit max_depth, max_leaf_nodes or n_estimators`,
      );
    }
    // until 1.3 a node holds weights of classes, and scikit-learn divides when it predicts
    const table = leafTable(trees, leaf.leaves, leaf.count, count, testedVersion(estimator).minor < 4);
    const votes = graph.gather(graph.doubles(table, [leaf.count, count]), leaf.value); // [rows, trees, classes]
    const probability = graph.divide(graph.sum(votes, 1, false), graph.doubles([trees.length]));
    return {
      outputs: {
        predict: { value: classes.at(graph, graph.argmax(probability)), width: 1 },
        predict_proba: { value: probability, width: count },
      },
      classes: classes.labels,
      computeClass: 'tree',
    };
  },
};
