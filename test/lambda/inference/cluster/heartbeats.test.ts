import type { Worker } from 'node:cluster';
import { BEAT_MS, Heartbeats } from '../../../../lambda/inference/cluster/heartbeats';

const LONGEST_MS = 5000;
const [one, other] = [{ id: 1 }, { id: 2 }] as unknown as [Worker, Worker];

let givenUp: [Worker, number][];
let heartbeats: Heartbeats;
beforeEach(() => {
  jest.useFakeTimers();
  givenUp = [];
  heartbeats = new Heartbeats(LONGEST_MS, (...what) => givenUp.push(what));
});
afterEach(() => {
  heartbeats.stop();
  jest.useRealTimers();
});

test('a worker that falls silent is given up once, the others are not', () => {
  heartbeats.beat(one, 0);
  for (let i = 0; i < 20; i++) {
    heartbeats.beat(other, 0);
    jest.advanceTimersByTime(BEAT_MS);
    expect(heartbeats.isSilent(one)).toBe(i >= 3 && givenUp.length === 0);
  }
  expect(givenUp).toEqual([[one, LONGEST_MS]]);
});

test('a worker is watched from its first beat until it has ended', () => {
  jest.advanceTimersByTime(10 * LONGEST_MS); // it loads
  heartbeats.beat(one, 0);
  heartbeats.ended(one);
  jest.advanceTimersByTime(10 * LONGEST_MS);
  expect(givenUp).toEqual([]);
});

test('a worker whose engine does not come to the end of a run is given up although it beats', () => {
  heartbeats.beat(one, LONGEST_MS - 1);
  expect(givenUp).toEqual([]);
  heartbeats.beat(one, LONGEST_MS + 1);
  expect(givenUp).toEqual([[one, LONGEST_MS + 1]]);
});
