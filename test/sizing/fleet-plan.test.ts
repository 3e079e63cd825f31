/** The plan of models that share instances: what is once, what is each one's, and how one delays another. */

import { plannedAlarms } from '../../lib/sizing/alarms/planned-alarms';
import { type FleetMember, fleetPlan } from '../../lib/sizing/fleet-plan';
import { groupCosts } from '../../lib/sizing/packing';
import { thrownBy } from '../../testing/error-of';
import { catalogueOf, manifestOf, serviceLevel, steadyProfile } from '../../testing/sizing/examples';

const WHERE = { region: 'us-east-1', catalogue: catalogueOf('c7a.medium', 'c7a.large') };

const member = (name: string, ms: number, change: Parameters<typeof serviceLevel>[0] = {}): FleetMember => ({
  name,
  profile: steadyProfile(ms),
  manifest: manifestOf(),
  serviceLevel: serviceLevel({ requestsPerSecond: 10, availability: 'single', sharedDoor: true, ...change }),
});

test('models of one kind take the instances of one with the requests of all', () => {
  const { plan, models } = fleetPlan('all', [member('one', 4), member('two', 4, { requestsPerSecond: 30 })], WHERE);
  expect(plan.serviceLevel).toMatchObject({ requestsPerSecond: 40, p99Ms: 50, availability: 'single' });
  expect(models.map(({ cpuShare }) => cpuShare)).toEqual([0.25, 0.75]);
  const [one, two] = models.map((model) => model.plan.predicted.p99Ms) as [number, number];
  expect(one).toBeCloseTo(two, 6);
});

test('a bill has what the fleet has once, and of each model what is its own', () => {
  const fleet = fleetPlan('all', [member('one', 4), member('two', 4, { requestsPerSecond: 30 })], WHERE);
  const items = ({ cost }: { cost: { lines: readonly { item: string }[] } }) => cost.lines.map(({ item }) => item);
  expect(items(fleet.plan)).toEqual(expect.arrayContaining(['1 x c7a.medium', 'root volumes (gp3)', 'dashboard']));
  expect(items(fleet.models[0]!.plan)).toEqual([
    'load balancer capacity',
    'answers to the internet',
    'TLS handshakes to the internet',
    'access logs',
    'alarms',
  ]);
  const lines = [fleet.plan, ...fleet.models.map(({ plan }) => plan)].flatMap(({ cost }) => cost.lines);
  expect(fleet.usdPerMonth).toBeCloseTo(
    lines.reduce((sum, line) => sum + line.usdPerMonth, 0),
    6,
  );
  expect(fleet.usdPerMonth).toBeCloseTo(
    fleet.models.reduce((sum, { usdPerMonth }) => sum + usdPerMonth, 0),
    6,
  );
  expect(fleet.usdPerMonth).toBe(fleet.plan.choice.usdPerMonth);
});

test('versions of a member are in its requests, in the memory of each worker, and on its own bill', () => {
  const one = member('one', 4);
  const versions = [
    { name: '1', weight: 0.75, profile: one.profile, manifest: one.manifest },
    { name: '2', weight: 0.25, profile: steadyProfile(12), manifest: manifestOf() },
  ];
  const [plain, both] = [one, { ...one, versions }].map((first) => fleetPlan('all', [first, member('two', 6)], WHERE));
  const [own] = both!.models;
  expect(own!.plan.versions).toMatchObject([
    { name: '1', weight: 0.75, cpuShare: expect.closeTo(0.5, 2) }, // HTTP is on top of both
    { name: '2', weight: 0.25, cpuShare: expect.closeTo(0.5, 2) },
  ]);
  for (const { memoryMiB } of own!.plan.versions!) expect(memoryMiB).toBeGreaterThan(0);
  // 0.75 of 4 ms and 0.25 of 12 ms are 6 ms, as of the other model
  expect(both!.models.map(({ cpuShare }) => cpuShare)).toEqual([0.5, 0.5]);
  expect(both!.plan.predicted.memoryMiB).toBeGreaterThan(plain!.plan.predicted.memoryMiB);
  const metrics = own!.plan.cost.lines.find(({ item }) => item === 'metrics of versions');
  expect(metrics).toMatchObject({ quantity: 8, usdPerUnitMonth: 0.3 });
  expect(both!.models[1]!.plan.cost.lines.some(({ item }) => item === 'metrics of versions')).toBe(false);
  expect(both!.plan.modelSha256).not.toBe(plain!.plan.modelSha256);
});

