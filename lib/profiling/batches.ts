/** Measures what one request costs, by the rows in it. */
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { BatchCost } from '../model/package/profile';
import { FULL_SAMPLES } from '../model/package/profile-doubts';
import { AGREEMENT, median, spreadOf, steadiest, WINDOWS, type Window, wallQuantiles } from './windows';

/** Serves a request of `rows` rows; `turn` counts up, so that not always the same rows are sent. */
export type Serve = (rows: number, turn: number) => Promise<unknown>;

/** Measures one window of requests of `rows` rows. */
export type MeasureWindow = (rows: number) => Promise<Window>;

/** Windows after which disagreement is recorded rather than measured away. */
const PATIENCE = 8;
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
 * Windows of at least `windowMs` milliseconds of CPU time, so that they hold as much on a busy machine, and a third of the
 * samples; of slow requests they hold fewer.
 */
export function windowsOf(serve: Serve, windowMs: number): MeasureWindow {
  const least = Math.ceil(FULL_SAMPLES / WINDOWS);
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
        : wallMs.length >= least && spent >= windowMs;
    await setImmediate(); // lets a message or the end of the parent be seen
    let looked = performance.now();
    for (let before = looked, done = false; !done; ) {
      await serve(rows, wallMs.length);
      let now = performance.now();
      wallMs.push(now - before);
      if (wallMs.length % LOOK === 0 || wallMs.length === least || now - looked > LOOK_MS) {
        done = isLongEnough(spentMs());
        if (now - looked > LOOK_MS) await setImmediate();
        looked = now = performance.now();
      }
      before = now;
    }
    return { cpuMs: spentMs() / wallMs.length, wallMs };
  };
}

const spentOn = (windows: readonly Window[]) =>
  windows.reduce((sum, { cpuMs, wallMs }) => sum + cpuMs * wallMs.length, 0);

/** @returns the cost, how far the windows differ, and the CPU time that it took to measure, milliseconds */
async function measureBatch(measure: MeasureWindow, rows: number) {
  const warmUp = await measure(rows); // compiled code, full caches
  const windows: Window[] = [];
  const isRestless = () =>
    windows.length < PATIENCE && spentOn(windows) < BATCH_MS && spreadOf(windows.slice(-WINDOWS)) > AGREEMENT;
  do windows.push(await measure(rows));
  while (windows.length < WINDOWS || isRestless());
  const kept = steadiest(windows);
  const cost: BatchCost = {
    rows,
    samples: kept.reduce((sum, { wallMs }) => sum + wallMs.length, 0),
    cpuMs: median(kept.map(({ cpuMs }) => cpuMs)),
    wallMsQuantiles: wallQuantiles(kept),
  };
  return { cost, spread: spreadOf(kept), spentMs: spentOn([warmUp, ...windows]) };
}

/**
 * Measure batches of 1, 2, 4, ... rows until twice the rows no longer bring more rows a second, or take too long.
 *
 * @param maximumRows largest batch that is tried
 * @param asked rows of a batch that is measured in any case
 * @param onBatch told of each batch size as soon as it is measured
 * @returns the cost of each batch size, ascending, and the largest spread between windows
 */
export async function measureBatches(
  measure: MeasureWindow,
  maximumRows: number,
  asked: number,
  onBatch?: (batch: BatchCost) => void,
): Promise<{ batches: BatchCost[]; spread: number }> {
  const batches: BatchCost[] = [];
  let largest = 0;
  let allMs = 0;
  let flatBefore = false;
  const add = async (rows: number): Promise<BatchCost> => {
    const { cost, spread, spentMs } = await measureBatch(measure, rows);
    batches.push(cost);
    largest = Math.max(largest, spread);
    allMs += spentMs;
    onBatch?.(cost);
    return cost;
  };
  for (let rows = 1; rows <= maximumRows; rows *= 2) {
    const before = batches.at(-1);
    const cost = await add(rows);
    const flat = before !== undefined && rows / cost.cpuMs < (FLAT * before.rows) / before.cpuMs;
    if (flat && flatBefore) break; // one alone may be a disturbance, though its windows agree
    if (cost.cpuMs > SLOWEST_MS || allMs > ALL_BATCHES_MS) break;
    flatBefore = flat;
  }
  if (asked > batches.at(-1)!.rows) await add(asked);
  return { batches, spread: largest };
}
