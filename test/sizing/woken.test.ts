/** An endpoint that requests wake while its schedule has it off: the bill counts the time that it is then awake. */
import { planDifferenceText, planText } from '../../lib/report';
import { type ServiceLevel, type SizingPlan, sizingPlan } from '../../lib/sizing';
import { type Schedule, WEEKDAYS } from '../../lib/sizing/service-level/schedule';
import { thrownBy } from '../../testing/error-of';
import { catalogueOf, manifestOf, serviceLevel, steadyProfile } from '../../testing/sizing/examples';

const MODEL = { profile: steadyProfile(4), manifest: manifestOf('scalar', 2000), region: 'us-east-1' };
const NIGHTS: Schedule = { timeZone: 'UTC', periods: [{ days: [...WEEKDAYS], from: 1320, to: 360, load: 0 }] };

const request = (wake: Schedule['wake']) => ({
  ...MODEL,
  catalogue: catalogueOf('c7a.large'),
  serviceLevel: serviceLevel({
    availability: 'single',
    schedule: { ...NIGHTS, ...(wake !== undefined && { wake }) },
  }) satisfies ServiceLevel,
});
const planOf = (wake: Schedule['wake']) => sizingPlan(request(wake));
const line = ({ cost }: SizingPlan) => cost.lines.find(({ item }) => /woken/.test(item));

test('the bill has a line for the time that it is awake: a tenth of the time off, or what is stated', () => {
  expect(line(planOf(undefined))).toBeUndefined();
  const [usual, half] = [planOf(true), planOf(0.5)];
  const off = usual.weekly!.offHours / 168;
  expect(line(usual)!.quantity).toBeCloseTo(0.1 * off, 2);
  expect(line(half)!.quantity).toBeCloseTo(0.5 * off, 2);
  expect(line(usual)!.usdPerUnitMonth).toBe(usual.cost.lines[0]!.usdPerUnitMonth);
});

test('awake all the time it costs as much as if it were never off, but for the alarms of that', () => {
  const instances = ({ cost }: SizingPlan) =>
    cost.lines
      .filter(({ item }) => /c7a|instances woken|root volumes|^logs|detailed/.test(item))
      .reduce((sum, { usdPerMonth }) => sum + usdPerMonth, 0);
  const { schedule: _, ...always } = request(true).serviceLevel;
  const steady = sizingPlan({ ...request(true), serviceLevel: always });
  expect(instances(planOf(1))).toBeCloseTo(instances(steady), 1);
});

test('the plan and the difference of two say what is assumed, in hours of a month', () => {
  const [usual, half] = [planOf(true), planOf(0.5)];
  const hours = Math.round((0.1 * usual.weekly!.offHours * 730) / 168);
  expect(planText(usual).replaceAll(/\s+/g, ' ')).toContain(
    `the bill has it awake for 10 % of that time, some ${hours} hours a month`,
  );
  const stage = { name: 'prod', region: 'us-east-1', profile: MODEL.profile };
  const text = planDifferenceText('main', [
    {
      before: { ...stage, serviceLevel: request(true).serviceLevel, outcome: usual },
      after: { ...stage, serviceLevel: request(0.5).serviceLevel, outcome: half },
    },
  ]);
  expect(text).toContain('woken by requests for 50 % of the time off');
  expect(text).toMatch(/instances woken while off/);
});

test.each([0, 1.5, -0.1])('a share of %d of the time off makes no sense', (wake) => {
  const error = thrownBy(() => planOf(wake));
  expect(error).toMatchObject({
    code: 'E_USAGE',
    problems: [expect.stringMatching(/wake must be a share of the time off/)],
  });
});
