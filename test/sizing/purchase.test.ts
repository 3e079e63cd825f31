/** Fleets of which a part is Spot: what they cost, which types may stand in, and what is left when all Spot goes. */
import { planText } from '../../lib/report';
import { type Catalogue, type ServiceLevel, type SizingPlan, sizingPlan } from '../../lib/sizing';
import { plannedAlarms } from '../../lib/sizing/alarms/planned-alarms';
import { fleetPlan } from '../../lib/sizing/fleet-plan';
import { onDemandOf } from '../../lib/sizing/service-level/purchase';
import { thrownBy } from '../../testing/error-of';
import { catalogueOf, manifestOf, serviceLevel, steadyProfile } from '../../testing/sizing/examples';

/** The catalogue with Spot at a share of the on-demand price, by type. */
function withSpot(shares: Readonly<Record<string, number>>): Catalogue {
  const whole = catalogueOf(...Object.keys(shares));
  const types = whole.types.map((type) => ({ ...type, spotUsdPerHour: shares[type.name]! * type.usdPerHour }));
  return { ...whole, types, spotCapturedAt: '2026-10-01' };
}

const TYPES = withSpot({
  'c7a.medium': 0.4,
  'm7a.medium': 0.35,
  'r7a.medium': 0.9,
  'c7a.large': 0.4,
  'c7g.medium': 0.4,
});
const BOUGHT = { onDemandBase: 2, spotPercent: 100 };

const asked = (level: Partial<ServiceLevel> = {}, catalogue = TYPES) => ({
  ...{ profile: steadyProfile(4), manifest: manifestOf(), region: 'us-east-1', catalogue },
  serviceLevel: serviceLevel({ requestsPerSecond: 900, purchase: BOUGHT, ...level }),
});
const planOf = (level?: Partial<ServiceLevel>, catalogue?: Catalogue) => sizingPlan(asked(level, catalogue));
const instanceLines = ({ cost }: SizingPlan) => cost.lines.filter(({ unit }) => unit === 'instance');

test.each([
  [{ onDemandBase: 2, spotPercent: 100 }, [1, 2, 2, 2]],
  [{ onDemandBase: 1, spotPercent: 70 }, [1, 2, 2, 3]], // shares are rounded towards what is on demand
  [{ onDemandBase: 0, spotPercent: 50 }, [1, 1, 2, 3]],
])('%j of 1, 2, 3 and 6 instances has on demand', (purchase, expected) => {
  expect([1, 2, 3, 6].map((count) => onDemandOf(purchase, count))).toEqual(expected);
});

test('the base costs what it costs on demand, and the others a range of Spot prices', () => {
  const plan = planOf();
  const { choice, purchase, cost } = plan;
  const [base, spot] = instanceLines(plan) as [(typeof cost.lines)[number], (typeof cost.lines)[number]];
  const type = TYPES.types.find(({ name }) => name === choice.instanceType)!;
  expect(base).toMatchObject({ item: `2 x ${type.name}, on demand`, quantity: 2 });
  expect(base.usdPerMonth).toBeCloseTo(2 * 730 * type.usdPerHour, 2);
  expect(spot).toMatchObject({
    quantity: choice.instances - 2,
    source: 'aws.amazon.com/ec2/spot/pricing, us-east-1: Spot prices, 2026-10-01',
  });
  expect(spot.usdPerMonth).toBeCloseTo((choice.instances - 2) * 730 * type.spotUsdPerHour!, 2);
  const prices = purchase!.types.map(({ spotUsdPerHour }) => spotUsdPerHour);
  const bounds = [Math.min(...prices), Math.max(...prices)].map(
    (hour) => cost.usdPerMonth + (choice.instances - 2) * 730 * (hour - type.spotUsdPerHour!),
  );
  expect(cost.range!.low).toBeCloseTo(bounds[0]!, 1);
  expect(cost.range!.high).toBeCloseTo(bounds[1]!, 1);
});

test('types stand in that are worth as much: of one architecture, as many vCPUs, no less memory, no dearer than on demand', () => {
  const { purchase, choice } = planOf({
    instances: { families: ['c7a', 'm7a', 'r7a', 'c7g'], architecture: 'x86_64' },
  });
  expect(choice.instanceType).toBe('c7a.medium');
  // r7a.medium costs more as Spot than c7a.medium on demand
  expect(purchase!.types.map(({ instanceType }) => instanceType)).toEqual(['c7a.medium', 'm7a.medium']);
  const [, other] = planOf({}, withSpot({ 'm7a.medium': 0.3, 'c7a.medium': 0.9 })).purchase!.types;
  expect(other).toBeUndefined(); // less memory than the choice
});

