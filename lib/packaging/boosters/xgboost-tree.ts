/** One tree of an XGBoost document. */

import { type BoosterTree, type CategorySplit, orderNodes } from './booster-model';
import type { Section } from './xgboost-document';

/** Categories are below 2^24, the integers that a float32 holds (XGBoost's `OutOfRangeCat`). */
const MAXIMUM_CATEGORY = 2 ** 24;

/** Values of `split_type`. */
const CATEGORICAL = 1;

/** Members of a tree, with those that tell how it was grown and nothing of what it answers. */
const MEMBERS: readonly string[] = [
  ...['tree_param', 'left_children', 'right_children', 'split_indices', 'split_conditions', 'split_type'],
  ...['default_left', 'categories', 'categories_nodes', 'categories_segments', 'categories_sizes'],
  ...['id', 'parents', 'base_weights', 'loss_changes', 'sum_hessian'],
];
const PARAMETERS: readonly string[] = ['num_nodes', 'num_deleted', 'num_feature', 'size_leaf_vector'];

/**
 * @param width columns of X
 * @throws SlipwayError E_FORMAT when the tree contradicts itself; E_UNSUPPORTED for leaves that are vectors
 */
export function readXgboostTree(section: Section, width: number): BoosterTree {
  const parameters = section.optional('tree_param').only(...PARAMETERS);
  if (parameters.integer('size_leaf_vector', 0) > 1) {
    throw section.unsupported(
      'has leaves with several values (multi_strategy="multi_output_tree"), which are not converted; train with multi_strategy="one_output_per_tree"',
    );
  }
  section.only(...MEMBERS);
  const lefts = section.numbers('left_children');
  const rights = section.numbers('right_children');
  const columns = section.numbers('split_indices');
  const conditions = section.numbers('split_conditions');
  const defaults = section.numbers('default_left');
  const types = section.has('split_type') ? section.numbers('split_type') : new Float64Array(lefts.length);
  const count = lefts.length;
  if (count === 0 || [rights, columns, conditions, defaults, types].some((list) => list.length !== count)) {
    throw section.damaged('has lists of different lengths');
  }
  const sets = readCategories(section, types.includes(CATEGORICAL));
  const feature = new Float64Array(count);
  const threshold = new Float64Array(count);
  const missingLeft = new Float64Array(count);
  const values = new Float64Array(count);
  const categories = new Map<number, CategorySplit>();
  const isLeaf = (node: number) => lefts[node] === -1;

  const { left, right } = orderNodes(
    section.file,
    {
      root: 0,
      isLeaf,
      left: (node) => lefts[node]!,
      right: (node) => rights[node]!,
      copy(node, at) {
        const condition = Math.fround(conditions[node]!);
        if (isLeaf(node)) {
          if (!Number.isFinite(condition)) throw section.damaged(`has a leaf ${node} without a value`);
          values[at] = condition;
          return;
        }
        feature[at] = columns[node]!;
        if (!Number.isInteger(feature[at]) || feature[at]! < 0 || feature[at]! >= width) {
          throw section.damaged(`splits node ${node} on column ${feature[at]}, and there are ${width}`);
        }
        missingLeft[at] = Number(defaults[node] === 1);
        if (types[node] === CATEGORICAL) {
          categories.set(at, { listed: sets.get(node) ?? [], listedGoLeft: false });
          return;
        }
        if (Number.isNaN(condition)) throw section.damaged(`has a node ${node} without a threshold`);
        threshold[at] = float32Below(condition);
      },
    },
    count,
  );
  const used = left.length;
  return {
    left,
    right,
    feature: feature.subarray(0, used),
    threshold: threshold.subarray(0, used),
    missingLeft: missingLeft.subarray(0, used),
    values: values.subarray(0, used),
    categories,
  };
}

/** The categories of the nodes that split on them: those listed go right. */
function readCategories(section: Section, some: boolean): Map<number, readonly number[]> {
  const sets = new Map<number, readonly number[]>();
  if (!some) return sets;
  const nodes = section.numbers('categories_nodes');
  const segments = section.numbers('categories_segments');
  const sizes = section.numbers('categories_sizes');
  const all = section.numbers('categories');
  if (segments.length !== nodes.length || sizes.length !== nodes.length) {
    throw section.damaged('has lists of categories of different lengths');
  }
  nodes.forEach((node, i) => {
    const start = segments[i]!;
    const listed = [...all.subarray(start, start + sizes[i]!)];
    const fits = (category: number) => Number.isInteger(category) && category >= 0 && category < MAXIMUM_CATEGORY;
    if (start < 0 || listed.length !== sizes[i] || !listed.every(fits)) {
      throw section.damaged(`has wrong categories at node ${node}`);
    }
    sets.set(node, listed);
  });
  return sets;
}

/** The largest float32 that is less than `threshold`: `x < threshold` is `x <= float32Below(threshold)` for every float32 x. */
export function float32Below(threshold: number): number {
  if (threshold === Number.NEGATIVE_INFINITY) return threshold;
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, threshold === 0 ? -0 : threshold);
  const bits = view.getInt32(0);
  // a float's bits, read as an integer, grow with its magnitude
  view.setInt32(0, threshold > 0 ? bits - 1 : bits + 1);
  return view.getFloat32(0);
}
