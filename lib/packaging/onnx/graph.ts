/**
 * Building an ONNX graph from typed values.
 *
 * Every operation here has a kernel for doubles in ONNX Runtime's CPU provider (1.30), and its type in
 * TypeScript says so: mixing a float32 with a float64 does not compile, as it would not load.
 */

import { DATA_TYPE } from '../../model/formats/onnx-fields';
import type { ElementType } from '../../model/rows/signature';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor, OnnxType } from './model';

/** A value in the graph under construction, by the name it has there. */
export interface Value<T extends OnnxType = OnnxType> {
  readonly name: string;
  readonly type: T;
}

type Numbers = ArrayLike<number>;
type Attributes = Readonly<Record<string, OnnxAttribute>>;

export class GraphBuilder {
  private readonly inputs: OnnxGraph['inputs'][number][] = [];
  private readonly outputs: OnnxGraph['outputs'][number][] = [];
  private readonly constants: (OnnxTensor & { readonly name: string })[] = [];
  private readonly nodes: OnnxNode[] = [];
  /** Names of outputs by the names of the values that they are. */
  private readonly outputNames = new Map<string, string>();
  private count = 0;

  /** @param prefix of the names of its values, which tells the body of a loop from what is around it */
  constructor(
    private readonly name: string,
    private readonly prefix = '',
  ) {}

  /** A graph input of shape `[rows, columns]`. */
  input<T extends ElementType>(name: string, type: T, columns: number): Value<T> {
    this.inputs.push({ name, type, shape: [null, columns] });
    return { name, type };
  }

  /** Names `value`, which must be the result of an operation, as a graph output: shape `[rows]` for width 1, otherwise `[rows, width]`. */
  output(name: string, value: Value<ElementType>, width: number): void {
    this.outputs.push({ name, type: value.type, shape: width === 1 ? [null] : [null, width] });
    this.outputNames.set(value.name, name);
  }

  /** A float64 constant. @param shape defaults to one axis */
  doubles(values: Numbers, shape: readonly number[] = [values.length]): Value<'float64'> {
    return this.constant({ type: 'float64', shape, bytes: rawBytes(Float64Array.from(values)) }, 'float64');
  }

  /** An int64 constant of safe integers. @param shape defaults to one axis */
  integers(values: Numbers, shape: readonly number[] = [values.length]): Value<'int64'> {
    return this.constant({ type: 'int64', shape, bytes: rawBytes(BigInt64Array.from(values, BigInt)) }, 'int64');
  }

  booleans(values: readonly boolean[]): Value<'bool'> {
    return this.constant({ type: 'bool', shape: [values.length], bytes: Uint8Array.from(values, Number) }, 'bool');
  }

  texts(values: readonly string[]): Value<'string'> {
    return this.constant({ type: 'string', shape: [values.length], texts: values }, 'string');
  }

  cast<T extends OnnxType>(value: Value, type: T): Value<T> {
    return this.node('Cast', [value], type, { to: DATA_TYPE[type] });
  }

  add(a: Value<'float64'>, b: Value<'float64'>): Value<'float64'> {
    return this.node('Add', [a, b], 'float64');
  }

  subtract(a: Value<'float64'>, b: Value<'float64'>): Value<'float64'> {
    return this.node('Sub', [a, b], 'float64');
  }

  multiply(a: Value<'float64'>, b: Value<'float64'>): Value<'float64'> {
    return this.node('Mul', [a, b], 'float64');
  }

  divide(a: Value<'float64'>, b: Value<'float64'>): Value<'float64'> {
    return this.node('Div', [a, b], 'float64');
  }

  /** Matrix product `[rows, n] x [n, m]`. */
  matmul(a: Value<'float64'>, b: Value<'float64'>): Value<'float64'> {
    return this.node('MatMul', [a, b], 'float64');
  }

  sigmoid(value: Value<'float64'>): Value<'float64'> {
    return this.node('Sigmoid', [value], 'float64');
  }

  /** Along the last axis. */
  softmax(value: Value<'float64'>): Value<'float64'> {
    return this.node('Softmax', [value], 'float64', { axis: -1 });
  }

  /** Sum over one axis. */
  sum(value: Value<'float64'>, axis: number, keepAxis: boolean): Value<'float64'> {
    return this.node('ReduceSum', [value, this.integers([axis])], 'float64', { keepdims: keepAxis ? 1 : 0 });
  }

  /** Index of the largest element of each row; of the first one when several are equal, as in numpy. */
  argmax(value: Value<'float64'>): Value<'int64'> {
    return this.node('ArgMax', [value], 'int64', { axis: 1, keepdims: 0, select_last_index: 0 });
  }

  greater(a: Value<'float64'>, b: Value<'float64'>): Value<'bool'> {
    return this.node('Greater', [a, b], 'bool');
  }

  less(a: Value<'float64'>, b: Value<'float64'>): Value<'bool'> {
    return this.node('Less', [a, b], 'bool');
  }

  /** ONNX Runtime compares text since opset 19. */
  equal<T extends 'float64' | 'int64' | 'string'>(a: Value<T>, b: Value<T>): Value<'bool'> {
    return this.node('Equal', [a, b], 'bool');
  }

  isNaN(value: Value<'float64'>): Value<'bool'> {
    return this.node('IsNaN', [value], 'bool');
  }

  exp(value: Value<'float64'>): Value<'float64'> {
    return this.node('Exp', [value], 'float64');
  }

  log(value: Value<'float64'>): Value<'float64'> {
    return this.node('Log', [value], 'float64');
  }

  negate(value: Value<'float64'>): Value<'float64'> {
    return this.node('Neg', [value], 'float64');
  }

  abs(value: Value<'float64'>): Value<'float64'> {
    return this.node('Abs', [value], 'float64');
  }

