/** A new version of a function that gets a part of the requests, against Lambda and CloudWatch as they are recorded here. */
import { type CanaryRun, runCanary } from '../../lambda/verification/canary';
import type { StackEvent } from '../../lambda/verification/custom-resource';
import { judge } from '../../lambda/verification/function';
import type { CallLambda } from '../../lambda/verification/lambda-api';
import { ShiftWorld } from '../../lambda/verification/shift-world';
import { SlipwayError } from '../../lib/model/error';
import type { Judged, ShiftSettings } from '../../lib/model/stage/deployment';
import { Watch } from './canary-account';

const shift: ShiftSettings = {
  ...{ shares: [5], holdSeconds: 180, bootSeconds: 60, alarm: 'withdrawn' },
  ...{ function: 'served', alias: 'live', version: '8' },
};

/** Lambda with one alias, and CloudWatch with the same values at any minute. */
class Account {
  readonly calls: string[] = [];
  alias: { FunctionVersion: string } | undefined = { FunctionVersion: '7' };
  /** By version and name of the metric. */
  metrics: Record<string, Record<string, number>> = {
    7: { Invocations: 300, Duration: 9 },
    8: { Invocations: 30, Duration: 9 },
  };
  status = 200;

  readonly call: CallLambda = async ({ method, path, body }) => {
    expect(path).toBe('served/aliases/live');
    const headers = new Headers();
    if (method === 'GET') {
      const status = this.alias ? this.status : 404;
      return { status, headers, text: JSON.stringify(this.alias ?? {}) };
    }
    this.calls.push(JSON.stringify((body as { RoutingConfig: object }).RoutingConfig));
    return { status: this.status, headers, text: '{}' };
  };

  readonly cloudWatch = {
    send: async (command: { input: Record<string, unknown> }) => {
      const { input } = command;
      if (command.constructor.name === 'SetAlarmStateCommand') {
        this.calls.push(`${input.AlarmName} ${input.StateValue}: ${input.StateReason}`);
        return {};
      }
      const [from, until] = [input.StartTime, input.EndTime].map((time) => (time as Date).getTime()) as [
        number,
        number,
      ];
      const at = Array.from({ length: (until - from) / 60_000 }, (_, i) => new Date(from + i * 60_000));
      const queries = input.MetricDataQueries as {
        Id: string;
        MetricStat: { Metric: { MetricName: string; Dimensions: { Name: string; Value: string }[] } };
      }[];
      return {
        MetricDataResults: queries.map(({ Id, MetricStat: { Metric } }) => {
          const named = ({ Name }: { Name: string }) => /Version$/.test(Name);
          const value = this.metrics[Metric.Dimensions.find(named)!.Value]?.[Metric.MetricName];
          return {
            Id,
            Timestamps: value === undefined ? [] : at,
            Values: value === undefined ? [] : at.map(() => value),
          };
        }),
      };
    },
  } as never;
}

function setUp(change: Partial<CanaryRun> = {}, settings = shift) {
  const watch = new Watch();
  const account = new Account();
  const told: boolean[] = [];
  const world = new ShiftWorld(settings, 'credit-dev', { call: account.call, metrics: account.cloudWatch }, watch);
  const run: CanaryRun = {
    judged: { endpoint: 'credit-dev', p99Ms: 50, shift: settings } as Judged,
    world,
    clock: watch,
    forward: async () => true,
    replay: async () => {},
    tell: (withdrawn) => told.push(withdrawn),
    until: watch.now() + 720_000,
    last: true,
    ...change,
  };
  return { watch, account, told, run };
}

const SHARE = '{"AdditionalVersionWeights":{"8":0.05}}';
const NONE = '{"AdditionalVersionWeights":{}}';
/** Its share is given again with each replay. */
const distinct = (calls: readonly string[]) => calls.filter((call, i) => call !== calls[i - 1]);

test('a version that holds has its share for as long as was asked', async () => {
  const { account, run, told, watch } = setUp();
  const began = watch.now();
  expect(await runCanary(run)).toMatchObject({ phase: 'done', step: 0 });
  expect(distinct(account.calls)).toEqual([SHARE]);
  expect(told).toEqual([]);
  expect(watch.now() - began).toBeGreaterThanOrEqual(180_000);
});

test('a share grows to all requests', async () => {
  const { account, run } = setUp({}, { ...shift, shares: [50, 100] });
  await runCanary({ ...run, until: run.until + 3_600_000 });
  expect(distinct(account.calls)).toEqual([
    '{"AdditionalVersionWeights":{"8":0.5}}',
    '{"AdditionalVersionWeights":{"8":1}}',
  ]);
});

