import fc from 'fast-check';
import {
  agree,
  intervalOf,
  intervalOverTime,
  median,
  quantiles,
  quietest,
  spreadOf,
  thirds,
  type Window,
  wallQuantiles,
} from '../../lib/profiling/windows';

const window = (cpuMs: number, wallMs: number[] = [cpuMs]): Window => ({ cpuMs, wallMs });

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[7], 7],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test('quantiles go from the least to the greatest in 21 steps', () => {
  const values = Array.from({ length: 101 }, (_, i) => 100 - i);
  expect(quantiles(values)).toEqual(Array.from({ length: 21 }, (_, i) => 5 * i));
  expect(quantiles([3])).toEqual(new Array(21).fill(3));
});

test('quantiles ascend and stay within the values', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
      const points = quantiles(values);
      expect(points[0]).toBe(Math.min(...values));
      expect(points.at(-1)).toBe(Math.max(...values));
      for (let i = 1; i < points.length; i++) expect(points[i]!).toBeGreaterThanOrEqual(points[i - 1]!);
    }),
    { numRuns: 50, seed: 7 },
  );
});

test('the spread is the range over the median', () => {
  expect(spreadOf([1, 1.2, 0.9])).toBeCloseTo(0.3, 10);
});

test('the five quietest windows count, wherever they are', () => {
  const windows = [5, 1, 1.4, 1.01, 1.1, 1.02, 9, 1.03].map((ms) => window(ms));
  expect(quietest(windows).map(({ cpuMs }) => cpuMs)).toEqual([1, 1.01, 1.02, 1.03, 1.1]);
  expect(intervalOf(windows)).toBeCloseTo(0.1 / 1.02, 10);
});

test('thirds of what was measured lie apart in time, and each has some', () => {
  expect(thirds([1, 2, 3])).toEqual([[1], [2], [3]]);
  expect(thirds([1, 2, 3, 4, 5])).toEqual([[1], [2, 3], [4, 5]]);
});

test('the interval of three costs is that of Student for their mean', () => {
  // half of an interval of 95 % is 4.303 / sqrt(3) deviations, of which the range of three is 1.693 in the mean
  expect(intervalOverTime([9, 10, 11])).toBeCloseTo((4.303 / Math.sqrt(3) / 1.693) * 0.2, 2);
});

test('windows agree when there are five within 3 %', () => {
  expect(agree([1, 1.01, 1.02, 1.025, 1.03, 5].map((ms) => window(ms)))).toBe(true);
  expect(agree([1, 1.01, 1.02, 1.025].map((ms) => window(ms)))).toBe(false);
  expect(agree([1, 1.01, 1.02, 1.025, 1.04].map((ms) => window(ms)))).toBe(false);
});

test('a stall in one window is dropped, one in every window stays', () => {
  const quiet = Array.from({ length: 99 }, () => 1); // three hundred runs in all
  expect(wallQuantiles([window(1, [...quiet, 80]), window(1, quiet), window(1, quiet)]).at(-1)).toBe(1);
  const stalled = window(1, [...quiet, 80]);
  expect(wallQuantiles([stalled, stalled, stalled]).at(-1)).toBe(80);
});

test('where there are too few runs to tell a stall from a slow model, it stays', () => {
  expect(wallQuantiles([window(1, [1, 1, 1, 1, 80]), window(1, [1, 1, 1]), window(1, [1, 1, 1])]).at(-1)).toBe(80);
});
