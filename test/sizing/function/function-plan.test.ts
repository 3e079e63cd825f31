import type { ComputeProfile } from '../../../lib/model/package/profile';
import {
  functionCheaperBelow,
  functionPlan,
  inPlaceOfInstances,
  type ServiceLevel,
  type SizingRequest,
  sizingPlan,
} from '../../../lib/sizing';
import { thrownBy } from '../../../testing/error-of';
import { manifestOf, steadyProfile } from '../../../testing/sizing/examples';

const NATIVE = { ...steadyProfile(1).machine, engine: 'native 1', engineKind: 'native' as const };

function asked(level: Partial<ServiceLevel> = {}, profile: Partial<ComputeProfile> = {}, ms = 0.2): SizingRequest {
  return {
    profile: steadyProfile(ms, { machine: NATIVE, ...profile }),
    manifest: manifestOf(),
    region: 'us-east-1',
    serviceLevel: { requestsPerSecond: 2, rowsPerRequest: 1, p99Ms: 100, availability: 'single', ...level },
  };
}

test('a function for some requests a second costs less than half of the cheapest instance', () => {
  const request = asked();
  const plan = functionPlan(request);
  expect(plan.coldStart.decides).toBe(false);
  expect(plan.p99Ms).toBeLessThanOrEqual(100);
  expect(plan.cost.usdPerMonth).toBeLessThan(sizingPlan(request).choice.usdPerMonth / 2);
  const sum = plan.cost.lines.reduce((total, { usdPerMonth }) => total + usdPerMonth, 0);
  expect(plan.cost.usdPerMonth).toBeCloseTo(sum, 2);
  expect(plan.cost.lines).toContainEqual(
    expect.objectContaining({
      item: 'requests to the function',
      quantity: (2 * 3600 * 730) / 1e6,
      usdPerUnitMonth: 0.2,
    }),
  );
});

test('of a request an hour nearly all meet a cold start, which p99 must then have room for', () => {
  const sparse = { requestsPerSecond: 1 / 3600 };
  const error = thrownBy(() => functionPlan(asked({ ...sparse, p99Ms: 100 })), 'E_INFEASIBLE');
  expect(error.message).toMatch(
    /with 1769 MB p99 is \d+ ms of 100 ms, since 9\d\.\d % of the requests meet a cold start of 0\.\d s/,
  );
  const plan = functionPlan(asked({ ...sparse, p99Ms: 3000 }));
  expect(plan.coldStart).toMatchObject({ decides: true });
  expect(plan.p99Ms).toBe(plan.coldStart.milliseconds);
  expect(plan.rejected.length).toBeGreaterThan(0);
});

test('requests that come together meet more cold starts', () => {
  const share = (bursts: ServiceLevel['bursts']) =>
    functionPlan(asked({ requestsPerSecond: 0.01, p99Ms: 5000, bursts })).coldStart.share;
  expect(share('none')).toBeLessThan(share('usual'));
  expect(share('usual')).toBeLessThan(share('strong'));
});

test('a slow model gets more memory, until its answers come in time', () => {
  const sizes = [600, 300, 150].map((p99Ms) => functionPlan(asked({ p99Ms }, {}, 50)).memoryMB);
  expect([...sizes].sort((a, b) => a - b)).toEqual(sizes);
  expect(sizes[0]).toBeLessThan(sizes[2]!);
  expect(thrownBy(() => functionPlan(asked({ p99Ms: 60 }, {}, 50)), 'E_INFEASIBLE').message).toContain('of 60 ms');
});

test('no size below what the handler needs in memory', () => {
  const memory = { baseMiB: 60, loadedMiB: 600, loadPeakMiB: 700, sharedMiB: 0 };
  const { memoryMB, rejected } = functionPlan(asked({}, { memory }));
  expect(memoryMB).toBeGreaterThanOrEqual(768);
  expect(rejected[0]!.reason).toMatch(/^the handler needs \d+ MiB$/);
});

test('a model that takes longer to start than Lambda waits is none for a function', () => {
  const error = thrownBy(() => functionPlan(asked({ p99Ms: 29_000 }, { startMs: 60_000 })), 'E_INFEASIBLE');
  expect(error.message).toContain('Lambda ends it after 10.0 s');
});

test('a model that needs ONNX Runtime is refused, and one that is too large with its size', () => {
  const other = asked({}, { machine: steadyProfile(1).machine });
  expect(thrownBy(() => functionPlan(other), 'E_INFEASIBLE').message).toContain('profiled with onnxruntime 1.30.0');
  const large = { ...asked(), manifest: manifestOf('scalar', 300_000_000) };
  expect(thrownBy(() => functionPlan(large), 'E_INFEASIBLE').message).toMatch(
    /has 302097152 bytes, and AWS Lambda takes 262144000/,
  );
});

test('says at once all that a stage has and a function cannot', () => {
  const level = { internal: true, firewallRules: 2, verifyJwt: 'x', backendTls: true, sessionManager: true } as const;
  const { problems } = thrownBy(() => functionPlan(asked(level)), 'E_USAGE');
  expect(problems).toHaveLength(5);
});

