/** How fast rows are worked off, learnt from the runs themselves. All times in milliseconds. */

/** How much of what was known is kept at each run: about ten runs count. */
const KEPT = 0.9;

/** The mean time of a row, of whatever passes while rows wait. */
export class Pace {
  private rows = 0;
  private milliseconds = 0;

  /** 0 before anything was learnt. */
  get perRow(): number {
    return this.rows === 0 ? 0 : this.milliseconds / this.rows;
  }

  /** Sums over rows, not averages over runs: a run of one row costs mostly what every run costs. */
  learn(rows: number, milliseconds: number): void {
    this.rows = this.rows * KEPT + rows;
    this.milliseconds = this.milliseconds * KEPT + milliseconds;
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
