/** scikit-learn's fitted trees, as they lie in `tree_` of a decision tree, and what they accept. */

import type { Estimator, Reader } from '../../estimator/estimator';
import { testedVersion } from '../../estimator/version';
import type { Tree } from '../../graph-parts/tree';
import { NumpyArray, PyObject } from '../../joblib';

export const DECISION_TREE_CLASSIFIERS = ['sklearn.tree._classes.DecisionTreeClassifier'];
export const EXTRA_TREE_CLASSIFIERS = ['sklearn.tree._classes.ExtraTreeClassifier'];
export const DECISION_TREE_REGRESSORS = ['sklearn.tree._classes.DecisionTreeRegressor'];
export const EXTRA_TREE_REGRESSORS = ['sklearn.tree._classes.ExtraTreeRegressor'];

export const TREE_CLASSIFIERS: readonly string[] = [...DECISION_TREE_CLASSIFIERS, ...EXTRA_TREE_CLASSIFIERS];
export const TREE_REGRESSORS: readonly string[] = [...DECISION_TREE_REGRESSORS, ...EXTRA_TREE_REGRESSORS];

const TREE: Reader = { reads: ['tree_'] };
const TREE_PARTS = ['sklearn.tree._tree.Tree'];

export interface FittedTree extends Tree {
  /** What each node says, shape `[nodes, numbers]`: weights or fractions of the classes, or the values of the targets. */
  readonly values: Float64Array;
  /** Training rows that came to each node. */
  readonly samples: () => Float64Array;
}

/**
 * The tree of a fitted decision tree.
 *
 * @param shape of what a node says: `[1, classes]`, or `[targets, 1]`
 * @throws SlipwayError E_FORMAT when it is not as scikit-learn leaves it
 */
export function readTree(estimator: Estimator, shape: readonly [number, number]): FittedTree {
  const { state } = estimator.readBy(TREE).part('tree_', TREE_PARTS);
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
  if (values.shape.length !== 3 || values.shape.join() !== [nodes.size, ...shape].join()) {
    const wanted = shape[0] === 1 && shape[1] > 1 ? `${shape[1]} classes` : `${shape[0]} targets`;
    throw estimator.damaged(`tree_ has values of shape ${values.shape.join(' x ')} for ${wanted}`);
  }
  const missingLeft = nodes.field('missing_go_to_left');
  return {
    left: field('left_child'),
    right: field('right_child'),
    feature: field('feature'),
    threshold: field('threshold'),
    ...(missingLeft && { missingLeft }),
    values: values.numbers(),
    samples: () => field('n_node_samples'), // few ask, and forests are large
  };
}

/** The trees in a list, each read once: a file may hold one tree a million times. */
export function readTrees(
  ensemble: Estimator,
  objects: readonly unknown[],
  classNames: readonly string[],
  shape: readonly [number, number],
): FittedTree[] {
  if (objects.length === 0) throw ensemble.damaged('it has no trees');
  const known = new Map<PyObject, FittedTree>();
  return objects.map((object) => {
    if (!(object instanceof PyObject) || !classNames.includes(object.callee.fullName)) {
      throw ensemble.damaged(`an estimator in it is not a ${classNames[0]}`);
    }
    const tree = known.get(object) ?? readTree(ensemble.child(object), shape);
    known.set(object, tree);
    return tree;
  });
}

/** A tree that splits on columns of the whole, where it was fitted on some of them. */
export function onColumns<T extends FittedTree>(tree: T, columns: readonly number[]): T {
  return {
    ...tree,
    feature: tree.feature.map((column, node) => (tree.left[node] === -1 ? column : (columns[column] ?? -1))),
  };
}

const TARGETS: Reader = { reads: ['n_outputs_'] };

/** How many targets a regressor has. */
export function targetsOf(regressor: Estimator): number {
  const targets = regressor.readBy(TARGETS).integer('n_outputs_');
  if (targets < 1) throw regressor.damaged(`n_outputs_ is ${targets}`);
  return targets;
}

const MISSING_SUPPORT: Reader = { reads: ['splitter', 'criterion', 'monotonic_cst'] };

const MISSING_CRITERIA = ['gini', 'log_loss', 'entropy', 'squared_error', 'friedman_mse', 'poisson'];

/**
 * Whether a decision tree on its own accepts NaN when it predicts: since 1.3 with the usual criteria, with
 * random splits since 1.6, with monotonic constraints and every criterion since 1.9.
 *
 * Source: `_support_missing_values` and the tags in sklearn/tree/_classes.py of these releases.
 */
export function acceptsMissing(estimator: Estimator): boolean {
  const tree = estimator.readBy(MISSING_SUPPORT);
  const { minor } = testedVersion(tree);
  const extra = [...EXTRA_TREE_CLASSIFIERS, ...EXTRA_TREE_REGRESSORS].includes(tree.className);
  const splitter = tree.get('splitter');
  if (minor >= 9) return !extra || splitter === 'random';
  if (minor < 3 || !MISSING_CRITERIA.includes(String(tree.get('criterion')))) return false;
  if ((tree.get('monotonic_cst') ?? null) !== null) return false;
  if (minor < 6) return splitter === 'best';
  return splitter === 'random' || (splitter === 'best' && !extra);
}
