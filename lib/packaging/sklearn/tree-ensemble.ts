/**
 * Decision trees in a graph: which leaf each row reaches in each tree.
 *
 * scikit-learn rounds X to float32, compares it with float64 thresholds, and adds up float64 leaves.
 * ONNX's TreeEnsemble gives one number a leaf, so here that number is the leaf's index, exact in a
 * double, and the leaves themselves are a table that the caller looks up.
 */
import { limitError } from '../joblib';
import { type GraphBuilder, rawBytes, type Value } from '../onnx';

/** One tree; its nodes in an order in which children come after their parent, the root first. */
export interface Tree {
  /** Index of the child for `x <= threshold`; -1 in a leaf. */
  readonly left: Float64Array;
  readonly right: Float64Array;
  readonly feature: Float64Array;
  readonly threshold: Float64Array;
  /** 1 where NaN goes left; absent when the tree knows no NaN. */
  readonly missingLeft?: Float64Array;
}

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

/**
 * @param features shape `[rows, width]`; rounded to float32 here
 * @param width number of features, which the trees' `feature` indices must stay below
 * @param file name of the model file, for messages
 * @param damaged makes the error for a tree that contradicts itself
 */
export function leafIndex(
  graph: GraphBuilder,
  features: Value<'float64'>,
  trees: readonly Tree[],
  width: number,
  file: string,
  damaged: (what: string) => Error,
): LeafIndex {
  let nodes = 0;
  for (const tree of trees) nodes += Math.max(tree.left.length, 2);
  if (nodes > MAXIMUM_NODES) throw limitError(file, `has trees of ${nodes} nodes`, `${MAXIMUM_NODES} nodes`);

  const table = new NodeTable(nodes);
  const leaves = trees.map((tree, i) => {
    checkTree(tree, width, file, damaged);
    return table.add(tree, i);
  });
  const rounded = graph.cast(graph.cast(features, 'float32'), 'float64');
  const indices = graph.node('TreeEnsemble', [rounded], 'float64', table.attributes(trees.length), 'ai.onnx.ml');
  return { value: graph.cast(indices, 'int64'), leaves, count: table.leafCount };
}

/** Each node but the root has one parent, which comes before it: so there is no cycle, and nothing is shared. */
function checkTree(tree: Tree, width: number, file: string, damaged: (what: string) => Error): void {
  const { left, right, feature, threshold } = tree;
  const depth = new Int32Array(left.length);
  if (left.length === 0) throw damaged('a tree has no nodes');
  for (let node = 0; node < left.length; node++) {
    if (node > 0 && depth[node] === 0) throw damaged(`node ${node} of a tree belongs to no other`);
    if (depth[node]! > MAXIMUM_DEPTH) throw limitError(file, 'has a tree that is too deep', `${MAXIMUM_DEPTH} levels`);
    if (left[node] === -1) continue;
    for (const child of [left[node]!, right[node]!]) {
      if (!Number.isInteger(child) || child <= node || child >= left.length || depth[child] !== 0) {
        throw damaged(`node ${node} of a tree has a wrong child`);
      }
      depth[child] = depth[node]! + 1;
    }
    const column = feature[node]!;
    if (!Number.isInteger(column) || column < 0 || column >= width) {
      throw damaged(`node ${node} of a tree splits on column ${column}, and there are ${width}`);
    }
    if (Number.isNaN(threshold[node])) throw damaged(`node ${node} of a tree has no threshold`);
  }
}

/** The attributes of TreeEnsemble: inner nodes and leaves of all trees, each in arrays of their own. */
class NodeTable {
  leafCount = 0;
  private count = 0;
  private readonly features: Int32Array;
  private readonly splits: Float64Array;
  private readonly trueNodes: Int32Array;
  private readonly falseNodes: Int32Array;
  private readonly trueIsLeaf: Uint8Array;
  private readonly falseIsLeaf: Uint8Array;
  private readonly missingTracksTrue: Uint8Array;
  private readonly leafTargets: Int32Array;
  private readonly roots: number[] = [];

  constructor(capacity: number) {
    this.features = new Int32Array(capacity);
    this.splits = new Float64Array(capacity);
    this.trueNodes = new Int32Array(capacity);
    this.falseNodes = new Int32Array(capacity);
    this.trueIsLeaf = new Uint8Array(capacity);
    this.falseIsLeaf = new Uint8Array(capacity);
    this.missingTracksTrue = new Uint8Array(capacity);
    this.leafTargets = new Int32Array(capacity);
  }

  /** Adds a tree and returns the nodes that are its leaves. */
  add(tree: Tree, target: number): number[] {
    const { left, right, feature, threshold, missingLeft } = tree;
    const place = new Int32Array(left.length); // of a node: its index among the inner nodes, or among the leaves
    const leaves: number[] = [];
    let inner = this.count;
    for (let node = 0; node < left.length; node++) {
      if (left[node] === -1) {
        this.leafTargets[this.leafCount] = target;
        place[node] = this.leafCount++;
        leaves.push(node);
      } else {
        place[node] = inner++;
      }
    }
    this.roots.push(this.count);
    if (leaves.length === 1) {
      // a tree must have an inner node: this one leads to its single leaf either way
      this.set(this.count++, 0, 0, place[0]!, place[0]!, true, true, false);
      return leaves;
    }
    for (let node = 0; node < left.length; node++) {
      const yes = left[node]!;
      const no = right[node]!;
      if (yes === -1) continue;
      const leads = [left[yes] === -1, left[no] === -1] as const;
      const missing = missingLeft?.[node] === 1;
      this.set(place[node]!, feature[node]!, threshold[node]!, place[yes]!, place[no]!, ...leads, missing);
    }
    this.count = inner;
    return leaves;
  }

  attributes(targets: number) {
    const { count, leafCount } = this;
    const leafIndices = Float64Array.from({ length: leafCount }, (_, i) => i);
    return {
      aggregate_function: 1, // sum, of the one leaf that each tree has for its target
      leaf_targetids: this.leafTargets.subarray(0, leafCount),
      leaf_weights: { type: 'float64', shape: [leafCount], bytes: rawBytes(leafIndices) },
      n_targets: targets,
      nodes_falseleafs: this.falseIsLeaf.subarray(0, count),
      nodes_falsenodeids: this.falseNodes.subarray(0, count),
      nodes_featureids: this.features.subarray(0, count),
      nodes_missing_value_tracks_true: this.missingTracksTrue.subarray(0, count),
      nodes_modes: { type: 'uint8', shape: [count], bytes: new Uint8Array(count) }, // all of them BRANCH_LEQ
      nodes_splits: { type: 'float64', shape: [count], bytes: rawBytes(this.splits.subarray(0, count)) },
      nodes_trueleafs: this.trueIsLeaf.subarray(0, count),
      nodes_truenodeids: this.trueNodes.subarray(0, count),
      post_transform: 0,
      tree_roots: this.roots,
    } as const;
  }

  private set(
    at: number,
    feature: number,
    split: number,
    yes: number,
    no: number,
    yesIsLeaf: boolean,
    noIsLeaf: boolean,
    missing: boolean,
  ): void {
    this.features[at] = feature;
    this.splits[at] = split;
    this.trueNodes[at] = yes;
    this.falseNodes[at] = no;
    this.trueIsLeaf[at] = Number(yesIsLeaf);
    this.falseIsLeaf[at] = Number(noIsLeaf);
    this.missingTracksTrue[at] = Number(missing);
  }
}
