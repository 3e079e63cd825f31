/** A graph -> the steps that evaluate it, or the reason why ONNX Runtime has to. */
import type { ElementType } from '../../../../lib/model/rows/signature';
import { NotNative } from '../contract/fault';
import { type Fusion, fusions } from './fusions';
import { NodeReader, type Operator } from './graph/node-reader';
import type { GraphNode, OnnxGraph } from './graph/onnx-graph';
import { Planner, type Step } from './graph/planner';
import { Store, sizeOf, type Value } from './graph/value';
import { ARRANGE } from './operators/arrange';
import { CHOOSE } from './operators/choose';
import { ELEMENTWISE } from './operators/elementwise';
import { GATHER, GATHER_ML } from './operators/gather';
import { MATMUL } from './operators/matmul';
import { REDUCE } from './operators/reduce';
import { treeEnsemble } from './operators/tree-ensemble';
import { UNARY } from './operators/unary';

/** Versions of the operator sets whose meaning the operators here have. The first is that of the converters. */
const VERSIONS: Readonly<Record<string, readonly number[]>> = { '': [21, 20, 19, 18], 'ai.onnx.ml': [5] };

/** Rows that a plan has room for: larger batches are run piece by piece, each of which stays in the processor's cache. */
const ROWS = 128;

/** Elements of all values together that a plan has room for (8 MiB): plans with wide rows take fewer of them at once. */
const ELEMENTS = 2 ** 20;

const OPERATORS: Readonly<Record<string, Readonly<Record<string, Operator>>>> = {
  '': { ...ELEMENTWISE, ...UNARY, ...CHOOSE, ...ARRANGE, ...GATHER, ...REDUCE, ...MATMUL },
  'ai.onnx.ml': { ...GATHER_ML, TreeEnsemble: (...of) => [treeEnsemble(...of)] },
};

/** The operators that the native engine evaluates, of the domain `ai.onnx.ml` with that in front. */
export const NATIVE_OPERATORS: readonly string[] = Object.entries(OPERATORS).flatMap(([domain, operators]) =>
  Object.keys(operators).map((name) => (domain ? `${domain}.${name}` : name)),
);

/** An input or output of a plan. */
export interface PlanValue {
  readonly name: string;
  readonly type: ElementType;
  /** Shape without the rows. */
  readonly shape: readonly number[];
  /** Elements of a row. */
  readonly size: number;
  readonly store: Store;
  /** Whether an output is the same for every row, so that its store holds one. */
  readonly constant: boolean;
}

export interface Plan {
  readonly inputs: readonly PlanValue[];
  readonly outputs: ReadonlyMap<string, PlanValue>;
  /** Most rows of one run. */
  readonly rows: number;
  /** The steps, in their order, that some outputs need. */
  stepsFor(outputs: readonly PlanValue[]): readonly Step[];
}

/**
 * @param mostWork besides the trees that one row may take
 * @throws NotNative for a graph that asks for what is not here, or for so much of it that ONNX Runtime is faster
 * @throws SlipwayError E_PACKAGE for trees that contradict themselves
 */
export function planGraph(graph: OnnxGraph, mostWork: number): Plan {
  for (const [domain, version] of graph.operatorSets) {
    if (VERSIONS[domain] && !VERSIONS[domain].includes(version))
      throw new NotNative(`it is of operator set ${domain || 'ai.onnx'} ${version}`);
  }
  const plan = new Planner(graph.file, mostWork);
  const values = new Map<string, Value>();
  for (const [name, { type, shape, elements }] of graph.constants) {
    const store = new Store();
    if (type === 'string') store.texts = elements as string[];
    else store.numbers = elements as Float64Array;
    values.set(name, { type, perRow: false, shape, size: elements.length, store });
  }
  const inputs: PlanValue[] = [];
  for (const { name, type, shape } of graph.inputs) {
    if (graph.constants.has(name)) continue; // early versions of the format list the constants among the inputs
    const [rows, ...row] = shape;
    if (rows !== null || row.includes(null)) throw new NotNative(`its input "${name}" is not of rows`);
    const value = { type, perRow: true, shape: row as number[], size: sizeOf(row as number[]), store: new Store() };
    if (!(value.size <= ELEMENTS)) throw new NotNative(`its input "${name}" has too many columns`);
    values.set(name, value);
    inputs.push({ name, ...value, constant: false });
    if (type !== 'float64' && type !== 'string') plan.sizes.set(value.store, { size: value.size, texts: false });
  }

  const fused = fusions(graph);
  for (const node of graph.nodes) evaluate(plan, node, values, fused);

  const outputs = new Map<string, PlanValue>();
  for (const { name, type } of graph.outputs) {
    const value = values.get(name);
    if (!value || value.type !== type) throw new NotNative(`its output "${name}" is not what it says`);
    if (!value.perRow) throw new NotNative(`its output "${name}" does not depend on its input`);
    outputs.set(name, { name, ...value, constant: !value.perRow });
  }
  return { inputs, outputs, rows: makeRoom(plan), stepsFor: (wanted) => needed(plan.steps, wanted) };
}

function evaluate(
  plan: Planner,
  node: GraphNode,
  values: Map<string, Value>,
  fused: ReadonlyMap<GraphNode, Fusion>,
): void {
  const fusion = fused.get(node);
  if (fusion === 'part') return;
  const operator = Object.hasOwn(OPERATORS, node.domain) ? OPERATORS[node.domain]! : {};
  if (!Object.hasOwn(operator, node.operator)) {
    throw new NotNative(`it has the operator ${node.domain ? `${node.domain}.` : ''}${node.operator}`);
  }
  const inputs = node.inputs.map((name) => {
    const value = values.get(name);
    if (!value) throw new NotNative(`${node.operator} has the input "${name}", which is nothing before it`);
    return value;
  });
  const reader = new NodeReader(node);
  const results = fusion
    ? [treeEnsemble(plan, reader, inputs, fusion.summing)]
    : operator[node.operator]!(plan, reader, inputs);
  reader.finish();
  const names = fusion ? [fusion.output] : node.outputs;
  if (names.length !== results.length) throw reader.refuse(`has ${names.length} outputs`);
  names.forEach((name, i) => {
    values.set(name, results[i]!);
  });
}

/** Makes room for the values of each row. @returns for how many rows */
function makeRoom(plan: Planner): number {
  let elements = 1;
  for (const { size } of plan.sizes.values()) elements += size;
  const rows = Math.max(1, Math.min(ROWS, Math.floor(ELEMENTS / elements)));
  for (const [store, { size, texts }] of plan.sizes) {
    if (texts) store.texts = new Array<string>(size * rows).fill('');
    else store.numbers = new Float64Array(size * rows);
  }
  const { memory } = plan;
  if (memory) for (const ready of plan.places.map((place) => place(memory, rows))) ready();
  return rows;
}

/** The steps that write what is wanted, and what those read in turn. */
function needed(steps: readonly Step[], wanted: readonly PlanValue[]): Step[] {
  const stores = new Set(wanted.map(({ store }) => store));
  return steps
    .slice()
    .reverse()
    .filter(({ reads, writes }) => {
      if (!writes.some((store) => stores.has(store))) return false;
      for (const store of reads) stores.add(store);
      return true;
    })
    .reverse();
}
