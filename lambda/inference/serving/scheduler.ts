/**
 * Micro-batching without a waiting window.
 *
 * One run of ONNX Runtime between two requests costs several times what it costs in a row of runs,
 * so the rows of all requests that arrive in one turn of the event loop, or while a run is under
 * way, go into one run. A window that waits for more would only add delay when there are none.
 *
 * A run holds up everything else in the process, so it has as many rows as take about `SLICE_MS`, learnt from the runs
 * before, and not fewer than it was told to have in any case (`leastRows`). Requests that fit one run and longer ones
 * wait in lanes of their own, and while both wait each gets half of every run, or where that cannot be parted every
 * other run: a single row waits for one run or two whatever else is waiting, and ten thousand rows come to their end
 * however many single ones arrive.
 */
import { MOST_ROWS_PER_RUN } from '../../../lib/model/instance/handler-settings';
import type { Method } from '../../../lib/model/rows/signature';
import type { Tensors } from '../../../lib/model/rows/tensor';
import type { Engine } from '../engine';
import { bytesOf, joinRows, sliceRows } from '../json/tensors';
import { waitedForTurn } from '../json/turns';
import { eventLoop } from '../turns/event-loop';
import { Admission } from './admission';
import type { Share } from './fair-turns';
import { RowCost, SLICE_MS } from './pace';

/** What the scheduler reports of its work; times in seconds. */
export interface SchedulerObserver {
  waited(seconds: number): void;
  ran(rows: number, seconds: number): void;
}

/** What may wait. */
export interface QueueLimits {
  readonly rows: number;
  /** Bytes of the tensors. */
  readonly bytes: number;
  /** Milliseconds for which a request may wait. */
  readonly deadlineMs: number;
}

/** The queue is full: the request must be refused. */
export class QueueFullError extends Error {}

/** Nobody waits for the answer any more. */
export class AbandonedError extends Error {}

/** The deadline came before the turn of the request's last row. */
export class DeadlineError extends Error {}

export interface SchedulerOptions {
  readonly limits: QueueLimits;
  readonly observer: SchedulerObserver;
  /** Milliseconds that a row takes of a run of many; the runs correct it. */
  readonly msPerRow: number;
  /** Rows that a run may have however slow they are. @default 1 */
  readonly leastRows?: number;
  /** Most rows of one run, however fast they are. @default 1024 */
  readonly mostRows?: number;
  /**
   * Whether a request is one run, never cut and never joined with others: its rows' answers depend on each other.
   *
   * @default false
   */
  readonly whole?: boolean;
  /** Of a process that it shares with other models. @default - it has all of it */
  readonly share?: Share | undefined;
  /** @default performance.now */
  readonly now?: () => number;
}

export interface JobOptions {
  /** Says whether nobody waits for the answer any more; asked before rows are run. */
  readonly abandoned?: () => boolean;
  /** Time, as of `performance.now()`, after which rows that still wait are not run any more. */
  readonly deadline?: number;
  /** When the request can have come at the earliest. @default - when it is submitted */
  readonly cameAt?: number;
}

interface Job {
  readonly inputs: Tensors;
  readonly rows: number;
  readonly bytes: number;
  readonly methods: readonly Method[];
  readonly options: JobOptions;
  readonly enqueuedAt: number;
  readonly resolve: (outputs: Tensors) => void;
  readonly reject: (error: unknown) => void;
  /** Rows that have been taken into a run. */
  taken: number;
  /** Answers to those rows, in order. */
  readonly parts: Tensors[];
}

interface Slice {
  readonly job: Job;
  readonly from: number;
  readonly to: number;
}

const NO_OPTIONS: JobOptions = {};

export class Scheduler {
  /** Rows that wait for a run. */
  queuedRows = 0;
  /** Bytes of the requests that have not been run to their end. */
  queuedBytes = 0;
  /** Those of the rows that fit one run with the other rows of their request. */
  private shortRows = 0;
  /** Requests whose rows fit one run, and those that are cut; the latter take turns. */
  private short: Job[] = [];
  private long: Job[] = [];
  private scheduled = false;
  /** Of the engine, from which follows how many rows a run may have. */
  private readonly runs: RowCost;
  private readonly admission: Admission;
  private readonly limits: QueueLimits;
  private readonly observer: SchedulerObserver;
  private readonly leastRows: number;
  private readonly mostRows: number;
  private readonly whole: boolean;
  /** Whether the run before had no row of a long request although one was waiting. */
  private longPassedOver = false;
  private runningSince?: number | undefined;
  private readonly share: Share | undefined;
  private readonly next: (go: () => void) => void;
  private readonly now: () => number;

