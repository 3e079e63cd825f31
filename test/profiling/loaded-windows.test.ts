import fc from 'fast-check';
import { alike, costOf, differsBy, FEWEST, type LoadedWindow, repeatsWithin } from '../../lib/profiling/loaded-windows';

const window = (cpuMs: number, others = 0.01, beyondMs = cpuMs / 2): LoadedWindow => ({ cpuMs, beyondMs, others });

test('what the host takes from some windows without being seen does not change the cost', () => {
  const quiet = [1, 1.01, 0.99, 1, 1.02, 0.98, 1, 1.01, 0.99].map((ms) => window(ms));
  const disturbed = quiet.map((one, i) => (i % 3 === 1 ? window(1.8) : one));
  expect(costOf(disturbed).cpuMs).toBeCloseTo(costOf(quiet).cpuMs, 1);
  expect(costOf(quiet).beyondMs).toBeCloseTo(0.5, 1);
});

test('windows count in which other programs did about as little, however cheap the others are', () => {
  const idle = Array.from({ length: FEWEST }, () => window(1, 0.02));
  const awake = Array.from({ length: 9 }, () => window(0.4, 0.6));
  expect(alike([...awake, ...idle])).toEqual(idle);
  expect(costOf([...awake, ...idle]).cpuMs).toBe(1);
});

test('on a machine that is never quiet the quietest count', () => {
  const windows = Array.from({ length: 12 }, (_, i) => window(1 + i / 10, 0.2 + i / 20));
  expect(alike(windows)).toEqual(windows.slice(0, FEWEST));
});

test('the interval is what three measurements of a third as many windows differ by', () => {
  const steady = Array.from({ length: 9 }, () => window(2));
  expect(repeatsWithin(steady)).toBe(0);
  expect(repeatsWithin(steady.slice(0, FEWEST - 1))).toBe(1);
  expect(repeatsWithin([1, 1.1, 1.2, 1, 1.1, 1.2].map((ms) => window(ms)))).toBeCloseTo(0.2 / 1.1, 10);
});

test('a machine that grows slower while it is measured has a wide interval, though windows that take turns agree', () => {
  const drifting = Array.from({ length: 24 }, (_, i) => window(1 + 0.01 * i));
  expect(repeatsWithin(drifting)).toBeLessThan(0.03);
  expect(differsBy(drifting)).toBeGreaterThan(0.2);
  expect(differsBy(Array.from({ length: 24 }, () => window(1)))).toBe(0);
  expect(differsBy(drifting.slice(0, FEWEST - 1))).toBe(1);
});

test('two measurements differ by less than the interval, nearly always', () => {
  const noise = fc.integer({ min: 0, max: 2 ** 31 });
  let [beyond, all] = [0, 0];
  fc.assert(
    fc.property(noise, (seed) => {
      let state = seed + 1;
      const random = () => {
        state = (state * 48_271) % 2_147_483_647;
        return state / 2_147_483_647;
      };
      const one = () =>
        Array.from({ length: 12 }, () => window(1 + 0.1 * random() + (random() < 0.3 ? random() : 0), 0.01));
      const [a, b] = [one(), one()];
      const interval = Math.max(repeatsWithin(a), repeatsWithin(b), 0.03);
      all++;
      if (Math.abs(costOf(a).cpuMs - costOf(b).cpuMs) > interval) beyond++;
    }),
    { numRuns: 400, seed: 5 },
  );
  expect(beyond / all).toBeLessThan(0.05);
});
