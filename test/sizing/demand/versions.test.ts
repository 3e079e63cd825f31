import { type ServiceLevel, sizingPlan } from '../../../lib/sizing';
import { requestCost } from '../../../lib/sizing/demand/service';
import { requestTogether, type VersionRequest, versionCosts } from '../../../lib/sizing/demand/versions';
import { HTTP_MS, manifestOf, steadyProfile } from '../../../testing/sizing/examples';

const version = (name: string, weight: number, ms: number, more: Partial<VersionRequest> = {}): VersionRequest => ({
  name,
  weight,
  profile: steadyProfile(ms),
  manifest: manifestOf(),
  ...more,
});

const LEVEL: ServiceLevel = { requestsPerSecond: 200, rowsPerRequest: 1, p99Ms: 200, availability: 'instance' };
const together = (...versions: VersionRequest[]) =>
  requestTogether(versionCosts(versions, versions[0]!.profile, LEVEL));
const planned = (versions?: VersionRequest[], own = versions?.[0] ?? version('only', 1, 2)) =>
  sizingPlan({
    profile: own.profile,
    manifest: own.manifest,
    serviceLevel: LEVEL,
    region: 'us-east-1',
    ...(versions && { versions }),
  });

test('a request takes what the versions take, by their weights', () => {
  const { modes, joinable } = together(version('1', 0.75, 2), version('2', 0.25, 10));
  const [mode] = modes;
  expect(mode.cpuMs).toBeCloseTo(0.75 * 2 + 0.25 * 10 + HTTP_MS, 10);
  expect(mode.service.meanMs).toBeCloseTo(mode.cpuMs, 10);
  // 0.75 and 0.25 of two values that are 8 apart
  const squares = 0.75 * 0.25 * 8 ** 2;
  expect(mode.service.variation * mode.service.meanMs ** 2).toBeCloseTo(squares, 6);
  expect(joinable).toEqual([1]);
});

test.each([0.0001, 0.001, 0.003, 0.01])('a version of weight %p that is slow is counted in full', (weight) => {
  const [{ service }] = together(version('1', 1 - weight, 1), version('2', weight, 1000)).modes;
  expect(service.meanMs).toBeCloseTo(1 - weight + 1000 * weight + HTTP_MS, 8);
});

test('a version that nobody is sent to takes no time, and memory all the same', () => {
  const [{ service }] = together(version('1', 1, 2), version('2', 0, 500)).modes;
  expect(service.meanMs).toBeCloseTo(2 + HTTP_MS, 10);
  const alone = planned([version('1', 1, 2), version('2', 0, 500)]);
  expect(alone.predicted.memoryMiB).toBeGreaterThan(planned().predicted.memoryMiB);
  expect(alone.versions!.map(({ cpuShare }) => cpuShare)).toEqual([1, 0]);
});

test('one version of all weight is the model alone', () => {
  const profile = steadyProfile(3);
  const [alone] = requestCost(profile, 1).modes;
  const [mode] = together(version('1', 1, 3)).modes;
  expect([...mode.service.samplesMs]).toEqual([...alone.service.samplesMs].map((ms) => expect.closeTo(ms, 9)));
});

test('a profile of a machine that is twice as fast counts as on that of the model', () => {
  const { machine } = steadyProfile(2);
  const fast = { ...machine, kernels: { treeMs: machine.kernels.treeMs / 2, denseMs: machine.kernels.denseMs / 2 } };
  const other = version('2', 0.5, 2, { profile: steadyProfile(2, { machine: fast }) });
  const [mode] = together(version('1', 0.5, 2), other).modes;
  expect(mode.cpuMs).toBeCloseTo(0.5 * (2 + HTTP_MS) + 0.5 * 2 * (2 + HTTP_MS), 10);
});

test('the plan and its bill are between those of the versions alone, and say what each takes', () => {
  const [cheap, dear] = [version('1', 1, 2), version('1', 1, 20)].map((one) => planned([one]).cost.usdPerMonth);
  const plan = planned([version('1', 0.5, 2), version('2', 0.5, 20)]);
  expect(plan.cost.usdPerMonth).toBeGreaterThan(cheap!);
  expect(plan.cost.usdPerMonth).toBeLessThan(dear!);
  const shares = plan.versions!.map(({ cpuShare }) => cpuShare);
  expect(shares[0]).toBeCloseTo((2 + HTTP_MS) / (22 + 2 * HTTP_MS), 4);
  expect(shares[0]! + shares[1]!).toBeCloseTo(1, 4);
  for (const { memoryMiB } of plan.versions!) expect(memoryMiB).toBeGreaterThanOrEqual(4);
});

test('one version that needs ONNX Runtime brings it to the instances', () => {
  const native = steadyProfile(2);
  const machine = { ...native.machine, engineKind: 'native' as const };
  const own = version('1', 0.5, 2, { profile: { ...native, machine } });
  expect(planned([own, version('2', 0.5, 2)]).engine).toBe('onnxruntime');
  expect(planned([own, { ...own, name: '2' }]).engine).toBe('native');
});

test('doubts are told of the version that has them', () => {
  const profile = steadyProfile(2);
  const disturbed = { ...profile, machine: { ...profile.machine, spread: 0.9 } };
  const { doubts = [] } = planned([version('1', 0.5, 2), version('2', 0.5, 2, { profile: disturbed })]).uncertainty;
  expect(doubts.some((doubt) => doubt.startsWith('2: '))).toBe(true);
});
