import { FairTurns, type Share } from '../../../../lambda/inference/serving/fair-turns';

/** Turns of an event loop that come when they are called for. */
class Loop {
  private readonly calls: (() => void)[] = [];
  readonly later = (call: () => void) => void this.calls.push(call);
  turn(): void {
    this.calls.shift()?.();
  }
}

/** A model that always wants another run, of so many milliseconds. */
function busy(share: Share, milliseconds: number): { time: number } {
  const used = { time: 0 };
  const run = () => {
    used.time += milliseconds;
    share.used(milliseconds);
    share.next(run);
  };
  share.next(run);
  return used;
}

test('time is shared by weight, whatever a run costs', () => {
  const loop = new Loop();
  const turns = new FairTurns(loop.later);
  const [slow, quick, light] = [busy(turns.share(1), 10), busy(turns.share(1), 0.1), busy(turns.share(3), 0.5)];
  while (slow.time + quick.time + light.time < 10_000) loop.turn();
  expect(slow.time).toBeCloseTo(2000, -2);
  expect(quick.time).toBeCloseTo(2000, -2);
  expect(light.time).toBeCloseTo(6000, -2);
});

test('what is wanted seldom waits for the run under way, and earns nothing while it is not wanted', () => {
  const loop = new Loop();
  const turns = new FairTurns(loop.later);
  const greedy = busy(turns.share(1), 1);
  const seldom = turns.share(1);
  for (let i = 0; i < 100; i++) loop.turn();
  let called = 0;
  const go = () => {
    called++;
    seldom.used(1);
  };
  for (let i = 1; i <= 20; i++) {
    for (let j = 0; j < 10; j++) loop.turn();
    seldom.next(go);
    loop.turn();
    loop.turn();
    expect(called).toBe(i);
  }
  expect(greedy.time).toBeGreaterThan(290);
  // it was idle for all that time, and does not get it back
  const late = busy(seldom, 1);
  const before = greedy.time;
  for (let i = 0; i < 100; i++) loop.turn();
  expect(Math.abs(late.time - (greedy.time - before))).toBeLessThanOrEqual(2);
});

test('runs of one model come in the order in which it asks, each in a turn of its own', () => {
  const loop = new Loop();
  const share = new FairTurns(loop.later).share(1);
  const order: number[] = [];
  for (const i of [1, 2, 3]) share.next(() => order.push(i));
  expect(order).toEqual([]);
  loop.turn();
  expect(order).toEqual([1]);
  loop.turn();
  loop.turn();
  expect(order).toEqual([1, 2, 3]);
});
