/** A server over a real socket, with the model of the repository and an engine that tests can hold. */
import { join } from 'node:path';
import type { Access } from '../../../lambda/inference/access/access';
import { publishDataQuality } from '../../../lambda/inference/data-quality/metrics';
import { createEngine, type Engine } from '../../../lambda/inference/engine';
import { listen } from '../../../lambda/inference/http/listen';
import { createLog, type Log } from '../../../lambda/inference/log/log';
import { createInferenceServer, type InferenceServer } from '../../../lambda/inference/server';
import { ServedModel } from '../../../lambda/inference/serving/served-model';
import { ServedModels } from '../../../lambda/inference/serving/served-models';
import type { WeighedVersion } from '../../../lambda/inference/serving/version-choice';
import { Telemetry } from '../../../lambda/inference/telemetry/telemetry';
import type { Tracer } from '../../../lambda/inference/tracing/tracer';
import { DEFAULT_HANDLER_SETTINGS, type HandlerSettings } from '../../../lib/model/instance/handler-settings';
import { type ModelPackage, readModelPackage } from '../../../lib/model/package/model-package';
import type { Method } from '../../../lib/model/rows/signature';
import type { Tensors } from '../../../lib/model/rows/tensor';
import { EXAMPLE_MODEL } from '../../example';

export const MODEL = EXAMPLE_MODEL;

export const modelPackage = readModelPackage(MODEL);

/** The golden rows as arrays of 30 numbers, in whichever form the file has them, and what they must give. */
export const rows: readonly (readonly number[])[] = modelPackage.golden!.inputs.map((row) =>
  Array.isArray(row)
    ? row
    : modelPackage.manifest.signature.columns.map(({ name }) => (row as Record<string, number>)[name]!),
);
export const labels = modelPackage.golden!.predict;
export const probabilities = modelPackage.golden!.predict_proba!;

/** Replies with numbers are compared as the golden rows are: to the 12th decimal. */
export function expectNear(got: unknown, expected: readonly (readonly (number | null)[])[]): void {
  expect(got).toHaveLength(expected.length);
  (got as number[][]).forEach((row, r) => {
    row.forEach((value, c) => {
      expect(Math.abs(value - expected[r]![c]!)).toBeLessThan(1e-12);
    });
  });
}

/** An engine whose runs wait while it is held; each run is noted. */
class HeldEngine implements Engine {
  readonly name = 'held';
  readonly batches: number[] = [];
  private gate: Promise<void> = Promise.resolve();
  private onRun?: () => void;
  constructor(private readonly engine: Engine) {}

  /** Hold every run from now on. */
  hold(): { readonly running: Promise<void>; readonly release: () => void } {
    let release = () => {};
    this.gate = new Promise((resolve) => {
      release = resolve;
    });
    const running = new Promise<void>((resolve) => {
      this.onRun = resolve;
    });
    return { running, release };
  }

  async run(inputs: Tensors, methods: readonly Method[]): Promise<Tensors> {
    this.batches.push(Object.values(inputs)[0]!.shape[0]!);
    this.onRun?.();
    await this.gate;
    return this.engine.run(inputs, methods);
  }

  close(): Promise<void> {
    return this.engine.close();
  }
}

export interface Serving extends InferenceServer {
  readonly base: string;
  readonly model: ServedModel;
  readonly engine: HeldEngine;
  /** Events that were logged. */
  readonly events: readonly Record<string, unknown>[];
  /** Resolves when the model is ready, or will never be. */
  readonly loaded: Promise<void>;
  stop(): Promise<void>;
}

export interface ServingOptions {
  readonly settings?: Partial<HandlerSettings>;
  readonly package_?: ModelPackage;
  /** Called before the engine is made; loading waits for it. */
  readonly beforeLoading?: () => Promise<void>;
  readonly wrap?: (engine: Engine) => Engine;
  /** @default - with stages */
  readonly telemetry?: Telemetry;
  /** @default - no spans */
  readonly tracer?: Tracer;
  readonly mostConnections?: number;
  /** Who may ask. @default - anybody */
  readonly access?: (log: Log) => Access;
  /** Served beside the model of the repository, loaded already. */
  readonly others?: readonly ServedModel[];
  /** Version and weight of that model, and further versions, loaded already. @default - it has one */
  readonly versions?: {
    readonly name: string;
    readonly weight: number;
    readonly others: readonly WeighedVersion[];
    readonly telemetry: Telemetry;
  };
}

const started = new Set<Serving>();

/** Stops what a failed test left behind, which would keep the test process alive. */
export async function stopServings(): Promise<void> {
  for (const serving of [...started]) await serving.stop();
}

export async function startServing(options: ServingOptions = {}): Promise<Serving> {
  const { package_ = modelPackage, versions, beforeLoading, wrap = (engine) => engine } = options;
  const settings: HandlerSettings = { ...DEFAULT_HANDLER_SETTINGS, model: MODEL, ...options.settings };
  const engine = new HeldEngine(wrap(await createEngine(join(package_.directory, 'model.onnx'))));
  const events: Record<string, unknown>[] = [];
  const log = createLog((line) => events.push(JSON.parse(line)));
  const telemetry = options.telemetry ?? versions?.telemetry ?? new Telemetry();
  const model = new ServedModel(package_, {
    createEngine: async () => {
      await beforeLoading?.();
      return engine;
    },
    threads: settings.threadsPerWorker,
    ...(settings.rowsPerRun !== undefined && { rowsPerRun: settings.rowsPerRun }),
    queue: { rows: settings.queueRows, bytes: settings.queueBytes, deadlineMs: settings.deadlineMs },
    observer: versions ? telemetry.ofVersion(versions.name) : telemetry,
    ...(versions && { version: versions.name }),
    log,
  });
  const models = new ServedModels(
    versions
      ? { versions: [{ model, weight: versions.weight }, ...versions.others], own: model }
      : [model, ...(options.others ?? [])],
  );
  telemetry.describe(models);
  publishDataQuality(telemetry.registry, models.watched);
  const inference = createInferenceServer({
    settings,
    models,
    telemetry,
    log,
    ...(options.tracer && { tracer: options.tracer }),
    ...(options.mostConnections !== undefined && { mostConnections: options.mostConnections }),
    ...(options.access && { access: options.access(log) }),
  });
  const port = await listen(inference.server, 0, '127.0.0.1');
  const loaded = model.load();
  const serving: Serving = {
    ...inference,
    base: `${settings.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    model,
    engine,
    events,
    loaded,
    stop: async () => {
      if (!started.delete(serving)) return;
      await inference.close(0);
      await model.close();
    },
  };
  started.add(serving); // before anything can fail
  if (!beforeLoading) await loaded;
  engine.batches.length = 0;
  return serving;
}
