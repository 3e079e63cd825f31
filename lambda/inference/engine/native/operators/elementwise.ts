/**
 * Operators of two inputs, element by element.
 *
 * Each has a loop of its own: one loop that is given the operation would call a function for every element.
 */
import type { ElementType } from '../../../../../lib/model/rows/signature';
import { broadcastShape, type Meeting, meet } from '../graph/broadcast';
import type { NodeReader, Operator } from '../graph/node-reader';
import type { Planner } from '../graph/planner';
import type { Value } from '../graph/value';
import { roundToSingle } from './single';

/** `size` is that of a row of the result. */
type Loop = (
  out: Float64Array,
  a: Float64Array,
  b: Float64Array,
  rows: number,
  size: number,
  m: Meeting,
  n: Meeting,
) => void;

/** For any meeting and any operation. */
const each =
  (of: (a: number, b: number) => number): Loop =>
  (out, a, b, rows, size, { at: i, stride: s }, { at: j, stride: t }) => {
    for (let row = 0, k = 0, p = 0, q = 0; row < rows; row++, p += s, q += t) {
      for (let e = 0; e < size; e++) out[k++] = of(a[p + i[e]!]!, b[q + j[e]!]!);
    }
  };

/** The loop for elements that meet in order, and the one for others. */
const either =
  (straight: Loop, any: Loop): Loop =>
  (out, a, b, rows, size, m, n) =>
    (m.step < 0 || n.step < 0 ? any : straight)(out, a, b, rows, size, m, n);

const add = either(
  (out, a, b, rows, size, { stride: s, step: u }, { stride: t, step: v }) => {
    for (let row = 0, k = 0, p = 0, q = 0; row < rows; row++, p += s, q += t) {
      for (let e = 0, i = p, j = q; e < size; e++, i += u, j += v) out[k++] = a[i]! + b[j]!;
    }
  },
  each((a, b) => a + b),
);

const subtract = either(
  (out, a, b, rows, size, { stride: s, step: u }, { stride: t, step: v }) => {
    for (let row = 0, k = 0, p = 0, q = 0; row < rows; row++, p += s, q += t) {
      for (let e = 0, i = p, j = q; e < size; e++, i += u, j += v) out[k++] = a[i]! - b[j]!;
    }
  },
  each((a, b) => a - b),
);

const multiply = either(
  (out, a, b, rows, size, { stride: s, step: u }, { stride: t, step: v }) => {
    for (let row = 0, k = 0, p = 0, q = 0; row < rows; row++, p += s, q += t) {
      for (let e = 0, i = p, j = q; e < size; e++, i += u, j += v) out[k++] = a[i]! * b[j]!;
    }
  },
  each((a, b) => a * b),
);

const divide = either(
  (out, a, b, rows, size, { stride: s, step: u }, { stride: t, step: v }) => {
    for (let row = 0, k = 0, p = 0, q = 0; row < rows; row++, p += s, q += t) {
      for (let e = 0, i = p, j = q; e < size; e++, i += u, j += v) out[k++] = a[i]! / b[j]!;
    }
  },
  each((a, b) => a / b),
);

const equal = either(
  (out, a, b, rows, size, { stride: s, step: u }, { stride: t, step: v }) => {
    for (let row = 0, k = 0, p = 0, q = 0; row < rows; row++, p += s, q += t) {
      for (let e = 0, i = p, j = q; e < size; e++, i += u, j += v) out[k++] = a[i]! === b[j]! ? 1 : 0;
    }
  },
  each((a, b) => Number(a === b)),
);

const less = either(
  (out, a, b, rows, size, { stride: s, step: u }, { stride: t, step: v }) => {
    for (let row = 0, k = 0, p = 0, q = 0; row < rows; row++, p += s, q += t) {
      for (let e = 0, i = p, j = q; e < size; e++, i += u, j += v) out[k++] = a[i]! < b[j]! ? 1 : 0;
    }
  },
  each((a, b) => Number(a < b)),
);

