import { disturbanceBetween, othersBetween, type Totals, totals } from '../../lib/profiling/disturbance';

const nothing: Totals = { processorSeconds: 0, busySeconds: 0, stolenSeconds: 0, ownSeconds: 0, switches: 0 };

test('what other programs had is what was busy beside this one', () => {
  const after = { processorSeconds: 20, busySeconds: 13, stolenSeconds: 1, ownSeconds: 8, switches: 40 };
  expect(disturbanceBetween(nothing, after)).toEqual({ others: 0.3, stolen: 0.05, switchesPerSecond: 5 });
  expect(othersBetween(nothing, after, 6)).toBe(0);
});

test('a quiet machine has no disturbance', () => {
  const after = { ...nothing, processorSeconds: 20, busySeconds: 8, ownSeconds: 8.1 };
  expect(disturbanceBetween(nothing, after)).toEqual({ others: 0, stolen: 0, switchesPerSecond: 0 });
  expect(disturbanceBetween(nothing, nothing)).toEqual({ others: 0, stolen: 0, switchesPerSecond: 0 });
});

test('totals go up', () => {
  const before = totals();
  let sum = 0;
  for (let i = 0; i < 3e6; i++) sum += Math.sqrt(i);
  expect(sum).toBeGreaterThan(0);
  const after = totals();
  expect(after.ownSeconds).toBeGreaterThan(before.ownSeconds);
  expect(after.processorSeconds).toBeGreaterThan(0);
});
