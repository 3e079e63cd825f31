/** How fast rows are worked off, learnt from the runs themselves. All times in milliseconds. */

/** How much of what was known is kept at each turn: about ten count. */
const KEPT = 0.9;

/**
 * The mean time of a turn, that of one run and of everything else that the process does before the next. Of turns, not of
 * rows: a single row that was held up for a moment says nothing about how long a hundred would take.
 */
export class TurnTime {
  constructor(public milliseconds: number) {}

  learn(milliseconds: number): void {
    this.milliseconds += (1 - KEPT) * (milliseconds - this.milliseconds);
  }
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

  /** @param perRow as it was measured while warming up */
  constructor(perRow: number) {
    this.perRow = perRow;
    this.last = new Array<number>(RUNS).fill(perRow);
  }

  learn(rows: number, milliseconds: number): void {
    this.last[this.next] = milliseconds / rows;
    this.next = (this.next + 1) % RUNS;
    this.perRow = Math.min(...this.last);
  }
}
