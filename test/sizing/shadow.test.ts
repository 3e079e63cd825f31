/** What a shadow adds to a plan: memory, CPU time, metrics. */
import type { ComputeProfile } from '../../lib/model/package/profile';
import { type SizingPlan, sizingPlan } from '../../lib/sizing';
import { neededMiB } from '../../lib/sizing/judgement/memory';
import { WEEKDAYS } from '../../lib/sizing/service-level/schedule';
import { thrownBy } from '../../testing/error-of';
import { catalogueOf, HTTP_MS, manifestOf, serviceLevel, steadyProfile } from '../../testing/sizing/examples';

const profile = steadyProfile(4);
const manifest = manifestOf('scalar', 1000);

const planOf = (
  share?: number,
  shadow: ComputeProfile = profile,
  types = ['c7a.medium'],
  group?: boolean,
  rate = 100,
) =>
  sizingPlan({
    profile,
    manifest,
    serviceLevel: serviceLevel({ requestsPerSecond: rate, p99Ms: 250, availability: 'instance' }),
    region: 'us-east-1',
    catalogue: catalogueOf(...types),
    ...(share !== undefined && { shadow: { profile: shadow, manifest, share, group } }),
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

describe('in a group of its own', () => {
  const memory = { ...profile.memory, loadedMiB: 3000, loadPeakMiB: 3100 };
  const large: ComputeProfile = { ...profile, memory };
  const TYPES = ['c7a.medium', 'r7a.medium', 'm7g.xlarge'];

  test('it is, where that costs less, and the plan says how much', () => {
    const [alone, apart, beside] = [undefined, 0.1, 0.1].map((share, i) =>
      planOf(share, large, TYPES, i === 2 ? false : undefined, 1000),
    ) as [SizingPlan, SizingPlan, SizingPlan];
    const group = apart.shadow!.group!;
    expect(apart.choice).toMatchObject({ instanceType: alone.choice.instanceType, instances: alone.choice.instances });
    expect([apart.predicted, apart.memoryLimitMiB]).toEqual([alone.predicted, alone.memoryLimitMiB]);
    expect(apart.shadow).toMatchObject({ memoryMiB: 0, utilisation: 0 });
    expect(group.choice).toMatchObject({ instanceType: 'r7a.medium', instances: 1, architecture: 'x86_64' });
    expect(group.memoryLimitMiB).toBeGreaterThan(3100);
    expect(apart.cost.usdPerMonth).toBeCloseTo(alone.cost.usdPerMonth + group.choice.usdPerMonth, 6);
    const more = beside.cost.usdPerMonth - apart.cost.usdPerMonth;
    expect(more).toBeGreaterThan(0);
    expect(beside.shadow).not.toHaveProperty('group');
    const { instances, instanceType } = beside.choice;
    expect(apart.shadow!.reason).toContain(
      `${instances} x ${instanceType}, which costs ${more.toFixed(2)} USD/month more`,
    );
  });

  test('it is off when the endpoint is, and is not billed then', () => {
    const schedule = { timeZone: 'UTC', periods: [{ days: [...WEEKDAYS], from: 22 * 60, to: 6 * 60, load: 0 }] };
    const [always, nights] = [undefined, schedule].map((week) =>
      sizingPlan({
        ...{ profile, manifest, region: 'us-east-1', catalogue: catalogueOf('c7a.medium') },
        serviceLevel: serviceLevel({ availability: 'instance', ...(week && { schedule: week }) }),
        shadow: { profile, manifest, share: 0.7, group: true },
      }),
    ) as [SizingPlan, SizingPlan];
    const { instances } = nights.shadow!.group!.choice;
    expect(nights.shadow!.group!.changes).toEqual([
      { days: [...WEEKDAYS], at: '05:55', before: 0, instances },
      { days: [...WEEKDAYS], at: '22:00', before: instances, instances: 0 },
    ]);
    expect(always.shadow!.group).not.toHaveProperty('changes');
    const quantity = ({ cost }: SizingPlan, item: string) =>
      cost.lines.find((line) => line.item.startsWith(item))!.quantity;
    const share = nights.weekly!.meanInstances / nights.choice.instances;
    for (const item of ['instances of the shadow', 'root volumes', 'logs']) {
      expect(quantity(nights, item) / quantity(always, item)).toBeCloseTo(share, 2);
    }
  });

  test('it is, where nothing has room for both', () => {
    const served = { ...profile, memory: { ...profile.memory, loadedMiB: 4000, loadPeakMiB: 4100 } };
    const asked = {
      profile: served,
      manifest,
      serviceLevel: serviceLevel({ requestsPerSecond: 100, p99Ms: 250, availability: 'instance' }),
      region: 'us-east-1',
      catalogue: catalogueOf('r7a.medium'),
    };
    const shadow = { profile: { ...profile, memory: { ...memory, loadedMiB: 4000 } }, manifest, share: 0.2 };
    const { reason, group } = sizingPlan({ ...asked, shadow }).shadow!;
    expect(group!.choice.instanceType).toBe('r7a.medium');
    expect(reason).toMatch(/no instance type has room for both models$/);
    expect(
      thrownBy(() => sizingPlan({ ...asked, shadow: { ...shadow, group: false } }), 'E_INFEASIBLE').problems,
    ).toEqual(expect.arrayContaining([expect.stringMatching(/^without the shadow: /)]));
  });

  test('it is not, where it costs more, unless it is asked for; then it is as large as its share', () => {
    expect(planOf(0.1).shadow).toMatchObject({ reason: expect.stringMatching(/would cost [\d.]+ USD\/month more$/) });
    expect(planOf(0.1).shadow).not.toHaveProperty('group');
    const counts = [0.1, 1].map(
      (share) => planOf(share, profile, ['c7a.medium'], true).shadow!.group!.choice.instances,
    );
    expect(counts[0]).toBe(1);
    expect(counts[1]).toBeGreaterThanOrEqual(1);
    const heavy = steadyProfile(40);
    const many = planOf(1, heavy, ['c7a.medium'], true).shadow!.group!;
    expect(many.choice.instances).toBeGreaterThanOrEqual(7); // 100/s of 46 ms at 0.65 of a core each
  });

  test('the budget has to pay for it', () => {
    const level = serviceLevel({ requestsPerSecond: 100, p99Ms: 250, availability: 'instance' });
    const catalogue = catalogueOf('c7a.medium');
    const asked = { profile, manifest, region: 'us-east-1', catalogue };
    const { usdPerMonth } = sizingPlan({ ...asked, serviceLevel: level }).cost;
    const budgeted = { ...level, budgetUsdPerMonth: usdPerMonth + 1 };
    const shadow = { profile, manifest, share: 0.1, group: true };
    expect(thrownBy(() => sizingPlan({ ...asked, serviceLevel: budgeted, shadow }), 'E_INFEASIBLE').message).toMatch(
      /^the budget of/,
    );
  });
});
