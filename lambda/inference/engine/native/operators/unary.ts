/** Operators of one input, element by element, and the change of type. */
import type { ElementType } from '../../../../../lib/model/rows/signature';
import type { Operator } from '../graph/node-reader';
import { TYPES } from '../graph/onnx-tensor';
import type { Value } from '../graph/value';

const map =
  (of: (x: number) => number, types: readonly ElementType[], type?: ElementType): Operator =>
  (plan, node, inputs) => {
    node.expect(inputs, 1, ...types);
    const [input] = inputs as [Value];
    const out = plan.result(type ?? input.type, input.shape, inputs);
    const [{ store: from }, { store: to, size }] = [input, out];
    plan.step(inputs, [out], (rows) => {
      const a = from.numbers;
      const b = to.numbers;
      for (let i = 0, count = rows * size; i < count; i++) b[i] = of(a[i]!);
    });
    return [out];
  };

/** What a conversion to int64 gives for what no int64 is, on x64. */
const NO_INTEGER = -(2 ** 63);

function truncated(x: number): number {
  return Math.abs(x) < 2 ** 63 ? Math.trunc(x) : NO_INTEGER;
}

/** Conversions that change numbers; in the others the same number stands for itself. */
const CONVERSIONS: Partial<Record<ElementType, { from: readonly ElementType[]; of: (x: number) => number }>> = {
  float32: { from: ['float64', 'int64'], of: Math.fround },
  int64: { from: ['float64', 'float32'], of: truncated },
  bool: { from: ['float64', 'float32', 'int64'], of: (x) => (x !== 0 ? 1 : 0) },
};

const cast: Operator = (plan, node, inputs) => {
  const type = TYPES[node.integer('to')];
  const [input] = inputs;
  if (!input || !type || type === 'string' || input.type === 'string') throw node.refuse('converts text');
  const conversion = CONVERSIONS[type];
  if (conversion?.from.includes(input.type)) return map(conversion.of, conversion.from, type)(plan, node, inputs);
  return [{ ...input, type }];
};

/** As ONNX Runtime computes it: no exponential overflows. */
function sigmoid(x: number): number {
  const positive = 1 / (1 + Math.exp(-Math.abs(x)));
  return x < 0 ? 1 - positive : positive;
}

const FLOATS: readonly ElementType[] = ['float64', 'float32'];

export const UNARY: Readonly<Record<string, Operator>> = {
  Identity: (_plan, node, inputs) => {
    node.expect(inputs, 1, 'float64', 'float32', 'int64', 'bool', 'string');
    return [inputs[0]!];
  },
  Cast: cast,
  Neg: map((x) => -x, FLOATS),
  Abs: map(Math.abs, FLOATS),
  Sign: map((x) => (x > 0 ? 1 : x < 0 ? -1 : x), FLOATS),
  Relu: map((x) => (x < 0 ? 0 : x), FLOATS),
  Not: map((x) => 1 - x, ['bool']),
  IsNaN: map((x) => (Number.isNaN(x) ? 1 : 0), FLOATS, 'bool'),
  // in float32 these differ between libraries by more than ours may from ONNX Runtime's
  Sqrt: map(Math.sqrt, ['float64']),
  Exp: map(Math.exp, ['float64']),
  Log: map(Math.log, ['float64']),
  Tanh: map(Math.tanh, ['float64']),
  Sigmoid: map(sigmoid, ['float64']),
};