const lessOrEqual = either(
  (out, a, b, rows, size, { stride: s, step: u }, { stride: t, step: v }) => {
    for (let row = 0, k = 0, p = 0, q = 0; row < rows; row++, p += s, q += t) {
      for (let e = 0, i = p, j = q; e < size; e++, i += u, j += v) out[k++] = a[i]! <= b[j]! ? 1 : 0;
    }
  },
  each((a, b) => Number(a <= b)),
);

const swapped =
  (loop: Loop): Loop =>
  (out, a, b, rows, size, m, n) =>
    loop(out, b, a, rows, size, n, m);

/** As C has it: 1 to any power is 1, and so is -1 to an infinite one, which JavaScript calls NaN. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY)) return 1;
  return base ** exponent;
}

type Types = readonly ElementType[];
const FLOATS: Types = ['float64', 'float32'];
const NUMBERS: Types = ['float64', 'float32', 'int64'];

/** Operands alike in type, of those types. */
function operands(node: NodeReader, inputs: readonly Value[], types: Types): readonly [Value, Value] {
  node.expect(inputs, 2, ...types);
  const [a, b] = inputs as [Value, Value];
  if (a.type !== b.type) throw node.refuse('has inputs of two types');
  return [a, b];
}

function meetings(plan: Planner, type: ElementType, [a, b]: readonly [Value, Value]) {
  const shape = broadcastShape([a, b]);
  const out = plan.result(type, shape, [a, b]);
  return { out, m: meet(a, shape, out.size), n: meet(b, shape, out.size) };
}

/** The result has the type of the operands. */
const arithmetic =
  (loop: Loop, types: Types): Operator =>
  (plan, node, inputs) => {
    const both = operands(node, inputs, types);
    const [{ store: a, type }, { store: b }] = both;
    const { out, m, n } = meetings(plan, type, both);
    const { store } = out;
    plan.step(both, [out], (rows) => {
      loop(store.numbers, a.numbers, b.numbers, rows, out.size, m, n);
      if (type === 'float32') roundToSingle(store.numbers, rows * out.size);
    });
    return [out];
  };

const comparison =
  (loop: Loop, types: Types): Operator =>
  (plan, node, inputs) => {
    const both = operands(node, inputs, types);
    const [{ store: a }, { store: b }] = both;
    const { out, m, n } = meetings(plan, 'bool', both);
    const { store } = out;
    plan.step(both, [out], (rows) => loop(store.numbers, a.numbers, b.numbers, rows, out.size, m, n));
    return [out];
  };

const equalNumbers = comparison(equal, [...NUMBERS, 'bool']);

const equalValues: Operator = (plan, node, inputs) => {
  if (inputs[0]?.type !== 'string') return equalNumbers(plan, node, inputs);
  const both = operands(node, inputs, ['string']);
  const [{ store: a }, { store: b }] = both;
  const { out, m, n } = meetings(plan, 'bool', both);
  const { store } = out;
  plan.step(both, [out], (rows) => {
    for (let row = 0, k = 0; row < rows; row++) {
      for (let e = 0; e < out.size; e++) {
        store.numbers[k++] = a.texts[row * m.stride + m.at[e]!] === b.texts[row * n.stride + n.at[e]!] ? 1 : 0;
      }
    }
  });
  return [out];
};

export const ELEMENTWISE: Readonly<Record<string, Operator>> = {
  // sums of integers are exact up to 2^53; products and quotients of integers are left to ONNX Runtime
  Add: arithmetic(add, NUMBERS),
  Sub: arithmetic(subtract, NUMBERS),
  Mul: arithmetic(multiply, FLOATS),
  Div: arithmetic(divide, FLOATS),
  Pow: arithmetic(each(power), ['float64']),
  Min: arithmetic(each(Math.min), FLOATS),
  Max: arithmetic(each(Math.max), FLOATS),
  Equal: equalValues,
  Less: comparison(less, NUMBERS),
  LessOrEqual: comparison(lessOrEqual, NUMBERS),
  Greater: comparison(swapped(less), NUMBERS),
  GreaterOrEqual: comparison(swapped(lessOrEqual), NUMBERS),
  And: comparison(
    each((a, b) => a & b),
    ['bool'],
  ),
  Or: comparison(
    each((a, b) => a | b),
    ['bool'],
  ),
};
