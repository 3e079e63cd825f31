/** Rows to which a graph gives no answer, since rounding would choose it (see `lib/model/rows/undecided-row.ts`). */
import type { UNDECIDED } from '../../model/rows/undecided-row';
import type { GraphBuilder, Value } from '../onnx';

/** Scores with more noise than this are no longer those that scikit-learn has. */
const NOISE = 1e-3;

/** A score that is smaller than another by this much has no share in the softmax of both that a double would show. */
const CLEAR = 50;

/**
 * Whether the noise of scores decides which is the largest, or what share it has in their softmax.
 *
 * @param scores shape `[rows, count]`
 * @param noise how much of each may be rounding, of the same shape
 * @returns shape `[rows, 1]`
 */
export function leftToNoise(graph: GraphBuilder, scores: Value<'float64'>, noise: Value<'float64'>): Value<'bool'> {
  const not = (flags: Value<'bool'>) => graph.node('Not', [flags], 'bool');
  const behind = graph.subtract(graph.max(scores, 1, true), scores);
  const clear = graph.add(graph.multiply(noise, graph.doubles([2])), graph.doubles([CLEAR]));
  // said so that NaN, as of overflows, is neither clear nor quiet
  const contends = not(graph.greater(behind, clear));
  const noisy = graph.node('And', [contends, not(graph.less(noise, graph.doubles([NOISE])))], 'bool');
  const count = graph.sum(graph.cast(contends, 'float64'), 1, true);
  const several = graph.greater(count, graph.doubles([1.5]));
  const some = graph.greater(graph.max(graph.cast(noisy, 'float64'), 1, true), graph.doubles([0.5]));
  return graph.node('And', [several, some], 'bool');
}

/**
 * The same values, in a graph that fails for rows that are undecided.
 *
 * @param undecided shape `[rows, any]`: a row is undecided when one of its flags is set
 * @param value shape `[rows, any]`
 */
export function decided<T extends 'float64' | 'int64'>(
  graph: GraphBuilder,
  undecided: Value<'bool'>,
  value: Value<T>,
  why: (typeof UNDECIDED)[keyof typeof UNDECIDED],
): Value<T> {
  const flag = graph.max(graph.cast(undecided, 'float64'), 1, true);
  const index = graph.cast(graph.multiply(flag, graph.doubles([why])), 'int64');
  const one = (value.type === 'int64' ? graph.integers([1]) : graph.doubles([1])) as Value<T>;
  return graph.node('Mul', [value, graph.gather(one, index)], value.type);
}
