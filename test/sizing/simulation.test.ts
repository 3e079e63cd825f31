import { disagreement, latenessOf, planFor } from './judge-target';
import { randomTarget } from './random-target';
import { generator, simulatedP99 } from './simulation';

test('the simulation knows the M/M/1 queue: its response time is exponential', () => {
  const runMs = (share: number) => -Math.log(1 - share);
  const fleet = { instances: 1, workers: 1, requestsPerSecond: 600, runMs, routing: 'random' } as const;
  expect(simulatedP99(fleet, 200_000, generator(1))).toBeCloseTo(-Math.log(0.01) / 0.4, -0.5);
});

// proof:sizing does the same for thousands
test('plans for random targets cost what the oracle says, and keep their p99 in the simulation', () => {
  const random = generator(20260720);
  const late: number[] = [];
  for (let i = 0; i < 40; i++) {
    const target = randomTarget(random, 3);
    const plan = planFor(target);
    expect(disagreement(target, plan)).toBeUndefined();
    if (plan) late.push(...Object.values(latenessOf(target, plan, 4000, random) ?? {}));
  }
  expect(late.length).toBeGreaterThan(20);
  expect(Math.max(...late)).toBeLessThan(1.15);
});
