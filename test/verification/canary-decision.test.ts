import {
  begin,
  type CanaryState,
  decide,
  instancesFor,
  type Minute,
  SETTLE_MS,
  type Seen,
} from '../../lambda/verification/canary-decision';
import type { CanarySettings } from '../../lib/model/stage/deployment';

const settings: CanarySettings = {
  shares: [5],
  holdSeconds: 600,
  bootSeconds: 300,
  listener: 'listener',
  variant: 'variant',
  loadBalancer: 'app/x/1',
  main: { targetGroup: 'main', targetGroupName: 'targetgroup/main/1' },
  canary: { targetGroup: 'canary', targetGroupName: 'targetgroup/canary/1', group: 'group' },
  alarm: 'alarm',
};

const P99 = 50;
const START = 1_000_000_000;

const seen = (change: Partial<Seen> = {}): Seen => ({
  now: START,
  forward: true,
  main: { healthy: 10, desired: 10 },
  canary: { healthy: 1, desired: 1, maximum: 3 },
  ...change,
});
const watching = (change: Partial<CanaryState> = {}): CanaryState => ({
  phase: 'watch',
  step: 0,
  since: START,
  replayedAt: START,
  ...change,
});
const minutes = (count: number, of: Minute) => Array.from({ length: count }, () => of);
const good: Minute = { requests: 100, errors: 0, p99Ms: 20 };

const next = (state: CanaryState, change: Partial<Seen> = {}, of: Partial<CanarySettings> = {}) =>
  decide(state, seen(change), { ...settings, ...of }, P99);

describe('raising', () => {
  test('a first deployment has nothing to be held against', () => {
    const step = next(begin(START), {
      main: { healthy: 0, desired: 0 },
      canary: { healthy: 0, desired: 0, maximum: 3 },
    });
    expect(step).toMatchObject({ kind: 'done', state: { phase: 'skipped' } });
  });

  test('the small group gets the instances that its share takes', () => {
    expect(next(begin(START), { canary: { healthy: 0, desired: 0, maximum: 3 } })).toEqual({
      kind: 'resize',
      instances: 1,
    });
  });

  test('it waits until all of them are healthy', () => {
    expect(next(begin(START), { canary: { healthy: 0, desired: 1, maximum: 3 } })).toEqual({ kind: 'wait' });
    expect(next(begin(START))).toMatchObject({ kind: 'replay', share: 5, state: { phase: 'watch', since: START } });
  });

  test('instances that do not become healthy in the time of a boot end it', () => {
    const canary = { healthy: 0, desired: 1, maximum: 3 };
    expect(next(begin(START), { canary, now: START + 300_000 })).toEqual({ kind: 'wait' });
    expect(next(begin(START), { canary, now: START + 300_001 })).toMatchObject({
      kind: 'withdraw',
      reason: expect.stringMatching(/^0 of its 1 instances were healthy after 300 s/),
    });
  });
});

