import { untilSteady } from '../../../../lambda/inference/serving/warm-up';

/** Rounds that take what `cost` says, on a clock of their own. */
function timed(cost: (round: number) => number) {
  let clock = 0;
  let rounds = 0;
  const result = untilSteady(
    async (round) => {
      rounds++;
      clock += cost(round);
    },
    () => clock,
  );
  return result.then((warm) => ({ ...warm, rounds }));
}

test('rounds that are steady from the start end soon', async () => {
  expect(await timed(() => 1)).toMatchObject({ roundMs: 1, rounds: 30 });
});

test('short rounds fill five milliseconds, in which V8 can compile them', async () => {
  expect((await timed(() => 0.125)).rounds).toBe(120);
});

test('rounds that get faster go on until they do not', async () => {
  const warm = await timed((round) => Math.max(0.5, 3 - round / 40));
  expect(warm.roundMs).toBe(0.5);
  expect(warm.rounds).toBe(120); // 100 until they are as fast as they get, and two windows to see it
});

test('a round that was disturbed does not count', async () => {
  expect((await timed((round) => (round % 7 === 3 ? 20 : 1))).rounds).toBe(30);
});

test('rounds that get faster for ever are cut off', async () => {
  const { milliseconds, rounds } = await timed((round) => 400 * 0.99 ** round);
  expect(milliseconds).toBeGreaterThan(2000);
  expect(milliseconds).toBeLessThan(2400);
  expect(rounds).toBeLessThan(10);
});

test('whoever asks for health is answered after each long round', async () => {
  let turns = 0;
  let done = false;
  const turn = () => {
    if (done) return;
    turns++;
    setImmediate(turn);
  };
  setImmediate(turn);
  const { rounds } = await timed(() => 100);
  done = true;
  expect(turns).toBeGreaterThanOrEqual(rounds - 1);
});
