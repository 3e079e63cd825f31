/**
 * Decision trees in a graph: which leaf each row reaches in each tree, or the sum of the leaves that it reaches.
 *
 * scikit-learn rounds X to float32, compares it with float64 thresholds, and adds up float64 leaves.
 * ONNX's TreeEnsemble gives one number a leaf. Where a leaf holds several, that number is the leaf's index,
 * exact in a double, and the leaves themselves are a table that the caller looks up. Where a leaf holds
 * one, TreeEnsemble adds them up itself: on one thread in the order of the trees, as scikit-learn does.
 */
import { limitError } from '../joblib';
import type { GraphBuilder, Value } from '../onnx';
import { NodeTable } from './node-table';
import type { Tree, WeightedTree } from './tree';

/** A tree's leaves get consecutive indices, in the order of its nodes. */
export interface LeafIndex {
  /** Leaf that each row reaches in each tree, shape `[rows, trees]`. */
  readonly value: Value<'int64'>;
  /** For each tree, the nodes that are its leaves, in the order of their indices. */
  readonly leaves: readonly (readonly number[])[];
  /** Leaves of all trees together. */
  readonly count: number;
}

/** Nodes of all trees. About a gigabyte of ONNX, half of what it can hold. */
const MAXIMUM_NODES = 40_000_000;

/** Longest way from the root to a leaf. The engine descends the trees by recursion when it loads them. */
const MAXIMUM_DEPTH = 4096;

/** As scikit-learn's trees see X. */
export function roundToFloat32(graph: GraphBuilder, features: Value<'float64'>): Value<'float64'> {
  return graph.cast(graph.cast(features, 'float32'), 'float64');
}

/** A tree that adds the same to every row. Standing first, it is what the sum begins with. */
export function constantTree(target: number, value: number): WeightedTree {
  const none = Float64Array.of(-1);
  return { left: none, right: none, feature: none, threshold: none, target, weights: Float64Array.of(value) };
}

/** Whose trees they are: an estimator, or a file. It says so when they contradict themselves. */
export interface TreeOwner {
  readonly file: string;
  damaged(what: string): Error;
}

/** What trees split on. */
interface TreeInput {
  /** Shape `[rows, width]`. */
  readonly value: Value<'float64'>;
  /** Number of features, which the trees' `feature` indices must stay below. */
  readonly width: number;
}

/** Which leaf each row reaches in each tree. @param input rounded to float32 here */
export function leafIndex(
  graph: GraphBuilder,
  owner: TreeOwner,
  trees: readonly Tree[],
  { value, width }: TreeInput,
): LeafIndex {
  const table = tableFor(trees, owner);
  const leaves = trees.map((tree, i) => {
    checkTree(tree, width, owner);
    return table.add(tree, i);
  });
  const rounded = roundToFloat32(graph, value);
  const indices = graph.mlNode('TreeEnsemble', [rounded], 'float64', table.attributes(trees.length));
  return { value: graph.cast(indices, 'int64'), leaves, count: table.leafCount };
}

/**
 * The sum of the leaves that each row reaches, for each target: shape `[rows, targets]`.
 *
 * @param input compared as it is: see `roundToFloat32`
 */
export function leafSums(
  graph: GraphBuilder,
  owner: TreeOwner,
  trees: readonly WeightedTree[],
  { value, width, targets }: TreeInput & { readonly targets: number },
): Value<'float64'> {
  const table = tableFor(trees, owner);
  for (const tree of trees) {
    checkTree(tree, width, owner);
    const { weights, left } = tree;
    if (weights.length !== left.length || !weights.every(Number.isFinite))
      throw owner.damaged('a tree has wrong leaves');
    table.add(tree, tree.target, weights);
  }
  return graph.mlNode('TreeEnsemble', [value], 'float64', table.attributes(targets));
}

function tableFor(trees: readonly Tree[], { file }: TreeOwner): NodeTable {
  let nodes = 0;
  for (const tree of trees) nodes += Math.max(tree.left.length, 2);
  if (nodes > MAXIMUM_NODES) throw limitError(file, `has trees of ${nodes} nodes`, `${MAXIMUM_NODES} nodes`);
  return new NodeTable(nodes);
}

/** Each node but the root has one parent, which comes before it: so there is no cycle, and nothing is shared. */
function checkTree(tree: Tree, width: number, owner: TreeOwner): void {
  const { left, right, feature, threshold } = tree;
  const depth = new Int32Array(left.length);
  if (left.length === 0) throw owner.damaged('a tree has no nodes');
  for (let node = 0; node < left.length; node++) {
    if (node > 0 && depth[node] === 0) throw owner.damaged(`node ${node} of a tree belongs to no other`);
    if (depth[node]! > MAXIMUM_DEPTH)
      throw limitError(owner.file, 'has a tree that is too deep', `${MAXIMUM_DEPTH} levels`);
    if (left[node] === -1) continue;
    for (const child of [left[node]!, right[node]!]) {
      if (!Number.isInteger(child) || child <= node || child >= left.length || depth[child] !== 0) {
        throw owner.damaged(`node ${node} of a tree has a wrong child`);
      }
      depth[child] = depth[node]! + 1;
    }
    const column = feature[node]!;
    if (!Number.isInteger(column) || column < 0 || column >= width) {
      throw owner.damaged(`node ${node} of a tree splits on column ${column}, and there are ${width}`);
    }
    if (Number.isNaN(threshold[node])) throw owner.damaged(`node ${node} of a tree has no threshold`);
  }
}
