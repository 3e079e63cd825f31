/** What more threads for a run of the engine bring. */
import type { BatchCost, ThreadCost } from '../model/package/profile';
import type { MeasureWindow } from './batches';
import { agree, median, quantiles, quietest, type Window } from './windows';

/** Measures so many threads with a batch of so many rows. */
export type MeasureThreads = (threads: number, rows: number) => Promise<ThreadCost>;

/** Twice the threads must bring the wall time below this share, or no more are tried: it is then not worth a core. */
const WORTH = 0.9;
/** Windows after which it is taken as it is. */
const PATIENCE = 8;

export async function measureThreads(measure: MeasureWindow, threads: number, rows: number): Promise<ThreadCost> {
  await measure(rows); // warm-up
  const windows: Window[] = [];
  while (!agree(windows) && windows.length < PATIENCE) windows.push(await measure(rows));
  const kept = quietest(windows);
  return {
    threads,
    rows,
    cpuMs: median(kept.map(({ cpuMs }) => cpuMs)),
    wallMs: median(kept.map(({ wallMs }) => median(quantiles(wallMs)))),
  };
}

/**
 * Double the threads, for the smallest and for the largest batch, while it helps and as far as the machine has processors.
 *
 * @param batches measured with one thread, ascending
 */
export async function scanThreads(
  batches: readonly BatchCost[],
  processors: number,
  measure: MeasureThreads,
): Promise<ThreadCost[]> {
  const costs: ThreadCost[] = [];
  for (const { rows, cpuMs, wallMsQuantiles } of new Set([batches[0]!, batches.at(-1)!])) {
    let before: ThreadCost = { threads: 1, rows, cpuMs, wallMs: median(wallMsQuantiles) };
    costs.push(before);
    for (let threads = 2; threads <= processors; threads *= 2) {
      const cost = await measure(threads, rows);
      if (cost.wallMs > WORTH * before.wallMs) break;
      costs.push(cost);
      before = cost;
    }
  }
  return costs;
}