test('what a stage says and has not is no reason to refuse it', () => {
  const level = { ipAddressType: 'ipv4', internal: false, backendTls: false } as const;
  expect(functionPlan(asked(level)).cost).toEqual(functionPlan(asked()).cost);
  expect(functionPlan(asked({ ipAddressType: 'dualstack', mutualTls: true })).cost).toEqual(functionPlan(asked()).cost);
});

test('a budget that the requests alone exceed is named', () => {
  const error = thrownBy(() => functionPlan(asked({ requestsPerSecond: 400, budgetUsdPerMonth: 100 })), 'E_INFEASIBLE');
  expect(error.message).toContain('over the budget of 100');
});

test('the free tier of Lambda is taken off', () => {
  const { lines } = functionPlan(asked({ requestsPerSecond: 0.2, freeTier: true })).cost;
  const of = (item: string) => lines.find((line) => line.item === item)!.usdPerMonth;
  expect(of('requests to the function') + of('free tier: requests')).toBeCloseTo(0, 2);
  expect(of('memory of the function') + of('free tier: memory')).toBeCloseTo(0, 2);
});

test('below the rate that is named a function costs less than the instances, above it more', () => {
  const request = asked();
  const plan = functionPlan(request);
  const border = functionCheaperBelow(request, plan, 60);
  const at = (rate: number) => functionPlan(asked({ requestsPerSecond: rate })).cost.usdPerMonth;
  expect(at(0.9 * border)).toBeLessThan(60);
  expect(at(1.1 * border)).toBeGreaterThan(60);
});

test('a month of all that the HTTP API lets through costs what is said', () => {
  const { limit, mostUsdPerMonth } = functionPlan(asked({ requestsPerSecond: 7 }));
  expect(limit).toEqual({ requestsPerSecond: 14, burst: 1000 });
  const { cost } = functionPlan(asked({ requestsPerSecond: 14, p99Ms: 29_000 }));
  expect(mostUsdPerMonth).toBeGreaterThanOrEqual(cost.usdPerMonth * 0.9);
  expect(mostUsdPerMonth).toBeLessThan(cost.usdPerMonth * 1.1);
});

test('a lean function is billed for fewer alarms, and for no dashboard and no key', () => {
  const [whole, lean] = [false, true].map((leanMonitoring) => functionPlan(asked({ leanMonitoring })).cost.lines);
  const items = (lines: typeof whole) => lines!.map(({ item }) => item);
  expect(items(whole).filter((item) => !items(lean).includes(item))).toEqual([
    'dashboard',
    'encryption key of the alarm topic',
  ]);
  const alarms = (lines: typeof whole) => lines!.find(({ item }) => item === 'alarms')!.quantity;
  expect(alarms(lean)).toBeLessThan(alarms(whole));
});

test('a line in the log for each request of a caller with a key is billed', () => {
  const logs = (level: Partial<ServiceLevel>) =>
    functionPlan(asked({ requestsPerSecond: 20, ...level })).cost.lines.find(({ item }) => item === 'logs')!.quantity;
  expect(logs({ accessControl: 'logged' })).toBeGreaterThan(1.5 * logs({ accessControl: 'unlogged' }));
});

test('prices are those of the region, and where they are estimated the bill is a range', () => {
  const at = (region: string) => functionPlan({ ...asked(), region });
  expect(at('eu-south-1').catalogue.priceRegion).toBe('us-east-1'); // the tests have the catalogues of two regions
  expect(at('ca-central-1').cost.lines[0]).toMatchObject({ source: expect.stringContaining('ca-central-1') });
});

test('instances of which a plan says more are compared with a function without that', () => {
  const request = asked({ egress: 'ipv6', instances: { families: ['m7g'] } });
  expect(thrownBy(() => functionPlan(request), 'E_USAGE').problems).toHaveLength(2);
  expect(functionPlan(inPlaceOfInstances(request)).cost).toEqual(functionPlan(asked({ ownName: true })).cost);
});

test.each([
  [{ ownName: true }, { alarms: 19 }],
  [
    { ownName: true, hostedZone: true, names: { count: 2, zones: 1, certificates: 1 } },
    { alarms: 20, 'hosted zone': 2 },
  ],
  [{ rollout: { shares: [5], holdSeconds: 600 } }, { alarms: 19 }],
  [
    { frontDoor: 'cloudfront' },
    { alarms: 18, 'answers to the internet': undefined, 'requests through CloudFront': 2.628 },
  ],
])('with %j the bill has %j', (level, quantities) => {
  const { lines } = functionPlan(asked({ requestsPerSecond: 1, ...(level as object) })).cost;
  for (const [item, quantity] of Object.entries(quantities)) {
    expect([item, lines.find((line) => line.item === item)?.quantity]).toEqual([item, quantity]);
  }
});

test('rows of training are watched where the package has them, for four metrics and an alarm', () => {
  const without = functionPlan(asked());
  const manifest = { ...manifestOf(), training: { bytes: 1, sha256: 'x'.repeat(64) } } as never;
  const watched = functionPlan({ ...asked(), manifest });
  expect(watched.cost.usdPerMonth - without.cost.usdPerMonth).toBeCloseTo(1.3, 6);
});
