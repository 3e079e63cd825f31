import { sizingPlan, survey } from '../../../lib/sizing';
import { MIXTURE, manifestOf, serviceLevel, steadyProfile } from '../../../testing/sizing/examples';

const request = (requestsPerSecond: number) => ({
  profile: steadyProfile(4),
  manifest: manifestOf(),
  serviceLevel: serviceLevel({ requestsPerSecond, p99Ms: 50 }),
  region: 'us-east-1',
  catalogue: MIXTURE,
});

test.each([1, 100, 3000])('at %d requests/s the first fleet is the plan, the next ones its runners-up', (rate) => {
  const plan = sizingPlan(request(rate));
  const { fleets } = survey(request(rate));
  expect(
    fleets.slice(0, 1 + plan.runnersUp.length).map(({ instanceType, usdPerMonth }) => [instanceType, usdPerMonth]),
  ).toEqual([plan.choice, ...plan.runnersUp].map(({ instanceType, usdPerMonth }) => [instanceType, usdPerMonth]));
  expect(fleets[0]!.p99Ms).toBeCloseTo(plan.predicted.p99Ms, 2);
});

test('a fleet is on the frontier exactly when none is both cheaper and faster', () => {
  const { fleets } = survey(request(1000));
  for (const fleet of fleets) {
    const beaten = fleets.some(
      (other) =>
        (other.usdPerMonth < fleet.usdPerMonth && other.p99Ms <= fleet.p99Ms) ||
        (other.usdPerMonth <= fleet.usdPerMonth && other.p99Ms < fleet.p99Ms),
    );
    expect({ type: fleet.instanceType, onFrontier: fleet.onFrontier }).toEqual({
      type: fleet.instanceType,
      onFrontier: !beaten,
    });
  }
});

test('latency and utilisation never fall as the load grows, and the planned peak lies on the curve', () => {
  const plan = sizingPlan(request(1000));
  const { load } = survey(request(1000));
  for (const [i, point] of load.slice(1).entries()) {
    expect(point.utilisation).toBeGreaterThan(load[i]!.utilisation);
    expect(point.p99Ms).toBeGreaterThanOrEqual(load[i]!.p99Ms - 1e-9);
  }
  const [below, above] = [
    load.findLast((point) => point.requestsPerSecond <= 1000)!,
    load.find((point) => point.requestsPerSecond >= 1000)!,
  ];
  expect(plan.predicted.p99Ms).toBeGreaterThanOrEqual(below.p99Ms - 0.01);
  expect(plan.predicted.p99Ms).toBeLessThanOrEqual(above.p99Ms + 0.01);
});
