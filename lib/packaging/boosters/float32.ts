/** Arithmetic of XGBoost in a graph: single precision, in its own order, so that its results come out to the last bit. */
import type { GraphBuilder, Value } from '../onnx';

type Float32 = Value<'float32'>;

/** XGBoost's own bound, against overflow of the exponential (`common::Sigmoid`). */
const EXPONENT_LIMIT = 88.7;

export function float32s(graph: GraphBuilder, values: ArrayLike<number>, shape?: readonly number[]): Float32 {
  return graph.cast(graph.doubles(values, shape), 'float32');
}

/** Running sums from left to right along the last of three axes; the last of them: `[a, b, count]` to `[a, b]`. */
export function orderedSum(graph: GraphBuilder, values: Float32, count: number): Float32 {
  const sums = graph.node('CumSum', [values, graph.integers([2], [])], 'float32');
  return graph.node('Gather', [sums, graph.integers([count - 1], [])], 'float32', { axis: 2 });
}

/** Rounded once, as a good C library's `expf` is. */
export function exponential(graph: GraphBuilder, value: Float32): Float32 {
  return graph.cast(graph.exp(graph.cast(value, 'float64')), 'float32');
}

export function sigmoid(graph: GraphBuilder, value: Float32): Float32 {
  const negative = graph.node('Neg', [value], 'float32');
  const bounded = graph.node('Min', [negative, float32s(graph, [EXPONENT_LIMIT])], 'float32');
  const one = float32s(graph, [1]);
  const denominator = graph.node('Add', [exponential(graph, bounded), one], 'float32');
  return graph.node('Div', [one, denominator], 'float32');
}

/** Along the last axis of `[rows, outputs]`; the sum is in double precision. */
export function softmax(graph: GraphBuilder, value: Float32): Float32 {
  const largest = graph.node('ReduceMax', [value, graph.integers([1])], 'float32', { keepdims: 1 });
  const powers = exponential(graph, graph.node('Sub', [value, largest], 'float32'));
  const total = graph.cast(graph.sum(graph.cast(powers, 'float64'), 1, true), 'float32');
  return graph.node('Div', [powers, total], 'float32');
}
