import type { BatchCost } from '../../lib/model/package/profile';
import { measureThreads, scanThreads } from '../../lib/profiling/threads';

const batch = (rows: number, ms: number): BatchCost => ({
  rows,
  samples: 200,
  cpuMs: ms,
  wallMsQuantiles: [ms, ms, ms],
});
const batches = [batch(1, 1), batch(8, 6), batch(64, 40)];

/** Amdahl: this share of the largest batch can be split, nothing of a single row. */
const amdahl = (share: number) => async (threads: number, rows: number) => {
  const ms = rows === 1 ? 1 : 40 * (1 - share + share / threads);
  return { threads, rows, cpuMs: ms * threads, wallMs: ms };
};

test('threads are doubled while they help, for the smallest and the largest batch', async () => {
  const costs = await scanThreads(batches, 16, amdahl(0.8));
  expect(costs.map(({ rows, threads }) => [rows, threads])).toEqual([
    [1, 1],
    [64, 1],
    [64, 2],
    [64, 4],
    [64, 8],
    [64, 16],
  ]);
});

test('and no further than the machine has processors, or than they bring something', async () => {
  expect((await scanThreads(batches, 2, amdahl(0.8))).map(({ threads }) => threads)).toEqual([1, 1, 2]);
  expect((await scanThreads(batches, 16, amdahl(0.1))).map(({ threads }) => threads)).toEqual([1, 1]);
  expect(await scanThreads([batch(1, 2)], 1, amdahl(1))).toEqual([{ threads: 1, rows: 1, cpuMs: 2, wallMs: 2 }]);
});

test('a thread count is measured after a warm-up, in windows until five agree, or eight', async () => {
  let windows = 0;
  const steady = { cpuMs: 6, wallMs: [3, 4, 5] };
  const measure = (window: () => { cpuMs: number; wallMs: number[] }) => async () => {
    windows++;
    return window();
  };
  expect(
    await measureThreads(
      measure(() => steady),
      2,
      8,
    ),
  ).toEqual({ threads: 2, rows: 8, cpuMs: 6, wallMs: 4 });
  expect(windows).toBe(6);
  windows = 0;
  await measureThreads(
    measure(() => ({ ...steady, cpuMs: windows })),
    2,
    8,
  );
  expect(windows).toBe(9);
});
