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

test('what is read after a long turn can have come when that turn began', async () => {
  loop.cameAt(now);
  now = 1030; // it took 30 ms
  await turn();
  expect(loop.cameAt(now)).toBe(1000);
  now = 1031;
  expect(loop.cameAt(now)).toBe(1000); // all that is read in a turn was there when it began
  await turn();
  expect(loop.cameAt(now)).toBe(1030);
});

/** Accepts connections, one a turn. */
async function crowd(turns: number, milliseconds: number) {
  const newcomers = [];
  for (let i = 0; i < turns; i++) {
    newcomers.push(loop.accepted());
    now += milliseconds;
    await turn();
  }
  return newcomers;
}

test('a connection out of a crowd came when the crowd began at the earliest, and half a second ago', async () => {
  const newcomers = await crowd(100, 10);
  expect(newcomers[0]).toMatchObject({ cameAt: 1000 });
  expect(newcomers[30]).toMatchObject({ cameAt: 1000 });
  expect(newcomers[99]).toMatchObject({ cameAt: now - 10 - 500 });
});

test('a turn without a connection ends the crowd', async () => {
  await crowd(10, 10);
  await turn();
  await turn();
  expect(loop.holds).toBe(false);
  expect(loop.accepted().cameAt).toBe(now);
});

test('a request came with its connection if it is read in the turn after it, and no later', async () => {
  const newcomer = loop.accepted();
  await turn();
  expect(loop.isNew(newcomer)).toBe(true);
  await turn();
  expect(loop.isNew(newcomer)).toBe(false);
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
