/** Functions that ONNX has no operator for, to the last few bits of a double. */
import type { GraphBuilder, Value } from '../onnx';

/**
 * `log(1 + x)`, also for x near 0, where 1 + x has lost most of x: the rounding error of the sum is
 * divided out (HP-15C Advanced Functions Handbook, 1982, appendix of Kahan's).
 */
export function log1p(graph: GraphBuilder, x: Value<'float64'>): Value<'float64'> {
  const one = graph.doubles([1]);
  const sum = graph.add(x, one);
  const corrected = graph.multiply(x, graph.divide(graph.log(sum), graph.subtract(sum, one)));
  return graph.where(graph.equal(sum, one), x, corrected);
}

/** `exp(x) - 1`, also for x near 0, by the same device. */
export function expm1(graph: GraphBuilder, x: Value<'float64'>): Value<'float64'> {
  const one = graph.doubles([1]);
  const power = graph.exp(x);
  const plain = graph.subtract(power, one);
  const corrected = graph.multiply(plain, graph.divide(x, graph.log(power)));
  const small = graph.where(graph.equal(power, one), x, corrected);
  return graph.where(graph.greater(graph.abs(x), one), plain, small);
}
