/** Drift of a stack, with CloudFormation played by this test. */
import { detectDrift } from '../../lib/deployed/drift';

const difference = (LogicalResourceId: string, StackResourceDriftStatus: string, ...paths: string[]) => ({
  LogicalResourceId,
  ResourceType: 'AWS::X',
  StackResourceDriftStatus,
  PropertyDifferences: paths.map((PropertyPath) => ({ PropertyPath })),
});
const DRIFTS = [difference('Group', 'MODIFIED', '/MinSize', '/MaxSize'), difference('Topic', 'DELETED')];

function cloudFormation(...states: Record<string, unknown>[]) {
  const send = async ({ constructor: { name }, input }: { constructor: { name: string }; input: never }) => {
    if (name === 'DetectStackDriftCommand') return { StackDriftDetectionId: 'd' };
    if (name === 'ListStackResourcesCommand') return {};
    if (name === 'DescribeStackDriftDetectionStatusCommand') {
      expect(input).toEqual({ StackDriftDetectionId: 'd' });
      return states.length > 1 ? states.shift() : states[0];
    }
    const { NextToken = 0 } = input;
    return { StackResourceDrifts: [DRIFTS[NextToken]], ...(NextToken === 0 && { NextToken: 1 }) };
  };
  return { send: send as never };
}

const BUSY = { DetectionStatus: 'DETECTION_IN_PROGRESS' };
const at = new Date('2026-11-30T08:00:00Z');

test('it waits until CloudFormation has looked, and tells what differs, page by page', async () => {
  const waits: number[] = [];
  const done = { DetectionStatus: 'DETECTION_COMPLETE', StackDriftStatus: 'DRIFTED', Timestamp: at };
  const drift = await detectDrift('s', cloudFormation(BUSY, BUSY, done), async (ms) => void waits.push(ms));
  expect(waits).toEqual([3000, 3000]);
  expect(drift).toEqual({
    state: 'DRIFTED',
    at: at.toISOString(),
    resources: [
      { resource: 'Group', type: 'AWS::X', state: 'MODIFIED', properties: ['/MinSize', '/MaxSize'] },
      { resource: 'Topic', type: 'AWS::X', state: 'DELETED', properties: [] },
    ],
  });
});

test.each([
  [
    { DetectionStatus: 'DETECTION_FAILED', DetectionStatusReason: 'no permission to read X' },
    'no permission to read X',
  ],
  [BUSY, 'after ten minutes'],
])('what CloudFormation does not find out is said: %j', async (state, text) => {
  const detected = detectDrift('s', cloudFormation(state), async () => {});
  await expect(detected).rejects.toMatchObject({ code: 'E_AWS', message: expect.stringContaining(text) });
});

test('stacks within the stack are looked at, too, which the drift of that one leaves out', async () => {
  const drifted: Readonly<Record<string, readonly object[]>> = {
    s: [],
    'arn:inner': [difference('Latency', 'DELETED')],
  };
  const send = async ({ constructor: { name }, input }: { constructor: { name: string }; input: never }) => {
    const { StackName, StackDriftDetectionId } = input as Record<string, string>;
    if (name === 'DetectStackDriftCommand') return { StackDriftDetectionId: StackName };
    if (name === 'DescribeStackDriftDetectionStatusCommand') {
      const StackDriftStatus = StackDriftDetectionId === 's' ? 'IN_SYNC' : 'DRIFTED';
      return { DetectionStatus: 'DETECTION_COMPLETE', StackDriftStatus, Timestamp: at };
    }
    if (name === 'DescribeStackResourceDriftsCommand') return { StackResourceDrifts: drifted[StackName!] };
    const inner = { ResourceType: 'AWS::CloudFormation::Stack', PhysicalResourceId: 'arn:inner' };
    return { StackResourceSummaries: StackName === 's' ? [inner] : [] };
  };
  expect(await detectDrift('s', { send: send as never }, async () => {})).toEqual({
    state: 'DRIFTED',
    at: at.toISOString(),
    resources: [{ resource: 'Latency', type: 'AWS::X', state: 'DELETED', properties: [] }],
  });
});
