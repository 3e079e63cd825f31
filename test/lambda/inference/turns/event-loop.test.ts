import { EventLoop } from '../../../../lambda/inference/turns/event-loop';

let now = 0;
let loop: EventLoop;
beforeEach(() => {
  now = 1000;
  loop = new EventLoop(() => now);
});

const turn = () => new Promise(setImmediate);

test('what is read by a process that had nothing to do has come just now', async () => {
  expect(loop.cameAt(now)).toBe(1000);
  await turn();
  now = 2000;
  expect(loop.cameAt(now)).toBe(2000);
});

test('what is read after a long turn has come in the middle of it, on the average', async () => {
  loop.cameAt(now);
  now = 1030; // it took 30 ms
  expect(loop.elapsedMs).toBe(30);
  await turn();
  expect(loop.elapsedMs).toBe(0);
  expect(loop.cameAt(now)).toBe(1015);
  now = 1032;
  expect(loop.cameAt(now)).toBe(1015); // all that is read in a turn was there when it began
  await turn();
  expect(loop.cameAt(now)).toBe(1031);
});

/** Accepts connections, one a turn. */
async function crowd(turns: number, milliseconds: number) {
  for (let i = 0; i < turns; i++) {
    loop.accepted();
    now += milliseconds;
    await turn();
  }
}

test('while each turn accepts a connection, there may be what has waited since the first', async () => {
  await crowd(100, 10);
  loop.accepted();
  expect(loop.cameAt(now)).toBe(1000);
});

test('a turn without a connection ends the crowd', async () => {
  await crowd(10, 10);
  await turn();
  await turn();
  expect(loop.holds).toBe(false);
  expect(loop.cameAt(now)).toBe(now);
});

test('work is held up by a crowd for as long as the work before it took, over and over', async () => {
  const held: boolean[] = [];
  for (let i = 0; i < 12; i++) {
    loop.accepted();
    now += loop.holds ? 2 : 6; // a turn with work is longer
    await turn();
    held.push(loop.holds);
  }
  expect(held).toEqual([true, true, true, false, true, true, true, false, true, true, true, false]);
});
