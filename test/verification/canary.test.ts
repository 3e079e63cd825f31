/** A canary as the function runs it, against answers of AWS as they are recorded here. */
import { type CanaryRun, runCanary } from '../../lambda/verification/canary';
import { CanaryWorld } from '../../lambda/verification/canary-world';
import { SlipwayError } from '../../lib/model/error';
import type { Judged } from '../../lib/model/stage/deployment';
import { jwtAction } from '../../lib/model/stage/verify-jwt';
import { Account, settings, Watch } from './canary-account';

const judged = { endpoint: 'credit.example.com', p99Ms: 50, canary: settings } as Judged;

function setUp(change: Partial<CanaryRun> = {}) {
  const watch = new Watch();
  const account = new Account(watch);
  const told: boolean[] = [];
  const world = new CanaryWorld(settings, judged.endpoint, account.clients, watch);
  const run: CanaryRun = {
    judged,
    world,
    clock: watch,
    forward: async () => true,
    replay: async () => {},
    tell: (withdrawn) => told.push(withdrawn),
    until: watch.now() + 720_000,
    last: true,
    ...change,
  };
  return { watch, account, told, world, run };
}

const RAISED = ['size canary-group 1', 'arn:listener: arn:main 95, arn:canary 5'];
const WITHDRAWN = ['arn:listener: arn:main 100, arn:canary 0', 'size canary-group 0'];
/** Its share is given again with each replay. */
const distinct = (calls: readonly string[]) => calls.filter((call, i) => call !== calls[i - 1]);

test('a canary that holds keeps its share until the main group is new', async () => {
  const { account, run, told, watch } = setUp();
  const began = watch.now();
  expect(await runCanary(run)).toMatchObject({ phase: 'done', step: 0 });
  expect(distinct(account.calls)).toEqual(RAISED);
  expect(told).toEqual([]);
  expect(watch.now() - began).toBeGreaterThanOrEqual(60_000 + 120_000 + 120_000);
});

test('no request goes to it before its golden rows hold', async () => {
  const replay = async () => {
    throw new SlipwayError('E_PARITY', '1 of 20 golden rows do not hold: row 3, predict: expected 1, got 0');
  };
  const { account, run, told } = setUp({ replay });
  const reason = 'the canary was withdrawn: 1 of 20 golden rows do not hold: row 3, predict: expected 1, got 0';
  await expect(runCanary(run)).rejects.toMatchObject({ code: 'E_PARITY', message: reason });
  expect(account.calls).toEqual(['size canary-group 1', ...WITHDRAWN, `withdrawn ALARM: ${reason}`]);
  expect(told).toEqual([true]);
});

test('requests go elsewhere before its instances go, by as long as the load balancer takes', async () => {
  const { account, run, watch } = setUp();
  account.metrics = { RequestCount: 50, HTTPCode_Target_5XX_Count: 40 };
  const at: number[] = [];
  const push = account.calls.push.bind(account.calls);
  account.calls.push = (...calls) => {
    at.push(watch.now());
    return push(...calls);
  };
  await expect(runCanary(run)).rejects.toThrow(/40 of 50 requests failed/);
  expect(distinct(account.calls).slice(0, 4)).toEqual([...RAISED, ...WITHDRAWN]);
  const end = account.calls.indexOf(WITHDRAWN[1]!);
  expect(at[end]! - at[end - 1]!).toBeGreaterThanOrEqual(15_000);
});

test('an instance that never becomes healthy is withdrawn without a request', async () => {
  const { account, run } = setUp();
  account.bootMs = undefined;
  await expect(runCanary(run)).rejects.toThrow(/0 of its 1 instances were healthy after 300 s/);
  expect(account.calls.slice(0, 3)).toEqual(['size canary-group 1', ...WITHDRAWN]);
});

test('a stack that is changed back takes the canary with it, and is not held up', async () => {
  let rounds = 0;
  const { account, run, told } = setUp({ forward: async () => ++rounds < 10 });
  expect(await runCanary(run)).toMatchObject({ phase: 'skipped' });
  expect(distinct(account.calls)).toEqual([...RAISED, ...WITHDRAWN]);
  expect(told).toEqual([]);
});

test('the next run goes on where time was up, and the last one withdraws', async () => {
  const first = setUp({ last: false });
  const state = await runCanary({ ...first.run, until: first.watch.now() + 150_000 });
  expect(state).toMatchObject({ phase: 'watch', step: 0 });
  const from = JSON.parse(JSON.stringify(state));
  expect(await runCanary({ ...first.run, from, until: first.watch.now() + 720_000 })).toMatchObject({ phase: 'done' });

  const late = setUp();
  await expect(runCanary({ ...late.run, until: late.watch.now() + 150_000 })).rejects.toThrow(
    /not through in the time/,
  );
  expect(late.account.calls).toEqual(expect.arrayContaining(WITHDRAWN));
});

test('a first deployment changes nothing', async () => {
  const { account, run } = setUp();
  account.main = [];
  expect(await runCanary(run)).toMatchObject({ phase: 'skipped' });
  expect(account.calls).toEqual([]);
});

test('a broken connection, and an interface that is busy, are no verdict for a minute', async () => {
  let failures = 4;
  const flaky = async () => {
    if (failures-- > 0) throw new SlipwayError('E_UNREACHABLE', 'reset');
  };
  expect(await runCanary(setUp({ replay: flaky }).run)).toMatchObject({ phase: 'done' });
  const never = async () => {
    throw new Error('Rate exceeded');
  };
  const { account, run } = setUp({ forward: never });
  await expect(runCanary(run)).rejects.toThrow(/withdrawn: Error: Rate exceeded/);
  expect(account.calls[0]).toBe(WITHDRAWN[0]);
});

test('a main group that shrank while the small one had most of the requests grows first', async () => {
  const { account, world } = setUp();
  account.desired = 3;
  expect(await world.mainCarriesAll()).toBe(false);
  expect(account.calls).toEqual(['size main-group 3']);
  account.main = ['healthy', 'healthy', 'healthy'];
  expect(await world.mainCarriesAll()).toBe(true);
});

test('a small group that has no instances is withdrawn by the listener alone', async () => {
  const { account, world } = setUp();
  await world.withdraw();
  expect(account.calls).toEqual(['arn:listener: arn:main 100, arn:canary 0']);
});

test('where models share a listener, the rule of the model has the weights', async () => {
  const watch = new Watch();
  const account = new Account(watch);
  const { listener: _shared, ...rest } = settings;
  await new CanaryWorld({ ...rest, rule: 'arn:rule' }, judged.endpoint, account.clients, watch).give(20);
  expect(account.calls).toEqual(['arn:rule: arn:main 80, arn:canary 20']);
});

test('a token is checked whatever the weights', async () => {
  const sent: unknown[] = [];
  const balancer = { send: async ({ input }: { input: unknown }) => sent.push(input) } as never;
  const watch = new Watch();
  const { clients } = new Account(watch);
  const claims = [{ name: 'aud', format: 'single-string' as const, values: ['screening'] }];
  const before = jwtAction({ issuer: 'https://a.example.com/', jwksEndpoint: 'https://a.example.com/keys', claims });
  await new CanaryWorld({ ...settings, before }, judged.endpoint, { ...clients, balancer }, watch).give(20);
  expect(sent).toMatchObject([{ DefaultActions: [before, { Type: 'forward', Order: 2 }] }]);
});
