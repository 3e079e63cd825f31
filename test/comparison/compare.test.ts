import { compare, held } from '../../lib/comparison/compare';
import { cpuPerRequest } from '../../lib/comparison/cpu-per-request';
import type { Observation, Observations } from '../../lib/comparison/observation';
import { comparisonText } from '../../lib/report/comparison-text';
import { sizingPlan } from '../../lib/sizing';
import { expectationsOf, likelyRequestCpuMs } from '../../lib/sizing/expectation';
import {
  catalogueOf,
  joiningProfile,
  MIXTURE,
  manifestOf,
  serviceLevel,
  steadyProfile,
} from '../../testing/sizing/examples';

const request = {
  profile: steadyProfile(4),
  manifest: manifestOf(),
  serviceLevel: serviceLevel({ requestsPerSecond: 400, p99Ms: 60, instances: { families: ['c7a'] } }),
  region: 'us-east-1',
  catalogue: MIXTURE,
};
const plan = sizingPlan(request);
const { instances, vCpus } = plan.choice;

/** A day of an endpoint whose requests take `times` the likely CPU time, on instances that use 3 % for themselves. */
function day(times: number, p99: (load: number) => number, peak = 380): Observations {
  const cpuMs = times * likelyRequestCpuMs(request, plan);
  const periods = Array.from({ length: 288 }, (_, i): Observation => {
    const requestsPerSecond = peak * (0.55 - 0.45 * Math.cos((2 * Math.PI * i) / 288));
    return {
      at: new Date(Date.UTC(2026, 10, 2, 0, 5 * i)).toISOString(),
      requestsPerSecond,
      p99Ms: p99(requestsPerSecond),
      cpuPercent: 3 + (requestsPerSecond / instances / vCpus / 10) * cpuMs,
      instances,
    };
  });
  const [requests, failed] = [300 * periods.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0), 0];
  const span = { from: periods[0]!.at, until: periods.at(-1)!.at };
  return { ...span, periodSeconds: 300, periods, requests, failed, memoryPercent: 31 };
}

const expected = expectationsOf(request, plan);
const likely = (load: number) => expected(load, instances).p99Ms.likely;
const cautious = (load: number) => expected(load, instances).p99Ms.cautious;

describe('CPU time of a request', () => {
  test('is the slope of CPU over traffic; what runs without requests is not in it', () => {
    const { periods } = day(1, likely);
    const found = cpuPerRequest(periods, vCpus)!;
    expect(found.ms).toBeCloseTo(likelyRequestCpuMs(request, plan), 6);
    expect(found.idlePercent).toBeCloseTo(3, 6);
  });

  test.each([
    ['the traffic hardly varies', (period: Observation) => ({ ...period, requestsPerSecond: 200, cpuPercent: 50 })],
    [
      'CPU does not follow the traffic',
      (period: Observation, i: number) => ({ ...period, cpuPercent: i % 2 ? 80 : 5 }),
    ],
    ['CPU falls as the traffic grows', (period: Observation) => ({ ...period, cpuPercent: 100 - period.cpuPercent })],
  ])('is not known where %s', (_, change) => {
    expect(cpuPerRequest(day(1, likely).periods.map(change), vCpus)).toBeUndefined();
  });
});

describe('the comparison', () => {
  test('of an endpoint that does as predicted holds, and its next plan is no dearer', () => {
    const comparison = compare(request, plan, day(1, likely));
    expect(held(comparison)).toBe(true);
    expect(comparison).toMatchObject({ withinPeak: 288, overPeak: 0, overPrediction: 0, overServiceLevel: 0 });
    expect(comparison.next!.usdPerMonth).toBeLessThanOrEqual(plan.cost.usdPerMonth);
    expect(comparison.busiest[0]!.requestsPerSecond).toBeCloseTo(380, 0);
  });

  test('of one whose requests take half the CPU time finds a cheaper fleet', () => {
    const { next } = compare(request, plan, day(0.5, likely));
    expect(next!.usdPerMonth).toBeLessThan(plan.cost.usdPerMonth);
  });

  test('of one that is slower than all margins allow does not hold, and the next fleet is dearer', () => {
    const comparison = compare(
      request,
      plan,
      day(2.5, (load) => 2 * cautious(load)),
    );
    expect(held(comparison)).toBe(false);
    expect(comparison.overPrediction).toBe(288);
    expect(comparison.next!.usdPerMonth).toBeGreaterThan(plan.cost.usdPerMonth);
  });

  test('does not blame the plan for traffic that it was not made for', () => {
    const comparison = compare(
      request,
      plan,
      day(1, (load) => (load > 400 ? 500 : likely(load)), 800),
    );
    expect(comparison.overPeak).toBeGreaterThan(0);
    expect(comparison.overServiceLevel).toBe(0);
    expect(held(comparison)).toBe(true);
  });

  test('of an endpoint without requests is an error that says what to do', () => {
    const silent = { ...day(1, likely), periods: [] };
    expect(() => compare(request, plan, silent)).toThrow(/no request reached the endpoint .* --days/);
  });
});

describe('the text of a comparison', () => {
  test.each([
    ['that held', 1, likely],
    ['that did not hold', 2.5, (load: number) => 2 * cautious(load)],
  ])('%s', (_, times, p99) => {
    const text = comparisonText('prod', plan, compare(request, plan, day(times, p99)));
    expect(text).toMatchSnapshot();
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  test('of traffic that tells nothing of the CPU says so', () => {
    const flat = day(1, likely);
    const periods = flat.periods.map((period) => ({ ...period, requestsPerSecond: 100, cpuPercent: 20 }));
    expect(comparisonText('prod', plan, compare(request, plan, { ...flat, periods }))).toContain('varied too little');
  });
});

test('where requests are joined CPU does not tell what one takes, and no other fleet is proposed', () => {
  const joining = { ...request, profile: joiningProfile(4, 0.2), catalogue: catalogueOf('c7a.medium') };
  const joiningPlan = sizingPlan(joining);
  expect(joiningPlan.requestsPerRun).toBeGreaterThan(1);
  const comparison = compare(joining, joiningPlan, day(1, likely));
  expect([comparison.cpu, comparison.next]).toEqual([undefined, undefined]);
  expect(comparisonText('prod', joiningPlan, comparison).replaceAll(/\s+/g, ' ')).toContain(
    'CPU does not tell what a request takes',
  );
});
