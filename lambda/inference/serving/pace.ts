/** How fast rows are worked off, learnt from the runs themselves, and how many a run has. All times in milliseconds. */

/** Milliseconds that one run should take: it holds up everything else that waits for the engine. */
export const SLICE_MS = 0.75;

/** Share by which a run may take longer than one of a single row, where that alone takes as long as a run should. */
const LONGER = 0.5;

/**
 * Rows that a run may have of a model of which a single row takes most of `SLICE_MS` or more. A network reads all its
 * parameters for one row, and for sixteen rows hardly more than once: runs of one row would cost many times as much as
 * they must. What waits for a run waits for half as long again at the most.
 *
 * @param oneRowMs of a run of one row
 * @param furtherRowMs that each further row of the run takes
 * @returns 1 where a further row takes as long as the first, or rows are fast anyway
 */
export function rowsOfSlowRun(oneRowMs: number, furtherRowMs: number, most: number): number {
  if (2 * oneRowMs <= SLICE_MS) return 1; // of such rows a run has several, from which is learnt what they take
  const spareMs = Math.max(SLICE_MS, (1 + LONGER) * oneRowMs) - oneRowMs;
  return Math.min(most, 1 + Math.floor(spareMs / Math.max(furtherRowMs, spareMs / most)));
}

/** Runs among which the one with the fastest rows counts. */
const RUNS = 4;

/**
 * The time that a row takes of a run of many. Of the last runs the fastest counts: the others were short, so that the
 * fixed cost of a run shows, or were held up by something that is no property of the model.
 */
export class RowCost {
  private readonly last: number[];
  private next = 0;
  perRow: number;

  /** @param warm as it was measured while warming up */
  constructor(private readonly warm: number) {
    this.perRow = warm;
    this.last = new Array<number>(RUNS).fill(warm);
  }

  /** What a row takes at the least, however few the last runs had. */
  get leastPerRow(): number {
    return Math.min(this.perRow, this.warm);
  }

  learn(rows: number, milliseconds: number): void {
    this.last[this.next] = milliseconds / rows;
    this.next = (this.next + 1) % RUNS;
    this.perRow = Math.min(...this.last);
  }
}
