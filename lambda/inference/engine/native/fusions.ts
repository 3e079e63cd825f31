/**
 * Tree ensembles whose leaves are looked up or rounded before they are added up, as the converters write them, in one step.
 *
 * A forest of scikit-learn: TreeEnsemble (index of the leaf, one for each tree), Cast, Gather (what the leaf says of each
 * class), ReduceSum over the trees. XGBoost: TreeEnsemble (one number for each tree), Cast to float32, Reshape into
 * groups, CumSum, Gather of the last. Between them lies nothing that anybody else asks for.
 */
import type { GraphNode, OnnxGraph } from './graph/onnx-graph';
import type { Constant } from './graph/onnx-tensor';
import type { Summing } from './operators/tree-ensemble';

/** The node that a fused step takes the place of, or a part of it behind that node. */
export type Fusion = { readonly summing: Summing; readonly output: string } | 'part';

export function fusions(graph: OnnxGraph): ReadonlyMap<GraphNode, Fusion> {
  const readers = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) readers.set(input, [...(readers.get(input) ?? []), node]);
  }
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const fused = new Map<GraphNode, Fusion>();

  /** The nodes behind `node`, when they are these operators and each is all that reads the one before. */
  const chain = (node: GraphNode, operators: readonly string[]): GraphNode[] | undefined => {
    const nodes: GraphNode[] = [];
    let last = node;
    for (const operator of operators) {
      const value = last.outputs[0]!;
      const [next, ...others] = readers.get(value) ?? [];
      const place = operator === 'Gather' && nodes.length === 1 ? 1 : 0;
      if (
        !next ||
        others.length > 0 ||
        outputs.has(value) ||
        next.operator !== operator ||
        next.inputs[place] !== value
      ) {
        return undefined;
      }
      nodes.push(next);
      last = next;
    }
    return nodes;
  };

  for (const node of graph.nodes) {
    if (node.operator !== 'TreeEnsemble') continue;
    for (const [operators, summingOf] of PATTERNS) {
      const parts = chain(node, operators);
      const summing = parts && summingOf(graph, parts);
      if (!summing) continue;
      fused.set(node, { summing, output: parts.at(-1)!.outputs[0]! });
      for (const part of parts) fused.set(part, 'part');
    }
  }
  return fused;
}

type SummingOf = (graph: OnnxGraph, parts: readonly GraphNode[]) => Summing | undefined;

const PATTERNS: readonly (readonly [operators: readonly string[], summing: SummingOf])[] = [
  [['Cast', 'Gather', 'ReduceSum'], tableSumming],
  [['Cast', 'Reshape', 'CumSum', 'Gather'], singleSumming],
];

const INT64 = 7;
const FLOAT32 = 1;

function tableSumming(graph: OnnxGraph, parts: readonly GraphNode[]): Summing | undefined {
  const [cast, gather, sum] = parts as [GraphNode, GraphNode, GraphNode];
  const table = graph.constants.get(gather.inputs[0]!);
  if (attribute(cast, 'to') !== INT64 || attribute(gather, 'axis', 0) !== 0) return undefined;
  if (integers(graph, sum.inputs[1])?.join() !== '1' || attribute(sum, 'keepdims', 1) !== 0) return undefined;
  if (table?.type !== 'float64' || table.shape.length !== 2 || table.shape[1]! < 1) return undefined;
  return { kind: 'table', table: table as Constant };
}

function singleSumming(graph: OnnxGraph, parts: readonly GraphNode[]): Summing | undefined {
  const [cast, reshape, sum, last] = parts as [GraphNode, GraphNode, GraphNode, GraphNode];
  const shape = integers(graph, reshape.inputs[1]);
  const index = integers(graph, last.inputs[1]);
  if (attribute(cast, 'to') !== FLOAT32 || shape?.length !== 3 || shape[0] !== -1) return undefined;
  if (integers(graph, sum.inputs[1])?.join() !== '2' || sum.attributes.size > 0) return undefined;
  const each = shape[2]!;
  const isLast =
    index?.length === 1 && index[0] === each - 1 && graph.constants.get(last.inputs[1]!)!.shape.length === 0;
  if (!isLast || attribute(last, 'axis', 0) !== 2 || each < 1) return undefined;
  return { kind: 'single', each };
}

function attribute(node: GraphNode, name: string, otherwise?: number): number | undefined {
  const found = node.attributes.get(name);
  return found === undefined ? otherwise : found.kind === 'integer' ? found.value : undefined;
}

function integers(graph: OnnxGraph, name: string | undefined): number[] | undefined {
  const constant = name === undefined ? undefined : graph.constants.get(name);
  return constant?.type === 'int64' ? Array.from(constant.elements as Float64Array) : undefined;
}
