import { erlangC, lateShare, responseQuantile, serviceOf } from '../../lib/sizing/queue';

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

describe('the response time', () => {
  test('of constant service is the formula worked out by hand', () => {
    // C = 0.5; decay = 2 (1 - 0.5) / (1 + 0) = 1 per ms; P(R > 3) = 0.5 exp(-(3 - 1))
    expect(lateShare(constant(1), 1, 0.5, 3)).toBeCloseTo(0.5 * Math.exp(-2), 10);
    // 0.01 = 0.5 exp(-(t - 1))
    expect(responseQuantile(constant(1), 1, 0.5, 0.99)).toBeCloseTo(1 + Math.log(50), 6);
  });

  test('is the service time alone when nobody else is there', () => {
    expect(responseQuantile(constant(3), 2, 1e-9, 0.99)).toBeCloseTo(3, 5);
  });

  test('is infinite for a queue that is not stable', () => {
    expect(responseQuantile(constant(1), 2, 2, 0.99)).toBe(Number.POSITIVE_INFINITY);
    expect(lateShare(constant(1), 1, 1, 1e9)).toBe(1);
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
