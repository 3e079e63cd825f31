/** Groups whose instances are stopped while they are not needed: what that costs, how much sooner they grow, and what is said of it. */
import { planDifferenceText, planText } from '../../lib/report';
import { planPage } from '../../lib/report/plan-page';
import { type ServiceLevel, type SizingPlan, sizingPlan, survey } from '../../lib/sizing';
import { smoothDay } from '../../lib/sizing/service-level/day';
import { WEEKDAYS } from '../../lib/sizing/service-level/schedule';
import { thrownBy } from '../../testing/error-of';
import { catalogueOf, manifestOf, serviceLevel, steadyProfile } from '../../testing/sizing/examples';

const TYPES = catalogueOf('c7a.large', 'c7g.medium', 'm7g.large');

const modelOf = (bytes: number, startMs: number) => ({
  profile: steadyProfile(4, { startMs }),
  manifest: manifestOf('scalar', bytes),
});
const SMALL = modelOf(2000, 1000);
/** 1.5 GB, and 25 s until it is loaded. */
const SLOW = modelOf(1.5e9, 25_000);

const planOf = (level: Partial<ServiceLevel>, model = SMALL) =>
  sizingPlan({
    ...{ ...model, region: 'us-east-1', catalogue: TYPES },
    serviceLevel: serviceLevel({ requestsPerSecond: 9000, availability: 'instance', ...level }),
  });

const NIGHTS = { timeZone: 'UTC', otherwise: 0.4, periods: [{ days: [...WEEKDAYS], from: 480, to: 900, load: 1 }] };
const DAY = { day: smoothDay(0.4), risePerMinute: 225 };

const lineOf = ({ cost }: SizingPlan, item: RegExp) => cost.lines.find((line) => item.test(line.item));

test('a group with a warm pool grows sooner, so that fewer are there at night, or each has more to do', () => {
  const [cold, warm] = [planOf(DAY), planOf({ ...DAY, warmPool: true })];
  const { startSeconds, launchSeconds, prepared, stopped, without } = warm.warmPool!;
  expect(startSeconds).toBeLessThan(launchSeconds);
  expect(cold.daily!.growSeconds - warm.daily!.growSeconds).toBeCloseTo(launchSeconds - startSeconds, -1);
  expect(warm.daily!.rise).toBeLessThan(cold.daily!.rise);
  expect([prepared, prepared - stopped]).toEqual([warm.choice.instances, warm.instances.minimum]);
  expect(without).toEqual(cold.choice);
  expect(warm.choice.usdPerMonth).toBeLessThan(cold.choice.usdPerMonth);
  expect(planText(warm).replaceAll(/\s+/g, ' ')).toMatch(/without it \d+ x \S+ would cost [\d.]+ USD\/month more/);
  expect(cold.warmPool).toBeUndefined();
});

test('the bill has the volumes of what is stopped, and the hours for which each deployment starts it', () => {
  const plan = planOf({ ...DAY, warmPool: true });
  const stopped = plan.choice.instances - plan.daily!.meanInstances;
  const volumes = lineOf(plan, /^root volumes of the warm pool/)!;
  expect(volumes.quantity / plan.volumeGiB).toBeCloseTo(stopped, 1);
  const hours = lineOf(plan, /^warm pool, started anew by 4 deployments/)!;
  expect(hours.quantity).toBeCloseTo((4 * stopped * plan.bootTimeoutSeconds) / 3600, 0);
  const month = TYPES.types.find(({ name }) => name === plan.choice.instanceType)!.usdPerHour;
  expect(hours.usdPerUnitMonth).toBeCloseTo(month, 4);
});

test('the page and the difference of two plans tell of the pool, and of what moved the bill', () => {
  const level = serviceLevel({ requestsPerSecond: 9000, availability: 'instance', ...DAY });
  const request = { ...SMALL, region: 'us-east-1', catalogue: TYPES, serviceLevel: { ...level, warmPool: true } };
  const after = sizingPlan(request);
  expect(planPage('prod', after, survey(request))).toMatch(/<p>Pool: \d+ of \d+ instances are stopped/);
  const stage = { name: 'prod', region: 'us-east-1', profile: SMALL.profile };
  const text = planDifferenceText('main', [
    {
      before: { ...stage, serviceLevel: level, outcome: sizingPlan({ ...request, serviceLevel: level }) },
      after: { ...stage, serviceLevel: request.serviceLevel, outcome: after },
    },
  ]);
  expect(text).toContain('warm pool: not given → true');
  expect(text).toMatch(/root volumes of the warm pool/);
  expect(text).toMatch(/- warm pool: \d+ of \d+ instances are stopped while fewest run/);
});

test('a pool that saves nothing is said to be not worth its price, with what it would be without', () => {
  const plan = planOf({ schedule: NIGHTS, warmPool: true });
  expect(plan.warmPool!.without!.usdPerMonth).toBeLessThan(plan.choice.usdPerMonth);
  const text = planText(plan).replaceAll(/\s+/g, ' ');
  expect(text).toMatch(/Pool \d+ of \d+ instances are stopped while fewest run/);
  expect(text).toContain('it is not worth its price, unless shorter growth is; leave scaling.warmPool out');
});

test('a schedule wakes a group with a pool later, as late as it is ready in time', () => {
  const [cold, warm] = [false, true].map((warmPool) => planOf({ schedule: NIGHTS, warmPool }, SLOW)) as [
    SizingPlan,
    SizingPlan,
  ];
  expect(warm.weekly!.earlyMinutes).toBeLessThan(cold.weekly!.earlyMinutes);
  expect(warm.healthCheckGraceSeconds).toBe(cold.healthCheckGraceSeconds); // a new one may still be launched
});

test('where as many instances are there at all times there is no pool, and nothing is billed for one', () => {
  const plan = planOf({ requestsPerSecond: 5, ...{ day: smoothDay(0.5) }, warmPool: true });
  expect(plan.warmPool).toBeUndefined();
  expect(lineOf(plan, /warm pool/)).toBeUndefined();
  expect(planText(plan)).toMatch(/Pool {5}none, though it is asked for/);
});

test.each<[Partial<ServiceLevel>, RegExp]>([
  [{}, /warmPool is for a group that grows/],
  [{ ...DAY, purchase: { onDemandBase: 1, spotPercent: 100 } }, /warmPool stands beside purchase/],
])('a pool with %j makes no sense', (level, message) => {
  const error = thrownBy(() => planOf({ ...level, warmPool: true }));
  expect(error).toMatchObject({ code: 'E_USAGE', problems: [expect.stringMatching(message)] });
});
