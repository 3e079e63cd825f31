import fc from 'fast-check';
import { SlipwayError } from '../../lib/model/error';
import type { ComputeProfile } from '../../lib/model/package/profile';
import { type Catalogue, type ServiceLevel, type SizingPlan, sizingPlan } from '../../lib/sizing';
import { requestCost } from '../../lib/sizing/demand/service';
import { smoothDay } from '../../lib/sizing/service-level/day';
import type { Purchase } from '../../lib/sizing/service-level/purchase';
import { type Schedule, WEEKDAYS } from '../../lib/sizing/service-level/schedule';
import { catalogueOf, joiningProfile, manifestOf, serviceLevel, steadyProfile } from '../../testing/sizing/examples';
import { oracle } from '../../testing/sizing/oracle';
import { runs } from '../runs';
import { arbitraryServiceLevel } from './arbitrary';

/** Few, since the oracle is slow; one of each kind, and a large one. */
const FEW = catalogueOf(
  't4g.small',
  't3.medium',
  'm5.large',
  'c7a.large',
  'c7g.medium',
  'm7i-flex.xlarge',
  'c7a.2xlarge',
);

function planOf(
  level: ServiceLevel,
  profile: ComputeProfile,
  modelBytes: number,
  catalogue = FEW,
): SizingPlan | undefined {
  try {
    return sizingPlan({
      profile,
      manifest: manifestOf('scalar', modelBytes),
      serviceLevel: level,
      region: 'us-east-1',
      catalogue,
    });
  } catch (error) {
    if (SlipwayError.is(error) && error.code === 'E_INFEASIBLE') return undefined;
    throw error;
  }
}

function expectOracleOf(
  level: ServiceLevel,
  profile: ComputeProfile,
  modelBytes: number,
  paid: Catalogue,
  listed = FEW,
): void {
  const plan = planOf(level, profile, modelBytes, listed);
  const answers = oracle({
    profile,
    request: requestCost(profile, level.rowsPerRequest),
    modelBytes,
    serviceLevel: level,
    catalogue: paid,
    arrivals: { most: 3, swing: 0.1 }, // the default
  });
  if (!plan) expect(answers).toEqual([]);
  else {
    const { instanceType, instances, usdPerMonth } = plan.choice;
    expect(answers).toContainEqual({ instanceType, instances, usdPerMonth });
  }
}

const expectOracle = (level: ServiceLevel, profile: ComputeProfile, modelBytes: number) =>
  expectOracleOf(level, profile, modelBytes, FEW);

test('the plan costs what an independent brute force finds, to the cent', () => {
  fc.assert(
    fc.property(
      arbitraryServiceLevel,
      fc.constantFrom(0.05, 0.4, 3, 12).map((ms) => steadyProfile(ms)),
      fc.constantFrom(2000, 400 * 2 ** 20),
      expectOracle,
    ),
    { numRuns: runs(40), seed: 20260720 },
  );
});

test('and so it does where requests are joined', () => {
  const profile = fc.constantFrom(joiningProfile(0.3, 0.02), joiningProfile(5, 0.4));
  fc.assert(fc.property(arbitraryServiceLevel, profile, fc.constant(2000), expectOracle), {
    numRuns: runs(40),
    seed: 20260720,
  });
});

test('and so it does where the rate follows a day', () => {
  const day = fc.constantFrom(smoothDay(0.5), smoothDay(0.2), smoothDay(0.8));
  const profile = fc.constantFrom(steadyProfile(0.4), steadyProfile(12), joiningProfile(0.3, 0.02));
  const levels = fc.tuple(arbitraryServiceLevel, day).map(([{ meanRequestsPerSecond: _, ...level }, hours]) => ({
    ...level,
    day: hours,
  }));
  fc.assert(fc.property(levels, profile, fc.constant(2000), expectOracle), { numRuns: runs(24), seed: 20260720 });
});

test('and so it does where a schedule takes instances away', () => {
  const schedule = fc.constantFrom<Schedule>(
    { timeZone: 'UTC', periods: [{ days: [...WEEKDAYS], from: 1260, to: 420, load: 0 }] },
    { timeZone: 'UTC', wake: true, periods: [{ days: [...WEEKDAYS], from: 1260, to: 420, load: 0 }] },
    {
      timeZone: 'UTC',
      wake: 0.25,
      otherwise: 0.5,
      periods: [
        { days: ['mon'], from: 480, to: 900, load: 1 },
        { days: ['sun'], from: 0, to: 1440, load: 0 },
      ],
    },
    { timeZone: 'UTC', otherwise: 0.3, periods: [{ days: ['mon', 'thu'], from: 480, to: 1000, load: 1 }] },
    {
      timeZone: 'Europe/Berlin',
      otherwise: 0.7,
      periods: [
        { days: ['sat', 'sun'], from: 0, to: 1440, load: 0 },
        { days: ['mon', 'tue'], from: 480, to: 600, load: 1 },
        { days: ['mon'], from: 1380, to: 120, load: 0.2 },
      ],
    },
  );
  const levels = fc
    .tuple(arbitraryServiceLevel, schedule)
    .map(([{ budgetUsdPerMonth: _, meanRequestsPerSecond: __, ...level }, week]) => ({ ...level, schedule: week }));
  const profile = fc.constantFrom(steadyProfile(0.4), steadyProfile(12), joiningProfile(0.3, 0.02));
  fc.assert(fc.property(levels, profile, fc.constant(2000), expectOracle), { numRuns: runs(24), seed: 20260720 });
});

