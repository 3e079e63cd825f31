/**
 * A tree ensemble as the tree kernel walks it (see assembly/trees.ts for the layout).
 *
 * Whatever the file claims, the walks stay within the nodes: every child and feature is checked here, and no node is
 * reached twice, so there is no cycle and the layout is at most twice as long as the list in the file.
 */
import { NotNative } from '../../contract/fault';
import type { TreeMemory } from './tree-memory';

/** The nodes of all trees of a TreeEnsemble (ai.onnx.ml 5), in arrays of their own. */
export interface EnsembleNodes {
  readonly roots: ArrayLike<number>;
  readonly features: ArrayLike<number>;
  readonly splits: ArrayLike<number>;
  /** 0 for `x <= split`, 6 for membership. */
  readonly modes: ArrayLike<number>;
  readonly yes: ArrayLike<number>;
  readonly no: ArrayLike<number>;
  readonly yesIsLeaf: ArrayLike<number>;
  readonly noIsLeaf: ArrayLike<number>;
  readonly missingYes: ArrayLike<number>;
  /** What node asks for which members, small integers. */
  readonly members: ReadonlyMap<number, readonly number[]>;
}

export interface Forest {
  readonly trees: number;
  /** Address of the descriptions of the trees. */
  readonly descriptions: number;
  readonly nodes: number;
  readonly leaves: number;
  readonly hasMembers: boolean;
}

/** What the leaves say. */
export interface Leaves {
  readonly count: number;
  /** Which of the sums of the operator a leaf adds to; the same for all leaves of a tree. */
  readonly targets: ArrayLike<number>;
  /** Number that a leaf adds, or the address of its numbers. */
  readonly values: ArrayLike<number>;
  readonly areAddresses: boolean;
  /** Which of the sums of the kernel a tree adds to. */
  readonly sumOf: (tree: number, target: number) => number;
}

const NODE = 16;
const TREE = 16;
const MISSING_YES = 1;
const MEMBER = 2;
export const BRANCH_LEQ = 0;
export const BRANCH_MEMBER = 6;

/** The longest way from a root to a leaf; that of a converted model is shorter. */
const MAXIMUM_DEPTH = 4096;

/**
 * @param damaged makes the error for nodes that contradict each other
 * @throws NotNative when there is not enough memory
 */
export function layOut(
  memory: TreeMemory,
  source: EnsembleNodes,
  leaves: Leaves,
  width: number,
  damaged: (what: string) => Error,
): Forest {
  const { roots, features, splits, modes, yes, no, yesIsLeaf, noIsLeaf, missingYes, members } = source;
  const count = features.length;
  const slots = roots.length + 2 * count;
  const nodes = memory.reserve(slots * NODE);
  const values = memory.reserve(slots * 8);
  const descriptions = memory.reserve(roots.length * TREE);
  const sets = new Map<number, { address: number; bits: number }>();
  for (const [node, list] of members) sets.set(node, memory.bitset(list));
  const view = memory.view();

  const seen = new Uint8Array(count);
  // what is still to be laid out: a node or leaf, and where
  const open: { at: number; isLeaf: boolean; slot: number; depth: number }[] = [];
  let used = 0;
  for (let tree = 0; tree < roots.length; tree++) {
    const root = roots[tree]!;
    let steps = 0;
    let target = -1;
    const first = used++;
    open.push({ at: root, isLeaf: false, slot: first, depth: 0 });
    for (let next = open.pop(); next; next = open.pop()) {
      const { at, isLeaf, slot, depth } = next;
      const address = nodes + slot * NODE;
      if (isLeaf) {
        if (!(at >= 0 && at < leaves.count)) throw damaged(`a node leads to leaf ${at} of ${leaves.count}`);
        const own = leaves.targets[at]!;
        if (target !== -1 && own !== target) throw new NotNative('the leaves of a tree add to several sums');
        target = own;
        steps = Math.max(steps, depth);
        // every number leads back to it: all are at most infinite, and NaN goes to "yes"
        view.setFloat64(address, Number.POSITIVE_INFINITY, true);
        view.setUint32(address + 8, MISSING_YES, true);
        view.setUint32(address + 12, address, true);
        if (leaves.areAddresses) view.setUint32(values + slot * 8, leaves.values[at]!, true);
        else view.setFloat64(values + slot * 8, leaves.values[at]!, true);
        continue;
      }
      if (!(at >= 0 && at < count)) throw damaged(`a tree leads to node ${at} of ${count}`);
      if (seen[at]) throw damaged(`two ways lead to node ${at} of the trees`);
      if (depth >= MAXIMUM_DEPTH) throw damaged(`a tree is deeper than ${MAXIMUM_DEPTH} nodes`);
      seen[at] = 1;
      const feature = features[at]!;
      if (!(feature >= 0 && feature < width)) throw damaged(`node ${at} asks for column ${feature} of ${width}`);
      const set = modes[at] === BRANCH_MEMBER ? (sets.get(at) ?? { address: 0, bits: 0 }) : undefined;
      if (set) {
        view.setUint32(address, set.address, true);
        view.setUint32(address + 4, set.bits, true);
      } else view.setFloat64(address, splits[at]!, true);
      view.setUint32(address + 8, feature * 8 + (missingYes[at] ? MISSING_YES : 0) + (set ? MEMBER : 0), true);
      view.setUint32(address + 12, nodes + used * NODE, true);
      open.push({ at: no[at]!, isLeaf: Boolean(noIsLeaf[at]), slot: used + 1, depth: depth + 1 });
      open.push({ at: yes[at]!, isLeaf: Boolean(yesIsLeaf[at]), slot: used, depth: depth + 1 });
      used += 2;
    }
    const description = descriptions + tree * TREE;
    view.setUint32(description, nodes + first * NODE, true);
    view.setUint32(description + 4, steps, true);
    view.setUint32(description + 8, leaves.sumOf(tree, target) * 8, true);
  }
  return { trees: roots.length, descriptions, nodes, leaves: values, hasMembers: members.size > 0 };
}
