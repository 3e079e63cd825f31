/** The model that is served, and how far it is on its way to being ready. */
import { join } from 'node:path';
import { MOST_ROWS_PER_RUN } from '../../../lib/model/instance/handler-settings';
import { firstRows, type GoldenRows, type Tolerance } from '../../../lib/model/package/golden-file';
import { type GoldenDifference, replayBatch, replayGolden } from '../../../lib/model/package/golden-replay';
import { PACKAGE_FILES } from '../../../lib/model/package/manifest';
import type { ModelPackage } from '../../../lib/model/package/model-package';
import { neutralRow } from '../../../lib/model/rows/neutral-row';
import { encodeRows } from '../../../lib/model/rows/row';
import type { Signature } from '../../../lib/model/rows/signature';
import { AnswerWatch, answersWatched } from '../data-quality/answers';
import { DataQuality } from '../data-quality/data-quality';
import { observingEngine } from '../data-quality/observing-engine';
import type { Engine, EngineOptions, LoadBound } from '../engine';
import { errorFields, type Log } from '../log/log';
import type { Share } from './fair-turns';
import { rowsOfSlowRun } from './pace';
import { type QueueLimits, Scheduler, type SchedulerObserver } from './scheduler';
import { untilSteady } from './warm-up';

export type ModelStage = 'loading' | 'warming up' | 'checking golden rows' | 'ready' | 'golden rows differ';

/** Differences from the golden rows that are logged; one tells as much as a thousand. */
const LOGGED_DIFFERENCES = 10;

/** Of a model that could not be tried: small runs, until some have been measured. */
const UNKNOWN_MS_PER_ROW = 0.02;

/** Golden rows that the batch of a warm-up has at the most. */
const WARM_UP_ROWS = 128;

/** Rows that it has at least, some of them several times: from it follows what a further row of a run takes. */
const LEAST_WARM_UP_ROWS = 16;

/** Golden rows that are replayed one by one. */
const ROWS_ALONE = 16;

/** Digits of the package's digest that name a version. */
export const VERSION_DIGITS = 12;

export interface ServedModelOptions {
  /** Name of the version, where several are served side by side. @default - the first digits of the package's digest */
  readonly version?: string;
  readonly createEngine: (modelPath: string, options: EngineOptions) => Promise<Engine>;
  readonly threads: number;
  /** What loading a model of this name may take. @default - all there is */
  readonly bound?: (name: string) => LoadBound;
  /** Rows that a run may have in any case. @default 1 */
  readonly rowsPerRun?: number;
  readonly queue: QueueLimits;
  /** Of a process that it shares with other models. @default - its runs and those of others take turns */
  readonly share?: Share | undefined;
  readonly observer: SchedulerObserver;
  readonly log: Log;
}

export class ServedModel {
  readonly name: string;
  readonly signature: Signature;
  /** By which it is told from others of its name. */
  readonly version: string;
  /** First hexadecimal digits of the package's digest. */
  readonly digits: string;
  stage: ModelStage = 'loading';
  differences: readonly GoldenDifference[] = [];
  /** Present from the end of warming up. */
  scheduler?: Scheduler;
  engineName?: string;
  /** Watches the rows of clients. */
  readonly quality: DataQuality;
  /** Watches what it answers to them, as one of several versions. */
  readonly answers?: AnswerWatch;
  private engine?: Engine;

  constructor(
    readonly package_: ModelPackage,
    private readonly options: ServedModelOptions,
  ) {
    this.name = package_.manifest.name;
    this.signature = package_.manifest.signature;
    this.digits = package_.digest.slice(0, VERSION_DIGITS);
    this.version = options.version ?? this.digits;
    this.quality = new DataQuality(this.signature, package_.training);
    if (options.version !== undefined) this.answers = new AnswerWatch(this.signature);
  }

  get ready(): boolean {
    return this.stage === 'ready';
  }

  /**
   * Load the model, warm it up, and replay its golden rows. When they do not hold the model never
   * becomes ready, and the process stays, so that whoever looks for the reason finds it. A model that takes more than its
   * bound ends the process.
   *
   * @throws SlipwayError E_PACKAGE, E_PLATFORM when the engine cannot load the model
   */
  async load(): Promise<void> {
    const bound = this.options.bound?.(this.name);
    try {
      await this.loadWithin(bound);
    } finally {
      bound?.end();
    }
  }