test('and so it does where what is not needed is stopped in a warm pool, over a day and over a week', () => {
  const nights = { timeZone: 'UTC', otherwise: 0.4, periods: [{ days: [...WEEKDAYS], from: 480, to: 900, load: 1 }] };
  const off = { timeZone: 'UTC', periods: [{ days: [...WEEKDAYS], from: 1200, to: 400, load: 0 }] };
  const when = fc.constantFrom<Partial<ServiceLevel>>(
    { day: smoothDay(0.3) },
    { day: smoothDay(0.5) },
    { schedule: nights },
    { schedule: off },
  );
  const levels = fc.tuple(arbitraryServiceLevel, when).map(([level, time]) => {
    const { meanRequestsPerSecond: _, budgetUsdPerMonth: __, ...rest } = level;
    return { ...rest, ...time, warmPool: true };
  });
  const profile = fc.constantFrom(steadyProfile(0.4), steadyProfile(12), joiningProfile(0.3, 0.02));
  fc.assert(fc.property(levels, profile, fc.constantFrom(2000, 2e9), expectOracle), {
    numRuns: runs(32),
    seed: 20261130,
  });
});

test('and so it does with discounts, which make some types cheaper than others', () => {
  const shares = fc.record({ t4g: fc.constantFrom(0.3, 0.7), m5: fc.constantFrom(0.1, 0.6), all: fc.constant(0.2) });
  const discounted = fc.tuple(arbitraryServiceLevel, shares).map(([level, { t4g, m5, all }]) => {
    const discounts = {
      t4g: { share: t4g },
      m5: { share: m5 },
      'c7a.large': { usdPerHour: 0.05 },
      all: { share: all },
    };
    const paid = FEW.types.map((type) => {
      if (type.name === 'c7a.large') return { ...type, usdPerHour: 0.05 };
      const off = type.name === 't4g.small' ? t4g : type.name === 'm5.large' ? m5 : all;
      return { ...type, usdPerHour: type.usdPerHour * (1 - off) };
    });
    return { level: { ...level, discounts }, paid: { ...FEW, types: paid } };
  });
  fc.assert(
    fc.property(
      discounted,
      fc.constantFrom(0.05, 0.4, 3).map((ms) => steadyProfile(ms)),
      ({ level, paid }, profile) => expectOracleOf(level, profile, 2000, paid),
    ),
    { numRuns: runs(24), seed: 20260720 },
  );
});

/** As a share of the on-demand price: one is dearer as Spot, and one is not to be had. */
const SPOT_SHARES: Readonly<Record<string, number>> = {
  ...{ 't4g.small': 0.4, 't3.medium': 1.2, 'm5.large': 0.25, 'c7a.large': 0.35, 'c7g.medium': 0.6 },
  'm7i-flex.xlarge': 0.3,
};
const WITH_SPOT: Catalogue = {
  ...FEW,
  types: FEW.types.map((type) => {
    const share = SPOT_SHARES[type.name];
    return share === undefined ? type : { ...type, spotUsdPerHour: share * type.usdPerHour };
  }),
};

test('and so it does where some of the instances are Spot, all day, over a day and over a week', () => {
  const purchase = fc.constantFrom<Purchase>(
    { onDemandBase: 1, spotPercent: 100 },
    { onDemandBase: 2, spotPercent: 70 },
    { onDemandBase: 5, spotPercent: 33 },
    { onDemandBase: 64, spotPercent: 100 },
  );
  const nights = { timeZone: 'UTC', otherwise: 0.4, periods: [{ days: [...WEEKDAYS], from: 480, to: 900, load: 1 }] };
  const when = fc.constantFrom<Partial<ServiceLevel>>({}, {}, { day: smoothDay(0.3) }, { schedule: nights });
  const levels = fc.tuple(arbitraryServiceLevel, purchase, when).map(([level, bought, time]) => {
    const { meanRequestsPerSecond, ...rest } = level;
    const mean = Object.keys(time).length === 0 && meanRequestsPerSecond !== undefined && { meanRequestsPerSecond };
    return { ...rest, ...mean, ...time, purchase: bought };
  });
  const profile = fc.constantFrom(steadyProfile(0.4), steadyProfile(12), joiningProfile(0.3, 0.02));
  fc.assert(
    fc.property(levels, profile, (level, measured) => expectOracleOf(level, measured, 2000, WITH_SPOT, WITH_SPOT)),
    { numRuns: runs(48), seed: 20260720 },
  );
});

test.each([
  ['a burstable type proven by the mean', { requestsPerSecond: 900, meanRequestsPerSecond: 60 }, 0.4],
  ['three zones for a large fleet', { requestsPerSecond: 20_000 }, 0.4],
  ['a p99 that leaves little room', { requestsPerSecond: 300, p99Ms: 30 }, 12],
  ['a group that is a third of its size at night', { requestsPerSecond: 20_000, day: smoothDay(0.4) }, 0.4],
  ['one that rises steeply', { requestsPerSecond: 20_000, day: smoothDay(0.4), risePerMinute: 2000 }, 0.4],
  ['a single VM near its limit', { requestsPerSecond: 2_000, availability: 'single' }, 0.4],
] as const)('and so it does for %s', (_, level, ms) => {
  expectOracle(serviceLevel(level), steadyProfile(ms), 2000);
});
