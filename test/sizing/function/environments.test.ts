import { coldShare, enough, erlangB } from '../../../lib/sizing/function/environments';

// tables of Erlang B, e.g. ITU-T E.501: 3 erlang and 5 lines lose 11.0 %
test.each([
  [1, 1, 0.5],
  [2, 1, 0.2],
  [5, 3, 0.11005],
  [10, 5, 0.01838],
])('%i environments with %f erlang refuse %f', (environments, load, share) => {
  expect(erlangB(environments, load)).toBeCloseTo(share, 4);
});

test('one request at a time needs an environment for each that comes meanwhile, but for one of a million', () => {
  expect(enough(0)).toBe(1);
  for (const load of [0.1, 1, 10, 100]) {
    const environments = enough(load);
    expect(erlangB(environments, load)).toBeLessThanOrEqual(1e-6);
    expect(erlangB(environments - 1, load)).toBeGreaterThan(1e-6);
  }
});

/** Requests that take the first environment that is free, of those that are there; one that idles for five minutes is gone. */
function simulated(rate: number, seconds: number, requests: number): number {
  let state = 1;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const freeAt: number[] = [];
  let [now, cold] = [0, 0];
  for (let i = 0; i < requests; i++) {
    now -= Math.log(random()) / rate;
    const found = freeAt.findIndex((at) => at <= now);
    const place = found < 0 ? freeAt.length : found;
    if (found < 0 || now - freeAt[place]! > 300) cold++;
    freeAt[place] = now + seconds * -Math.log(random());
  }
  return cold / requests;
}

test.each([
  [0.001, 0.01],
  [0.005, 0.01],
  [0.01, 0.5],
  [0.05, 2],
  [1, 0.2],
  [20, 0.1],
])('%f requests/s of %f s meet as many cold starts as in a simulation', (rate, seconds) => {
  const share = simulated(rate, seconds, 300_000);
  expect(Math.abs(coldShare(rate, seconds) - share)).toBeLessThan(0.003 + 0.15 * share);
});

test('the more often it is asked, the fewer meet one', () => {
  const shares = [0.0001, 0.001, 0.01, 0.1, 1].map((rate) => coldShare(rate, 0.01));
  expect([...shares].sort((a, b) => b - a)).toEqual(shares);
  expect(shares[0]).toBeGreaterThan(0.95);
  expect(shares[4]).toBeLessThan(1e-3);
});
