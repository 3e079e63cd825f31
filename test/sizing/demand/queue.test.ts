import fc from 'fast-check';
import { erlangC, isLate, isLateAlone, responseQuantile } from '../../../lib/sizing/demand/queue';
import { type Service, serviceOf } from '../../../lib/sizing/demand/service-time';
import { arrivalsAt, burstsOf } from '../../../lib/sizing/service-level/arrivals';
import { LAWS } from '../../../testing/sizing/random-target';
import { generator, simulatedP99 as joinedP99 } from '../../../testing/sizing/simulation';

const constant = (ms: number) => serviceOf(new Float64Array(200).fill(ms));
const exponential = (mean: number) =>
  serviceOf(Float64Array.from({ length: 200 }, (_, i) => -mean * Math.log(1 - (i + 0.5) / 200)));

describe('the probability of waiting', () => {
  // closed forms: c = 1 is the utilisation; c = 2 is a^2 / (2 + a); the rest from published Erlang C tables
  test.each([
    [1, 0.5, 0.5],
    [2, 1, 1 / 3],
    [2, 1.5, 2.25 / 3.5],
    [3, 2, 4 / 9],
    [5, 4, 0.5541],
    [10, 8, 0.4092],
    [20, 16, 0.2561],
    [100, 90, 0.2169],
  ])('%d servers with %d Erlang: %d', (servers, load, expected) => {
    expect(erlangC(servers, load)).toBeCloseTo(expected, 4);
  });

  test('everyone waits when there is more work than servers', () => {
    expect(erlangC(4, 4)).toBe(1);
    expect(erlangC(4, 9)).toBe(1);
  });
});

function expectLateShare(service: Service, requestsPerMs: number, limitMs: number, share: number): void {
  expect(isLate(service, 1, requestsPerMs, limitMs, share * (1 - 1e-9))).toBe(true);
  expect(isLate(service, 1, requestsPerMs, limitMs, share * (1 + 1e-9))).toBe(false);
}

test('what is late without a queue is late at any rate, and what is not is in time at hardly any', () => {
  for (const requests of [1, 4]) {
    const service = serviceOf(exponential(1).samplesMs, requests);
    for (const limitMs of [1, 2, 4, 5, 6, 8]) {
      const alone = isLateAlone(service, limitMs, 0.01);
      for (const queues of [1, 7, 1e6]) {
        const arrivals = arrivalsAt(burstsOf('usual'), queues);
        if (alone) expect(isLate(service, 1, 1e-6, limitMs, 0.01, arrivals)).toBe(true);
      }
      expect(isLate(service, 1, 1e-9, limitMs, 0.01)).toBe(alone);
    }
  }
});

describe('the response time', () => {
  test('of constant service is the formula worked out by hand', () => {
    // C = 0.5; decay = 2 (1 - 0.5) / (1 + 0) = 1 per ms; P(R > 3) = 0.5 exp(-(3 - 1))
    expectLateShare(constant(1), 0.5, 3, 0.5 * Math.exp(-2));
    // 0.01 = 0.5 exp(-(t - 1))
    expect(responseQuantile(constant(1), 1, 0.5, 0.99)).toBeCloseTo(1 + Math.log(50), 6);
  });

  test('is the service time alone when nobody else is there', () => {
    expect(responseQuantile(constant(3), 2, 1e-9, 0.99)).toBeCloseTo(3, 5);
  });

  test('is the least that no more than the share are later than, for any service', () => {
    const milliseconds = fc.double({ min: 0.01, max: 100, noNaN: true });
    const services = fc.record({
      samples: fc.array(milliseconds, { minLength: 2, maxLength: 40 }),
      requests: fc.constantFrom(1, 4),
      servers: fc.integer({ min: 1, max: 8 }),
      busy: fc.double({ min: 0.001, max: 0.95, noNaN: true }),
      quantile: fc.constantFrom(0.47, 0.913, 0.987), // of no number of samples a whole number
    });
    fc.assert(
      fc.property(services, ({ samples, requests, servers, busy, quantile }) => {
        const service = serviceOf(Float64Array.from(samples).sort(), requests);
        const rate = (busy * servers * requests) / service.meanMs;
        const response = responseQuantile(service, servers, rate, quantile);
        expect(isLate(service, servers, rate, response * (1 + 1e-9), 1 - quantile)).toBe(false);
        expect(isLate(service, servers, rate, response * (1 - 1e-9), 1 - quantile)).toBe(true);
      }),
      { seed: 20261129 },
    );
  });

  test('is infinite for a queue that is not stable', () => {
    expect(responseQuantile(constant(1), 2, 2, 0.99)).toBe(Number.POSITIVE_INFINITY);
    expect(isLate(constant(1), 1, 1, 1e9, 0.999)).toBe(true);
  });
});

