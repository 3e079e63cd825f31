/**
 * The measuring process: loads a model with the engine that will serve it and measures. Its own process, so that neither
 * the caller's memory nor its compiled code is measured.
 *
 * Runs with an IPC channel; the order is the first argument, as JSON.
 */
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createEngine, type Engine, LoadBound } from '../../lambda/inference/engine';
import { SlipwayError } from '../model/error';
import { systemError } from '../model/files/file-error';
import { loadSettings } from '../model/instance/handler-environment';
import { engineKindOf } from '../model/package/engine-kind';
import { PACKAGE_FILES } from '../model/package/manifest';
import { readModelPackage } from '../model/package/model-package';
import { PROFILE_VERSION } from '../model/package/profile';
import { microseconds } from '../model/units';
import { type MeasureWindow, measureBatches, windowsOf } from './batches';
import { measureDense } from './dense';
import { disturbanceBetween, totals } from './disturbance';
import { hostKind } from './host';
import { Kernels } from './kernels';
import type { EngineProfile, MeasureMessage, MeasureOrder } from './protocol';
import { requestBodies, serverOf } from './request';
import { batchOf, sampleRows } from './sample-rows';
import { measureThreads, scanThreads } from './threads';

const rounded = (value: number, digits: number) => Number(value.toPrecision(digits));

const rowsText = (count: number) => `${count} ${count === 1 ? 'row' : 'rows'}`;

/** A window that takes longer is told of, so that whoever waits sees that something goes on. */
const LONG_SECONDS = 2;

async function profile(order: MeasureOrder, tell: (text: string) => void): Promise<EngineProfile> {
  const { manifest, golden } = readModelPackage(order.directory);
  const { signature } = manifest;
  const rows = sampleRows(signature, golden);
  const before = totals();

  const loading = performance.now();
  const path = join(order.directory, PACKAGE_FILES.model);
  tell(`loading ${path}, ${(manifest.model.bytes / 1e6).toFixed(1)} MB`);
  const bound = new LoadBound({ descriptor: 2, name: manifest.name, settings: loadSettings(process.env) });
  const engine = await createEngine(path, { threads: 1, bound });
  const serve = serverOf(signature);
  const single = requestBodies(rows, 1).map((body) => Buffer.from(body));
  const firstAnswer = await serve(bound.over(engine), single[0]!);
  bound.end();
  tell(`loaded by ${engine.name} in ${(performance.now() - loading).toFixed(0)} ms`);

  const bodies = new Map([[1, single]]);
  const bodyOf = (count: number, turn: number): Buffer => {
    let prepared = bodies.get(count);
    if (!prepared) {
      prepared = requestBodies(rows, count).map((body) => Buffer.from(body));
      bodies.set(count, prepared);
    }
    return prepared[turn % prepared.length]!;
  };
  const measureWith = (some: Engine): MeasureWindow => {
    const measure = windowsOf((count, turn) => serve(some, bodyOf(count, turn)), order.windowMs);
    return async (count) => {
      const from = performance.now();
      const window = await measure(count);
      const seconds = (performance.now() - from) / 1000;
      if (seconds > LONG_SECONDS) {
        tell(`measuring ${rowsText(count)} a request: ${window.wallMs.length} runs took ${seconds.toFixed(1)} s`);
      }
      return window;
    };
  };
  const kernels = await Kernels.create(order.scratch);
  const { batches, spread } = await measureBatches(measureWith(engine), {
    maximumRows: order.maximumRows,
    rows: order.rows,
    onBatch: ({ rows: count, cpuMs }) => tell(`${rowsText(count)} a request: ${microseconds(cpuMs)} us of CPU`),
    onRound: () => kernels.run(),
  });
  const dense =
    manifest.computeClass === 'gemm'
      ? await measureDense({
          path,
          signature,
          serve,
          engine,
          rows: (count) => batchOf(rows, 0, count),
          bodyOf,
          counts: [...new Set([batches[0]!.rows, batches.at(-1)!.rows])],
          windowMs: order.windowMs,
          scratch: order.scratch,
        })
      : undefined;
  await engine.close();
  const engineKind = engineKindOf(engine.name);
  const processors = engineKind === 'native' ? 1 : availableParallelism(); // that engine has one thread
  const threads = await scanThreads(batches, processors, async (count, rowsOfBatch) => {
    const threaded = await createEngine(path, { threads: count });
    const cost = await measureThreads(measureWith(threaded), count, rowsOfBatch);
    await threaded.close();
    tell(`${count} threads, ${rowsText(rowsOfBatch)}: ${microseconds(cost.wallMs)} us`);
    return cost;
  });

  const { treeMs, denseMs } = await kernels.times();
  await kernels.close();

  return {
    schemaVersion: PROFILE_VERSION,
    modelSha256: manifest.model.sha256,
    machine: {
      cpuModel: cpus()[0]?.model.trim() || 'unknown',
      architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
      vCpus: cpus().length,
      node: process.versions.node,
      engine: engine.name,
      engineKind,
      kernels: { treeMs: rounded(treeMs, 3), denseMs: rounded(denseMs, 3) },
      spread: rounded(spread, 2),
      host: hostKind(),
      disturbance: disturbanceBetween(before, totals()),
    },
    batches: batches.map((batch) => ({
      ...batch,
      cpuMs: rounded(batch.cpuMs, 4),
      wallMsQuantiles: batch.wallMsQuantiles.map((value) => rounded(value, 4)),
    })),
    threads: threads.map((cost) => ({ ...cost, cpuMs: rounded(cost.cpuMs, 4), wallMs: rounded(cost.wallMs, 4) })),
    bytesPerRow: {
      request: Math.round(single.reduce((sum, { length }) => sum + length, 0) / single.length),
      answer: Buffer.byteLength(firstAnswer),
    },
    ...(dense && {
      dense: {
        ...dense,
        host: dense.host.map(({ rows: count, cpuMs }) => ({ rows: count, cpuMs: rounded(cpuMs, 3) })),
      },
    }),
  };
}

async function main(): Promise<void> {
  const order = JSON.parse(process.argv[2]!) as MeasureOrder;
  const send = (message: MeasureMessage) => process.send?.(message);
  try {
    const measured = await profile(order, (text) => send({ kind: 'progress', text }));
    send({ kind: 'profile', profile: measured });
  } catch (error) {
    const known = systemError(error); // a disk that is full is no fault of ours
    const { message, stack } = known instanceof Error ? known : new Error(String(known));
    send(
      SlipwayError.is(known)
        ? { kind: 'error', code: known.code, message, problems: known.problems }
        : { kind: 'error', code: 'E_INTERNAL', message, problems: [], ...(stack && { stack }) },
    );
  }
  process.disconnect?.(); // ends once everything is sent
}

void main();
