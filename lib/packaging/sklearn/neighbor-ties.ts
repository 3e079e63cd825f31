/**
 * Whether rows at the same distance decide what a nearest-neighbours model answers.
 *
 * With whole numbers or rounded ones for data, the k-th nearest row is often as far away as the next. Which of
 * them counts depends in scikit-learn on the search structure and the number of threads: its documentation says
 * that the results depend on the order of the training data.
 */
import type { Metric } from './distance';

export interface TrainingRows {
  /** Shape `[count, width]`, row-major. */
  readonly points: Float64Array;
  readonly count: number;
  readonly width: number;
  /** Whether two training rows answer alike. */
  readonly alike: (one: number, other: number) => boolean;
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
  const { points, count, width } = rows;
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
  const margin = last * ROUNDING;
  let within = 0;
  let alike = true;
  let first = -1;
  for (let row = 0; row < distance.length; row++) {
    if (distance[row]! > last + margin) continue;
    within++;
    if (distance[row]! < last - margin) continue;
    if (first < 0) first = row;
    else if (!rows.alike(first, row)) alike = false;
  }
  return within > neighbours && !alike;
}

function distancesFrom({ points, count, width }: TrainingRows, query: Float64Array, metric: Metric): Float64Array {
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

/**
 * The first column in which training rows share a value; undefined when there is none.
 *
 * A Chebyshev distance is that of one column: rows far away in it are then all as near as each other.
 */
export function sharedColumn({ points, count, width }: TrainingRows): number | undefined {
  for (let column = 0; column < width; column++) {
    const values = new Set<number>();
    for (let row = 0; row < count; row++) values.add(points[row * width + column]!);
    if (values.size < count) return column;
  }
  return undefined;
}
