/** The model that is served, and how far it is on its way to being ready. */
import { join } from 'node:path';
import { type GoldenDifference, replayGolden } from '../../lib/model/golden';
import { PACKAGE_FILES } from '../../lib/model/manifest';
import { neutralRow } from '../../lib/model/neutral-row';
import type { ModelPackage } from '../../lib/model/package';
import { encodeRows } from '../../lib/model/row';
import type { Signature } from '../../lib/model/signature';
import type { Engine, EngineOptions } from './engine';
import { errorFields, type Log } from './log';
import { ROWS_PER_RUN, Scheduler, type SchedulerObserver } from './scheduler';

export type ModelStage = 'loading' | 'warming up' | 'checking golden rows' | 'ready' | 'golden rows differ';

/** Differences from the golden rows that are logged; one tells as much as a thousand. */
const LOGGED_DIFFERENCES = 10;

/** Rounds and milliseconds after which warming up ends, whichever comes first. */
const WARM_UP = { rounds: 100, milliseconds: 250 };

export interface ServedModelOptions {
  readonly createEngine: (modelPath: string, options: EngineOptions) => Promise<Engine>;
  readonly threads: number;
  readonly queueRows: number;
  readonly observer: SchedulerObserver;
  readonly log: Log;
}

export class ServedModel {
  readonly name: string;
  readonly signature: Signature;
  /** First 12 hexadecimal digits of the package's digest. */
  readonly version: string;
  stage: ModelStage = 'loading';
  differences: readonly GoldenDifference[] = [];
  /** Present from the end of loading. */
  scheduler?: Scheduler;
  engineName?: string;
  private engine?: Engine;

  constructor(
    readonly package_: ModelPackage,
    private readonly options: ServedModelOptions,
  ) {
    this.name = package_.manifest.name;
    this.signature = package_.manifest.signature;
    this.version = package_.digest.slice(0, 12);
  }

  get ready(): boolean {
    return this.stage === 'ready';
  }

  /**
   * Load the model, warm it up, and replay its golden rows. When they do not hold the model never
   * becomes ready, and the process stays, so that whoever looks for the reason finds it.
   *
   * @throws SlipwayError E_PACKAGE, E_PLATFORM when the engine cannot load the model
   */
  async load(): Promise<void> {
    const { log, createEngine, threads, queueRows, observer } = this.options;
    const { directory, manifest, golden } = this.package_;
    const startedAt = performance.now();
    const engine = await createEngine(join(directory, PACKAGE_FILES.model), { threads });
    this.engine = engine;
    this.engineName = engine.name;
    this.scheduler = new Scheduler(engine, queueRows, observer);

    this.stage = 'warming up';
    await this.warmUp(engine);

    this.stage = 'checking golden rows';
    if (golden && manifest.golden) {
      const { differences } = await replayGolden(golden, manifest.signature, manifest.golden.tolerance, (...run) =>
        engine.run(...run),
      );
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
      milliseconds: Math.round(performance.now() - startedAt),
    });
  }

  async close(): Promise<void> {
    await this.engine?.close();
  }

  /** Runs of one row and of a full batch, so that no client pays for the first ones. */
  private async warmUp(engine: Engine): Promise<void> {
    const { golden } = this.package_;
    const sample = golden?.inputs.slice(0, ROWS_PER_RUN) ?? [neutralRow(this.signature)];
    const methods = this.signature.outputs.map((output) => output.name);
    const until = performance.now() + WARM_UP.milliseconds;
    try {
      for (let round = 0; round < WARM_UP.rounds && performance.now() < until; round++) {
        const rows = round === 0 ? sample : [sample[round % sample.length]];
        await engine.run(encodeRows(this.signature, rows), methods);
      }
    } catch (error) {
      // a model without golden rows may refuse the row that was made up for it, and still serve
      if (golden) throw error;
      this.options.log('warn', 'warm-up failed', errorFields(error));
    }
  }
}
