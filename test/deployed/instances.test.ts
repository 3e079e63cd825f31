/** Instances in service and out of it, with AWS played by this test. */
import { instanceGroups, targetsOf } from '../../lib/deployed/instances';
import type { StackResource } from '../../lib/deployed/resources';

const group = (logicalId: string, physicalId: string): StackResource => ({
  type: 'AWS::AutoScaling::AutoScalingGroup',
  logicalId,
  physicalId,
});
const RESOURCES: readonly StackResource[] = [
  group('EndpointFleetGroupASG1', 'fleet'),
  group('EndpointCanaryGroupASG1', 'canary'),
  group('EndpointShadowGroupASG1', 'shadow'),
  { type: 'AWS::ElasticLoadBalancingV2::TargetGroup', logicalId: 'T', physicalId: 'arn:t' },
];

const instance = (InstanceId: string, LifecycleState = 'InService', HealthStatus = 'Healthy') => ({
  InstanceId,
  LifecycleState,
  HealthStatus,
});
const GROUPS = [
  {
    AutoScalingGroupName: 'fleet',
    ...{ MinSize: 2, MaxSize: 6, DesiredCapacity: 4 },
    Instances: [
      instance('i-1'),
      instance('i-2'),
      instance('i-3', 'Pending'),
      instance('i-4', 'InService', 'Unhealthy'),
    ],
  },
  { AutoScalingGroupName: 'canary', MinSize: 0, MaxSize: 1, DesiredCapacity: 0, Instances: [] },
  { AutoScalingGroupName: 'shadow', MinSize: 1, MaxSize: 1, DesiredCapacity: 1, Instances: [instance('i-9')] },
];

test('an instance serves when its group and the health check say so; groups come page by page', async () => {
  const health = [
    { Target: { Id: 'i-1' }, TargetHealth: { State: 'healthy' } },
    { Target: { Id: 'i-2' }, TargetHealth: { State: 'unhealthy', Description: 'codes: [503]' } },
  ];
  const balancer = { send: async () => ({ TargetHealthDescriptions: health }) };
  const targets = await targetsOf('s', RESOURCES, { send: balancer.send as never });
  const send = async ({ input: { AutoScalingGroupNames, NextToken = '0' } }: { input: Record<string, string> }) => {
    expect(AutoScalingGroupNames).toEqual(['fleet', 'canary', 'shadow']);
    const next = Number(NextToken) + 1;
    return { AutoScalingGroups: [GROUPS[next - 1]], ...(next < GROUPS.length && { NextToken: String(next) }) };
  };
  expect(await instanceGroups('s', RESOURCES, targets, { send: send as never })).toEqual([
    {
      ...{ of: 'endpoint', desired: 4, fewest: 2, most: 6, inService: 1 },
      outOfService: [
        { instance: 'i-2', state: 'unhealthy', reason: 'codes: [503]' },
        { instance: 'i-3', state: 'Pending' },
        { instance: 'i-4', state: 'Unhealthy' },
      ],
    },
    { of: 'shadow', desired: 1, fewest: 1, most: 1, inService: 1, outOfService: [] },
  ]);
});

test.each([
  [{ name: 'AccessDenied', message: 'not authorized to perform: autoscaling:Describe' }, /needs what it names/],
  [{ name: 'CredentialsProviderError', message: 'Could not load credentials from any providers' }, /sign in/],
  [{ name: 'ExpiredToken', message: 'The security token included in the request is expired' }, /sign in/],
  [{ name: 'ValidationError', message: 'Stack with id s does not exist' }, /deploy the stage first/],
])('a refusal says what to do: %j', async (refusal, remedy) => {
  const send = async () => Promise.reject(Object.assign(new Error(), refusal));
  const refused = instanceGroups('s', RESOURCES, [], { send: send as never });
  await expect(refused).rejects.toMatchObject({ code: 'E_AWS', message: expect.stringMatching(remedy) });
});