test('no request of clients goes to it before its golden rows hold', async () => {
  const replay = async () => {
    throw new SlipwayError('E_PARITY', '1 of 20 golden rows do not hold');
  };
  const { account, run, told } = setUp({ replay });
  const reason = 'the canary was withdrawn: 1 of 20 golden rows do not hold';
  await expect(runCanary(run)).rejects.toMatchObject({ code: 'E_PARITY', message: reason });
  expect(account.calls).toEqual([NONE, `withdrawn ALARM: ${reason}`]);
  expect(told).toEqual([true]);
});

test.each([
  ['ends without an answer', { Errors: 3 }, /3 of 30 requests failed|failed, more than 1 %/],
  ['answers 5xx', { FailedAnswers: 4 }, /requests failed, more than 1 %/],
  ['is slow', { Duration: 400 }, /p99 was 400.0 ms, more than 50.0 ms \(9.0 ms of the others\) at 5 % of the requests/],
])('a version that %s is withdrawn, with the reason in the alarm', async (_, metrics, why) => {
  const { account, run } = setUp();
  account.metrics['8'] = { ...account.metrics['8'], ...metrics };
  await expect(runCanary(run)).rejects.toThrow(why);
  expect(distinct(account.calls)).toEqual([
    SHARE,
    NONE,
    expect.stringMatching(/^withdrawn ALARM: the canary was withdrawn/),
  ]);
});

test('faults that the version before has as well are no reason', async () => {
  const { account, run } = setUp();
  for (const version of ['7', '8']) account.metrics[version]!.FailedAnswers = 15;
  account.metrics['7']!.Invocations = 30;
  expect(await runCanary(run)).toMatchObject({ phase: 'done' });
});

test.each([
  ['a first deployment has no alias', undefined],
  ['the function is as it was', { FunctionVersion: '8' }],
])('where %s nothing is tried', async (_, alias) => {
  const { account, run } = setUp();
  account.alias = alias;
  expect(await runCanary(run)).toMatchObject({ phase: 'skipped' });
  expect(account.calls).toEqual([]);
});

test('a stack that is changed back takes the share away, and is not held up', async () => {
  const { account, run, told } = setUp({ forward: async () => false });
  expect(await runCanary(run)).toMatchObject({ phase: 'skipped' });
  expect(account.calls).toEqual([NONE]);
  expect(told).toEqual([]);
});

test('a Lambda that answers nothing for a minute ends the trial', async () => {
  const { account, run } = setUp();
  account.status = 500;
  await expect(runCanary(run)).rejects.toThrow(/served\/aliases\/live: Lambda answered 500/);
});

describe('the function that judges', () => {
  const settings = {
    ...{
      url: 'https://a.example.com',
      anyAuthority: false,
      fleet: '8',
      p99Ms: 50,
      closed: false,
      endpoint: 'credit-dev',
    },
    package: { name: 'a', digest: 'b'.repeat(64), bucket: 'c', objects: {} },
    shift,
  };

  /** What a resource is answered with. */
  async function judged(
    task: Partial<StackEvent['ResourceProperties']>,
    { alias, ...change }: Partial<StackEvent> & { readonly alias?: { readonly FunctionVersion: string } } = {},
  ) {
    const watch = new Watch();
    const account = new Account();
    account.alias = alias; // without one there is nothing to be held against, so that it is through at once
    const told: unknown[] = [];
    const handler = judge({
      stacks: { send: async () => ({ Stacks: [{ StackStatus: 'UPDATE_IN_PROGRESS' }] }) } as never,
      canary: () => ({ metrics: account.cloudWatch }) as never,
      lambda: account.call,
      packageFolder: 'nowhere',
      clock: watch,
      respond: async (_, answer) => void told.push(answer),
      write: () => undefined,
    });
    const properties = { Task: 'canary', Settings: JSON.stringify(settings), ...task };
    const event = { RequestType: 'Update', StackId: 'arn:stack', ResourceProperties: properties, ...change };
    account.calls.length = 0;
    await handler(event as unknown as StackEvent);
    return { told, account };
  }

  test('hands where a trial has stopped to the next resource', async () => {
    const { told } = await judged({ Last: 'false' });
    expect(told).toEqual([{ data: { State: expect.stringContaining('"phase":"skipped"') } }]);
  });

  test('takes the share away when the last resource is through, before the alias moves', async () => {
    const From = JSON.stringify({ phase: 'done', step: 0, since: 0 });
    const alias = { FunctionVersion: '7' };
    expect((await judged({ From, Last: 'false' }, { alias })).account.calls).toEqual([]);
    expect((await judged({ From, Last: 'true' }, { alias })).account.calls).toEqual([NONE]);
  });

  test('agrees to a removal, and leaves no share behind', async () => {
    const { told } = await judged({}, { RequestType: 'Delete' } as Partial<StackEvent>);
    expect(told).toEqual([{ data: {} }]);
  });
});
