/** Logs of a deployed endpoint and why it fails, with AWS played by this test. */
import { type LogLine, lastBoot, logGroupOf, logLines } from '../../lib/deployed/logs';
import { type WhyClients, whyOf } from '../../lib/deployed/why';
import { errorOf } from '../../testing/error-of';

const STACK = 'screening-example-com-endpoint';
const GROUP = '/slipway/screening';

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: Record<string, never>;
}

/** A client that answers by the name of the command, and keeps what it was asked. */
function client(answers: Readonly<Record<string, (input: Record<string, never>) => unknown>>) {
  const asked: Command['input'][] = [];
  const send = async ({ constructor: { name }, input }: Command) => {
    asked.push(input);
    return answers[name]!(input);
  };
  return { send: send as never, asked };
}

const BOOT_FAILED = {
  Timestamp: new Date('2026-11-30T10:00:00Z'),
  LogicalResourceId: 'EndpointFleetReady600',
  ResourceType: 'AWS::CloudFormation::WaitCondition',
  ResourceStatus: 'CREATE_FAILED',
  ResourceStatusReason: 'WaitCondition received failed message: cannot fetch node.tgz',
};

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:111111111111:targetgroup/a/1';
const RESOURCES = [
  { ResourceType: 'AWS::Logs::LogGroup', LogicalResourceId: 'EndpointJudgeLogs1', PhysicalResourceId: '/of/the/judge' },
  { ResourceType: 'AWS::Logs::LogGroup', LogicalResourceId: 'EndpointFleetLogs1', PhysicalResourceId: GROUP },
  { ResourceType: 'AWS::ElasticLoadBalancingV2::TargetGroup', LogicalResourceId: 'T', PhysicalResourceId: ARN },
  {
    ResourceType: 'AWS::AutoScaling::AutoScalingGroup',
    LogicalResourceId: 'EndpointFleetGroup1',
    PhysicalResourceId: 'fleet-group',
  },
];

/** As CloudFormation lists what a first deployment made that failed: all of it is gone but the logs. */
const LEFT = RESOURCES.map((resource) => ({
  ...resource,
  ResourceStatus: resource.PhysicalResourceId === GROUP ? 'DELETE_SKIPPED' : 'DELETE_COMPLETE',
}));

const stacks = (state: string, Outputs: readonly object[] = [], resources: readonly object[] = RESOURCES) =>
  client({
    DescribeStacksCommand: () => ({
      Stacks: [{ StackStatus: state, CreationTime: new Date('2026-11-30T09:00:00Z'), Outputs }],
    }),
    DescribeStackEventsCommand: () => ({ StackEvents: [BOOT_FAILED] }),
    // one thing a page
    ListStackResourcesCommand: ({ NextToken = 0 }) => ({
      StackResourceSummaries: [resources[NextToken]],
      ...(NextToken < resources.length - 1 && { NextToken: NextToken + 1 }),
    }),
  });

const clients = (state: string, health: readonly object[], activities: readonly object[] = []): WhyClients => ({
  scaling: client({
    DescribeScalingActivitiesCommand: ({ AutoScalingGroupName, IncludeDeletedGroups }) => {
      expect([AutoScalingGroupName, IncludeDeletedGroups]).toEqual(['fleet-group', true]);
      return { Activities: activities };
    },
  }),
  stacks: stacks(state),
  alarms: client({ DescribeAlarmsCommand: () => ({}) }),
  topics: client({}),
  balancer: client({
    DescribeTargetHealthCommand: ({ TargetGroupArn }) => {
      expect(TargetGroupArn).toBe(ARN);
      return { TargetHealthDescriptions: health };
    },
  }),
  logs: client({
    DescribeLogStreamsCommand: () => ({
      logStreams: [{ logStreamName: 'i-2/handler' }, { logStreamName: 'i-2/boot' }],
    }),
    GetLogEventsCommand: ({ logStreamName, limit }) => {
      expect([logStreamName, limit]).toEqual(['i-2/boot', 20]);
      return { events: [{ message: 'one\ntwo\n' }, { message: 'cannot fetch node.tgz\n' }] };
    },
  }),
});

describe('the log group', () => {
  test('is the one that the stack tells of', async () => {
    expect(await logGroupOf(STACK, stacks('X', [{ OutputKey: 'LogGroup', OutputValue: '/told' }]))).toBe('/told');
  });

  test('is what is left of a first deployment that failed, and not that of a function', async () => {
    expect(await logGroupOf(STACK, stacks('ROLLBACK_COMPLETE'))).toBe(GROUP);
  });

  test('a stack without one is named with its state', async () => {
    const none = client({
      DescribeStacksCommand: () => ({ Stacks: [{ StackStatus: 'CREATE_IN_PROGRESS' }] }),
      ListStackResourcesCommand: () => ({}),
    });
    expect((await errorOf(logGroupOf(STACK, none))).message).toBe(
      `the stack ${STACK} is CREATE_IN_PROGRESS, and has no logs yet`,
    );
  });
});

