/** Distances between rows and fixed points, from the differences of their coordinates. */
import type { GraphBuilder, Value } from '../onnx';

/**
 * `sum` adds up differences of coordinates as the metric says: squares for 'squared-euclidean', magnitudes for
 * 'manhattan'; 'chebyshev' takes the largest magnitude.
 */
export type Metric = 'squared-euclidean' | 'manhattan' | 'chebyshev';

/** Fixed points, such as rows of training. */
export interface Points {
  /** Shape `[count, width]`, row-major. */
  readonly values: Float64Array;
  readonly count: number;
  readonly width: number;
}

/**
 * Differences that are held at once for each row. Enough to keep the operators few, and little enough for a
 * batch of a thousand rows.
 */
const DIFFERENCES = 8192;

/**
 * Distances of each row to each point, shape `[rows, count]`.
 *
 * By products of matrices it would be faster, but then what two points far from the origin have in common
 * takes the digits in which they differ.
 *
 * @param rows shape `[rows, width]`
 * @param inOrder whether to add one coordinate after the other, as scikit-learn does: where distances are
 *   compared, the last digit of a sum decides between points as far away as each other
 */
export function distances(
  graph: GraphBuilder,
  rows: Value<'float64'>,
  { values, count, width }: Points,
  { metric, inOrder = false }: { readonly metric: Metric; readonly inOrder?: boolean },
): Value<'float64'> {
  const columns = inOrder ? 1 : Math.max(1, Math.floor(DIFFERENCES / count));
  let total: Value<'float64'> | undefined;
  for (let first = 0; first < width; first += columns) {
    const last = Math.min(first + columns, width);
    const part = Array.from({ length: count }, (_, i) => values.subarray(i * width + first, i * width + last));
    const own = last - first === width ? rows : slice(graph, rows, first, last);
    const coordinates = graph.doubles(concatenate(part, last - first), [count, last - first]);
    const difference = graph.subtract(graph.reshape(own, [-1, 1, last - first]), coordinates);
    const some = reduce(graph, difference, metric);
    total = total === undefined ? some : combine(graph, total, some, metric);
  }
  return total!;
}

/** Roundings of a product of matrices of so many columns, relative to the squares of its rows. */
export function productRounding(width: number): number {
  return Math.max(8, width) * 2 ** -52;
}

function reduce(graph: GraphBuilder, difference: Value<'float64'>, metric: Metric): Value<'float64'> {
  switch (metric) {
    case 'squared-euclidean':
      return graph.sum(graph.multiply(difference, difference), 2, false);
    case 'manhattan':
      return graph.sum(graph.abs(difference), 2, false);
    case 'chebyshev':
      return graph.max(graph.abs(difference), 2, false);
  }
}

function combine(graph: GraphBuilder, a: Value<'float64'>, b: Value<'float64'>, metric: Metric): Value<'float64'> {
  return metric === 'chebyshev' ? graph.node('Max', [a, b], 'float64') : graph.add(a, b);
}

function slice(graph: GraphBuilder, value: Value<'float64'>, first: number, last: number): Value<'float64'> {
  const [starts, ends, axes] = [[first], [last], [1]].map((numbers) => graph.integers(numbers));
  return graph.node('Slice', [value, starts!, ends!, axes!], 'float64');
}

function concatenate(parts: readonly Float64Array[], length: number): Float64Array {
  const all = new Float64Array(parts.length * length);
  parts.forEach((part, i) => {
    all.set(part, i * length);
  });
  return all;
}
