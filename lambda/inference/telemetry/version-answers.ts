/** What became of the requests for predictions of one of several versions of a model. */
import { Series, type Snapshot } from './quick-histogram';

/** Counted since the start of the process. */
export interface VersionTotals {
  readonly requests: number;
  readonly errors: number;
  readonly latency: Snapshot;
}

/** Each a tenth more than the one before, so that two versions that differ by so much can be told apart. */
const STEP = 1.1;
const SHORTEST_SECONDS = 0.0001;
const LONGEST_SECONDS = 30;
const BOUNDS = Array.from(
  { length: Math.ceil(Math.log(LONGEST_SECONDS / SHORTEST_SECONDS) / Math.log(STEP)) + 1 },
  (_, i) => SHORTEST_SECONDS * STEP ** i,
);

export class VersionAnswers {
  private requests = 0;
  private errors = 0;
  private readonly fine = new Series(BOUNDS, {});

  /** @param coarse its series for Prometheus */
  constructor(private readonly coarse: Series) {}

  answered(code: number, seconds: number): void {
    this.requests++;
    if (code >= 500) this.errors++;
    this.fine.observe(seconds);
    this.coarse.observe(seconds);
  }

  totals(): VersionTotals {
    const { requests, errors } = this;
    return { requests, errors, latency: this.fine.snapshot() };
  }
}
