/** What is counted of one column of the rows that come in, and how far it has moved from training. */
import { type ColumnDistribution, expectedShares, populationStabilityIndex } from '../../../lib/model/package/training';
import { type Column, MISSING_TEXT } from '../../../lib/model/rows/signature';
import type { Tensor } from '../../../lib/model/rows/tensor';

export interface ColumnCounts {
  /** Values that were missing. */
  missing: number;
  /** Numbers below the least or above the largest of training. */
  outOfRange: number;
  /** Values that training did not have, of a column that has few enough for all to be known. */
  unseen: number;
}

/** The bin of a value, of which nothing is missing. */
type BinOf = (value: unknown) => number;

/** The first bin whose edge is not below the value; the last one has no edge. */
function binOfNumber(edges: readonly number[]): BinOf {
  return (value) => {
    let [low, high] = [0, edges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((value as number) <= edges[middle]!) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

function binOfCategory(values: readonly unknown[]): BinOf {
  const bins = new Map(values.map((value, bin) => [value, bin]));
  return (value) => bins.get(value) ?? values.length;
}

export class ColumnMonitor {
  readonly counts: ColumnCounts = { missing: 0, outOfRange: 0, unseen: 0 };
  private readonly expected?: readonly number[];
  private readonly binOf?: BinOf;
  private readonly unseenBin: number = -1;
  private readonly minimum: number = Number.NEGATIVE_INFINITY;
  private readonly maximum: number = Number.POSITIVE_INFINITY;
  /** Rows by bin, a period after the other; the first is the running one. */
  private readonly periods: Uint32Array[] = [];

  /**
   * @param training of this column; without it only missing values are counted
   * @param periods that a drift is computed over, the running one included
   */
  constructor(
    readonly column: Column,
    training: ColumnDistribution | null | undefined,
    private readonly trainingRows: number,
    periods: number,
  ) {
    if (!training) return;
    this.expected = expectedShares(training);
    this.periods = Array.from({ length: periods }, () => new Uint32Array(this.expected!.length));
    if (training.kind === 'number') {
      this.binOf = binOfNumber(training.edges);
      this.minimum = training.minimum;
      this.maximum = training.maximum;
    } else {
      this.binOf = binOfCategory(training.values);
      // where training had rarer values that are not listed, one that is not listed need not be new
      if (training.others === 0) this.unseenBin = training.values.length;
    }
  }

  /** Count the value at `index` of a tensor's data. */
  observe({ type, data }: Tensor, index: number): void {
    const stored = data[index]!;
    const value = type === 'int64' ? Number(stored) : stored;
    const missing = type === 'string' ? value === MISSING_TEXT : Number.isNaN(value as number);
    if (missing) {
      this.counts.missing++;
      if (this.expected) this.periods[0]![this.expected.length - 1]!++;
      return;
    }
    if (!this.binOf) return;
    const bin = this.binOf(value);
    this.periods[0]![bin]!++;
    if (bin === this.unseenBin) this.counts.unseen++;
    if ((value as number) < this.minimum || (value as number) > this.maximum) this.counts.outOfRange++;
  }

  /** Begin a period, and forget the oldest. */
  turn(): void {
    const oldest = this.periods.pop();
    if (oldest) this.periods.unshift(oldest.fill(0));
  }

  /**
   * Population stability index of the rows of all periods against training.
   *
   * @param leastRows with fewer of them chance alone would look like a drift
   * @returns undefined without a distribution, or with too few rows
   */
  drift(leastRows: number): number | undefined {
    if (!this.expected) return undefined;
    const counts = new Float64Array(this.expected.length);
    let rows = 0;
    for (const period of this.periods) {
      for (let bin = 0; bin < counts.length; bin++) {
        counts[bin]! += period[bin]!;
        rows += period[bin]!;
      }
    }
    return rows < leastRows ? undefined : populationStabilityIndex(counts, this.expected, this.trainingRows);
  }
}
