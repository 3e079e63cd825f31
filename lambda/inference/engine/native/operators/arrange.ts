/** Operators that move elements, which here are copies along a list of places made once: Concat, Slice, Pad, and Reshape, which is none. */
import type { Operator } from '../graph/node-reader';
import type { Planner } from '../graph/planner';
import { sizeOf, type Value } from '../graph/value';

/** Copies element `from[i]` of a row of `input` to place `to[i]` of a row of `out`. */
export function copy(
  plan: Planner,
  inputs: readonly Value[],
  input: Value,
  out: Value,
  from: Int32Array,
  to?: Int32Array,
): void {
  const { store: a, size: width } = input;
  const { store: b, size } = out;
  if (out.type === 'string') {
    plan.step(inputs, [out], (rows) => {
      for (let row = 0; row < rows; row++) {
        from.forEach((place, i) => {
          b.texts[row * size + (to ? to[i]! : i)] = a.texts[row * width + place]!;
        });
      }
    });
    return;
  }
  const places = to ?? Int32Array.from(from, (_, i) => i);
  const count = from.length;
  plan.step(inputs, [out], (rows) => {
    const [numbers, moved] = [a.numbers, b.numbers];
    for (let row = 0, p = 0, q = 0; row < rows; row++, p += width, q += size) {
      for (let i = 0; i < count; i++) moved[q + places[i]!] = numbers[p + from[i]!]!;
    }
  });
}

/** For each element of a row of a tensor, its place in one of the given shape where `move` says at which index. */
export function placesOf(
  shape: readonly number[],
  target: readonly number[],
  move: (index: readonly number[]) => readonly number[],
): Int32Array {
  const places = new Int32Array(sizeOf(shape));
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < places.length; i++) {
    places[i] = move(index).reduce((place, at, axis) => place * target[axis]! + at, 0);
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
  }
  return places;
}

/** The same elements in another shape. The rows stay the first axis. */
const reshape: Operator = (_plan, node, inputs) => {
  if (node.integer('allowzero', 0) !== 0) throw node.refuse('allows zero');
  const [input] = inputs as [Value];
  const wanted = node.constants(inputs, 1);
  const shape = wanted.map((length, axis) => (length === 0 && !input.perRow ? input.shape[axis]! : length));
  if (input.perRow) {
    // what is left over, or kept, must be the rows
    if (shape[0] !== -1 && shape[0] !== 0) throw node.refuse('fixes the number of rows');
    shape.shift();
    if (shape.some((length) => length < 1) || sizeOf(shape) !== input.size)
      throw node.refuse('moves elements between rows');
    return [{ ...input, shape }];
  }
  const open = shape.indexOf(-1);
  if (open >= 0) shape[open] = input.size / -sizeOf(shape);
  if (shape.some((length) => !Number.isInteger(length) || length < 0) || sizeOf(shape) !== input.size) {
    throw node.refuse('does not fit its input');
  }
  return [{ ...input, shape }];
};

const concat: Operator = (plan, node, inputs) => {
  const [first] = inputs;
  if (
    !first ||
    inputs.some(
      ({ type, perRow, shape }) =>
        type !== first.type || perRow !== first.perRow || shape.length !== first.shape.length,
    )
  ) {
    throw node.refuse('joins values of different kinds');
  }
  const axis = node.axis(first, node.integer('axis'));
  const shape = first.shape.slice();
  shape[axis] = inputs.reduce((sum, input) => sum + input.shape[axis]!, 0);
  for (const input of inputs) {
    if (input.shape.some((length, i) => i !== axis && length !== shape[i]))
      throw node.refuse('joins shapes that do not fit');
  }
  const out = plan.result(first.type, shape, inputs);
  let offset = 0;
  for (const input of inputs) {
    const from = Int32Array.from({ length: input.size }, (_, i) => i);
    const before = offset;
    copy(
      plan,
      [input],
      input,
      out,
      from,
      placesOf(input.shape, shape, (index) => index.map((at, i) => (i === axis ? at + before : at))),
    );
    offset += input.shape[axis]!;
  }
  return [out];
};

const slice: Operator = (plan, node, inputs) => {
  const [input] = inputs as [Value];
  const axis = node.axis(input, node.constant(inputs, 3));
  if (inputs.length > 4 && node.constant(inputs, 4) !== 1) throw node.refuse('has a step');
  const length = input.shape[axis]!;
  const within = (at: number) => Math.min(Math.max(at < 0 ? at + length : at, 0), length);
  const [start, end] = [within(node.constant(inputs, 1)), within(node.constant(inputs, 2))];
  const shape = input.shape.map((own, i) => (i === axis ? Math.max(end - start, 0) : own));
  const out = plan.result(input.type, shape, [input]);
  copy(
    plan,
    [input],
    input,
    out,
    placesOf(shape, input.shape, (index) => index.map((at, i) => (i === axis ? at + start : at))),
  );
  return [out];
};

/** With zeros, and not in front of the rows. */
const pad: Operator = (plan, node, inputs) => {
  const mode = node.text('mode', 'constant');
  const [input] = inputs as [Value];
  if (mode !== 'constant' || inputs.length !== 2 || input.type === 'string')
    throw node.refuse('pads with something else than zeros');
  const pads = node.constants(inputs, 1);
  const first = input.perRow ? 1 : 0;
  const rank = input.shape.length + first;
  if (pads.length !== 2 * rank || pads.some((count) => count < 0)) throw node.refuse('crops');
  if (input.perRow && (pads[0] !== 0 || pads[rank] !== 0)) throw node.refuse('adds rows');
  const shape = input.shape.map((length, i) => length + pads[i + first]! + pads[rank + i + first]!);
  const out = plan.result(input.type, shape, [input]);
  const from = Int32Array.from({ length: input.size }, (_, i) => i);
  copy(
    plan,
    [input],
    input,
    out,
    from,
    placesOf(input.shape, shape, (index) => index.map((at, i) => at + pads[i + first]!)),
  );
  return [out];
};

export const ARRANGE: Readonly<Record<string, Operator>> = { Reshape: reshape, Concat: concat, Slice: slice, Pad: pad };
