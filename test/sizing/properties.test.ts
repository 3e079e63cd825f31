/** Relations between plans that hold whatever the numbers are. */
import fc from 'fast-check';
import { SlipwayError } from '../../lib/model/error';
import { type Catalogue, type ServiceLevel, type SizingPlan, sizingPlan } from '../../lib/sizing';
import { meanShare, smoothDay, steepestRise } from '../../lib/sizing/service-level/day';
import { joiningProfile, MIXTURE, manifestOf, steadyProfile } from '../../testing/sizing/examples';
import { runs } from '../runs';
import { arbitraryServiceLevel } from './arbitrary';

const RUNS = { numRuns: runs(40), seed: 20260720 };

describe.each([
  ['that has a run of its own for each request', steadyProfile(0.8)],
  ['that joins requests', joiningProfile(0.7, 0.1)],
])('a model %s', (_, profile) => {
  function planFor(serviceLevel: ServiceLevel, catalogue: Catalogue): SizingPlan | undefined {
    try {
      return sizingPlan({
        profile,
        manifest: manifestOf(),
        serviceLevel,
        region: 'us-east-1',
        catalogue,
      });
    } catch (error) {
      if (SlipwayError.is(error) && error.code === 'E_INFEASIBLE') return undefined;
      throw error;
    }
  }

  const planned = new Map<Catalogue, Map<string, SizingPlan | undefined>>();

  /** Relations begin from the same targets, so that plans come up again and again. */
  function planOf(serviceLevel: ServiceLevel, catalogue: Catalogue = MIXTURE): SizingPlan | undefined {
    const plans = planned.get(catalogue) ?? new Map();
    planned.set(catalogue, plans);
    const target = JSON.stringify(serviceLevel);
    if (!plans.has(target)) plans.set(target, planFor(serviceLevel, catalogue));
    return plans.get(target);
  }

  const costOf = (level: ServiceLevel, catalogue = MIXTURE) =>
    planOf(level, catalogue)?.cost.usdPerMonth ?? Number.POSITIVE_INFINITY;

  /** A plan without what identifies the catalogue. */
  const withoutDigest = (plan: SizingPlan | undefined) => plan && { ...plan, catalogue: undefined };

  test.each<[string, (level: ServiceLevel) => ServiceLevel]>([
    ['more requests', (level) => ({ ...level, requestsPerSecond: level.requestsPerSecond * 1.7 })],
    ['a smaller p99', (level) => ({ ...level, p99Ms: level.p99Ms * 0.6 })],
    ['more rows in a request', (level) => ({ ...level, rowsPerRequest: level.rowsPerRequest + 1 })],
    ['a higher mean rate', (level) => ({ ...level, meanRequestsPerSecond: level.requestsPerSecond })],
  ])('%s never makes it cheaper', (_, harder) => {
    fc.assert(
      fc.property(arbitraryServiceLevel, (level) => {
        expect(costOf(harder(level))).toBeGreaterThanOrEqual(costOf(level));
      }),
      RUNS,
    );
  });

  test.each([
    ['an instance', 'instance', 'nothing', 'single'],
    ['a zone', 'zone', 'an instance', 'instance'],
  ] as const)('bearing the loss of %s (%s) never costs less than that of %s', (_, harder, __, easier) => {
    fc.assert(
      fc.property(arbitraryServiceLevel, (level) => {
        const less = costOf({ ...level, availability: easier });
        expect(costOf({ ...level, availability: harder })).toBeGreaterThanOrEqual(less);
      }),
      RUNS,
    );
  });

  const WAVE = smoothDay(0.5);
  /** As steep as a wave of the hardest night, whatever the night is. */
  const waveOf = (level: ServiceLevel, night: number): ServiceLevel => {
    const { meanRequestsPerSecond: _, ...others } = level;
    const day = WAVE.map((share) => Math.max(night, share));
    return { ...others, day, risePerMinute: steepestRise(WAVE) * level.requestsPerSecond };
  };

  test('a day that is flat is no day', () => {
    fc.assert(
      fc.property(arbitraryServiceLevel, (level) => {
        const { meanRequestsPerSecond: _, ...flat } = level;
        const plan = planOf({ ...flat, day: Array.from({ length: 24 }, () => 1) });
        expect(plan?.daily).toBeUndefined();
        expect(plan?.choice).toEqual(planOf(flat)?.choice);
        expect(plan?.cost).toEqual(planOf(flat)?.cost);
      }),
      RUNS,
    );
  });

  test('a lower night never costs more, as long as the day begins no faster', () => {
    fc.assert(
      fc.property(arbitraryServiceLevel, fc.constantFrom(0, 0.2, 0.5), (level, night) => {
        expect(costOf(waveOf(level, night))).toBeLessThanOrEqual(costOf(waveOf(level, night + 0.3)));
      }),
      RUNS,
    );
  });

  test('to know the day never costs more than to know its mean', () => {
    fc.assert(
      fc.property(arbitraryServiceLevel, fc.constantFrom(0, 0.3), (level, night) => {
        const { day, risePerMinute: __, ...others } = waveOf(level, night);
        const mean = level.requestsPerSecond * meanShare(day!);
        expect(costOf(waveOf(level, night))).toBeLessThanOrEqual(costOf({ ...others, meanRequestsPerSecond: mean }));
      }),
      RUNS,
    );
  });

  test('a steeper rise never costs less', () => {
    fc.assert(
      fc.property(arbitraryServiceLevel, fc.constantFrom(1.5, 4, 20), (level, times) => {
        const wave = waveOf(level, 0.1);
        const steep = { ...wave, risePerMinute: wave.risePerMinute! * times };
        expect(costOf(steep)).toBeGreaterThanOrEqual(costOf(wave));
      }),
      RUNS,
    );
  });

  test('prices three times as high make a bill three times as high, for the same fleet', () => {
    const tripled: Catalogue = {
      ...MIXTURE,
      prices: Object.fromEntries(
        Object.entries(MIXTURE.prices).map(([name, usd]) => [name, 3 * usd]),
      ) as unknown as Catalogue['prices'],
      types: MIXTURE.types.map((type) => ({
        ...type,
        usdPerHour: 3 * type.usdPerHour,
        ...(type.surplusUsdPerVcpuHour && { surplusUsdPerVcpuHour: 3 * type.surplusUsdPerVcpuHour }),
      })),
    };
    fc.assert(
      fc.property(arbitraryServiceLevel, (level) => {
        const [one, three] = [planOf(level), planOf(level, tripled)];
        fc.pre(one !== undefined);
        expect(three!.choice.instanceType).toBe(one!.choice.instanceType);
        expect(three!.choice.instances).toBe(one!.choice.instances);
        // each of the lines is rounded to cents
        expect(Math.abs(three!.cost.usdPerMonth - 3 * one!.cost.usdPerMonth)).toBeLessThan(
          one!.cost.lines.length * 0.02,
        );
      }),
      RUNS,
    );
  });

  test('a type that was not chosen is not missed', () => {
    fc.assert(
      fc.property(arbitraryServiceLevel, fc.nat(MIXTURE.types.length - 1), (level, index) => {
        const plan = planOf(level);
        fc.pre(plan !== undefined && plan.choice.instanceType !== MIXTURE.types[index]!.name);
        const without = planOf(level, { ...MIXTURE, types: MIXTURE.types.filter((_, i) => i !== index) });
        expect(without!.choice).toEqual(plan!.choice);
        expect(without!.predicted).toEqual(plan!.predicted);
      }),
      RUNS,
    );
  });

  test('the order of the catalogue does not matter, not even among types that differ by name alone', () => {
    const twins: Catalogue = {
      ...MIXTURE,
      types: MIXTURE.types.flatMap((type) => [type, { ...type, name: `${type.name}-twin` }]),
    };
    fc.assert(
      fc.property(
        arbitraryServiceLevel,
        fc.shuffledSubarray([...twins.types], { minLength: twins.types.length }),
        (level, types) => {
          expect(planOf(level, { ...twins, types })).toEqual(planOf(level, twins));
        },
      ),
      RUNS,
    );
  });

  test('a dominated type changes nothing but its own mention', () => {
    const dear = { ...MIXTURE.types[0]!, name: 'zz9.small', usdPerHour: 9 };
    fc.assert(
      fc.property(arbitraryServiceLevel, (level) => {
        const plan = withoutDigest(planOf(level));
        const more = withoutDigest(planOf(level, { ...MIXTURE, types: [...MIXTURE.types, dear] }));
        expect(more?.choice).toEqual(plan?.choice);
        expect(more?.rejected.filter(({ instanceType }) => instanceType !== dear.name)).toEqual(plan?.rejected);
      }),
      RUNS,
    );
  });
});
