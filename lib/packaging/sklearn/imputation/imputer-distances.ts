/** Distances of `KNNImputer`: from the columns that two rows have in common, with what scikit-learn's rounding may make of them. */

import { gatherColumns } from '../../estimator/features';
import { productRounding } from '../../graph-parts/distance';
import type { GraphBuilder, Value } from '../../onnx';
import type { Donors } from './imputer-ties';

/** How far training rows are. */
export interface Distances {
  /** Of each row to each training row, shape `[rows, count]`; infinite where they have no column in common. */
  readonly value: Value<'float64'>;
  /** How much of each may be scikit-learn's rounding. */
  readonly margin: Value<'float64'>;
}

/** @param filled the rows, 0 where a value is missing @param present 1 where there is one */
export function distancesTo(
  graph: GraphBuilder,
  { values, known, count, width }: Donors,
  filled: Value<'float64'>,
  present: Value<'float64'>,
): Distances {
  const transposed = (of: (place: number) => number) =>
    graph.doubles(
      Float64Array.from({ length: width * count }, (_, i) => of((i % count) * width + Math.floor(i / count))),
      [width, count],
    );
  let sum: Value<'float64'> | undefined;
  for (let column = 0; column < width; column++) {
    const of = (array: ArrayLike<number>) =>
      graph.doubles(
        Float64Array.from({ length: count }, (_, row) => array[row * width + column]!),
        [1, count],
      );
    const at = (value: Value<'float64'>) => gatherColumns(graph, value, [column], width);
    const difference = graph.subtract(at(filled), of(values));
    const both = graph.multiply(at(present), of(known));
    const square = graph.multiply(graph.multiply(difference, difference), both);
    sum = sum ? graph.add(sum, square) : square;
  }
  const has = transposed((place) => known[place]!);
  const common = graph.matmul(present, has);
  const some = graph.greater(common, graph.doubles([0.5]));
  const share = graph.where(some, common, graph.doubles([1]));
  const squares = graph.add(
    graph.matmul(graph.multiply(filled, filled), has), // 0 where a value is missing
    graph.matmul(
      present,
      transposed((place) => values[place]! ** 2),
    ),
  );
  return {
    value: graph.where(some, graph.divide(sum!, share), graph.doubles([Number.POSITIVE_INFINITY])),
    margin: graph.multiply(graph.divide(squares, share), graph.doubles([productRounding(width)])),
  };
}
