/** Operators along one axis: sums, maxima, their places, running sums, softmax. */
import type { NodeReader, Operator } from '../graph/node-reader';
import { sizeOf, type Value } from '../graph/value';

/** An axis of a row: `outer` times `length` times `inner` elements. */
interface Axis {
  readonly index: number;
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

function along(node: NodeReader, value: Value, axis: number): Axis {
  const index = node.axis(value, axis);
  const length = value.shape[index]!;
  if (length === 0) throw node.refuse('works along an axis of no length');
  return { index, outer: sizeOf(value.shape.slice(0, index)), length, inner: sizeOf(value.shape.slice(index + 1)) };
}

function without(shape: readonly number[], axis: number, keep: boolean): number[] {
  return keep ? shape.map((length, i) => (i === axis ? 1 : length)) : shape.filter((_, i) => i !== axis);
}

type Fold = (numbers: Float64Array, start: number, length: number, stride: number) => number;

/** In the order of the elements, as scikit-learn adds up trees. */
const sum: Fold = (numbers, start, length, stride) => {
  let total = 0;
  for (let i = 0, at = start; i < length; i++, at += stride) total += numbers[at]!;
  return total;
};

const maximum: Fold = (numbers, start, length, stride) => {
  let most = numbers[start]!;
  for (let i = 1, at = start + stride; i < length; i++, at += stride) {
    const x = numbers[at]!;
    if (x > most || Number.isNaN(x)) most = x;
  }
  return most;
};

const firstOfLargest: Fold = (numbers, start, length, stride) => {
  let best = 0;
  for (let i = 1, at = start + stride; i < length; i++, at += stride) {
    if (numbers[at]! > numbers[start + best * stride]!) best = i;
  }
  return best;
};

const lastOfLargest: Fold = (numbers, start, length, stride) => {
  let best = 0;
  for (let i = 1, at = start + stride; i < length; i++, at += stride) {
    if (numbers[at]! >= numbers[start + best * stride]!) best = i;
  }
  return best;
};

/** A number for each line of elements along the axis. */
function folded(
  plan: Parameters<Operator>[0],
  input: Value,
  { index, outer, length, inner }: Axis,
  keep: boolean,
  type: Value['type'],
  fold: Fold,
): Value {
  const out = plan.result(type, without(input.shape, index, keep), [input]);
  if (input.perRow) plan.spend(input.size);
  const { store: from } = input;
  const { store: to } = out;
  plan.step([input], [out], (rows) => {
    const [a, b] = [from.numbers, to.numbers];
    for (let block = 0, k = 0; block < rows * outer; block++) {
      for (let i = 0; i < inner; i++) b[k++] = fold(a, block * length * inner + i, length, inner);
    }
  });
  return out;
}

const reduction =
  (fold: Fold, types: readonly Value['type'][]): Operator =>
  (plan, node, inputs) => {
    const [input] = inputs;
    if (!input || inputs.length !== 2 || !types.includes(input.type)) throw node.refuse('has inputs of other types');
    const axis = along(node, input, node.constant(inputs, 1));
    const keep = node.integer('keepdims', 1) !== 0;
    node.integer('noop_with_empty_axes', 0);
    return [folded(plan, input, axis, keep, input.type, fold)];
  };

const argMax: Operator = (plan, node, inputs) => {
  node.expect(inputs, 1, 'float64');
  const [input] = inputs as [Value];
  const axis = along(node, input, node.integer('axis', 0));
  const keep = node.integer('keepdims', 1) !== 0;
  const fold = node.integer('select_last_index', 0) === 0 ? firstOfLargest : lastOfLargest;
  return [folded(plan, input, axis, keep, 'int64', fold)];
};

const cumulativeSum: Operator = (plan, node, inputs) => {
  const [input] = inputs;
  if (!input || inputs.length !== 2 || (input.type !== 'float64' && input.type !== 'float32')) {
    throw node.refuse('has inputs of other types');
  }
  if (node.integer('exclusive', 0) !== 0 || node.integer('reverse', 0) !== 0) throw node.refuse('runs otherwise');
  const { outer, length, inner } = along(node, input, node.constant(inputs, 1));
  const out = plan.result(input.type, input.shape, [input]);
  const { store: from, type } = input;
  const { store: to } = out;
  const round = type === 'float32';
  plan.step([input], [out], (rows) => {
    const [a, b] = [from.numbers, to.numbers];
    for (let block = 0; block < rows * outer; block++) {
      for (let i = 0; i < inner; i++) {
        let at = block * length * inner + i;
        let total = a[at]!;
        b[at] = total;
        for (let step = 1; step < length; step++) {
          at += inner;
          total += a[at]!;
          if (round) total = Math.fround(total);
          b[at] = total;
        }
      }
    }
  });
  return [out];
};

/** Along the last axis, of numbers that the largest is subtracted from first. */
const softmax: Operator = (plan, node, inputs) => {
  node.expect(inputs, 1, 'float64');
  const [input] = inputs as [Value];
  const { outer, length, inner } = along(node, input, node.integer('axis', -1));
  if (inner !== 1) throw node.refuse('is not along the last axis');
  const out = plan.result('float64', input.shape, inputs);
  const { store: from } = input;
  const { store: to } = out;
  plan.step(inputs, [out], (rows) => {
    const [a, b] = [from.numbers, to.numbers];
    for (let start = 0; start < rows * outer * length; start += length) {
      const most = maximum(a, start, length, 1);
      let total = 0;
      for (let i = start; i < start + length; i++) total += b[i] = Math.exp(a[i]! - most);
      for (let i = start; i < start + length; i++) b[i] = b[i]! / total;
    }
  });
  return [out];
};

export const REDUCE: Readonly<Record<string, Operator>> = {
  ReduceSum: reduction(sum, ['float64']),
  ReduceMax: reduction(maximum, ['float64', 'float32']),
  ArgMax: argMax,
  CumSum: cumulativeSum,
  Softmax: softmax,
};
