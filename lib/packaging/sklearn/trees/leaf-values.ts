/** What the leaves that a row reaches say, where a leaf holds several numbers: classes, or targets. */

import type { Estimator } from '../../estimator/estimator';
import type { Features } from '../../estimator/features';
import { type LeafIndex, leafIndex } from '../../graph-parts/tree-ensemble';
import type { GraphBuilder, Value } from '../../onnx';
import type { FittedTree } from './fitted-tree';

/** Numbers in the table of leaves: 1 GiB of it. */
const MAXIMUM_LEAF_VALUES = 2 ** 27;

/** Which leaf each row reaches in the trees of `estimator`. */
export function leavesOf(
  graph: GraphBuilder,
  estimator: Estimator,
  trees: readonly FittedTree[],
  input: Features,
): LeafIndex {
  return leafIndex(graph, estimator, trees, { value: input.value, width: input.columns.length });
}

/**
 * A table of what each leaf says, shape `[leaves, numbers]`, row-major.
 *
 * @param numbers how many a node has
 * @param normalise whether to divide a leaf's numbers by their sum
 */
export function leafTable(
  estimator: Estimator,
  trees: readonly FittedTree[],
  leaf: LeafIndex,
  { numbers, normalise = false }: { readonly numbers: number; readonly normalise?: boolean },
): Float64Array {
  if (leaf.count * numbers > MAXIMUM_LEAF_VALUES) {
    throw estimator.unsupported(
      `(${estimator.className}) has ${leaf.count} leaves with ${numbers} numbers each, which do not fit into one ONNX file; limit max_depth, max_leaf_nodes or n_estimators`,
    );
  }
  const table = new Float64Array(leaf.count * numbers);
  let at = 0;
  trees.forEach(({ values }, tree) => {
    for (const node of leaf.leaves[tree]!) {
      const row = values.subarray(node * numbers, (node + 1) * numbers);
      const total = normalise ? row.reduce((sum, value) => sum + value, 0) || 1 : 1;
      for (let i = 0; i < numbers; i++) table[at++] = normalise ? row[i]! / total : row[i]!;
    }
  });
  return table;
}

/** The mean over the trees, shape `[rows, numbers]`, added up in the order of the trees as scikit-learn does. */
export function meanOfLeaves(
  graph: GraphBuilder,
  leaf: LeafIndex,
  table: Float64Array,
  numbers: number,
): Value<'float64'> {
  const said = graph.gather(graph.doubles(table, [leaf.count, numbers]), leaf.value); // [rows, trees, numbers]
  return graph.divide(graph.sum(said, 1, false), graph.doubles([leaf.leaves.length]));
}
