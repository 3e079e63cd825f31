/** Whether rounding decides which training rows an imputer takes for the nearest ones. */

import { productRounding } from '../../graph-parts/distance';

/** The rows that an imputer was fitted with. */
export interface Donors {
  /** Shape `[count, width]`, row-major; 0 where a value is missing. */
  readonly values: Float64Array;
  /** 1 where there is a value, of the same shape. */
  readonly known: Uint8Array;
  readonly count: number;
  readonly width: number;
  /** How many are asked for. */
  readonly neighbours: number;
}

/** Coordinates that are compared at most: some tenths of a second. */
const EFFORT = 5e7;

/**
 * Takes training rows for rows to impute, each without one of its values; all, or as many as can be compared in
 * reasonable time.
 *
 * @returns the columns of which an answer depends on the choice among rows about as far away
 */
export function dependsOnRounding(donors: Donors): ReadonlySet<number> {
  const { known, count, width } = donors;
  const found = new Set<number>();
  const step = Math.max(1, Math.ceil((count * count * width * width) / EFFORT));
  for (let place = 0; place < count * width; place += step) {
    // a row after the other in each column, so that a step that divides the width does not leave columns out
    const [row, column] = [place % count, Math.floor(place / count)];
    const other = known[row * width + column] ? row : (row + 1) % count;
    if (!found.has(column) && isTie(donors, other, column)) found.add(column);
  }
  return found;
}

function isTie(donors: Donors, row: number, column: number): boolean {
  const { values, known, count, width, neighbours } = donors;
  const squares: number[] = [];
  const bounds: number[] = [];
  const own: number[] = [];
  for (let other = 0; other < count; other++) {
    if (other === row || !known[other * width + column]) continue;
    let sum = 0;
    let size = 0;
    let common = 0;
    for (let i = 0; i < width; i++) {
      if (i === column || !known[row * width + i] || !known[other * width + i]) continue;
      const [a, b] = [values[row * width + i]!, values[other * width + i]!];
      sum += (a - b) * (a - b);
      size += a * a + b * b;
      common++;
    }
    if (common === 0) continue; // never among the nearest
    squares.push(sum / common);
    bounds.push((size * productRounding(width)) / common);
    own.push(values[other * width + column]!);
  }
  if (squares.length <= neighbours) return false;
  const last = squares.slice().sort((a, b) => a - b)[neighbours - 1]!;
  let within = 0;
  const tied = new Set<number>();
  for (let i = 0; i < squares.length; i++) {
    const margin = bounds[i]!;
    if (squares[i]! > last + margin) continue;
    within++;
    if (squares[i]! >= last - margin) tied.add(own[i]!);
  }
  return within > neighbours && tied.size > 1;
}
