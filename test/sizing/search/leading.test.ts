import fc from 'fast-check';
import { bounds } from '../../../lib/sizing/judgement/fleet-size';
import { leastOfInstances } from '../../../lib/sizing/search/fleet-usd';
import { leading, options } from '../../../lib/sizing/search/search';
import { placed } from '../../../lib/sizing/search/shadow-group';
import { AVAILABILITIES, type ServiceLevel } from '../../../lib/sizing/service-level/service-level';
import {
  FIXED_CATALOGUE,
  joiningProfile,
  manifestOf,
  serviceLevel,
  steadyProfile,
} from '../../../testing/sizing/examples';

const DAY = Array.from({ length: 24 }, (_, hour) => (0.5 - 0.4 * Math.cos((2 * Math.PI * hour) / 24)) / 0.9);

const named = (some: ReturnType<typeof options>) =>
  some.map(({ candidate, fleet, usdPerMonth }) => [candidate.type.name, fleet.instances, usdPerMonth]);

test('a plan names the first fleets of all types, though it looks at few of them', () => {
  fc.assert(
    fc.property(
      fc.record({
        rps: fc.double({ min: 0.1, max: 20_000, noNaN: true }),
        p99Ms: fc.constantFrom(8, 40, 200),
        availability: fc.constantFrom(...AVAILABILITIES),
        day: fc.boolean(),
        joined: fc.boolean(),
        ms: fc.constantFrom(0.2, 2, 12),
      }),
      ({ rps, p99Ms, availability, day, joined, ms }) => {
        const level = serviceLevel({ requestsPerSecond: rps, p99Ms, availability, ...(day && { day: DAY }) });
        const profile = joined ? joiningProfile(ms, ms / 10) : steadyProfile(ms);
        const request = { profile, manifest: manifestOf(), serviceLevel: level, region: 'us-east-1' };
        const { demand, catalogue } = placed({ ...request, catalogue: FIXED_CATALOGUE });
        const all = options(demand, catalogue.types, catalogue);
        expect(named(leading(demand, catalogue.types, catalogue, 6))).toEqual(named(all).slice(0, 6));
        for (const { candidate, usdPerMonth } of all) {
          expect(leastOfInstances(candidate.type, level)).toBeLessThanOrEqual(usdPerMonth);
        }
      },
    ),
    { numRuns: 25 },
  );
});

test('what instances cost at the least is that of the fewest; nothing where a schedule may switch them off', () => {
  const [type] = FIXED_CATALOGUE.types as [(typeof FIXED_CATALOGUE.types)[number]];
  const level = serviceLevel({ availability: 'zone' });
  expect(leastOfInstances(type, level)).toBe(bounds('zone', 2).fewest * type.usdPerHour * 730);
  const schedule = { timeZone: 'UTC', ready: [] } as unknown as NonNullable<ServiceLevel['schedule']>;
  expect(leastOfInstances(type, { ...level, schedule })).toBe(0);
});