test('a model whose runs are long delays the others, once it runs more often than one request in a hundred may wait', () => {
  const p99 = (rate: number) => {
    const long = member('long', 100, { requestsPerSecond: rate, p99Ms: 1000 });
    return fleetPlan('all', [member('short', 1, { p99Ms: 200 }), long], WHERE).models[0]!.plan.predicted.p99Ms;
  };
  expect(p99(0.01)).toBeLessThan(10);
  expect(p99(1)).toBeGreaterThan(80);
});

test('the strictest availability is of all, and each model has weight for what it was planned', () => {
  const { plan, models } = fleetPlan(
    'all',
    [member('one', 4, { availability: 'zone' }), member('two', 40, { p99Ms: 500 })],
    WHERE,
  );
  expect(plan.serviceLevel.availability).toBe('zone');
  expect(models.every((model) => model.plan.serviceLevel.availability === 'zone')).toBe(true);
  const whole = models.reduce((sum, { weight }) => sum + weight, 0);
  for (const { weight, cpuShare } of models)
    expect(weight / whole).toBeGreaterThan(plan.predicted.utilisation * cpuShare);
});

test('alarms are of the fleet or of a model, and none is left out or there twice', () => {
  const { plan, models } = fleetPlan('all', [member('one', 4), member('two', 4)], WHERE);
  const names = (of: typeof plan) => plannedAlarms(of, true).map(({ name }) => name);
  const { part: _, ...alone } = plan;
  expect([...names(plan), ...names(models[0]!.plan)].sort()).toEqual(names(alone).sort());
  const lean = { ...models[0]!.plan, serviceLevel: { ...plan.serviceLevel, leanMonitoring: true } };
  expect(plannedAlarms(lean, false).map(({ name, severity }) => [name, severity])).toEqual([
    ['ServerErrors', 'page'],
    ['Latency', 'page'],
    ['Prediction', 'inform'],
  ]);
});

test('a fleet that cannot keep a service level says whose, and what would', () => {
  const members = [member('quick', 1, { p99Ms: 12 }), member('slow', 90, { requestsPerSecond: 200, p99Ms: 2000 })];
  const error = thrownBy(() => fleetPlan('all', members, WHERE));
  expect(error.message).toMatch(/fails on p99: [0-9.]+ ms of quick, 12 ms allowed; one of these would do/);
  expect(error.problems).toEqual(expect.arrayContaining([expect.stringMatching(/^quick on instances of its own: /)]));
});

test('models share no fleet that may not, nor one on which a budget is not kept', () => {
  const [one, two] = [member('one', 4), member('two', 4)];
  const cost = groupCosts(WHERE);
  expect(cost([one, two])).toBeLessThan(cost([one]) + cost([two]));
  expect(cost([one, { ...two, isolate: true }])).toBe(Number.POSITIVE_INFINITY);
  expect(groupCosts(WHERE, () => false)([one, two])).toBe(Number.POSITIVE_INFINITY);
  const versions = ['1', '2'].map((name) => ({ name, weight: 0.5, profile: one.profile, manifest: one.manifest }));
  expect(cost([{ ...one, versions }, two])).toBeGreaterThan(cost([one, two])); // by the metrics of versions
  expect(cost([{ ...one, versions }, two])).toBeLessThan(Number.POSITIVE_INFINITY);
  expect(cost(Array.from({ length: 13 }, () => one))).toBe(Number.POSITIVE_INFINITY);
  const poor = member('two', 4, { budgetUsdPerMonth: 3 });
  expect(cost([one, poor])).toBe(Number.POSITIVE_INFINITY);
});
