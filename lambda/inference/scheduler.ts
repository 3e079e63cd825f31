/**
 * Micro-batching without a waiting window.
 *
 * One run of ONNX Runtime between two requests costs several times what it costs in a row of runs,
 * so the rows of all requests that arrive in one turn of the event loop, or while a run is under
 * way, go into one run. A window that waits for more would only add delay when there are none.
 */
import type { Method } from '../../lib/model/signature';
import type { Tensors } from '../../lib/model/tensor';
import type { Engine } from './engine';
import { joinRows, sliceRows } from './tensors';

/**
 * Most rows in one run. A run holds up everything else in the process, health checks too: 128 rows of
 * a forest of 500 trees take about 1 ms, while the fixed cost of a run (10 us) no longer counts.
 */
export const ROWS_PER_RUN = 128;

/** What the scheduler reports of its work; times in seconds. */
export interface SchedulerObserver {
  waited(seconds: number): void;
  ran(rows: number, seconds: number): void;
}

/** The queue is full: the request must be refused. */
export class QueueFullError extends Error {}

/** Nobody waits for the answer any more, so it was not computed. */
export class AbandonedError extends Error {}

interface Job {
  readonly inputs: Tensors;
  readonly rows: number;
  readonly methods: readonly Method[];
  readonly abandoned: () => boolean;
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

const never = () => false;

export class Scheduler {
  /** Rows that wait for a run. */
  queuedRows = 0;
  private queue: Job[] = [];
  private scheduled = false;

  /**
   * @param queueRows rows that may wait
   * @param rowsPerRun largest batch; larger requests are cut, and take turns with those behind them
   */
  constructor(
    private readonly engine: Engine,
    private readonly queueRows: number,
    private readonly observer: SchedulerObserver,
    private readonly rowsPerRun = ROWS_PER_RUN,
  ) {}

  /** Whether this many more rows may wait. */
  admits(rows: number): boolean {
    return this.queuedRows + rows <= this.queueRows;
  }

  /**
   * Evaluate rows, together with those of other requests.
   *
   * @param inputs tensors that fit the signature: a row that does not would spoil the run for its neighbours
   * @param abandoned says whether nobody waits for the answer any more; asked before the rows are run
   * @returns a tensor for each method
   * @throws QueueFullError when the rows are more than may wait; AbandonedError
   */
  submit(inputs: Tensors, rows: number, methods: readonly Method[], abandoned = never): Promise<Tensors> {
    if (!this.admits(rows)) return Promise.reject(new QueueFullError());
    return new Promise((resolve, reject) => {
      const enqueuedAt = performance.now();
      this.queue.push({ inputs, rows, methods, abandoned, enqueuedAt, resolve, reject, taken: 0, parts: [] });
      this.queuedRows += rows;
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      void this.runBatch().then(() => {
        this.scheduled = false;
        if (this.queue.length > 0) this.schedule();
      });
    });
  }

  private async runBatch(): Promise<void> {
    const slices = this.take();
    if (slices.length === 0) return;
    try {
      await this.run(slices);
    } catch (error) {
      // which request is to blame is not known: each is run by itself, so that only that one fails
      if (slices.length === 1) this.fail(slices[0]!.job, error);
      else for (const slice of slices) await this.run([slice]).catch((cause) => this.fail(slice.job, cause));
    }
  }

  /** The slices of the next run, at most `rowsPerRun` rows. */
  private take(): Slice[] {
    const slices: Slice[] = [];
    const cut: Job[] = [];
    let room = this.rowsPerRun;
    while (room > 0 && this.queue.length > 0) {
      const job = this.queue[0]!;
      const left = job.rows - job.taken;
      if (left > room && left <= this.rowsPerRun) break; // it fits the next run whole
      this.queue.shift();
      if (job.abandoned()) {
        this.queuedRows -= left;
        job.reject(new AbandonedError());
        continue;
      }
      if (job.taken === 0) this.observer.waited((performance.now() - job.enqueuedAt) / 1000);
      const rows = Math.min(left, room);
      slices.push({ job, from: job.taken, to: job.taken + rows });
      job.taken += rows;
      room -= rows;
      this.queuedRows -= rows;
      if (job.taken < job.rows) cut.push(job);
    }
    this.queue.push(...cut);
    return slices;
  }

  private async run(slices: readonly Slice[]): Promise<void> {
    const parts = slices.map(({ job, from, to }) =>
      to - from === job.rows ? job.inputs : sliceRows(job.inputs, from, to),
    );
    const methods =
      slices.length === 1 ? slices[0]!.job.methods : [...new Set(slices.flatMap(({ job }) => job.methods))];
    const rows = slices.reduce((sum, { from, to }) => sum + to - from, 0);
    const startedAt = performance.now();
    const outputs = await this.engine.run(joinRows(parts), methods);
    this.observer.ran(rows, (performance.now() - startedAt) / 1000);
    for (const method of methods) {
      const answered = outputs[method]?.shape[0];
      if (answered !== rows) throw new Error(`the engine gave ${answered} answers of ${method} for ${rows} rows`);
    }
    let offset = 0;
    for (const { job, from, to } of slices) {
      const end = offset + to - from;
      job.parts.push(slices.length === 1 ? outputs : sliceRows(outputs, offset, end, job.methods));
      offset = end;
      if (to === job.rows) job.resolve(joinRows(job.parts));
    }
  }

  private fail(job: Job, error: unknown): void {
    if (job.taken < job.rows) {
      this.queuedRows -= job.rows - job.taken;
      this.queue = this.queue.filter((other) => other !== job);
    }
    job.reject(error);
  }
}
