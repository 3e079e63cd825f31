import type { ComputeProfile, DenseWork } from '../../lib/model/package/profile';
import type { SizingPlan } from '../../lib/sizing';
import { balancedTarget, withoutNodes } from '../../testing/sizing/balanced-target';
import { latenessOfDay, simulatedDay } from '../../testing/sizing/day-simulation';
import { serviceLevel, steadyProfile, typeNamed } from '../../testing/sizing/examples';
import { disagreement, latenessOf, planFor, runOf } from '../../testing/sizing/judge-target';
import { type RandomTarget, randomTarget } from '../../testing/sizing/random-target';
import { generator, simulatedP99 } from '../../testing/sizing/simulation';
import { ALL_RUNS } from '../runs';

const TARGETS = ALL_RUNS ? 70 : 35;

test('the simulation knows the M/M/1 queue: its response time is exponential', () => {
  const runMs = (share: number) => -Math.log(1 - share);
  const fleet = { instances: 1, workers: 1, requestsPerSecond: 600, runMs, routing: 'random' } as const;
  expect(simulatedP99(fleet, 200_000, generator(1))).toBeCloseTo(-Math.log(0.01) / 0.4, -0.5);
});

test('and runs that take all that wait: an answer comes after the rest of one run and the whole of the next', () => {
  const fleet = {
    instances: 1,
    workers: 1,
    requestsPerSecond: 500_000,
    requestsPerRun: 10_000,
    runMs: () => 1,
  } as const;
  expect(simulatedP99({ ...fleet, routing: 'random' }, 200_000, generator(1))).toBeCloseTo(1.99, 2);
});

describe('a worker is busy with a run', () => {
  const { catalogue } = randomTarget(generator(1), 1);
  const level = serviceLevel({ rowsPerRequest: 2 });
  const targetOn = (name: string, profile: ComputeProfile): RandomTarget => ({
    law: (share) => share,
    lawName: 'even',
    runMs: (rows, threads) => (6 + rows) / threads,
    httpMs: () => 0.03,
    profile,
    serviceLevel: level,
    modelBytes: 1000,
    catalogue: { ...catalogue, types: [typeNamed(name), typeNamed('c7a.medium')] },
    computeClass: 'scalar',
    arrivals: { most: 3, swing: 0.1 },
  });
  const planOn = (name: string, threadsPerWorker: number) =>
    ({ choice: { instanceType: name }, threadsPerWorker }) as SizingPlan;

  test('for its wall time with the threads of the plan, and HTTP on one', () => {
    const runMs = runOf(targetOn('c7a.2xlarge', steadyProfile(1)), planOn('c7a.2xlarge', 4));
    expect(runMs(0.5, 3)).toBeCloseTo(1.13 * (3 * 0.03 + (0.5 * 12) / 4), 10); // 6 rows
  });

  test('for the time of a GPU, and for what is done around it', () => {
    // of a T4: 3 requests of 2 rows x 8.1e9 operations at 50 % of 8.1e12 are 12 ms, and reading 16 MB at 160 GB/s 0.1 ms
    const dense: DenseWork = {
      precision: 'float32',
      operationsPerRow: 8.1e9,
      parameterBytes: 16e6,
      activationBytesPerRow: 0,
      nodes: 10,
      host: [{ rows: 1, cpuMs: 0.25 }],
    };
    const runMs = runOf(targetOn('g4dn.xlarge', steadyProfile(1, { dense })), planOn('g4dn.xlarge', 1));
    const slower = runMs(0, 1) / 0.03 / 1.3; // of its processor: nothing but HTTP is left
    expect(slower).toBeGreaterThan(1.3);
    expect(runMs(0.5, 3)).toBeCloseTo(
      1.3 * (0.5 * (12 + 0.1 + 0.1 + 10 * 0.006 + 3 * 0.5 * slower) + 3 * 0.03 * slower),
      10,
    );
  });
});

// proof:sizing does the same for thousands
test('plans for random targets cost what the oracle says, and keep their p99 in the simulation', () => {
  const random = generator(20260720);
  const plans: SizingPlan[] = [];
  const late: number[] = [];
  let daily = 0;
  for (let i = 0; i < TARGETS; i++) {
    const target = randomTarget(random, 3);
    const plan = planFor(target);
    expect(disagreement(target, plan)).toBeUndefined();
    if (!plan) continue;
    plans.push(plan);
    late.push(...Object.values(latenessOf(target, plan, 4000, random)));
    if (!plan.daily) continue;
    daily++;
    const day = simulatedDay(target, plan);
    expect(day.meanInstances).toBeLessThanOrEqual(plan.daily.meanInstances);
    late.push(latenessOfDay(target, plan, day, 4000, random));
  }
  expect(plans.length / TARGETS).toBeGreaterThan(20 / 70);
  expect(plans.some(({ threadsPerWorker }) => threadsPerWorker > 1)).toBe(true);
  expect(plans.some(({ gpu }) => gpu)).toBe(true);
  expect(plans.some(({ requestsPerRun }) => requestsPerRun > 1)).toBe(true);
  expect(daily).toBeGreaterThan(0);
  expect(Math.max(...late)).toBeLessThan(1.15);
});

test('where nodes of the load balancer save instances, plans cost what the oracle says, and keep their p99', () => {
  const random = generator(5);
  const late: number[] = [];
  while (late.length < (ALL_RUNS ? 16 : 4)) {
    const target = balancedTarget(random);
    const plan = planFor(target);
    if (!plan || plan.choice.usdPerMonth === planFor(withoutNodes(target))?.choice.usdPerMonth) continue;
    expect(disagreement(target, plan)).toBeUndefined();
    late.push(...Object.values(latenessOf(target, plan, 10_000, random)));
  }
  expect(Math.max(...late)).toBeLessThan(1.15);
});

test('the fewest outstanding requests help less, the more nodes of a load balancer know their own alone', () => {
  const fleet = { instances: 14, workers: 1, requestsPerSecond: 2000, runMs: () => 4 } as const;
  const p99 = (routing: 'random' | 'least outstanding', nodes: number) =>
    simulatedP99({ ...fleet, routing, nodes }, 30_000, generator(7));
  const [one, three, twelve] = [1, 3, 12].map((nodes) => p99('least outstanding', nodes));
  expect(one).toBeLessThan(three!);
  expect(three).toBeLessThan(twelve!);
  expect(twelve).toBeLessThan(p99('random', 1));
});