/** 99th percentile of a first-come first-served queue, simulated with a fixed seed. */
function simulatedP99(servers: number, requestsPerMs: number, serviceMs: (random: number) => number): number {
  let seed = 12_345;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const free = new Array<number>(servers).fill(0);
  const responses: number[] = [];
  for (let now = 0, i = 0; i < 60_000; i++) {
    now += -Math.log(random()) / requestsPerMs;
    const server = free.indexOf(Math.min(...free));
    const end = Math.max(now, free[server]!) + serviceMs(random());
    free[server] = end;
    responses.push(end - now);
  }
  return responses.sort((a, b) => a - b)[Math.floor(responses.length * 0.99)]!;
}

test.each([
  ['constant', 1, 0.4],
  ['constant', 1, 0.75],
  ['constant', 4, 0.75],
  ['exponential', 1, 0.6],
  ['exponential', 4, 0.75],
] as const)(
  'agrees with a simulation of %s service, %d servers, %d busy, within -10 and +20 %',
  (law, servers, busy) => {
    const service = law === 'constant' ? constant(1) : exponential(1);
    const simulated = simulatedP99(servers, busy * servers, (random) => (law === 'constant' ? 1 : -Math.log(random)));
    const predicted = responseQuantile(service, servers, busy * servers, 0.99);
    expect(predicted / simulated).toBeGreaterThan(0.9);
    expect(predicted / simulated).toBeLessThan(1.2);
  },
);

describe('joined requests', () => {
  const joined = (ms: number, requests: number) => serviceOf(new Float64Array(200).fill(ms), requests);

  test('wait for what is left of the run under way: any share of it alike', () => {
    const answersMs = joined(2, 4).answersMs(0);
    expect(answersMs[0]).toBeCloseTo(2 + 2 * 0.025, 10);
    expect(answersMs.at(-1)).toBeCloseTo(2 + 2 * 0.975, 10);
    expect(answersMs.reduce((a, b) => a + b) / 200).toBeCloseTo(3, 10);
  });

  test('are met by long runs more often than by short ones', () => {
    // half of the runs take 1, half 9: nine tenths of the time is in the long ones, so 4.1 are left in the mean
    const answersMs = serviceOf(
      Float64Array.from({ length: 200 }, (_, i) => (i < 100 ? 1 : 9)),
      2,
    ).answersMs(0);
    expect(answersMs.reduce((a, b) => a + b) / 200).toBeCloseTo(5 + 4.1, 1);
  });

  test('queue as groups that fill a run, worked out by hand', () => {
    // 4 requests a run of 2 ms, 1 a ms: C = 0.5; decay = 2 (0.5 - 0.25) / (1/4) = 2 per ms
    const service = joined(2, 4);
    const expected = service.answersMs(0).reduce((sum, answer) => sum + 0.5 * Math.exp(-2 * (6 - answer)), 0) / 200;
    expectLateShare(service, 1, 6, expected);
    expect(responseQuantile(service, 1, 2.001, 0.99)).toBe(Number.POSITIVE_INFINITY);
  });

  // what the handler does: a free worker takes what waits, up to so many, and waits for nothing
  test.each(
    Object.entries(LAWS).flatMap(([name, law]) =>
      [2, 4, 16].flatMap((requests) => [0.3, 0.65].map((busy) => [name, requests, busy, law] as const)),
    ),
  )('of %s runs of up to %d, %d busy, are never later than predicted', (_, requests, busy, law) => {
    const runMs = (share: number, count: number) => (0.9 + 0.1 * count) * law(share);
    const full = serviceOf(
      Float64Array.from({ length: 200 }, (_, i) => runMs((i + 0.5) / 200, requests)).sort(),
      requests,
    );
    const rate = (busy * requests) / full.meanMs;
    const fleet = { instances: 1, workers: 1, requestsPerSecond: 1000 * rate, requestsPerRun: requests, runMs };
    const simulated = joinedP99({ ...fleet, routing: 'random' }, 60_000, generator(7));
    expect(responseQuantile(full, 1, rate, 0.99)).toBeGreaterThan(simulated);
  });
});
