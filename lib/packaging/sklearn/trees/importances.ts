/** How important a fitted model finds each of its columns, as `SelectFromModel` computes it. */

import type { Estimator, Reader } from '../../estimator/estimator';
import { NumpyArray, PyObject } from '../../joblib';

/** Sum in numpy's order for up to eight numbers, and to the last bits for more. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

const SELECTOR: Reader = { reads: ['norm_order'] };
const MODEL: Reader = { reads: ['coef_', 'tree_', 'estimators_'] };

/** Norms of the columns of `coef_`, or `feature_importances_` of trees and forests. */
export function importancesOf(selector: Estimator, fitted: Estimator, width: number): Float64Array {
  const model = fitted.readBy(MODEL);
  const importances =
    model.get('coef_') !== undefined
      ? coefficientNorms(model, normOrder(selector))
      : model.get('tree_') !== undefined
        ? treeImportances(model, width, true)
        : forestImportances(selector, model, width);
  if (importances.length !== width) {
    throw selector.damaged(`its model knows ${importances.length} columns, and ${width} come in`);
  }
  return importances;
}

function normOrder(selector: Estimator): number {
  const order = selector.readBy(SELECTOR).get('norm_order') ?? 1;
  if (order === 1 || order === 2 || order === Number.POSITIVE_INFINITY) return order;
  throw selector.unsupported(`(${selector.className}) has a norm_order that is not converted; use 1, 2 or infinity`);
}

function coefficientNorms(model: Estimator, order: number): Float64Array {
  const coefficients = model.get('coef_');
  const axes = coefficients instanceof NumpyArray ? coefficients.shape.length : 2;
  const { values, shape } = model.finite('coef_', axes);
  if (axes === 1) return values.map(Math.abs);
  const width = shape[1]!;
  const norms = new Float64Array(width);
  values.forEach((value, i) => {
    const size = Math.abs(value);
    const column = i % width;
    if (order === 1) norms[column]! += size;
    else if (order === 2) norms[column]! += size * size;
    else norms[column] = Math.max(norms[column]!, size);
  });
  return order === 2 ? norms.map(Math.sqrt) : norms;
}

/** By how much the splits on each column make the nodes purer, weighted; summing to 1 if `normalise` says so. */
function treeImportances(model: Estimator, width: number, normalise: boolean): Float64Array {
  const { state } = model.part('tree_', ['sklearn.tree._tree.Tree']);
  const nodes = state.get('nodes');
  if (!(nodes instanceof NumpyArray)) throw model.damaged('tree_ has no nodes');
  const field = (name: string): Float64Array => {
    const column = nodes.field(name);
    if (!column) throw model.damaged(`tree_ has nodes without ${name}`);
    return column;
  };
  const [left, right, feature] = [field('left_child'), field('right_child'), field('feature')];
  const weight = field('weighted_n_node_samples');
  const impurity = field('impurity');
  const importances = new Float64Array(width);
  for (let node = 0; node < left.length; node++) {
    if (left[node] === -1) continue;
    const [yes, no, column] = [left[node]!, right[node]!, feature[node]!];
    if (!(yes < left.length && no < left.length && column >= 0 && column < width)) {
      throw model.damaged('tree_ has a node that leads nowhere');
    }
    importances[column]! +=
      weight[node]! * impurity[node]! - weight[yes]! * impurity[yes]! - weight[no]! * impurity[no]!;
  }
  for (let i = 0; i < width; i++) importances[i]! /= weight[0]!;
  const total = importances.reduce((sum, value) => sum + value, 0);
  return normalise && total > 0 ? importances.map((value) => value / total) : importances;
}

const FORESTS = ['RandomForestClassifier', 'RandomForestRegressor', 'ExtraTreesClassifier', 'ExtraTreesRegressor'].map(
  (name) => `sklearn.ensemble._forest.${name}`,
);

function forestImportances(selector: Estimator, model: Estimator, width: number): Float64Array {
  if (!FORESTS.includes(model.className)) {
    throw selector.unsupported(
      `(${selector.className}) selects by ${model.className}, whose importances are not converted; select with a linear model, a tree or a forest, or with SelectKBest`,
    );
  }
  const total = new Float64Array(width);
  let trees = 0;
  const known = new Map<PyObject, Float64Array | undefined>(); // a file may hold one tree a million times
  for (const object of model.list('estimators_')) {
    if (!(object instanceof PyObject)) throw model.damaged('estimators_ has something that is not an estimator');
    if (!known.has(object)) {
      const tree = model.child(object);
      known.set(object, isSingleLeaf(tree) ? undefined : treeImportances(tree, width, true));
    }
    const importances = known.get(object);
    if (!importances) continue; // it has learnt nothing
    trees++;
    importances.forEach((value, i) => {
      total[i]! += value;
    });
  }
  if (trees === 0) return total;
  const means = total.map((value) => value / trees);
  const sum = means.reduce((left, right) => left + right, 0);
  return means.map((value) => value / sum);
}

function isSingleLeaf(tree: Estimator): boolean {
  const nodes = tree.part('tree_', ['sklearn.tree._tree.Tree']).state.get('nodes');
  return nodes instanceof NumpyArray && nodes.size <= 1;
}
