import { Admission } from '../../../../lambda/inference/serving/admission';

const DEADLINE_MS = 1000;
const PATIENCE_MS = 100;

const CALM = { elapsedMs: 0, holds: false };
const LATE = { elapsedMs: 2, holds: false };

let admission: Admission;
beforeEach(() => {
  admission = new Admission(DEADLINE_MS);
});

/** A request that has waited for so long; the queue has no room, were it asked. */
const admits = (now: number, waitedMs: number) => admission.admits(now - waitedMs, now, LATE, true);

test('a process that stood still answers all that came meanwhile', () => {
  for (let now = 0; now < PATIENCE_MS; now += 10) expect(admits(now, 2700)).toBe(true);
  expect(admits(PATIENCE_MS, 1)).toBe(true);
  expect(admits(PATIENCE_MS + 1, 2700)).toBe(true);
});

test('one request that waited for a short time shows that the queue does not stand', () => {
  for (let now = 0; now < 10 * PATIENCE_MS; now += 10) expect(admits(now, now % 90 === 0 ? 50 : 5000)).toBe(true);
});

/** Brings the queue to stand at 100 ms. */
function stand() {
  for (let now = 0; now <= PATIENCE_MS; now += 10) admits(now, PATIENCE_MS + 1);
}

test('a queue in which all have waited for too long for as long stands', () => {
  stand();
  expect(admits(PATIENCE_MS, PATIENCE_MS + 1)).toBe(false);
});

test('what a run had to wait for counts as well', () => {
  admission.waited(PATIENCE_MS + 1, 0);
  admission.waited(PATIENCE_MS + 1, PATIENCE_MS);
  expect(admits(PATIENCE_MS + 1, 300)).toBe(false);
});

test.each([
  ['at the beginning of a turn', CALM, false, true],
  ['later in a turn', LATE, false, false],
  ['when the next run is full', CALM, true, false],
  ['when connections are let in', { elapsedMs: 0, holds: true }, false, false],
])('while it stands, a request %s: %j, %j: %j', (_, turn, runIsFull, expected) => {
  stand();
  expect(admission.admits(300, 301, turn, runIsFull)).toBe(expected);
});

test('it stands, however short the waits are now, until nothing was refused for an interval', () => {
  stand();
  let now = PATIENCE_MS;
  for (; now < 1000; now += 10) expect(admits(now, 1)).toBe(false);
  for (; now < 1000 + 2 * PATIENCE_MS; now += 10) expect(admission.admits(now - 1, now, CALM, false)).toBe(true);
  expect(admits(now, 1)).toBe(true);
});

test('what was refused before a silence as long as a deadline says nothing of what comes then', () => {
  stand();
  expect(admits(PATIENCE_MS, 1)).toBe(false);
  expect(admits(PATIENCE_MS + DEADLINE_MS + 1, 1)).toBe(true);
});
