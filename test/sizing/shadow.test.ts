/** What a shadow adds to a plan: memory, CPU time, metrics. */
import type { ComputeProfile } from '../../lib/model/package/profile';
import { sizingPlan } from '../../lib/sizing';
import { neededMiB } from '../../lib/sizing/judgement/memory';
import { thrownBy } from '../../testing/error-of';
import { catalogueOf, HTTP_MS, manifestOf, serviceLevel, steadyProfile } from '../../testing/sizing/examples';

const profile = steadyProfile(4);
const manifest = manifestOf('scalar', 1000);

const planOf = (share?: number, shadow: ComputeProfile = profile, types = ['c7a.medium']) =>
  sizingPlan({
    profile,
    manifest,
    serviceLevel: serviceLevel({ requestsPerSecond: 100, p99Ms: 250, availability: 'instance' }),
    region: 'us-east-1',
    catalogue: catalogueOf(...types),
    ...(share !== undefined && { shadow: { profile: shadow, manifest, share } }),
  });

test('a plan without one does not speak of it', () => {
  expect(planOf()).not.toHaveProperty('shadow');
  expect(planOf().cost.lines.map(({ item }) => item)).not.toContain('metrics of the shadow');
});

test('its CPU time counts by the share of the requests, and its latency does not', () => {
  const [alone, beside] = [planOf(), planOf(0.2)];
  const busy = 100 * (((4 + HTTP_MS) * 1.13) / 1000); // of the one survivor
  expect(alone.predicted.utilisation).toBeCloseTo(busy, 3);
  expect(beside.predicted.utilisation).toBeCloseTo(1.2 * busy, 3);
  expect(beside.shadow!.utilisation).toBeCloseTo(0.2 * busy, 3);
  expect(beside.predicted.p99Ms).toBe(alone.predicted.p99Ms);
  expect(beside.predicted.maximumRequestsPerSecond).toBeLessThan(alone.predicted.maximumRequestsPerSecond);
});

test('one that was profiled on a machine of half the speed counts as on the other', () => {
  const { treeMs, denseMs } = profile.machine.kernels;
  const slow = steadyProfile(8);
  const there = { ...slow, machine: { ...slow.machine, kernels: { treeMs: 2 * treeMs, denseMs: 2 * denseMs } } };
  const [here, carried] = [planOf(0.5), planOf(0.5, there)];
  expect(carried.shadow!.utilisation / here.shadow!.utilisation).toBeCloseTo(1, 1);
});

test('it has a process for each worker, and a larger type is chosen where both do not fit', () => {
  const memory = { ...profile.memory, loadedMiB: 3000, loadPeakMiB: 3100 };
  const large: ComputeProfile = { ...profile, memory };
  const types = ['c7a.medium', 'c7a.large', 'm7a.large', 'r7a.medium'];
  const beside = planOf(0.1, large, types);
  expect(planOf(undefined, large, types).choice.memoryMiB).toBe(2048);
  expect(beside.choice.memoryMiB).toBeGreaterThan(4096);
  expect(beside.shadow!.memoryMiB).toBeGreaterThanOrEqual(3000 * beside.workersPerInstance);
  expect(beside.memoryLimitMiB).toBeGreaterThan(beside.predicted.memoryMiB);
  expect(beside.rejected.find(({ instanceType }) => instanceType === 'c7a.medium')?.reason).toMatch(/^memory: /);
});

test('where nothing has room for both, it is refused, and the fleet without it is named', () => {
  const memory = { ...profile.memory, loadedMiB: 3000, loadPeakMiB: 3100 };
  const { message, problems } = thrownBy(() => planOf(0.1, { ...profile, memory }), 'E_INFEASIBLE');
  expect(message).toMatch(/fails on memory: \d+ MiB needed/);
  expect(problems).toContainEqual(expect.stringMatching(/^without the shadow: \d+ x c7a\.medium, [\d.]+ USD\/month$/));
});

test('each worker has one: memory rises with both', () => {
  const demand = { memory: profile.memory, modelBytes: 0, shadow: { cpuMs: 1, memory: profile.memory } };
  const { shadow: _none, ...alone } = demand;
  const added = (workers: number) => neededMiB(demand, workers) - neededMiB(alone, workers);
  expect(added(4)).toBeCloseTo(4 * added(1), 6);
});

test('its metrics are billed', () => {
  const line = planOf(0.1).cost.lines.find(({ item }) => item === 'metrics of the shadow');
  expect(line).toMatchObject({ quantity: 6, unit: 'metric' });
});