test('a type that is not offered in a zone of the fleet does not stand in', () => {
  const types = TYPES.types.map((type) =>
    type.name === 'm7a.medium' ? { ...type, zones: type.zones.slice(0, 1) } : type,
  );
  const { purchase } = planOf({ instances: { families: ['c7a.medium', 'm7a.medium'] } }, { ...TYPES, types });
  expect(purchase!.types.map(({ instanceType }) => instanceType)).toEqual(['c7a.medium']);
  expect(planText(planOf({ instances: { families: ['c7a.medium'] } }))).toMatch(/no other type is worth as\s+much/);
});

test('what is left when all Spot goes is kept to, or said not to be', () => {
  const few = planOf();
  const { onDemand, spot, carriesWithoutSpot } = few.purchase!;
  expect([onDemand, onDemand + spot]).toEqual([2, few.choice.instances]);
  const { requestsPerSecond } = few.serviceLevel;
  expect(carriesWithoutSpot).toBeLessThan(requestsPerSecond);
  // as many instances by themselves carry what is said, and no more
  const alone = (rate: number) => {
    const { choice } = planOf({
      ...{ requestsPerSecond: rate, availability: 'single', purchase: { onDemandBase: 64, spotPercent: 100 } },
      instances: { families: [few.choice.instanceType] },
    });
    return choice.instances;
  };
  expect([alone(carriesWithoutSpot), alone(carriesWithoutSpot + 2)]).toEqual([2, 3]);
  expect(planText(few)).toMatch(
    /the\s+service\s+level\s+is\s+not\s+kept\s+when\s+all\s+Spot\s+instances\s+go\s+at\s+once/,
  );
  const enough = planOf({ purchase: { onDemandBase: alone(requestsPerSecond), spotPercent: 100 } });
  expect(enough.purchase!.carriesWithoutSpot).toBe(requestsPerSecond);
  expect(planText(enough)).toMatch(/the\s+service\s+level\s+is\s+kept\s+when\s+all\s+Spot/);
});

test('the plan names the fleet that is cheapest all on demand, and that Spot prices move', () => {
  const plan = planOf();
  const { purchase: _, ...level } = plan.serviceLevel;
  const onDemand = sizingPlan({ ...asked(), serviceLevel: level });
  expect(plan.purchase!.allOnDemand).toEqual(onDemand.choice);
  expect(onDemand).not.toHaveProperty('purchase');
  expect(onDemand.choice.usdPerMonth).toBeGreaterThan(plan.choice.usdPerMonth);
  const text = planText(plan).replaceAll(/\s+/g, ' ');
  expect(text).toContain(`All on demand it would be ${onDemand.choice.instances} x ${onDemand.choice.instanceType}`);
  expect(text).toContain('Spot prices move, and are those of 2026-10-01');
});

test('an alarm tells of many interruptions, by half of the Spot instances of an hour', () => {
  const plan = planOf();
  const alarm = plannedAlarms(plan, false).find(({ name }) => name === 'SpotInterruptions')!;
  expect(alarm).toMatchObject({ minutes: 60, comparison: 'at least', severity: 'inform' });
  expect(alarm.threshold).toBe(Math.max(2, Math.ceil(plan.purchase!.spot / 2)));
  const { purchase: _, ...level } = plan.serviceLevel;
  const names = plannedAlarms(sizingPlan({ ...asked(), serviceLevel: level }), false).map(({ name }) => name);
  expect(names).not.toContain('SpotInterruptions');
});

test('models that share instances share what is bought', () => {
  const member = (name: string) => {
    const { profile, manifest, serviceLevel: own } = asked({ requestsPerSecond: 400, sharedDoor: true });
    return { name, profile, manifest, serviceLevel: own };
  };
  const { plan, models } = fleetPlan('all', [member('one'), member('two')], { region: 'us-east-1', catalogue: TYPES });
  expect(plan.purchase!.onDemand).toBe(2);
  expect(instanceLines(plan).map(({ item }) => item.replace(/.*, /, ''))).toEqual(['on demand', 'Spot']);
  const of = (part: SizingPlan) => plannedAlarms(part, false).filter(({ name }) => name === 'SpotInterruptions');
  expect([plan, ...models.map((model) => model.plan)].map((part) => of(part).length)).toEqual([1, 0, 0]);
});

test('a region without Spot prices, and availability: zone without a base, are each one error', () => {
  const none = catalogueOf('c7a.medium');
  expect(thrownBy(() => planOf({}, none), 'E_INFEASIBLE').message).toMatch(
    /^purchase: the catalogue of us-east-1 has no Spot prices; leave purchase out, or renew it/,
  );
  expect(thrownBy(() => planOf({ purchase: { onDemandBase: 0, spotPercent: 50 } }), 'E_USAGE').problems).toEqual([
    expect.stringMatching(/^purchase\.onDemandBase must be at least 1 with availability: zone/),
  ]);
});