describe('lines', () => {
  const since = new Date('2026-11-30T10:00:00Z');
  const event = (id: string, second: number) => ({
    eventId: id,
    timestamp: since.getTime() + second * 1000,
    logStreamName: 'i-1/handler',
    message: `${id}\n`,
  });

  test('are read page by page, also where a page is empty', async () => {
    const pages = [
      { events: [event('a', 1)], nextToken: '1' },
      { events: [], nextToken: '2' },
      { events: [event('b', 2)] },
    ];
    const logs = client({ FilterLogEventsCommand: ({ nextToken = 0 }) => pages[Number(nextToken)] });
    const lines: LogLine[] = [];
    for await (const line of logLines(GROUP, { since }, logs, async () => {})) lines.push(line);
    expect(lines).toEqual([
      { at: '2026-11-30T10:00:01.000Z', stream: 'i-1/handler', message: 'a' },
      { at: '2026-11-30T10:00:02.000Z', stream: 'i-1/handler', message: 'b' },
    ]);
    expect(logs.asked[0]).toMatchObject({ logGroupName: GROUP, startTime: since.getTime() });
    expect(logs.asked[0]!.filterPattern).toBeUndefined();
  });

  test('that are followed come once each, also those that an instance has sent late', async () => {
    const looks = [[event('a', 100)], [event('late', 70), event('a', 100)], [event('late', 70), event('b', 130)]];
    const logs = client({ FilterLogEventsCommand: () => ({ events: looks.shift() ?? [] }) });
    const waits: number[] = [];
    const read: string[] = [];
    const wait = async (ms: number) => void waits.push(ms);
    for await (const { message } of logLines(GROUP, { since, follow: true }, logs, wait)) {
      read.push(message);
      if (message === 'b') break;
    }
    expect(read).toEqual(['a', 'late', 'b']);
    expect(waits).toEqual([2000, 2000]);
    expect(logs.asked.map(({ startTime }) => (startTime! - since.getTime()) / 1000)).toEqual([0, 40, 40]);
  });

  test('that are errors are asked for by what the handler and the boot write', async () => {
    const logs = client({ FilterLogEventsCommand: () => ({}) });
    for await (const _ of logLines(GROUP, { since, errors: true }, logs, async () => {}));
    expect(logs.asked[0]!.filterPattern).toBe(
      String.raw`?"\"level\":\"error\"" ?"\"level\":\"warn\"" ?error ?Error ?failed ?FAILURE`,
    );
  });

  test('of a boot are found behind those of many handlers', async () => {
    const handlers = Array.from({ length: 50 }, (_, i) => ({ logStreamName: `i-${i}/handler` }));
    const pages = [handlers, handlers, [{ logStreamName: 'i-7/boot' }]];
    const logs = client({
      DescribeLogStreamsCommand: ({ nextToken = 0 }) => ({
        logStreams: pages[Number(nextToken)],
        ...(Number(nextToken) < 2 && { nextToken: String(Number(nextToken) + 1) }),
      }),
      GetLogEventsCommand: () => ({ events: [{ message: 'cannot fetch node.tgz\n' }] }),
    });
    expect(await lastBoot(GROUP, 5, logs)).toEqual({ stream: 'i-7/boot', lines: ['cannot fetch node.tgz'] });
  });

  test('of a group that AWS does not show are an error with its words', async () => {
    const logs = { send: (async () => Promise.reject(new Error('not authorized'))) as never };
    expect(await errorOf(lastBoot(GROUP, 5, logs))).toMatchObject({
      code: 'E_AWS',
      message: `the log group ${GROUP} cannot be read: not authorized; whoever asks needs what it names in that account and region`,
    });
  });
});

