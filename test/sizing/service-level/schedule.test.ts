import { planText } from '../../../lib/report';
import { DEFAULT_REGION, type ServiceLevel, sizingPlan } from '../../../lib/sizing';
import { plannedAlarms } from '../../../lib/sizing/alarms/planned-alarms';
import { fleetPlan } from '../../../lib/sizing/fleet-plan';
import {
  changesOf,
  type Period,
  type Schedule,
  scheduleProblems,
  WEEKDAYS,
} from '../../../lib/sizing/service-level/schedule';
import { thrownBy } from '../../../testing/error-of';
import { MIXTURE, manifestOf, serviceLevel, steadyProfile } from '../../../testing/sizing/examples';

const NIGHT: Period = { days: [...WEEKDAYS], from: 22 * 60, to: 6 * 60, load: 0 };
const planWith = (schedule?: Schedule, level: Partial<ServiceLevel> = {}) =>
  sizingPlan({
    profile: steadyProfile(4),
    manifest: manifestOf(),
    serviceLevel: serviceLevel({ requestsPerSecond: 900, ...level, ...(schedule && { schedule }) }),
    region: DEFAULT_REGION,
    catalogue: MIXTURE,
  });

test('a week has as few instances as each of its loads takes, grows early, and is billed for what is there', () => {
  const plan = planWith({
    timeZone: 'UTC',
    otherwise: 0.4,
    periods: [NIGHT, { days: ['mon'], from: 540, to: 600, load: 1 }],
  });
  const { weekly, choice, cost } = plan;
  const alone = planWith(undefined, { requestsPerSecond: 360, instances: { families: [choice.instanceType] } });
  expect(weekly!.fewest).toBe(alone.choice.instances);
  const few = weekly!.fewest;
  expect(weekly!.changes).toEqual([
    { days: [...WEEKDAYS], at: '05:55', before: 0, instances: few },
    { days: ['mon'], at: '08:55', before: few, instances: choice.instances },
    { days: ['mon'], at: '10:00', before: choice.instances, instances: few },
    { days: [...WEEKDAYS], at: '22:00', before: few, instances: 0 },
  ]);
  const minutes = 7 * 1440;
  const on = 7 * (16 * 60 + 5);
  const mean = ((on - 65) * weekly!.fewest + 65 * choice.instances) / minutes;
  expect(cost.lines.find(({ unit }) => unit === 'instance')!.quantity).toBeCloseTo(mean, 3);
  expect(weekly!.offHours).toBeCloseTo((minutes - on) / 60, 1);
  expect(planText(plan)).toContain('Week     ');
});

test('a fleet that does not do is named by what it would cost over the week, not at the peak all week', () => {
  const planOf = (families: readonly string[]) =>
    planWith({ timeZone: 'UTC', periods: [{ ...NIGHT, to: 20 * 60 }] }, { instances: { families } });
  const both = planOf(['c7a.medium', 'c7a.large']);
  const [small, large] = ['c7a.medium', 'c7a.large'].map((type) => planOf([type]));
  const [failed] = both.rejected;
  const [chosen, other] = both.choice.instanceType === 'c7a.medium' ? [small!, large!] : [large!, small!];
  expect(other.choice.usdPerMonth).toBeGreaterThan(chosen.choice.usdPerMonth);
  expect(failed!.instanceType).toBe(other.choice.instanceType);
  // at the price of the peak all week none of so many would have been cheaper than the choice
  const line = other.cost.lines.find(({ unit }) => unit === 'instance')!;
  const allWeek = other.choice.usdPerMonth + (failed!.instances - line.quantity) * line.usdPerUnitMonth;
  expect(failed!.usdPerMonth).toBeLessThan(both.choice.usdPerMonth);
  expect(allWeek).toBeGreaterThan(both.choice.usdPerMonth);
});