  constructor(
    private readonly engine: Engine,
    options: SchedulerOptions,
  ) {
    this.limits = options.limits;
    this.observer = options.observer;
    this.runs = new RowCost(options.msPerRow);
    this.leastRows = options.leastRows ?? 1;
    this.mostRows = options.mostRows ?? MOST_ROWS_PER_RUN;
    this.whole = options.whole ?? false;
    this.share = options.share;
    this.next = options.share?.next ?? setImmediate;
    this.now = options.now ?? (() => performance.now());
    this.admission = new Admission(options.limits.deadlineMs);
  }

  /** Milliseconds since the beginning of the run that is under way; 0 when none is. */
  get runMs(): number {
    return this.runningSince === undefined ? 0 : this.now() - this.runningSince;
  }

  /** Milliseconds that the engine takes at the least until a request of so many rows is answered, if it comes now. */
  leastMs(rows: number): number {
    let before = this.queuedRows;
    // those that fit one run share it with longer ones at the most
    if (rows <= this.rowsPerRun && !this.whole) {
      before = this.long.length === 0 ? this.shortRows : Math.min(2 * this.shortRows, before);
    }
    return (before + rows) * this.runs.leastPerRow;
  }

  /** Whether a request that is read now is taken. */
  takes(cameAt: number): boolean {
    const full = this.queuedRows >= this.rowsPerRun || waitedForTurn() > this.admission.patienceMs / 2;
    return this.admission.admits(cameAt, this.now(), eventLoop, full);
  }

  /** Whether this many more rows may wait. */
  admits(rows: number): boolean {
    return this.queuedRows + rows <= this.limits.rows && this.queuedBytes < this.limits.bytes;
  }

  /**
   * Evaluate rows, together with those of other requests.
   *
   * @param inputs tensors that fit the signature: a row that does not would spoil the run for its neighbours
   * @returns a tensor for each method
   * @throws QueueFullError when the rows are more than may wait; DeadlineError; AbandonedError
   */
  submit(inputs: Tensors, rows: number, methods: readonly Method[], options = NO_OPTIONS): Promise<Tensors> {
    const bytes = bytesOf(inputs);
    if (!this.admits(rows)) return Promise.reject(new QueueFullError());
    return new Promise((resolve, reject) => {
      const enqueuedAt = this.now();
      const job: Job = { inputs, rows, bytes, methods, options, enqueuedAt, resolve, reject, taken: 0, parts: [] };
      if (rows > this.rowsPerRun && !this.whole) this.long.push(job);
      else {
        this.short.push(job);
        this.shortRows += rows;
      }
      this.queuedRows += rows;
      this.queuedBytes += bytes;
      this.schedule();
    });
  }

  private get rowsPerRun(): number {
    return Math.max(this.leastRows, Math.min(Math.floor(SLICE_MS / this.runs.perRow), this.mostRows));
  }

  private get waiting(): boolean {
    return this.short.length > 0 || this.long.length > 0;
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.next(this.work);
  }

  private readonly work = async (): Promise<void> => {
    for (;;) {
      const startedAt = this.now();
      await this.runBatch(startedAt);
      this.share?.used(this.now() - startedAt);
      if (!this.waiting) break;
      do await new Promise<void>(this.next);
      while (eventLoop.holds);
    }
    this.scheduled = false;
  };

  private async runBatch(now: number): Promise<void> {
    const slices = this.take(now);
    if (slices.length === 0) return;
    let rows = 0;
    for (const { from, to } of slices) rows += to - from;
    try {
      await this.run(slices, rows);
    } catch (error) {
      // which request is to blame is not known: each is run by itself, so that only that one fails
      if (slices.length === 1) this.fail(slices[0]!.job, error);
      else {
        for (const slice of slices) {
          await this.run([slice], slice.to - slice.from).catch((cause) => this.fail(slice.job, cause));
        }
      }
    }
    this.runningSince = undefined;
  }

