import { planText } from '../../../lib/report';
import { DEFAULT_REGION, sizingPlan } from '../../../lib/sizing';
import { familyOf } from '../../../lib/sizing/catalogue/processors';
import type { Discounts } from '../../../lib/sizing/service-level/discounts';
import { thrownBy } from '../../../testing/error-of';
import { FIXED_CATALOGUE, manifestOf, serviceLevel, steadyProfile, typeNamed } from '../../../testing/sizing/examples';

const planWith = (discounts?: Discounts, level = {}) =>
  sizingPlan({
    profile: steadyProfile(1),
    manifest: manifestOf(),
    serviceLevel: serviceLevel({ requestsPerSecond: 900, ...level, ...(discounts && { discounts }) }),
    region: DEFAULT_REGION,
    catalogue: FIXED_CATALOGUE,
  });

const instancesOf = (plan: ReturnType<typeof planWith>) => plan.cost.lines.find(({ unit }) => unit === 'instance')!;

test('a discount can make another type the choice, and the bill has its list price beside what is paid', () => {
  const listed = planWith();
  expect(familyOf(listed.choice.instanceType)).not.toBe('m6a');
  const plan = planWith({ m6a: { share: 0.7 } });
  expect(familyOf(plan.choice.instanceType)).toBe('m6a');
  expect(plan.cost.usdPerMonth).toBeLessThan(listed.cost.usdPerMonth);
  const month = typeNamed(plan.choice.instanceType).usdPerHour * 730;
  const line = instancesOf(plan);
  expect(line.listUsdPerUnitMonth).toBeCloseTo(month, 3);
  expect(line.usdPerUnitMonth).toBeCloseTo(0.3 * month, 3);
  expect(planText(plan)).toMatch(/m6a 70 % off. By the price list this would be [\d.]+ USD\/month/);
  expect(planText(plan)).toMatch(/USD\/month +by list\n/);
});

test('the narrowest discount of a type holds, by itself', () => {
  const type = planWith().choice.instanceType;
  const paid = (discounts: Discounts) => instancesOf(planWith(discounts, { instances: { families: [type] } }));
  const [all, family, own] = [{ share: 0.1 }, { share: 0.2 }, { usdPerHour: 0.01 }];
  const list = typeNamed(type).usdPerHour * 730;
  expect(paid({ all }).usdPerUnitMonth).toBeCloseTo(0.9 * list, 3);
  expect(paid({ all, [familyOf(type)]: family }).usdPerUnitMonth).toBeCloseTo(0.8 * list, 3);
  expect(paid({ all, [familyOf(type)]: family, [type]: own }).usdPerUnitMonth).toBeCloseTo(7.3, 3);
});

test('discounts are no other catalogue', () => {
  expect(planWith({ all: { share: 0.5 } }).catalogue.sha256).toBe(planWith().catalogue.sha256);
});

test('a family that no region has, and amounts that make no sense, are refused', () => {
  const unknown = thrownBy(() => planWith({ m7q: { share: 0.2 } }), 'E_USAGE');
  expect(unknown.problems).toEqual([
    expect.stringMatching(/^discounts: no m7q is offered in any region; did you mean m7[a-z]+\?$/),
  ]);
  expect(thrownBy(() => planWith({ m7g: { share: 1 }, c7g: { usdPerHour: 1 } }), 'E_USAGE').problems).toEqual([
    'discounts.m7g: share must be above 0 and below 1, got 1',
    'discounts.c7g: is a price an hour, which is of one type, e.g. m7g.large; of a family give a share of the list price',
  ]);
});
