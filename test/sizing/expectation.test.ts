import { sizingPlan } from '../../lib/sizing';
import { expectationsOf, likelyRequestCpuMs, measuredProfile } from '../../lib/sizing/expectation';
import { MIXTURE, manifestOf, serviceLevel, steadyProfile } from '../../testing/sizing/examples';

const request = {
  profile: steadyProfile(4),
  manifest: manifestOf(),
  serviceLevel: serviceLevel({ requestsPerSecond: 100, p99Ms: 100 }),
  region: 'us-east-1',
  catalogue: MIXTURE,
};
const plan = sizingPlan(request);

test('at the planned peak with the planned loss the cautious expectation is the prediction of the plan', () => {
  const left = plan.choice.instances - Math.ceil(plan.choice.instances / plan.zones);
  expect(expectationsOf(request, plan)(100, left).p99Ms.cautious).toBeCloseTo(plan.predicted.p99Ms, 2);
});

test('what is likely is less than what is cautious, and both grow with the load', () => {
  const [quiet, busy] = [20, 100].map((rate) => expectationsOf(request, plan)(rate, 1));
  for (const { p99Ms, cpuPercent } of [quiet!, busy!]) {
    expect(p99Ms.likely).toBeLessThan(p99Ms.cautious);
    expect(cpuPercent.likely).toBeLessThanOrEqual(cpuPercent.cautious);
  }
  expect(busy!.cpuPercent.likely).toBeCloseTo(5 * quiet!.cpuPercent.likely, 6);
  expect(busy!.p99Ms.likely).toBeGreaterThan(quiet!.p99Ms.likely);
});

test('a profile corrected by what was predicted gives the same CPU time on the deployed type, with less doubt', () => {
  const predicted = likelyRequestCpuMs(request, plan);
  const profile = measuredProfile(request, plan, predicted);
  expect(likelyRequestCpuMs({ ...request, profile }, plan)).toBeCloseTo(predicted, 6);
  expect(sizingPlan({ ...request, profile }).uncertainty.factor).toBeLessThanOrEqual(plan.uncertainty.factor);
});

test.each([0.5, 3])('a profile corrected by %d times the CPU time moves the expectation as much', (times) => {
  const measured = times * likelyRequestCpuMs(request, plan);
  const profile = measuredProfile(request, plan, measured);
  expect(likelyRequestCpuMs({ ...request, profile }, plan)).toBeCloseTo(measured, 1);
});
