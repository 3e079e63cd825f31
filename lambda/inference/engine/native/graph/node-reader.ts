/** What an operator asks of its node: attributes and constant inputs, checked. */
import { NotNative } from '../../contract/fault';
import type { Attribute, GraphNode } from './onnx-graph';
import type { Constant } from './onnx-tensor';
import type { Planner } from './planner';
import type { Value } from './value';

export class NodeReader {
  private readonly unread: Set<string>;

  constructor(readonly node: GraphNode) {
    this.unread = new Set(node.attributes.keys());
  }

  /** For this node ONNX Runtime is needed. */
  refuse(why: string): NotNative {
    return new NotNative(`${this.node.operator} ${why}`);
  }

  integer(name: string, otherwise?: number): number {
    return this.attribute('integer', name, otherwise) as number;
  }

  integers(name: string, otherwise?: readonly number[]): readonly number[] {
    return this.attribute('integers', name, otherwise) as readonly number[];
  }

  text(name: string, otherwise: string): string {
    return this.attribute('text', name, otherwise) as string;
  }

  tensor(name: string, otherwise?: Constant): Constant {
    return this.attribute('tensor', name, otherwise) as Constant;
  }

  has(name: string): boolean {
    return this.node.attributes.has(name);
  }

  /** Attributes that nobody has asked for may mean something. */
  finish(): void {
    for (const name of this.unread) throw this.refuse(`has the attribute ${name}`);
  }

  /** The integers of an input that must be a constant. */
  constants(inputs: readonly Value[], index: number): number[] {
    const value = inputs[index];
    if (!value || value.perRow || value.type !== 'int64') throw this.refuse('has a shape or axis that is no constant');
    return Array.from(value.store.numbers);
  }

  /** The one integer of an input that must be a constant. */
  constant(inputs: readonly Value[], index: number): number {
    const numbers = this.constants(inputs, index);
    if (numbers.length !== 1) throw this.refuse('works on several axes');
    return numbers[0]!;
  }

  /** An axis of `value` as an index into its shape; the axis of the rows is none. */
  axis(value: Value, axis: number): number {
    const first = value.perRow ? 1 : 0;
    const rank = value.shape.length + first;
    const index = (axis < 0 ? axis + rank : axis) - first;
    if (!(index >= 0 && index < value.shape.length)) throw this.refuse('works across rows');
    return index;
  }

  /** @throws NotNative unless there are so many inputs, all of these types */
  expect(inputs: readonly Value[], count: number, ...types: readonly Value['type'][]): void {
    if (inputs.length !== count) throw this.refuse(`has ${inputs.length} inputs`);
    for (const { type } of inputs) if (!types.includes(type)) throw this.refuse(`computes in ${type}`);
  }

  private attribute(kind: Attribute['kind'], name: string, otherwise: unknown): unknown {
    this.unread.delete(name);
    const attribute = this.node.attributes.get(name);
    if (!attribute) {
      if (otherwise === undefined) throw this.refuse(`has no ${name}`);
      return otherwise;
    }
    if (attribute.kind !== kind || attribute.kind === 'other') throw this.refuse(`has another kind of ${name}`);
    return attribute.value;
  }
}

/** Makes of the inputs of a node its outputs, and the steps between. */
export type Operator = (plan: Planner, node: NodeReader, inputs: readonly Value[]) => Value[];