  /** The slices of the next run. */
  private take(now: number): Slice[] {
    const slices: Slice[] = [];
    const most = this.rowsPerRun;
    let room = most;
    this.drop(this.long, now);
    const longWait = this.long.length > 0;
    const owed = longWait && this.longPassedOver;
    const forLong = longWait ? Math.ceil(most / 2) : 0;
    let taken = 0;
    for (const job of this.short) {
      // one of more rows than the half is still taken whole when it comes first, every other time; it waited long enough
      if ((taken > 0 || owed) && job.rows > room - forLong) break;
      if (this.whole && slices.length > 0) break;
      taken++;
      this.shortRows -= job.rows;
      if (this.gone(job, now)) continue;
      slices.push(this.slice(job, job.rows, now));
      room -= job.rows;
    }
    this.short.splice(0, taken);
    this.longPassedOver = longWait && room <= 0;
    for (let left = this.long.length; left > 0 && room > 0; left--) {
      const job = this.long.shift()!;
      const rows = Math.min(job.rows - job.taken, room);
      slices.push(this.slice(job, rows, now));
      room -= rows;
      if (job.taken < job.rows) this.long.push(job);
    }
    return slices;
  }

  private drop(lane: Job[], now: number): void {
    for (let i = lane.length - 1; i >= 0; i--) if (this.gone(lane[i]!, now)) lane.splice(i, 1);
  }

  /** Whether there is no sense in running the job any more; then it has been answered. */
  private gone(job: Job, now: number): boolean {
    const { abandoned, deadline } = job.options;
    const late = deadline !== undefined && now > deadline;
    if (!late && !abandoned?.()) return false;
    this.release(job);
    job.reject(late ? new DeadlineError() : new AbandonedError());
    return true;
  }

  private release(job: Job): void {
    this.queuedRows -= job.rows - job.taken;
    this.queuedBytes -= job.bytes;
  }

  private slice(job: Job, rows: number, now: number): Slice {
    if (job.taken === 0) {
      this.observer.waited((now - job.enqueuedAt) / 1000);
      this.admission.waited(now - (job.options.cameAt ?? job.enqueuedAt), now);
    }
    const slice = { job, from: job.taken, to: job.taken + rows };
    job.taken += rows;
    this.queuedRows -= rows;
    return slice;
  }

  private async run(slices: readonly Slice[], rows: number): Promise<void> {
    const startedAt = this.now();
    this.runningSince = startedAt;
    const parts = slices.map(({ job, from, to }) =>
      to - from === job.rows ? job.inputs : sliceRows(job.inputs, from, to),
    );
    const methods = wanted(slices);
    const outputs = await this.engine.run(joinRows(parts), methods);
    const milliseconds = this.now() - startedAt;
    this.runs.learn(rows, milliseconds);
    this.observer.ran(rows, milliseconds / 1000);
    for (const method of methods) {
      const answered = outputs[method]?.shape[0];
      if (answered !== rows) throw new Error(`the engine gave ${answered} answers of ${method} for ${rows} rows`);
    }
    let offset = 0;
    for (const { job, from, to } of slices) {
      const end = offset + to - from;
      job.parts.push(slices.length === 1 ? outputs : sliceRows(outputs, offset, end, job.methods));
      offset = end;
      if (to < job.rows) continue;
      this.release(job);
      job.resolve(joinRows(job.parts, job.methods));
    }
  }

  private fail(job: Job, error: unknown): void {
    this.release(job);
    this.long = this.long.filter((other) => other !== job);
    job.reject(error);
  }
}

/** What any of the slices wants; mostly all want the same. */
function wanted(slices: readonly Slice[]): readonly Method[] {
  const first = slices[0]!.job.methods;
  for (const { job } of slices) {
    if (!same(job.methods, first)) return [...new Set(slices.flatMap((slice) => slice.job.methods))];
  }
  return first;
}

function same(some: readonly Method[], others: readonly Method[]): boolean {
  return some === others || (some.length === others.length && some.every((method, i) => method === others[i]));
}