  /** Elements of `yes` where `condition` holds, otherwise those of `no`. */
  where<T extends OnnxType>(condition: Value<'bool'>, yes: Value<T>, no: Value<T>): Value<T> {
    return this.node('Where', [condition, yes, no], yes.type);
  }

  /** Largest element over one axis. */
  max(value: Value<'float64'>, axis: number, keepAxis: boolean): Value<'float64'> {
    return this.node('ReduceMax', [value, this.integers([axis])], 'float64', { keepdims: keepAxis ? 1 : 0 });
  }

  /** Elements of `table` along its first axis. */
  gather<T extends OnnxType>(table: Value<T>, indices: Value<'int64'>): Value<T> {
    return this.node('Gather', [table, indices], table.type, { axis: 0 });
  }

  /** The `count` smallest or largest elements of each row, sorted, and where they were; the first of equal ones first. */
  topK(
    value: Value<'float64'>,
    count: number,
    which: 'smallest' | 'largest',
  ): readonly [elements: Value<'float64'>, indices: Value<'int64'>] {
    const name = `${this.prefix}TopK_${this.count++}`;
    const outputs = [name, `${name}_indices`] as const;
    const attributes = { axis: -1, largest: which === 'largest' ? 1 : 0, sorted: 1 };
    const inputs = [value.name, this.integers([count]).name];
    this.nodes.push({ operator: 'TopK', domain: '', inputs, outputs, attributes });
    return [
      { name: outputs[0], type: 'float64' },
      { name: outputs[1], type: 'int64' },
    ];
  }

  /** The parts of each text between spaces. Shape `[rows]`; gives `[rows, parts of the longest]`, the others filled up with ''. */
  split(value: Value<'string'>): Value<'string'> {
    const name = `${this.prefix}StringSplit_${this.count++}`;
    const outputs = [name, `${name}_count`];
    this.nodes.push({
      operator: 'StringSplit',
      domain: '',
      inputs: [value.name],
      outputs,
      attributes: { delimiter: ' ' },
    });
    return { name, type: 'string' };
  }

  concat<T extends OnnxType>(values: readonly Value<T>[], axis: number): Value<T> {
    return this.node('Concat', values, values[0]!.type, { axis });
  }

  /** A -1 in `shape` is what is left over. */
  reshape<T extends OnnxType>(value: Value<T>, shape: readonly number[]): Value<T> {
    return this.node('Reshape', [value, this.integers(shape)], value.type);
  }

  /**
   * Repeats `body`, at most `limit` times.
   *
   * @param initial what the first round is given
   * @param body makes of the value so far the next one, in a graph that may use the values of this one; and says
   *   whether another round is to follow, shape `[1]`
   */
  loop<T extends ElementType>(
    limit: number,
    initial: Value<T>,
    body: (graph: GraphBuilder, value: Value<T>) => { readonly next: Value<T>; readonly again: Value<'bool'> },
  ): Value<T> {
    const inner = new GraphBuilder(`loop_${this.count}`, `${this.prefix}loop_${this.count}_`);
    const named = <U extends ElementType>(name: string, type: U, shape?: readonly number[]): Value<U> => {
      inner.inputs.push({ name: `${inner.prefix}${name}`, type, ...(shape && { shape }) });
      return { name: `${inner.prefix}${name}`, type };
    };
    named('round', 'int64', []); // ONNX Runtime makes these two itself, and asks for their shapes
    named('again', 'bool', [1]);
    const { next, again } = body(inner, named('value', initial.type));
    for (const { name, type } of [again, next]) inner.outputs.push({ name, type: type as ElementType });
    const inputs = [this.integers([limit], []), this.booleans([true]), initial];
    return this.node('Loop', inputs, initial.type, { body: inner.finish() });
  }

  /** Any operator of ONNX itself; its attributes are written in the given order. */
  node<T extends OnnxType>(operator: string, inputs: readonly Value[], type: T, attributes: Attributes = {}): Value<T> {
    return { name: this.append('', operator, inputs, attributes), type };
  }

  /** Any operator of ai.onnx.ml. */
  mlNode<T extends OnnxType>(operator: string, inputs: readonly Value[], type: T, attributes: Attributes): Value<T> {
    return { name: this.append('ai.onnx.ml', operator, inputs, attributes), type };
  }

  finish(): OnnxGraph {
    const { name, inputs, outputs, constants } = this;
    const nodes = renamed(this.nodes, (value) => this.outputNames.get(value) ?? value);
    return { name, inputs, outputs, constants, nodes };
  }

  /** @returns the name of its output */
  private append(
    domain: OnnxNode['domain'],
    operator: string,
    inputs: readonly Value[],
    attributes: Attributes,
  ): string {
    const name = `${this.prefix}${operator}_${this.count++}`;
    this.nodes.push({ operator, domain, inputs: inputs.map((input) => input.name), outputs: [name], attributes });
    return name;
  }

  private constant<T extends OnnxType>(tensor: OnnxTensor, type: T): Value<T> {
    const name = `${this.prefix}constant_${this.constants.length}`;
    this.constants.push({ ...tensor, name });
    return { name, type };
  }
}

/** Nodes with other names for their values, also in the bodies of loops. */
function renamed(nodes: readonly OnnxNode[], rename: (value: string) => string): OnnxNode[] {
  return nodes.map(({ inputs, outputs, attributes, ...node }) => ({
    ...node,
    inputs: inputs.map(rename),
    outputs: outputs.map(rename),
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [
        name,
        typeof value === 'object' && 'nodes' in value ? { ...value, nodes: renamed(value.nodes, rename) } : value,
      ]),
    ),
  }));
}

/** The memory of a typed array, which is what ONNX's `raw_data` holds. */
export function rawBytes(values: Float64Array | BigInt64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
