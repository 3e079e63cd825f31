/**
 * The native engine: graphs of scaling, imputing, encoding, linear algebra and trees, in JavaScript and WebAssembly.
 *
 * It evaluates the same graph that ONNX Runtime would, operator by operator, in double precision. What it gains is that a
 * run of one row costs about a microsecond, and that nothing has to be installed or mapped for it.
 */
import { SlipwayError } from '../../../../lib/model/error';
import { allocate, type Tensor, type Tensors } from '../../../../lib/model/rows/tensor';
import type { Engine } from '../contract/engine';
import type { Step } from './graph/planner';
import type { Plan, PlanValue } from './plan';

/** Raised when numbers may come out otherwise than before. */
const VERSION = 1;

/** What is run for a set of methods. */
interface Program {
  readonly outputs: readonly PlanValue[];
  readonly steps: readonly Step[];
}

export class NativeEngine implements Engine {
  readonly name = `native ${VERSION}`;
  private readonly programs = new Map<string, Program>();

  /** @param file path of the model, for messages */
  constructor(
    private readonly file: string,
    private readonly plan: Plan,
  ) {}

  async run(inputs: Tensors, methods: readonly string[]): Promise<Tensors> {
    const { outputs, steps } = this.program(methods);
    const rows = this.rowsOf(inputs);
    const results = outputs.map((output) => resultOf(output, rows));
    for (let from = 0; from < rows; from += this.plan.rows) {
      const count = Math.min(this.plan.rows, rows - from);
      for (const input of this.plan.inputs) take(input, inputs[input.name]!, from, count);
      for (const step of steps) step.run(count);
      for (let i = 0; i < outputs.length; i++) give(outputs[i]!, results[i]!, from, count);
    }
    const tensors: Record<string, Tensor> = {};
    for (let i = 0; i < outputs.length; i++) tensors[outputs[i]!.name] = results[i]!;
    return tensors;
  }

  async close(): Promise<void> {}

  private program(methods: readonly string[]): Program {
    const key = methods.join();
    const known = this.programs.get(key);
    if (known) return known;
    const outputs = methods.map((method) => {
      const output = this.plan.outputs.get(method);
      if (output) return output;
      const all = [...this.plan.outputs.keys()].join(', ');
      throw new SlipwayError('E_PACKAGE', `the graph has no output "${method}"; it has ${all}`);
    });
    const program = { outputs, steps: this.plan.stepsFor(outputs) };
    this.programs.set(key, program);
    return program;
  }

  private rowsOf(inputs: Tensors): number {
    let rows = -1;
    for (const { name, type, size } of this.plan.inputs) {
      const tensor = inputs[name];
      if (
        tensor?.type !== type ||
        tensor.data.length !== tensor.shape[0]! * size ||
        (rows !== -1 && tensor.shape[0] !== rows)
      ) {
        throw new SlipwayError('E_PACKAGE', `${this.file}: the input "${name}" is not ${size} columns of ${type}`);
      }
      rows = tensor.shape[0]!;
    }
    return Math.max(rows, 0);
  }
}

/** Puts rows of an input where the steps read it. Doubles are read where they are. */
function take({ store, size }: PlanValue, { type, data }: Tensor, from: number, rows: number): void {
  const [start, end] = [from * size, (from + rows) * size];
  if (type === 'float64') store.numbers = start === 0 && end === data.length ? data : data.subarray(start, end);
  else if (type === 'string') store.texts = data.slice(start, end);
  else if (type === 'int64') for (let i = start; i < end; i++) store.numbers[i - start] = Number(data[i]);
  else store.numbers.set(data.subarray(start, end));
}

function resultOf({ type, shape, size }: PlanValue, rows: number): Tensor {
  return { type, shape: [rows, ...shape], data: allocate(type, rows * size) } as Tensor;
}

/** Copies what the steps have written, which the next run overwrites, into rows of a result. */
function give({ store, size }: PlanValue, { type, data }: Tensor, from: number, rows: number): void {
  const [start, count] = [from * size, rows * size];
  const { numbers, texts } = store;
  if (type === 'int64') for (let i = 0; i < count; i++) data[start + i] = BigInt(numbers[i]!);
  else if (type === 'string') for (let i = 0; i < count; i++) data[start + i] = texts[i]!;
  else for (let i = 0; i < count; i++) data[start + i] = numbers[i]!;
}
