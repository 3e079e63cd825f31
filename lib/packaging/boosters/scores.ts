/** The sums of a booster's trees, before its link: XGBoost calls them margins, LightGBM raw scores. */
import { SlipwayError } from '../../model/error';
import type { WeightedTree } from '../graph-parts/tree';
import { constantTree, leafSums, type TreeOwner } from '../graph-parts/tree-ensemble';
import { limitError } from '../joblib';
import type { GraphBuilder, Value } from '../onnx';
import type { BoosterModel } from './booster-model';
import { float32s, orderedSum } from './float32';
import { splitColumns } from './split-columns';

/** Leaves that are added up for one row; as many as trees, unless one output has most of them. */
const MAXIMUM_TERMS = 1_000_000;

/**
 * LightGBM adds up in double precision, and so does TreeEnsemble.
 *
 * @param input X, shape `[rows, model.width]`
 * @returns shape `[rows, outputs]`
 */
export function rawScores(
  graph: GraphBuilder,
  input: Value<'float64'>,
  model: BoosterModel,
  file: string,
): Value<'float64'> {
  const columns = splitColumns(graph, input, model, file);
  // iteration by iteration; each output begins with 0, which also is what one without trees gives
  const trees: WeightedTree[] = model.trees.map((_, output) => constantTree(output, model.base[output]!));
  const rounds = Math.max(...model.trees.map((sum) => sum.length));
  for (let round = 0; round < rounds; round++) {
    model.trees.forEach((sum, target) => {
      const tree = sum[round];
      if (tree) trees.push({ ...columns.adapt(tree), target, weights: tree.values });
    });
  }
  return leafSums(graph, ownerIn(file), trees, { ...columns, targets: model.trees.length });
}

/**
 * XGBoost adds up in single precision, beginning with the base score, one tree after the other.
 *
 * @param input X, shape `[rows, model.width]`
 * @returns shape `[rows, outputs]`
 */
export function margins(
  graph: GraphBuilder,
  input: Value<'float64'>,
  model: BoosterModel,
  file: string,
): Value<'float32'> {
  if (model.weights) return linearMargins(graph, input, model, model.weights);
  const columns = splitColumns(graph, input, model, file);
  const count = 1 + Math.max(...model.trees.map((sum) => sum.length));
  const outputs = model.trees.length;
  if (outputs * count > MAXIMUM_TERMS) {
    throw limitError(file, `adds up ${outputs * count} numbers a row`, `${MAXIMUM_TERMS}`);
  }
  // each tree has a sum of its own here, and those of one output stand side by side
  const trees = model.trees.flatMap((sum, output) => {
    const first = output * count;
    return [
      constantTree(first, model.base[output]!),
      ...sum.map((tree, i) => ({ ...columns.adapt(tree), target: first + 1 + i, weights: tree.values })),
    ];
  });
  const leaves = leafSums(graph, ownerIn(file), trees, { ...columns, targets: outputs * count });
  return orderedSum(graph, graph.reshape(graph.cast(leaves, 'float32'), [-1, outputs, count]), count);
}

/**
 * gblinear: bias and base score, then column by column; what is missing adds nothing. XGBoost (3.2) takes the
 * first base score for all outputs here.
 */
function linearMargins(
  graph: GraphBuilder,
  input: Value<'float64'>,
  { width, base, missing }: BoosterModel,
  weights: Float64Array,
): Value<'float32'> {
  const outputs = base.length;
  const weightOf = (output: number, column: number) => weights[column * outputs + output]!;
  const factors = Array.from({ length: outputs * width }, (_, i) => weightOf(Math.floor(i / width), i % width));
  const starts = Array.from({ length: outputs * (width + 1) }, (_, i) => {
    const output = Math.floor(i / (width + 1));
    return i % (width + 1) === 0 ? Math.fround(weightOf(output, width) + base[0]!) : 0;
  });
  const x = graph.cast(input, 'float32');
  const zero = float32s(graph, [0]);
  const notNumber = graph.node('IsNaN', [x], 'bool');
  const isMissing =
    missing === undefined
      ? notNumber
      : graph.node('Or', [notNumber, graph.node('Equal', [x, float32s(graph, [missing])], 'bool')], 'bool');
  const present = graph.reshape(graph.where(isMissing, zero, x), [-1, 1, width]);
  const products = graph.node('Mul', [present, float32s(graph, factors, [outputs, width])], 'float32');
  const padded = graph.node('Pad', [products, graph.integers([0, 0, 1, 0, 0, 0])], 'float32', { mode: 'constant' });
  const terms = graph.node('Add', [padded, float32s(graph, starts, [outputs, width + 1])], 'float32');
  return orderedSum(graph, terms, width + 1);
}

function ownerIn(file: string): TreeOwner {
  return { file, damaged: (what) => new SlipwayError('E_FORMAT', `${file}: is damaged: ${what}`) };
}
