import { performance } from 'node:perf_hooks';
import { measureBatches, windowsOf } from '../../lib/profiling/batches';
import type { Window } from '../../lib/profiling/windows';

/** A window in which every request of `rows` rows takes `ms`. */
const steady = (ms: number): Window => ({ cpuMs: ms, wallMs: new Array<number>(70).fill(ms) });

test('stops when twice the rows bring no more rows a second', async () => {
  // 1 ms a request and 0.05 a row: 1, 1.9, 3.5, 6, 9.1, 12.6 rows/ms ... the gain falls below 10 % at 256, and again at 512
  const { batches } = await measureBatches(async (rows) => steady(1 + 0.05 * rows), { maximumRows: 4096, rows: 1 });
  expect(batches.at(-1)!.rows).toBe(512);
  expect(
    (await measureBatches(async (rows) => steady(rows), { maximumRows: 4096, rows: 1 })).batches.map(
      ({ rows }) => rows,
    ),
  ).toEqual([1, 2, 4]);
});

test('a batch that is asked for is measured though throughput is flat long before', async () => {
  const { batches } = await measureBatches(async (rows) => steady(rows), { maximumRows: 4096, rows: 1000 });
  expect(batches.map(({ rows }) => rows)).toEqual([1, 2, 4, 1000]);
  const less = await measureBatches(async (rows) => steady(rows), { maximumRows: 4096, rows: 3 });
  expect(less.batches.map(({ rows }) => rows)).toEqual([1, 2, 4]);
});

test('one flat doubling does not end the search', async () => {
  // a request costs 1 ms whatever its rows, but for a disturbance while two rows were measured first
  let turn = 0;
  const { batches } = await measureBatches(async (rows) => steady(rows === 2 && turn++ < 3 ? 3 : 1), {
    maximumRows: 16,
    rows: 1,
  });
  expect(batches.map(({ rows, cpuMs }) => [rows, cpuMs])).toEqual([1, 2, 4, 8, 16].map((rows) => [rows, 1]));
});

test('stops at the largest batch that is allowed', async () => {
  const seen: number[] = [];
  await measureBatches(async () => steady(1), { maximumRows: 8, rows: 1, onBatch: ({ rows }) => seen.push(rows) });
  expect(seen).toEqual([1, 2, 4, 8]);
});

test('measures on until the five quietest windows agree, and leaves the warm-up out', async () => {
  const times = [0.1, 9, 5, 1, 1.01, 7, 1.02, 0.99, 1.015, 77];
  let next = 0;
  const { batches, spread } = await measureBatches(async () => steady(times[next++]!), { maximumRows: 1, rows: 1 });
  expect(next).toBe(9);
  expect(batches[0]).toMatchObject({ rows: 1, samples: 350, cpuMs: 1.01 });
  expect(spread).toBeCloseTo(0.03 / 1.01, 10);
});

test('a disturbance of seconds while one size was first measured does not show in it', async () => {
  let windows = 0;
  const disturbed = async (rows: number) => steady((windows++ < 3 ? 5 : 1) * (1 + 0.5 * rows));
  const { batches } = await measureBatches(disturbed, { maximumRows: 8, rows: 1 });
  expect(batches.map(({ cpuMs }) => cpuMs)).toEqual([1.5, 2, 3, 5]);
});

test('sizes are measured in turn, with something between two rounds', async () => {
  const seen: (number | string)[] = [];
  const measure = async (rows: number) => {
    seen.push(rows);
    return steady(1);
  };
  await measureBatches(measure, { maximumRows: 2, rows: 1, onRound: async () => seen.push('round') });
  expect(seen).toEqual([1, 1, 1, 2, 2, 2, 'round', 1, 2, 'round', 1, 2, 'round', 1, 2]);
});

test('fewer rows that cost more than more of them are measured again', async () => {
  // one row agrees with itself five times, and yet takes longer than two
  let windows = 0;
  const measure = async (rows: number) => steady(rows === 1 && windows++ < 6 ? 3 : rows);
  const { batches } = await measureBatches(measure, { maximumRows: 2, rows: 1 });
  expect(batches.map(({ cpuMs }) => cpuMs)).toEqual([1, 2]);
});

test('records the spread of a machine that never comes to rest', async () => {
  let next = 0;
  const { spread } = await measureBatches(async () => steady(1 + 0.2 * next++), { maximumRows: 1, rows: 1 });
  expect(next).toBe(41);
  expect(spread).toBeGreaterThan(0.4);
});

test('a window holds a fifth of two hundred samples, each a request', async () => {
  const turns: number[] = [];
  const { cpuMs, wallMs } = await windowsOf(async (rows, turn) => turns.push(rows * turn), 0)(2);
  expect(wallMs).toHaveLength(40);
  expect(turns).toEqual(wallMs.map((_, i) => 2 * i));
  expect(cpuMs).toBeGreaterThanOrEqual(0);
});

describe('slow models', () => {
  /** A process whose CPU time goes on by `ms` with every request that is served. */
  function clocked(ms: (rows: number) => number) {
    let now = 0;
    jest.spyOn(process, 'cpuUsage').mockImplementation((since) => ({ user: now - (since?.user ?? 0), system: 0 }));
    jest.spyOn(performance, 'now').mockImplementation(() => now / 1000);
    return async (rows: number) => void (now += ms(rows) * 1000);
  }
  afterEach(() => jest.restoreAllMocks());

  test.each([
    ['299 ms', 299, 40],
    ['400 ms: as many as five seconds hold', 400, 13],
    ['2 s: five, however long', 2000, 5],
    ['20 s', 20_000, 5],
  ])('a window of requests of %s', async (_, ms, runs) => {
    const { wallMs, cpuMs } = await windowsOf(
      clocked(() => ms),
      80,
    )(1);
    expect(wallMs).toHaveLength(runs);
    expect(cpuMs).toBeCloseTo(ms, 6);
  });

  test('of 2 s a row take minutes, not hours, though windows disagree and rows together are cheaper', async () => {
    let turn = 0;
    const serve = clocked((rows) => 2000 + 10 * rows + 600 * (Math.floor(turn++ / 5) % 2));
    const { batches } = await measureBatches(windowsOf(serve, 80), { maximumRows: 256, rows: 1 });
    expect(performance.now()).toBeLessThan(200_000);
    expect(batches.map(({ rows, samples }) => [rows, samples])).toEqual([
      [1, 15],
      [2, 15],
      [4, 15],
      [8, 15],
    ]);
  });

  test('no batch is tried after one that takes longer than five seconds', async () => {
    const { batches } = await measureBatches(
      windowsOf(
        clocked((rows) => 5100 + rows),
        80,
      ),
      { maximumRows: 256, rows: 1 },
    );
    expect(batches.map(({ rows }) => rows)).toEqual([1]);
  });
});