test('models that share instances share their schedule', () => {
  const schedule = { timeZone: 'UTC', otherwise: 0.4, periods: [NIGHT] };
  const noon = { ...schedule, periods: [NIGHT, { ...NIGHT, from: 660, to: 720, load: 1 }] };
  const member = (name: string, requestsPerSecond: number) => ({
    ...{ name, profile: steadyProfile(4), manifest: manifestOf() },
    serviceLevel: serviceLevel({ requestsPerSecond, schedule: noon, sharedDoor: true }),
  });
  const { plan, models } = fleetPlan('all', [member('one', 300), member('two', 600)], {
    ...{ region: DEFAULT_REGION, catalogue: MIXTURE },
  });
  const { weekly, choice, cost } = plan;
  expect(weekly!.fewest).toBeLessThan(choice.instances);
  expect(weekly!.offHours).toBeGreaterThan(50);
  expect(cost.lines.find(({ unit }) => unit === 'instance')!.quantity).toBeCloseTo(weekly!.meanInstances, 1);
  const names = (of: typeof plan) => plannedAlarms(of, false).filter(({ breaching }) => (breaching ?? 0) > 5);
  expect(names(plan).map(({ name }) => name)).toEqual(['NoHealthyHost', 'UnhealthyHosts', 'EmptyZone']);
  for (const model of models) expect(model.plan.weekly).toEqual(weekly);
});

test('changes of several days at one time are one', () => {
  const steps = Array.from({ length: 2016 }, (_, i) => (i % 288 < 72 ? 0 : 3));
  expect(changesOf(steps)).toEqual([
    { days: [...WEEKDAYS], minutes: 0, before: 3, value: 0 },
    { days: [...WEEKDAYS], minutes: 360, before: 0, value: 3 },
  ]);
});

test('alarms of hosts wait for a boot where a stage goes off, and count what is there at night', () => {
  const [off, small, always] = [0, 0.2, undefined].map((load) => {
    const plan = planWith(load === undefined ? undefined : { timeZone: 'UTC', periods: [{ ...NIGHT, load }] });
    const of = (name: string) => plannedAlarms(plan, false).find((alarm) => alarm.name === name)!;
    return { plan, none: of('NoHealthyHost'), few: of('UnhealthyHosts') };
  });
  const minutes = off!.plan.weekly!.readySeconds / 60;
  expect(off!.none.breaching).toBeGreaterThan(minutes);
  expect(off!.few.datapoints).toBeGreaterThan(minutes);
  expect(small!.none).toEqual(always!.none);
  expect(small!.few.threshold).toBe(small!.plan.weekly!.fewest);
  expect(small!.few.threshold).toBeLessThan(small!.plan.choice.instances);
});

test.each<[string, Schedule, RegExp]>([
  [
    'overlap',
    { timeZone: 'UTC', periods: [NIGHT, { days: ['tue'], from: 300, to: 600, load: 0.5 }] },
    /^schedule\.periods\.1 is tue 05:00-10:00 50 %, which overlaps daily 22:00-06:00 off; a time has one load$/,
  ],
  ['no peak', { timeZone: 'UTC', otherwise: 0.5, periods: [NIGHT] }, /must leave a time at the peak/],
  ['a zone that is none', { timeZone: 'Europe/Berlinn', periods: [NIGHT] }, /must be the name of a time zone/],
  ['an odd time', { timeZone: 'UTC', periods: [{ ...NIGHT, from: 61 }] }, /steps of five minutes/],
])('a schedule with %s is one mistake', (_, schedule, message) => {
  expect(scheduleProblems(schedule)).toEqual([expect.stringMatching(message)]);
  expect(thrownBy(() => planWith(schedule), 'E_USAGE').problems).toEqual([expect.stringMatching(message)]);
});

test('a day, and a mean above that of the week, do not go with a schedule', () => {
  const schedule = { timeZone: 'UTC', periods: [NIGHT] };
  const day = Array.from({ length: 24 }, () => 1);
  expect(thrownBy(() => planWith(schedule, { day }), 'E_USAGE').problems).toEqual([
    expect.stringMatching(/^day is how the rate goes/),
  ]);
  const mean = { meanRequestsPerSecond: 700 };
  expect(thrownBy(() => planWith(schedule, mean), 'E_USAGE').problems).toEqual([
    expect.stringMatching(/more than the 600 that schedule has/),
  ]);
});
