import fc from 'fast-check';
import { responseQuantile } from '../../../lib/sizing/demand/queue';
import { serviceOf } from '../../../lib/sizing/demand/service-time';
import { LATENCY_MARGIN } from '../../../lib/sizing/judgement/lateness';
import {
  arrivalsAt,
  BURST_NAMES,
  BURSTS,
  burstProblems,
  burstsText,
  MOST_DISPERSION,
  MOST_SWING,
} from '../../../lib/sizing/service-level/arrivals';
import { LAWS } from '../../../testing/sizing/random-target';
import { generator, SHAPES, simulatedP99 } from '../../../testing/sizing/simulation';
import { runs } from '../../runs';

const bursts = fc.record({
  dispersion: fc.double({ min: 1, max: MOST_DISPERSION, noNaN: true }),
  swing: fc.double({ min: 0, max: MOST_SWING, noNaN: true }),
});

describe('requests at one of several queues', () => {
  test('one to three at once, worked out by hand', () => {
    // six places in groups of one, two and three, all alike: three are first, two second, one third
    expect(arrivalsAt(BURSTS.usual, 1).companions.map((share) => share * 6)).toEqual([
      expect.closeTo(3, 10),
      expect.closeTo(2, 10),
      expect.closeTo(1, 10),
    ]);
    // at one of two queues: 1/2 + 1/3 x 1/2 + 1/6 x 1/4; 1/3 x 1/2 + 1/6 x 1/2; 1/6 x 1/4
    const { companions, dispersion } = arrivalsAt(BURSTS.usual, 2);
    expect(companions.map((share) => share * 24)).toEqual([
      expect.closeTo(17, 10),
      expect.closeTo(6, 10),
      expect.closeTo(1, 10),
    ]);
    expect(dispersion).toBeCloseTo(1 + 4 / 3 / 2, 10);
  });

  test('shares add up, the mean of the companions is that of the dispersion, and rates have mean and deviation', () => {
    fc.assert(
      fc.property(bursts, fc.integer({ min: 1, max: 500 }), (some, queues) => {
        const { companions, dispersion, rates } = arrivalsAt(some, queues);
        const sum = companions.reduce((total, share) => total + share, 0);
        const mean = companions.reduce((total, share, count) => total + share * count, 0);
        expect(sum).toBeCloseTo(1, 9);
        expect(mean).toBeCloseTo((dispersion - 1) / 2, 9);
        expect(rates.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1, 9);
        const time = rates.filter(({ times }) => times > 0).map(({ times, share }) => [times, share / times] as const);
        const variance = time.reduce((total, [times, part]) => total + part * (times - 1) ** 2, 0);
        if (some.swing < 0.5) expect(Math.sqrt(variance)).toBeCloseTo(some.swing, 9);
      }),
      { seed: 20261129 },
    );
  });
});

describe('response times', () => {
  const cases = Object.entries(LAWS).flatMap(([law, quantile], i) =>
    (['usual', 'strong'] as const).map((name, k) => ({
      law,
      quantile,
      name,
      most: name === 'usual' ? 3 : 7,
      busy: name === 'usual' ? 0.6 : 0.3,
      shape: SHAPES[(i + k) % 2]!,
    })),
  );
  test.each(cases)('of $law runs with $name bursts, $busy busy, $shape, are not later than predicted', (one) => {
    const { quantile, name, most, busy, shape } = one;
    const service = serviceOf(Float64Array.from({ length: 200 }, (_, i) => quantile((i + 0.5) / 200)).sort());
    const rate = busy / service.meanMs;
    const predicted = responseQuantile(service, 1, rate, 0.99, arrivalsAt(BURSTS[name], 1));
    const fleet = { instances: 1, workers: 1, requestsPerSecond: 1000 * rate, runMs: quantile } as const;
    const bursts = { most, swing: BURSTS[name].swing, shape };
    const simulated = simulatedP99({ ...fleet, routing: 'random', bursts }, 100_000, generator(11));
    expect(simulated).toBeLessThan(predicted * LATENCY_MARGIN);
    const smooth = responseQuantile(service, 1, rate, 0.99);
    expect(predicted).toBeGreaterThan(smooth);
  });

  test('are never shorter for more bursts', () => {
    const service = serviceOf(Float64Array.from({ length: 200 }, (_, i) => 1 + i / 400));
    fc.assert(
      fc.property(
        bursts,
        fc.constantFrom(1, 4),
        fc.double({ min: 0.05, max: 0.4, noNaN: true }),
        (some, queues, rate) => {
          const p99 = (which: typeof some) => responseQuantile(service, 1, rate, 0.99, arrivalsAt(which, queues));
          expect(p99(some)).toBeGreaterThanOrEqual(p99({ ...some, swing: some.swing / 2 }) * (1 - 1e-9));
          expect(p99(some)).toBeGreaterThanOrEqual(
            p99({ ...some, dispersion: (1 + some.dispersion) / 2 }) * (1 - 1e-9),
          );
        },
      ),
      { seed: 20261129, numRuns: runs(30) },
    );
  });
});

test('what makes no sense is said', () => {
  expect(BURST_NAMES.flatMap((name) => burstProblems(name))).toEqual([]);
  expect(burstProblems('often' as 'usual')).toEqual(['bursts must be one of none, usual, strong, got "often"']);
  expect(burstProblems({ dispersion: 0.5, swing: 0.6 })).toEqual([
    'the index of dispersion must be at least 1, got 0.5',
    'the swing of the rate must be 0 to 0.5 of the peak, got 0.6: plan for a higher peak',
  ]);
  expect(burstProblems({ dispersion: 40, swing: 0 })[0]).toMatch(/at most 33, got 40: .* send them as rows of one$/);
});

test('bursts in words', () => {
  expect(burstsText()).toBe('clients send one to 3 requests at once, at a rate that swings by 10 % (assumed)');
  expect(burstsText('none')).toBe('clients send one request at a time, at a steady rate');
});
