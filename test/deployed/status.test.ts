/** How a stage stands, with AWS played by this test. */
import { type StatusClients, stageStatus } from '../../lib/deployed/status';

const STACK = 'screening-example-com-endpoint';
const at = (minute: number) => new Date(Date.UTC(2026, 10, 29, 12, minute));
const PACKAGE = JSON.stringify({ name: 'm', digest: 'a'.repeat(64), bucket: 'assets', objects: {} });

const event = (minute: number, LogicalResourceId: string, ResourceStatus: string, reason?: string) => ({
  Timestamp: at(minute),
  LogicalResourceId,
  ResourceType: LogicalResourceId === STACK ? 'AWS::CloudFormation::Stack' : 'Custom::SlipwayJudgement',
  ResourceStatus,
  ResourceStatusReason: reason,
});

const WITHDRAWN =
  'Received response status [FAILED] from custom resource. Message returned: the canary was withdrawn: p99 was 80.0 ms';
/** Newest first, as CloudFormation tells them; the deployment before this one failed too. */
const EVENTS = [
  event(20, STACK, 'UPDATE_ROLLBACK_COMPLETE'),
  event(11, 'Other', 'UPDATE_FAILED', 'Resource update cancelled'),
  event(10, 'Later', 'UPDATE_FAILED', 'follows from it'),
  event(9, 'Canary2', 'UPDATE_FAILED', WITHDRAWN),
  event(1, STACK, 'UPDATE_IN_PROGRESS', 'User Initiated'),
  event(0, 'Old', 'UPDATE_FAILED', 'of another deployment'),
];

const RESOURCES = [
  { ResourceType: 'AWS::CloudWatch::Alarm', PhysicalResourceId: `${STACK}-canary-withdrawn` },
  { ResourceType: 'AWS::EC2::LaunchTemplate', PhysicalResourceId: 'lt-1' },
  { ResourceType: 'AWS::SNS::Topic', PhysicalResourceId: 'arn:page' },
  { ResourceType: 'AWS::SNS::Topic', PhysicalResourceId: 'arn:inform' },
  { ResourceType: 'AWS::CloudWatch::CompositeAlarm', PhysicalResourceId: 'prod m: clients are harmed (d)' },
];

const PENDING = 'PendingConfirmation';
const subscription = (Protocol: string, Endpoint: string, SubscriptionArn = 'arn:subscription') => ({
  Protocol,
  Endpoint,
  SubscriptionArn,
});
const SUBSCRIPTIONS: Readonly<Record<string, readonly object[]>> = {
  'arn:page': [
    subscription('email', 'ops@example.com', PENDING),
    subscription('https', 'https://events.example.com/integration/secret/enqueue'),
    subscription('email', 'team@example.com'),
  ],
  'arn:inform': [subscription('email', 'ops@example.com'), subscription('email', 'team@example.com')],
};

/** One thing a page. */
function paged(all: readonly object[], key: string, token = '0') {
  const next = Number(token) + 1;
  return { [key]: [all[next - 1]], ...(next < all.length && { NextToken: String(next) }) };
}

function clients(state: string, on: { MetricAlarms?: object[]; CompositeAlarms?: object[] } = {}): StatusClients {
  const stacks = async (command: { constructor: { name: string }; input: { NextToken?: string } }) => {
    const { NextToken } = command.input;
    if (command.constructor.name === 'DescribeStackEventsCommand') return paged(EVENTS, 'StackEvents', NextToken);
    if (command.constructor.name === 'ListStackResourcesCommand') {
      return paged(RESOURCES, 'StackResourceSummaries', NextToken);
    }
    const Outputs = [{ OutputKey: 'Package', OutputValue: PACKAGE }];
    const DriftInformation = { StackDriftStatus: 'IN_SYNC', LastCheckTimestamp: at(2) };
    return { Stacks: [{ StackStatus: state, CreationTime: at(0), LastUpdatedTime: at(1), Outputs, DriftInformation }] };
  };
  const alarms = async (command: { input: Record<string, unknown> }) => {
    const AlarmNames = [`${STACK}-canary-withdrawn`, 'prod m: clients are harmed (d)'];
    expect(command.input).toMatchObject({ AlarmNames, StateValue: 'ALARM' });
    return on;
  };
  const topics = async ({ input }: { input: { TopicArn: string; NextToken?: string } }) =>
    paged(SUBSCRIPTIONS[input.TopicArn]!, 'Subscriptions', input.NextToken);
  return { stacks: { send: stacks as never }, alarms: { send: alarms as never }, topics: { send: topics as never } };
}

test('why a canary was withdrawn is told, and not what follows from it', async () => {
  const status = await stageStatus(STACK, clients('UPDATE_ROLLBACK_COMPLETE'));
  expect(status).toMatchObject({
    state: 'UPDATE_ROLLBACK_COMPLETE',
    created: '2026-11-29T12:00:00.000Z',
    changed: '2026-11-29T12:01:00.000Z',
    drift: { state: 'IN_SYNC', at: '2026-11-29T12:02:00.000Z' },
    package: { digest: 'a'.repeat(64) },
    failure: { at: '2026-11-29T12:09:00.000Z', resource: 'Canary2', reason: WITHDRAWN },
  });
});

