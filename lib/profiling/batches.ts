/** Measures what one request costs, by the rows in it. */
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { BatchCost } from '../model/profile';
import { AGREEMENT, median, spreadOf, steadiest, WINDOWS, type Window, wallQuantiles } from './windows';

/** Serves a request of `rows` rows; `turn` counts up, so that not always the same rows are sent. */
export type Serve = (rows: number, turn: number) => Promise<unknown>;

/** Measures one window of requests of `rows` rows. */
export type MeasureWindow = (rows: number) => Promise<Window>;

/** Samples of one batch size at the least, over all windows. */
const SAMPLES = 200;
/** Windows after which disagreement is recorded rather than measured away. */
const PATIENCE = 8;
/** Throughput counts as flat when twice the rows bring less than this. */
const FLAT = 1.1;

/** Requests between two looks at the CPU time, which take a microsecond each. */
const LOOK = 16;

/** Windows of at least `windowMs` milliseconds of CPU time, so that they hold as much on a busy machine, and a third of the samples. */
export function windowsOf(serve: Serve, windowMs: number): MeasureWindow {
  const least = Math.ceil(SAMPLES / WINDOWS);
  return async (rows) => {
    await setImmediate(); // lets a message or the end of the parent be seen
    const wallMs: number[] = [];
    const cpu = process.cpuUsage();
    const spentMs = () => {
      const { user, system } = process.cpuUsage(cpu);
      return (user + system) / 1000;
    };
    for (let before = performance.now(), enough = windowMs === 0; wallMs.length < least || !enough; ) {
      await serve(rows, wallMs.length);
      const now = performance.now();
      wallMs.push(now - before);
      before = now;
      if (wallMs.length % LOOK === 0) enough = spentMs() >= windowMs;
    }
    return { cpuMs: spentMs() / wallMs.length, wallMs };
  };
}

async function measureBatch(measure: MeasureWindow, rows: number): Promise<{ cost: BatchCost; spread: number }> {
  await measure(rows); // warm-up: compiled code, full caches
  const windows: Window[] = [];
  do windows.push(await measure(rows));
  while (windows.length < WINDOWS || (windows.length < PATIENCE && spreadOf(windows.slice(-WINDOWS)) > AGREEMENT));
  const kept = steadiest(windows);
  return {
    cost: {
      rows,
      samples: kept.reduce((sum, { wallMs }) => sum + wallMs.length, 0),
      cpuMs: median(kept.map(({ cpuMs }) => cpuMs)),
      wallMsQuantiles: wallQuantiles(kept),
    },
    spread: spreadOf(kept),
  };
}

/**
 * Measure batches of 1, 2, 4, ... rows until twice the rows no longer bring more rows a second.
 *
 * @param maximumRows largest batch that is tried
 * @param onBatch told of each batch size as soon as it is measured
 * @returns the cost of each batch size, ascending, and the largest spread between windows
 */
export async function measureBatches(
  measure: MeasureWindow,
  maximumRows: number,
  onBatch?: (batch: BatchCost) => void,
): Promise<{ batches: BatchCost[]; spread: number }> {
  const batches: BatchCost[] = [];
  let largest = 0;
  let flatBefore = false;
  for (let rows = 1; rows <= maximumRows; rows *= 2) {
    const { cost, spread } = await measureBatch(measure, rows);
    const before = batches.at(-1);
    batches.push(cost);
    largest = Math.max(largest, spread);
    onBatch?.(cost);
    const flat = before !== undefined && rows / cost.cpuMs < (FLAT * before.rows) / before.cpuMs;
    // where windows disagree, one flat doubling may be a disturbance
    if (flat && (flatBefore || largest <= AGREEMENT)) break;
    flatBefore = flat;
  }
  return { batches, spread: largest };
}