  private async loadWithin(bound: LoadBound | undefined): Promise<void> {
    const { log, createEngine, threads, rowsPerRun = 1, queue, share, observer } = this.options;
    const { directory, manifest, golden } = this.package_;
    const startedAt = performance.now();
    const engine = await createEngine(join(directory, PACKAGE_FILES.model), { threads, ...(bound && { bound }) });
    const tried = bound?.over(engine) ?? engine;
    this.engine = engine;
    this.engineName = engine.name;

    this.stage = 'warming up';
    const { milliseconds: warmUpMs, msPerRow, leastRows } = await this.warmUp(tried);
    const watched = observingEngine(engine, this.quality);
    this.scheduler = new Scheduler(this.answers ? answersWatched(watched, this.answers) : watched, {
      limits: queue,
      observer,
      share,
      msPerRow,
      leastRows: Math.max(leastRows, rowsPerRun),
      whole: manifest.batch === 'whole',
    });

    this.stage = 'checking golden rows';
    if (golden && manifest.golden) {
      const differences = await this.goldenDifferences(tried, golden, manifest.golden.tolerance);
      this.differences = differences;
      if (differences.length > 0) {
        this.stage = 'golden rows differ';
        log('error', 'golden rows differ', {
          model: this.name,
          version: this.version,
          engine: engine.name,
          differences: differences.length,
          first: differences.slice(0, LOGGED_DIFFERENCES),
        });
        return;
      }
    }
    this.stage = 'ready';
    log('info', 'ready', {
      model: this.name,
      version: this.version,
      engine: engine.name,
      goldenRows: golden?.inputs.length ?? 0,
      warmUpMilliseconds: Math.round(warmUpMs),
      milliseconds: Math.round(performance.now() - startedAt),
    });
  }

  async close(): Promise<void> {
    await this.engine?.close();
  }

  /** In runs of many rows, and of a few rows one by one: a package of an older Slipway may have rows that depend on each other. */
  private async goldenDifferences(
    engine: Engine,
    golden: GoldenRows,
    tolerance: Tolerance,
  ): Promise<readonly GoldenDifference[]> {
    const { signature, batch = 'rows' } = this.package_.manifest;
    const replay = async (rows: GoldenRows, rowsOfRun: number) => {
      const { differences } = await replayGolden(rows, signature, tolerance, (...run) => engine.run(...run), rowsOfRun);
      return differences;
    };
    const differences = await replay(golden, replayBatch(batch));
    return differences.length > 0 || batch === 'whole' ? differences : replay(firstRows(golden, ROWS_ALONE), 1);
  }

  /**
   * Runs of a row and of a batch by turns, so that no client pays for the first ones.
   *
   * @returns how long it took until they were as fast as they get, what a row of the batch takes, and how many rows a
   *   run may have in any case
   */
  private async warmUp(engine: Engine): Promise<{ milliseconds: number; msPerRow: number; leastRows: number }> {
    const { golden } = this.package_;
    const known = golden?.inputs.slice(0, WARM_UP_ROWS) ?? [neutralRow(this.signature)];
    const sample = Array.from(
      { length: Math.max(known.length, LEAST_WARM_UP_ROWS) },
      (_, i) => known[i % known.length]!,
    );
    const methods = this.signature.outputs.map((output) => output.name);
    try {
      // encoded once: a round is what a run of the scheduler does, and leaves no garbage of rows behind
      const batch = encodeRows(this.signature, sample);
      const row = encodeRows(this.signature, sample.slice(0, 1));
      let oneRowMs = Number.POSITIVE_INFINITY;
      const { milliseconds, roundMs } = await untilSteady(async () => {
        await engine.run(batch, methods);
        const before = performance.now();
        await engine.run(row, methods);
        oneRowMs = Math.min(oneRowMs, performance.now() - before);
      });
      const furtherRowMs = (roundMs - 2 * oneRowMs) / (sample.length - 1);
      return {
        milliseconds,
        msPerRow: roundMs / (sample.length + 1),
        leastRows: rowsOfSlowRun(oneRowMs, furtherRowMs, MOST_ROWS_PER_RUN),
      };
    } catch (error) {
      // a model without golden rows may refuse the row that was made up for it, and still serve
      if (golden) throw error;
      this.options.log('warn', 'warm-up failed', errorFields(error));
      return { milliseconds: 0, msPerRow: UNKNOWN_MS_PER_ROW, leastRows: 1 };
    }
  }
}