test('a stack that stands has no failure, whatever its events are', async () => {
  const status = await stageStatus(STACK, clients('UPDATE_COMPLETE'));
  expect(status).not.toHaveProperty('failure');
  expect(status.alarms).toEqual([]);
});

test('alarms of the stack that are on are told with the reason that their mail has', async () => {
  const alarm = (AlarmName: string) => ({ AlarmName, StateReason: `${AlarmName}: why`, StateUpdatedTimestamp: at(10) });
  const on = { MetricAlarms: [alarm('withdrawn')], CompositeAlarms: [alarm('harmed')] };
  const { alarms } = await stageStatus(STACK, clients('UPDATE_COMPLETE', on));
  expect(alarms).toEqual([
    { name: 'harmed', since: '2026-11-29T12:10:00.000Z', reason: 'harmed: why' },
    { name: 'withdrawn', since: '2026-11-29T12:10:00.000Z', reason: 'withdrawn: why' },
  ]);
});

test('who has not confirmed at every topic is told apart, and a key in an address is not told', async () => {
  const { told } = await stageStatus(STACK, clients('UPDATE_COMPLETE'));
  expect(told).toEqual([
    { who: 'ops@example.com', confirmed: false },
    { who: 'https://events.example.com', confirmed: true },
    { who: 'team@example.com', confirmed: true },
  ]);
});

test('a stack that cannot be read is named', async () => {
  const stacks = { send: async () => Promise.reject(new Error('it does not exist')) };
  await expect(stageStatus(STACK, { ...clients(''), stacks: stacks as never })).rejects.toMatchObject({
    code: 'E_AWS',
    message: expect.stringMatching(`^the stack ${STACK} cannot be read: it does not exist; deploy the stage first`),
  });
});

/** A stack with another one in it, each with an alarm; the inner one failed. */
function withinClients(innerDrift: string): StatusClients {
  const inner = 'arn:aws:cloudformation:eu-west-1:111111111111:stack/small-Watch/1';
  const outer = 'arn:aws:cloudformation:eu-west-1:111111111111:stack/small/1';
  const failed = (LogicalResourceId: string, ResourceType: string, reason: string, PhysicalResourceId = '') => ({
    ...event(2, LogicalResourceId, 'UPDATE_FAILED', reason),
    ...{ ResourceType, PhysicalResourceId },
  });
  const begun = (LogicalResourceId: string, StackId: string) => ({
    ...event(1, LogicalResourceId, 'UPDATE_IN_PROGRESS'),
    ...{ ResourceType: 'AWS::CloudFormation::Stack', PhysicalResourceId: StackId, StackId },
  });
  const events = {
    small: [
      failed(
        'titanicWatch',
        'AWS::CloudFormation::Stack',
        `Embedded stack ${inner} was not successfully updated`,
        inner,
      ),
      begun('small', outer),
    ],
    [inner]: [failed('Latency', 'AWS::CloudWatch::Alarm', 'already exists'), begun('small-Watch', inner)],
  };
  const resources = {
    small: [
      { ResourceType: 'AWS::CloudFormation::Stack', LogicalResourceId: 'titanicWatch', PhysicalResourceId: inner },
      {
        ResourceType: 'AWS::CloudFormation::Stack',
        LogicalResourceId: 'goneWatch',
        PhysicalResourceId: 'arn:gone',
        ResourceStatus: 'DELETE_COMPLETE',
      },
      { ResourceType: 'AWS::CloudWatch::Alarm', PhysicalResourceId: 'prod small: memory is nearly full (d)' },
    ],
    [inner]: [{ ResourceType: 'AWS::CloudWatch::Alarm', PhysicalResourceId: 'prod titanic in small: slow (d)' }],
  };
  const stacks = async (command: { constructor: { name: string }; input: { StackName: 'small' } }) => {
    const { StackName } = command.input;
    if (command.constructor.name === 'DescribeStackEventsCommand') return { StackEvents: events[StackName] };
    if (command.constructor.name === 'ListStackResourcesCommand')
      return { StackResourceSummaries: resources[StackName] };
    const StackDriftStatus = StackName === 'small' ? 'IN_SYNC' : innerDrift;
    return { Stacks: [{ StackStatus: 'UPDATE_ROLLBACK_COMPLETE', DriftInformation: { StackDriftStatus } }] };
  };
  const alarms = async ({ input }: { input: { AlarmNames: string[] } }) => ({
    MetricAlarms: input.AlarmNames.map((AlarmName) => ({ AlarmName, StateReason: 'so' })),
  });
  const send = async () => ({});
  return { stacks: { send: stacks as never }, alarms: { send: alarms as never }, topics: { send: send as never } };
}

test('alarms of a stack within the stack are told, and what of it has failed', async () => {
  const status = await stageStatus('small', withinClients('IN_SYNC'));
  expect(status.alarms.map(({ name }) => name)).toEqual([
    'prod small: memory is nearly full (d)',
    'prod titanic in small: slow (d)',
  ]);
  expect(status.failure).toMatchObject({ resource: 'Latency', reason: 'already exists' });
  expect(status.drift).toEqual({ state: 'IN_SYNC' });
});

test('a stack is drifted when one within it is', async () => {
  expect((await stageStatus('small', withinClients('DRIFTED'))).drift).toEqual({ state: 'DRIFTED' });
});
