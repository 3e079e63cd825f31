/** TreeEnsemble of ai.onnx.ml 5, in double precision, on the tree kernel. */
import { malformed } from '../../contract/fault';
import type { NodeReader } from '../graph/node-reader';
import type { Constant } from '../graph/onnx-tensor';
import type { Planner } from '../graph/planner';
import type { Value } from '../graph/value';
import { BRANCH_LEQ, BRANCH_MEMBER, type EnsembleNodes, layOut } from '../trees/forest';
import { type EvaluateTrees, TreeMemory } from '../trees/tree-memory';

/** Largest member of a set of categories; a set takes a bit for each number up to it. */
const LARGEST_MEMBER = 2 ** 16;

const SUM = 1;

/** How the leaves of the trees become one sum or several, where that is not what the operator itself does. */
export type Summing =
  /** A leaf is an index into a table of shape `[leaves, width]`, whose rows are added up over the trees. */
  | { readonly kind: 'table'; readonly table: Constant }
  /** `each` trees in a row add to a sum, rounded to float32 at every step. */
  | { readonly kind: 'single'; readonly each: number };

/** @returns the sums for each row, float64 or, of the single kind, float32 */
export function treeEnsemble(plan: Planner, node: NodeReader, inputs: readonly Value[], summing?: Summing): Value {
  node.expect(inputs, 1, 'float64');
  const [input] = inputs as [Value];
  if (!input.perRow || input.shape.length !== 1) throw node.refuse('has no rows of features');
  const damaged = (what: string) => malformed(plan.file, what);
  const nodes = readNodes(node, damaged);
  const targetCount = node.integer('n_targets');
  const targets = node.integers('leaf_targetids');
  const weights = doubles(node, 'leaf_weights');
  if (node.integer('aggregate_function', SUM) !== SUM) throw node.refuse('does not add up its trees');
  if (node.integer('post_transform', 0) !== 0) throw node.refuse('transforms its sums');
  node.finish();
  if (!(targetCount >= 1) || weights.length !== targets.length) throw damaged('a TreeEnsemble has wrong leaves');
  for (const target of targets) {
    if (!(target >= 0 && target < targetCount)) throw damaged(`a leaf adds to sum ${target} of ${targetCount}`);
  }

  // the sums that the kernel writes: as many as the operator has, or what the trees' single numbers are added up to
  const width = summing?.kind === 'table' ? summing.table.shape[1]! : 0;
  const sums = summing === undefined ? targetCount : summing.kind === 'table' ? width : targetCount / summing.each;
  const single = summing?.kind === 'single';
  const out = plan.result(single ? 'float32' : 'float64', [sums], inputs);
  plan.memory ??= new TreeMemory();
  const values = summing?.kind === 'table' ? tableAddresses(plan.memory, node, weights, summing.table) : weights;
  const forest = layOut(
    plan.memory,
    nodes,
    {
      count: weights.length,
      targets,
      values: single ? Float64Array.from(values, Math.fround) : values,
      areAddresses: width > 0,
      sumOf: (tree, target) => {
        if (summing === undefined) return target;
        if (target !== tree) throw node.refuse('has trees in another order');
        return summing.kind === 'table' ? 0 : Math.floor(tree / summing.each);
      },
    },
    input.size,
    damaged,
  );
  if (summing && forest.trees !== targetCount) throw node.refuse('has sums without trees');

  const { store: from, size: features } = input;
  let [x, xAddress, outAddress]: [Float64Array, number, number] = [from.numbers, 0, 0];
  let kernel: EvaluateTrees;
  plan.sizes.delete(out.store); // it lies where the kernel writes
  plan.places.push((memory, rows) => {
    xAddress = memory.reserve(rows * features * 8);
    outAddress = memory.reserve(rows * sums * 8);
    return () => {
      x = memory.doubles(xAddress, rows * features);
      out.store.numbers = memory.doubles(outAddress, rows * sums);
      kernel = memory.kernel();
    };
  });
  const { trees, descriptions, hasMembers } = forest;
  plan.step(inputs, [out], (rows) => {
    const numbers = from.numbers;
    let plain = !hasMembers;
    for (let i = 0, count = rows * features; i < count; i++) {
      const number = numbers[i]!;
      x[i] = number;
      if (Number.isNaN(number)) plain = false;
    }
    kernel(
      plain,
      rows,
      xAddress,
      features * 8,
      descriptions,
      trees,
      outAddress,
      sums * 8,
      width,
      single,
      forest.nodes,
      forest.leaves,
    );
  });
  return out;
}

/** Where in memory the part of the table is that each leaf stands for. */
function tableAddresses(memory: TreeMemory, node: NodeReader, weights: Float64Array, table: Constant): Float64Array {
  const [length, width] = table.shape as [number, number];
  const address = memory.reserve(length * width * 8);
  memory.doubles(address, length * width).set(table.elements as Float64Array);
  return weights.map((index) => {
    if (!(Number.isInteger(index) && index >= 0 && index < length)) throw node.refuse('has leaves that are no indices');
    return address + index * width * 8;
  });
}

function readNodes(node: NodeReader, damaged: (what: string) => Error): EnsembleNodes {
  const features = node.integers('nodes_featureids');
  const modes = node.tensor('nodes_modes').elements as Float64Array;
  const nodes = {
    roots: node.integers('tree_roots'),
    features,
    splits: doubles(node, 'nodes_splits'),
    modes,
    yes: node.integers('nodes_truenodeids'),
    no: node.integers('nodes_falsenodeids'),
    yesIsLeaf: node.integers('nodes_trueleafs'),
    noIsLeaf: node.integers('nodes_falseleafs'),
    missingYes: node.integers('nodes_missing_value_tracks_true', new Array<number>(features.length).fill(0)),
  };
  const { roots, ...perNode } = nodes;
  for (const [name, list] of Object.entries(perNode)) {
    if (list.length !== features.length)
      throw damaged(`there are ${features.length} nodes of trees, and ${list.length} of their ${name}`);
  }
  const none: Constant = { type: 'float64', shape: [0], elements: new Float64Array(0) };
  const members = readMembers(node, modes, node.tensor('membership_values', none).elements as Float64Array, damaged);
  return { ...nodes, members };
}

/** The members that nodes ask for lie behind each other, each node's ended by NaN. */
function readMembers(
  node: NodeReader,
  modes: Float64Array,
  values: Float64Array,
  damaged: (what: string) => Error,
): Map<number, number[]> {
  const members = new Map<number, number[]>();
  let at = 0;
  for (let i = 0; i < modes.length; i++) {
    if (modes[i] === BRANCH_LEQ) continue;
    if (modes[i] !== BRANCH_MEMBER) throw node.refuse(`compares in mode ${modes[i]}`);
    const list: number[] = [];
    for (; at < values.length && !Number.isNaN(values[at]); at++) {
      const member = values[at]!;
      if (!(Number.isInteger(member) && member >= 0 && member <= LARGEST_MEMBER))
        throw node.refuse('has members that are not small integers');
      list.push(member);
    }
    if (at++ >= values.length) throw damaged('the members that a node asks for are missing');
    members.set(i, list);
  }
  return members;
}

function doubles(node: NodeReader, name: string): Float64Array {
  const { type, elements } = node.tensor(name);
  if (type !== 'float64') throw node.refuse(`computes in ${type}`);
  return elements as Float64Array;
}
