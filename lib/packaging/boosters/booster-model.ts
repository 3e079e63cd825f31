/**
 * A boosted model, whichever library wrote it: trees by output, and what is done with their sums.
 *
 * The readers of XGBoost and LightGBM files end here, and the conversion to a graph begins here.
 */
import { SlipwayError } from '../../model/error';
import type { Tree } from '../graph-parts/tree';
import { limitError } from '../joblib';
import type { Categories } from './frame-categories';

/** One tree; its nodes in an order in which children come after their parent, the root first. */
export interface BoosterTree extends Tree {
  readonly missingLeft: Float64Array;
  /** What a leaf adds, by node. */
  readonly values: Float64Array;
  /** Categories that go left, for the nodes that split on them; all other values go right. */
  readonly categories: ReadonlyMap<number, CategorySplit>;
  /** Nodes for which 0 is a missing value (LightGBM's `zero_as_missing`). */
  readonly zeroIsMissing?: Uint8Array;
}

export interface CategorySplit {
  /** Categories that are listed, as non-negative integers. */
  readonly listed: readonly number[];
  /** Where those go; all others, and negative values, go the other way. */
  readonly listedGoLeft: boolean;
}

/** What turns sums into predictions, named after what the libraries call it. */
export type Link =
  | 'identity'
  | 'sigmoid'
  | 'exponential'
  | 'softmax'
  | 'argmax'
  | 'step'
  | 'independent sigmoids'
  | 'logarithm of one plus exponential'
  | 'signed square';

export interface Objective {
  /** As the file has it, e.g. `binary:logistic`. */
  readonly name: string;
  readonly link: Link;
  /** Factor on the sums before the link. */
  readonly slope: number;
}

export interface BoosterModel {
  readonly library: 'xgboost' | 'lightgbm';
  /** Version of the library that wrote the file; undefined when it does not say. */
  readonly version: string | undefined;
  readonly objective: Objective;
  /** Columns of X. */
  readonly width: number;
  /** Names of the columns; undefined when the model was trained without. */
  readonly names: readonly string[] | undefined;
  /** Trees of each output, in the order in which the library adds them up. */
  readonly trees: readonly (readonly BoosterTree[])[];
  /** A linear model instead of trees (XGBoost's gblinear): shape `[width + 1, outputs]`, the last row the bias. */
  readonly weights?: Float64Array;
  /** What the sums begin with, one an output. */
  readonly base: readonly number[];
  /** What the sums are divided by, where the trees are averaged. */
  readonly divisor: number;
  /** A value that stands for a missing one, beside NaN. */
  readonly missing?: number;
  /** Where the file does not say what is missing: whether somebody else did. */
  readonly missingSaid?: 'given' | 'assumed';
  /** For a classifier: how many classes. */
  readonly classes?: number;
  /** Categories by column, where the file has them. */
  readonly categories?: readonly Categories[];
}

/** A tree as a file has it: nodes in any order, some of them perhaps not in use. */
interface RawTree {
  readonly root: number;
  /** Whether a node is a leaf. */
  isLeaf(node: number): boolean;
  left(node: number): number;
  right(node: number): number;
  /** Copies what the file says of a node to its place in the new order. */
  copy(node: number, at: number): void;
}

/**
 * The nodes of a tree, parents first, each with its children's places in that order.
 *
 * @param count nodes that the file has, in use or not
 * @throws SlipwayError E_FORMAT when two nodes have one child
 */
export function orderNodes(file: string, tree: RawTree, count: number): { left: Float64Array; right: Float64Array } {
  const left = new Float64Array(count).fill(-1);
  const right = new Float64Array(count).fill(-1);
  const place = new Int32Array(count).fill(-1);
  const waiting = [tree.root];
  place[tree.root] = 0;
  let used = 1;
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const at = place[node]!;
    tree.copy(node, at);
    if (tree.isLeaf(node)) continue;
    for (const [side, child] of [
      [left, tree.left(node)],
      [right, tree.right(node)],
    ] as const) {
      if (!Number.isInteger(child) || child < 0 || child >= count || place[child] !== -1) {
        throw new SlipwayError('E_FORMAT', `${file}: is damaged: node ${node} of a tree has a wrong child`);
      }
      place[child] = used;
      side[at] = used++;
      waiting.push(child);
    }
  }
  return { left: left.subarray(0, used), right: right.subarray(0, used) };
}

/** Trees of one model. */
const MAXIMUM_TREES = 100_000;

export function checkTreeCount(file: string, count: number): void {
  if (count > MAXIMUM_TREES) throw limitError(file, `has ${count} trees`, `${MAXIMUM_TREES} trees`);
}