describe('watching', () => {
  const traffic = (canary: Minute[], main = minutes(canary.length, good)) => ({ traffic: [{ main, canary }] });

  test('nothing happens while all is well and the time is not over', () => {
    expect(next(watching(), { now: START + 30_000, ...traffic(minutes(1, good)) })).toEqual({ kind: 'wait' });
  });

  test('golden rows are sent by the minute, with its share given again', () => {
    expect(next(watching(), { now: START + 60_000 })).toEqual({
      kind: 'replay',
      share: 5,
      state: watching({ replayedAt: START + 60_000 }),
    });
  });

  test('it is done when the time is over and the metrics of its last minute are there', () => {
    const end = START + 600_000 + SETTLE_MS;
    const state = watching({ replayedAt: end - 10_000 });
    expect(next(state, { now: end - 1 })).toEqual({ kind: 'wait' });
    expect(next(state, { now: end })).toMatchObject({ kind: 'done', state: { phase: 'done' } });
  });

  test('done stays done, and a new run changes nothing', () => {
    const state = watching({ phase: 'done' });
    expect(next(state, { now: START + 1e9, canary: { healthy: 0, desired: 1, maximum: 3 } })).toEqual({
      kind: 'done',
      state,
    });
  });

  test.each<[string, Partial<Seen>, RegExp]>([
    [
      'an instance is not healthy',
      { canary: { healthy: 1, desired: 2, maximum: 3 } },
      /^1 of its 2 instances were not healthy \(10 of the others were\) at 5 %/,
    ],
    [
      'requests fail',
      traffic([...minutes(3, good), { requests: 100, errors: 8, p99Ms: 20 }]),
      /^8 of 400 requests failed, more than 1 % \(0 of 400 of the others\) at 5 %/,
    ],
    ['no connection comes about', traffic(minutes(1, { requests: 3, errors: 3 })), /^3 of 3 requests failed/],
    [
      'p99 is beyond the plan',
      traffic(minutes(3, { ...good, p99Ms: 51 })),
      /^p99 was 51.0 ms, more than 50.0 ms \(20.0 ms of the others\) at 5 %/,
    ],
    ['the stack is changed back', { forward: false }, /^the stack is being changed back$/],
  ])('it is withdrawn when %s', (_, change, reason) => {
    expect(next(watching(), { now: START + 30_000, ...change })).toMatchObject({
      kind: 'withdraw',
      reason: expect.stringMatching(reason),
    });
  });

  test.each<[string, Partial<Seen>]>([
    ['two requests fail', traffic(minutes(1, { requests: 4, errors: 2, p99Ms: 20 }))],
    ['one in a hundred fails', traffic(minutes(5, { requests: 100, errors: 1, p99Ms: 20 }))],
    [
      'it fails no more than twice as often as the others',
      traffic(
        minutes(3, { requests: 100, errors: 10, p99Ms: 20 }),
        minutes(3, { requests: 100, errors: 5, p99Ms: 20 }),
      ),
    ],
    ['it is as slow as the plan allows', traffic(minutes(3, { ...good, p99Ms: 50 }))],
    ['two minutes are slow', traffic([...minutes(3, good), ...minutes(2, { ...good, p99Ms: 500 })])],
    ['few requests are slow', traffic(minutes(9, { requests: 19, errors: 0, p99Ms: 500 }))],
    [
      'it is a quarter slower than the others, who are too slow too',
      traffic(minutes(3, { ...good, p99Ms: 100 }), minutes(3, { ...good, p99Ms: 80 })),
    ],
    ['answers changed, and nobody has said how many may', { changed: 1 }],
  ])('it goes on when %s', (_, change) => {
    expect(next(watching(), { now: START + 30_000, ...change })).toEqual({ kind: 'wait' });
  });

  test('answers that changed are bounded where that is said', () => {
    const of = { mostChanged: 0.02 };
    expect(next(watching(), { now: START + 1, changed: 0.02 }, of)).toEqual({ kind: 'wait' });
    expect(next(watching(), { now: START + 1, changed: 0.021 }, of)).toMatchObject({
      kind: 'withdraw',
      reason: '2.1 % of the answers differed from those of the shadow, more than 2 %, at 5 % of the requests',
    });
  });
});

describe('linear', () => {
  const of = { shares: [20, 40, 100] };
  const end = START + 600_000 + SETTLE_MS;
  const canary = { healthy: 2, desired: 2, maximum: 12 };

  test('the next share waits for its instances, and keeps the one before', () => {
    expect(next(watching({ replayedAt: end }), { now: end, canary }, of)).toMatchObject({
      kind: 'replay',
      share: 20,
      state: { phase: 'raise', step: 1, since: end },
    });
    expect(next({ phase: 'raise', step: 1, since: end }, { now: end, canary }, of)).toEqual({
      kind: 'resize',
      instances: 4,
    });
    const raised = { healthy: 4, desired: 4, maximum: 12 };
    expect(next({ phase: 'raise', step: 1, since: end }, { now: end, canary: raised }, of)).toMatchObject({
      kind: 'replay',
      share: 40,
      state: { phase: 'watch', step: 1 },
    });
  });

  test('a share that needs no more instances is given at once', () => {
    const wide = { healthy: 4, desired: 4, maximum: 12 };
    expect(next(watching({ replayedAt: end }), { now: end, canary: wide }, of)).toMatchObject({
      kind: 'replay',
      share: 40,
      state: { phase: 'watch', step: 1, since: end },
    });
  });

  test('requests that fail while it is raised end it, with the share that it had', () => {
    const traffic = [{ main: [], canary: minutes(1, { requests: 10, errors: 10, p99Ms: 1 }) }];
    expect(next({ phase: 'raise', step: 1, since: end }, { now: end, canary, traffic }, of)).toMatchObject({
      kind: 'withdraw',
      reason: expect.stringMatching(/^10 of 10 .* at 20 %/),
    });
  });

  test('an endpoint whose main group has gone meanwhile is not a first deployment', () => {
    const gone = { main: { healthy: 0, desired: 0 }, canary };
    expect(next({ phase: 'raise', step: 1, since: START }, { now: START, ...gone }, of).kind).toBe('replay');
  });

  test('only the last share ends it', () => {
    expect(
      next(watching({ step: 2, replayedAt: end }), { now: end, canary: { healthy: 9, desired: 9, maximum: 12 } }, of),
    ).toMatchObject({ kind: 'done', state: { phase: 'done', step: 2 } });
  });
});

test.each([
  [5, 10, 3, 1],
  [5, 40, 3, 2],
  [100, 4, 12, 4],
  [100, 40, 12, 12],
  [1, 0, 3, 1],
])('%s %% of %s instances, at most %s, is %s', (share, main, maximum, instances) => {
  expect(instancesFor(share, main, maximum)).toBe(instances);
});
