/**
 * Whether rows at the same distance decide what a nearest-neighbours model answers.
 *
 * With whole numbers or rounded ones for data, the k-th nearest row is often as far away as the next. Which of
 * them counts depends in scikit-learn on the search structure and the number of threads: its documentation says
 * that the results depend on the order of the training data.
 */
import { UNDECIDED } from '../../../model/rows/undecided-row';
import { gatherColumns } from '../../estimator/features';
import { type Metric, type Points, productRounding } from '../../graph-parts/distance';
import { decided } from '../../graph-parts/undecided';
import type { GraphBuilder, Value } from '../../onnx';

export interface TrainingRows extends Points {
  /** Training rows with the same number answer alike. */
  readonly answers: ArrayLike<number>;
  /** Whether scikit-learn compares distances from products of matrices, which round more than differences do. */
  readonly products: boolean;
}

/** For each training row the number of what it answers, which is the same for those that answer the same. */
export function numbered(rows: number, answerOf: (row: number) => string): number[] {
  const numbers = new Map<string, number>();
  return Array.from({ length: rows }, (_, row) => {
    const answer = answerOf(row);
    const number = numbers.get(answer) ?? numbers.size;
    numbers.set(answer, number);
    return number;
  });
}

/** Coordinates that are compared at most: some tenths of a second. */
const EFFORT = 5e7;

/** Relative difference of distances below which rounding may have made it. */
const ROUNDING = 1e-12;

/** How rows to try are put together: column i of one is that of the training row i times as many places further on. */
const SHIFTS = [0, 1, 5] as const;

/**
 * Tries training rows as the rows to predict, and rows mixed from them; all, or as many as can be compared in
 * reasonable time.
 *
 * @returns how many were tried, and for how many of them the answer depends on the choice among rows equally far away
 */
export function countTies(rows: TrainingRows, neighbours: number, metric: Metric): { tried: number; ties: number } {
  const { values: points, count, width } = rows;
  if (neighbours >= count) return { tried: 0, ties: 0 };
  const step = Math.max(1, Math.ceil((SHIFTS.length * count * count * width) / EFFORT));
  const query = new Float64Array(width);
  let tried = 0;
  let ties = 0;
  for (const shift of SHIFTS) {
    for (let row = 0; row < count; row += step) {
      for (let column = 0; column < width; column++) {
        query[column] = points[((row + shift * column) % count) * width + column]!;
      }
      tried++;
      if (isTie(rows, query, neighbours, metric)) ties++;
    }
  }
  return { tried, ties };
}

function isTie(rows: TrainingRows, query: Float64Array, neighbours: number, metric: Metric): boolean {
  const distance = distancesFrom(rows, query, metric);
  const last = distance.slice().sort()[neighbours - 1]!;
  const own = rows.products ? squareOf(query, 0, rows.width) : 0;
  let within = 0;
  let alike = true;
  let first = -1;
  for (let row = 0; row < distance.length; row++) {
    const squares = rows.products ? own + squareOf(rows.values, row, rows.width) : 0;
    const margin = last * ROUNDING + squares * productRounding(rows.width);
    if (distance[row]! > last + margin) continue;
    within++;
    if (distance[row]! < last - margin) continue;
    if (first < 0) first = row;
    else if (rows.answers[first] !== rows.answers[row]) alike = false;
  }
  return within > neighbours && !alike;
}

function squareOf(points: Float64Array, row: number, width: number): number {
  let sum = 0;
  for (let i = row * width; i < (row + 1) * width; i++) sum += points[i]! * points[i]!;
  return sum;
}

interface FoundNeighbours {
  /** How many. */
  readonly neighbours: number;
  /** Which those are, shape `[rows, neighbours]`. */
  readonly indices: Value<'int64'>;
  /** How far they are, ascending, shape `[rows, neighbours]`. */
  readonly distance: Value<'float64'>;
  /** How far each training row is, shape `[rows, count]`. */
  readonly all: Value<'float64'>;
}

/**
 * The indices of the nearest, in a graph that fails for a row of which the answer depends on the choice among rows
 * equally far away: as `isTie` has it. Rows so far away that all distances round to the same are among them.
 *
 * @param input shape `[rows, width]`
 */
export function decidedNeighbours(
  graph: GraphBuilder,
  rows: TrainingRows,
  input: Value<'float64'>,
  found: FoundNeighbours,
): Value<'int64'> {
  const { values: points, count, width, answers, products } = rows;
  const { all, distance, indices, neighbours } = found;
  const last = gatherColumns(graph, distance, [neighbours - 1], neighbours);
  const infinity = graph.doubles([Number.POSITIVE_INFINITY]);
  const not = (flags: Value<'bool'>) => graph.node('Not', [flags], 'bool');
  const endless = not(graph.less(last, infinity));
  if (neighbours === count) return decided(graph, endless, indices, UNDECIDED.neighbours);

  let margin = graph.multiply(last, graph.doubles([ROUNDING]));
  if (products) {
    const own = Float64Array.from({ length: count }, (_, row) => squareOf(points, row, width) * productRounding(width));
    const square = graph.sum(graph.multiply(input, input), 1, true);
    margin = graph.add(
      graph.add(margin, graph.multiply(square, graph.doubles([productRounding(width)]))),
      graph.doubles(own, [1, count]),
    );
  }
  const beyond = graph.greater(all, graph.add(last, margin));
  const untied = graph.node('Or', [beyond, graph.less(all, graph.subtract(last, margin))], 'bool');
  const within = graph.sum(graph.cast(not(beyond), 'float64'), 1, true);
  const own = graph.doubles(Float64Array.from(answers), [1, count]);
  const most = graph.max(graph.where(untied, graph.doubles([Number.NEGATIVE_INFINITY]), own), 1, true);
  const least = graph.negate(graph.max(graph.negate(graph.where(untied, infinity, own)), 1, true));
  const chosen = graph.node(
    'And',
    [graph.greater(within, graph.doubles([neighbours + 0.5])), graph.less(least, most)],
    'bool',
  );
  return decided(graph, graph.node('Or', [endless, chosen], 'bool'), indices, UNDECIDED.neighbours);
}

function distancesFrom(
  { values: points, count, width }: TrainingRows,
  query: Float64Array,
  metric: Metric,
): Float64Array {
  const distance = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    let total = 0;
    for (let column = 0; column < width; column++) {
      const difference = Math.abs(points[row * width + column]! - query[column]!);
      if (metric === 'chebyshev') total = Math.max(total, difference);
      else total += metric === 'manhattan' ? difference : difference * difference;
    }
    distance[row] = total;
  }
  return distance;
}
