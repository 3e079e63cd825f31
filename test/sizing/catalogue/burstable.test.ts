import { sizingPlan } from '../../../lib/sizing';
import { creditModeOf } from '../../../lib/sizing/catalogue/burstable';
import { catalogueOf, manifestOf, serviceLevel, steadyProfile } from '../../../testing/sizing/examples';

test.each([
  ['t4g.micro', 'unlimited'],
  ['t3a.small', 'unlimited'],
  ['t2.micro', 'standard'],
  ['m7i-flex.large', undefined],
  ['c7g.large', undefined],
])('%s has the credit mode %s', (type, mode) => expect(creditModeOf(type)).toBe(mode));

test('the alarm on bought credits stands above what the bill has of them', () => {
  const { creditMode, alarms, cost, choice } = sizingPlan({
    profile: steadyProfile(4),
    manifest: manifestOf('scalar'),
    serviceLevel: serviceLevel({ requestsPerSecond: 220, p99Ms: 250, availability: 'single' }),
    region: 'us-east-1',
    catalogue: catalogueOf('t4g.large'),
  });
  const billed = cost.lines.find(({ item }) => item.includes('surplus credits'))!.quantity;
  expect(creditMode).toBe('unlimited');
  expect(alarms.surplusCreditsPerDay).toBeCloseTo(1.25 * billed * 24 * 60 + 60 * choice.instances, -1);
});
