/** Measures what one request costs, by the rows in it. */
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { BatchCost } from '../model/package/profile';
import { FULL_SAMPLES } from '../model/package/profile-doubts';
import { AGREEMENT, agree, intervalOf, median, quietest, WINDOWS, type Window, wallQuantiles } from './windows';

/** Serves a request of `rows` rows; `turn` counts up, so that not always the same rows are sent. */
export type Serve = (rows: number, turn: number) => Promise<unknown>;

/** Measures one window of requests of `rows` rows. */
export type MeasureWindow = (rows: number) => Promise<Window>;

/** Windows after which disagreement is recorded rather than measured away. */
const PATIENCE = 40;
/** Windows by which it is decided whether a larger batch is worth it, by the quietest of them. */
const FIRST_WINDOWS = 2;
/** Of slow requests so many do: each is long, and so is a window. */
const SLOW_WINDOWS = 3;
/** Throughput counts as flat when twice the rows bring less than this. */
const FLAT = 1.1;

/** CPU time of a request from which on it is slow: all samples of one batch size would take longer than a minute. */
const SLOW_MS = 60_000 / FULL_SAMPLES;
/** A window of slow requests ends after so much CPU time, and no sooner than after so many of them. */
const SLOW_WINDOW_MS = 5000;
const SLOW_SAMPLES = 5;
/** CPU time of a request beyond which none with more rows is tried: hardly a client waits twice as long. */
const SLOWEST_MS = 5000;

/** CPU time after which windows of one batch size are measured no more though they disagree, and after which no larger batch is tried. */
const BATCH_MS = 30_000;
const ALL_BATCHES_MS = 120_000;

/** Requests, or milliseconds, between two looks at the CPU time, which take a microsecond each. */
const LOOK = 16;
const LOOK_MS = 250;

/**
 * Windows of at least `windowMs` milliseconds of CPU time, so that they hold as much on a busy machine, and their part of the
 * samples; of slow requests they hold fewer.
 */
export function windowsOf(serve: Serve, windowMs: number): MeasureWindow {
  const fewest = Math.ceil(FULL_SAMPLES / WINDOWS);
  return async (rows) => {
    const wallMs: number[] = [];
    const cpu = process.cpuUsage();
    const spentMs = () => {
      const { user, system } = process.cpuUsage(cpu);
      return (user + system) / 1000;
    };
    const isLongEnough = (spent: number) =>
      spent / wallMs.length > SLOW_MS
        ? wallMs.length >= SLOW_SAMPLES && spent >= SLOW_WINDOW_MS
        : wallMs.length >= fewest && spent >= windowMs;
    await setImmediate(); // lets a message or the end of the parent be seen
    let looked = performance.now();
    for (let before = looked, done = false; !done; ) {
      await serve(rows, wallMs.length);
      let now = performance.now();
      wallMs.push(now - before);
      if (wallMs.length % LOOK === 0 || wallMs.length === fewest || now - looked > LOOK_MS) {
        done = isLongEnough(spentMs());
        if (now - looked > LOOK_MS) await setImmediate();
        looked = now = performance.now();
      }
      before = now;
    }
    return { cpuMs: spentMs() / wallMs.length, wallMs };
  };
}

const middleOf = (windows: readonly Window[]) => median(quietest(windows).map(({ cpuMs }) => cpuMs));

/** The windows of one batch size. */
class Batch {
  readonly windows: Window[] = [];
  private warmUpMs = 0;

  constructor(
    readonly rows: number,
    private readonly measure: MeasureWindow,
  ) {}

  async begin(): Promise<void> {
    const { cpuMs, wallMs } = await this.measure(this.rows); // compiled code, full caches
    this.warmUpMs = cpuMs * wallMs.length;
    while (this.windows.length < FIRST_WINDOWS) await this.add();
  }

  async add(): Promise<void> {
    this.windows.push(await this.measure(this.rows));
  }

  get cpuMs(): number {
    return middleOf(this.windows);
  }

  /** The least of all windows. */
  get leastMs(): number {
    return Math.min(...this.windows.map(({ cpuMs }) => cpuMs));
  }

  get spentMs(): number {
    return this.windows.reduce((sum, { cpuMs, wallMs }) => sum + cpuMs * wallMs.length, this.warmUpMs);
  }

  /**
   * Whether more windows are worth their time. Those of this batch were disturbed when a larger one takes less, and when it takes
   * more than as many rows in runs of a smaller one.
   */
  isOpen(larger: Batch | undefined, smaller: Batch | undefined): boolean {
    const { length } = this.windows;
    if (length < (this.cpuMs > SLOW_MS ? SLOW_WINDOWS : WINDOWS)) return true;
    if (length >= PATIENCE || this.spentMs > BATCH_MS) return false;
    const most = Math.min(
      larger?.cpuMs ?? Number.POSITIVE_INFINITY,
      smaller ? (smaller.cpuMs * this.rows) / smaller.rows : Number.POSITIVE_INFINITY,
    );
    return !agree(this.windows) || this.cpuMs > (1 + AGREEMENT) * most;
  }

  get cost(): BatchCost {
    const kept = quietest(this.windows);
    return {
      rows: this.rows,
      samples: kept.reduce((sum, { wallMs }) => sum + wallMs.length, 0),
      cpuMs: this.cpuMs,
      spread: Number(intervalOf(this.windows).toPrecision(2)),
      wallMsQuantiles: wallQuantiles(kept),
    };
  }
}

export interface BatchOrder {
  /** Largest batch that is tried, rows. */
  readonly maximumRows: number;
  /** Rows of a batch that is measured in any case. */
  readonly rows: number;
  /** Told of each batch size as soon as something is known of it. */
  readonly onBatch?: (batch: Pick<BatchCost, 'rows' | 'cpuMs'>) => void;
  /** Called between two rounds of windows. */
  readonly onRound?: () => Promise<unknown>;
}

/**
 * Measure batches of 1, 2, 4, ... rows until twice the rows no longer bring more rows a second, or take too long. Then each
 * of them in turn, a window a round, so that those of one size lie apart in time, until the quietest of each size agree.
 *
 * @returns the cost of each batch size, ascending, and the largest spread between the windows that count
 */
export async function measureBatches(
  measure: MeasureWindow,
  { maximumRows, rows: asked, onBatch, onRound }: BatchOrder,
): Promise<{ batches: BatchCost[]; spread: number }> {
  const batches: Batch[] = [];
  const spentMs = () => batches.reduce((sum, batch) => sum + batch.spentMs, 0);
  let flatBefore = false;
  const add = async (rows: number): Promise<Batch> => {
    const batch = new Batch(rows, measure);
    await batch.begin();
    batches.push(batch);
    onBatch?.(batch);
    return batch;
  };
  for (let rows = 1; rows <= maximumRows; rows *= 2) {
    const before = batches.at(-1);
    const { cpuMs, leastMs } = await add(rows);
    const flat = before !== undefined && rows / leastMs < (FLAT * before.rows) / before.leastMs;
    if (flat && flatBefore) break; // one alone may be a disturbance, though its windows agree
    if (cpuMs > SLOWEST_MS || spentMs() > ALL_BATCHES_MS) break;
    flatBefore = flat;
  }
  if (asked > batches.at(-1)!.rows) await add(asked);
  const open = () => batches.filter((batch, i) => batch.isOpen(batches[i + 1], batches[i - 1]));
  for (let some = open(); some.length > 0; some = open()) {
    await onRound?.();
    for (const batch of some) await batch.add();
  }
  return {
    batches: batches.map(({ cost }) => cost),
    spread: Math.max(...batches.map(({ windows }) => intervalOf(windows))),
  };
}