describe('why', () => {
  test('a first deployment that failed: the event, the end of the boot, the health check, and what to do', async () => {
    const unhealthy = { Target: { Id: 'i-2' }, TargetHealth: { State: 'unhealthy', Description: 'codes: [503]' } };
    const why = await whyOf(STACK, clients('ROLLBACK_COMPLETE', [unhealthy]));
    expect(why.status.failure?.reason).toContain('cannot fetch node.tgz');
    expect(why.targets).toEqual([{ instance: 'i-2', state: 'unhealthy', reason: 'codes: [503]' }]);
    expect(why.boot).toEqual({ stream: 'i-2/boot', lines: ['one', 'two', 'cannot fetch node.tgz'] });
    expect(why.steps).toEqual([
      expect.stringMatching(/^no instance became ready in its time/),
      expect.stringMatching(/"Instances are missing"/),
    ]);
  });

  test('of a stage that is well nothing is said, and no log is read', async () => {
    const healthy = { Target: { Id: 'i-1' }, TargetHealth: { State: 'healthy' } };
    const why = await whyOf(STACK, { ...clients('UPDATE_COMPLETE', [healthy]), logs: client({}) });
    expect(why).toMatchObject({ targets: [{ instance: 'i-1', state: 'healthy' }], steps: [] });
    expect(why).not.toHaveProperty('boot');
  });

  test('a first deployment whose instances EC2 did not launch says why, though all of it is gone', async () => {
    const failed = (minute: number, StatusMessage: string) => ({
      StatusCode: 'Failed',
      StartTime: new Date(`2026-11-30T09:${minute}:00Z`),
      StatusMessage,
    });
    const capacity =
      'We currently do not have sufficient t4g.micro capacity (Service: Ec2, InsufficientInstanceCapacity)';
    const activities = [
      failed(40, 'Instance became unhealthy while waiting: Client.InternalError: Client error on launch'),
      failed(30, capacity),
      failed(20, capacity),
      { ...failed(50, 'Launching a new EC2 instance: i-1'), StatusCode: 'Successful' },
      { ...failed(10, 'of the deployment before'), StartTime: new Date('2026-11-30T08:59:00Z') },
    ];
    const gone = {
      ...clients('ROLLBACK_COMPLETE', [], activities),
      stacks: stacks('ROLLBACK_COMPLETE', [], LEFT),
      topics: client({}), // asking AWS about what is gone is an error
      balancer: client({}),
      logs: client({ DescribeLogStreamsCommand: () => ({ logStreams: [] }) }),
    };
    const { launches, targets, steps } = await whyOf(STACK, gone);
    expect(targets).toEqual([]);
    expect(launches).toEqual([
      { at: '2026-11-30T09:40:00.000Z', reason: expect.stringContaining('Client.InternalError') },
      { at: '2026-11-30T09:30:00.000Z', reason: capacity },
    ]);
    expect(steps).toEqual([
      expect.stringMatching(/may not use the key of its volumes/),
      expect.stringMatching(/no such instance to give now/),
      expect.stringMatching(/^no instance became ready/),
      expect.stringMatching(/"Instances cannot be launched"/),
    ]);
  });

  test('a stack that stands without an instance is not well', async () => {
    const { steps } = await whyOf(STACK, clients('UPDATE_COMPLETE', []));
    expect(steps).toEqual([expect.stringMatching(/no instance is behind the load balancer/)]);
  });
});

describe('a stage that is a function', () => {
  const ofFunction = (state: string, reason: string, alarms: readonly object[] = []): WhyClients => ({
    ...clients(state, []),
    alarms: client({ DescribeAlarmsCommand: () => ({ MetricAlarms: alarms }) }),
    stacks: client({
      DescribeStacksCommand: () => ({ Stacks: [{ StackStatus: state, Outputs: [] }] }),
      DescribeStackEventsCommand: () => ({
        StackEvents: [{ ...BOOT_FAILED, ResourceType: 'Custom::SlipwayJudgement', ResourceStatusReason: reason }],
      }),
      ListStackResourcesCommand: () => ({
        StackResourceSummaries: [
          { ResourceType: 'AWS::Lambda::Alias', LogicalResourceId: 'A', PhysicalResourceId: 'live' },
          { ResourceType: 'AWS::CloudWatch::Alarm', LogicalResourceId: 'B', PhysicalResourceId: 'alarm' },
        ],
      }),
    }),
  });

  test('misses no instance, and has nothing to do where all is well', async () => {
    expect(await whyOf(STACK, ofFunction('UPDATE_COMPLETE', ''))).toMatchObject({ targets: [], steps: [] });
  });

  test('whose rollout was withdrawn is sent to its own runbook', async () => {
    const reason = 'the canary was withdrawn: 4 of 30 requests failed, more than 1 % at 5 % of the requests';
    const { steps } = await whyOf(STACK, ofFunction('UPDATE_ROLLBACK_COMPLETE', reason));
    expect(steps[0]).toContain('docs/runbook-function.md, "A new package was withdrawn"');
  });

  test('whose new version does not start is told where that is said, and of its own runbook', async () => {
    const reason = 'the function fails: Error: 3 golden answers do not hold; its log has more';
    const { steps } = await whyOf(STACK, ofFunction('UPDATE_ROLLBACK_COMPLETE', reason, [{ AlarmName: 'alarm' }]));
    expect(steps).toEqual([
      'the new version of the function did not start, or ended: slipway logs --errors has what it said',
      'docs/runbook-function.md has what to do about each alarm that is on',
    ]);
  });
});
