import { Duration, Lazy, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ModelEndpoint, type ModelEndpointProps } from '../../lib/constructs/model-endpoint';
import { endpointStack, endpointTemplate, exampleProps } from './endpoint-template';
import { groupPlan, singlePlan } from './example-plan';

const refusal = (change: Partial<ModelEndpointProps>) => {
  const stack = endpointStack();
  try {
    new ModelEndpoint(stack, 'Endpoint', { ...exampleProps(stack), plan: singlePlan, ...change });
  } catch (error) {
    return error;
  }
  return undefined;
};

test('exposes its parts', () => {
  const { endpoint } = endpointTemplate({ plan: groupPlan });
  expect(endpoint.url).toBe('https://credit.example.com');
  expect(endpoint.fleet.group).toBeDefined();
  for (const part of [
    'vpc',
    'loadBalancer',
    'listener',
    'targetGroup',
    'alarms',
    'topic',
    'dashboard',
    'metrics',
  ] as const) {
    expect(endpoint[part]).toBeDefined();
  }
});

test('a caller can be let in through its connections', () => {
  const stack = endpointStack();
  const endpoint = new ModelEndpoint(stack, 'Endpoint', { ...exampleProps(stack), plan: singlePlan });
  const caller = new SecurityGroup(stack, 'Caller', { vpc: endpoint.vpc, allowAllOutbound: false });
  endpoint.connections.allowFrom(caller, Port.HTTPS, 'caller');
  Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    Description: 'caller',
    FromPort: 443,
  });
});

test('a function of the network calls it as the CDK has it, without naming a port', () => {
  const stack = endpointStack();
  const endpoint = new ModelEndpoint(stack, 'Endpoint', { ...exampleProps(stack), plan: singlePlan });
  const caller = new SecurityGroup(stack, 'Caller', { vpc: endpoint.vpc, allowAllOutbound: false });
  caller.connections.allowToDefaultPort(endpoint, 'scores');
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', { Description: 'scores', ToPort: 443 });
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { Description: 'scores', ToPort: 443 });
});

test('its metrics take another period, and make alarms of your own', () => {
  const stack = endpointStack();
  const endpoint = new ModelEndpoint(stack, 'Endpoint', { ...exampleProps(stack), plan: singlePlan });
  const { metrics } = endpoint;
  const slow = metrics.latency('p50').with({ period: Duration.minutes(5) });
  const alarm = { evaluationPeriods: 3, threshold: 1 };
  endpoint.addAlarm(metrics.serverErrorPercent().createAlarm(stack, 'Errors', alarm), 'inform');
  endpoint.addAlarm(slow.createAlarm(stack, 'Slow', alarm));
  const AlarmActions = [stack.resolve(endpoint.topic!.topicArn)];
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmActions,
    Metrics: [Match.objectLike({ MetricStat: Match.objectLike({ Period: 300, Stat: 'p50' }) })],
  });
});

test('its instances can be let read a bucket', () => {
  const stack = endpointStack();
  const endpoint = new ModelEndpoint(stack, 'Endpoint', { ...exampleProps(stack), plan: singlePlan });
  new Bucket(stack, 'Features').grantRead(endpoint);
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    Roles: [stack.resolve(endpoint.fleet.role.roleName)],
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: Match.arrayWith(['s3:GetObject*']),
          Resource: Match.arrayWith([{ 'Fn::GetAtt': [Match.stringLikeRegexp('^Features'), 'Arn'] }]),
        }),
      ]),
    },
  });
});

test('refuses a sizing plan of another model', () => {
  expect(refusal({ plan: { ...singlePlan, modelSha256: 'f'.repeat(64) } })).toMatchObject({
    code: 'E_CONFIG',
    problems: [
      expect.stringMatching(
        /^the sizing plan is for a model with SHA-256 f{64}, but breast-cancer has .*; plan again$/,
      ),
    ],
  });
});

test('refuses an empty list of addresses: to tell nobody has to be said', () => {
  expect(refusal({ notify: [] })).toMatchObject({ problems: [expect.stringContaining('none to decline')] });
});

test('refuses a network with fewer private subnets than the plan has zones', () => {
  const stack = endpointStack();
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
    publicSubnetIds: ['subnet-1', 'subnet-2', 'subnet-3'],
    privateSubnetIds: ['subnet-4', 'subnet-5', 'subnet-6'],
  });
  const props = { ...exampleProps(stack), vpc, plan: { ...groupPlan, zones: 4 } };
  expect(() => new ModelEndpoint(stack, 'Endpoint', props)).toThrow(/has 3 private subnets, but the endpoint needs 4/);
});

test('puts a fleet into the private subnets of an existing network, and makes none', () => {
  const stack = endpointStack();
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    publicSubnetIds: ['subnet-1', 'subnet-2'],
    publicSubnetRouteTableIds: ['rtb-1', 'rtb-2'],
    privateSubnetIds: ['subnet-3', 'subnet-4'],
    privateSubnetRouteTableIds: ['rtb-3', 'rtb-4'],
  });
  new ModelEndpoint(stack, 'Endpoint', { ...exampleProps(stack), vpc, plan: singlePlan });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { VPCZoneIdentifier: ['subnet-3'] });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Subnets: ['subnet-1', 'subnet-2'] });
  template.resourceCountIs('AWS::EC2::VPC', 0);
});

test('takes names and addresses that are known only when CloudFormation deploys', () => {
  const stack = endpointStack();
  const late = (value: string) => Lazy.string({ produce: () => value });
  const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Late', {
    hostedZoneId: late('Z2'),
    zoneName: 'example.com',
  });
  const domainName = late('late.example.com');
  expect(Token.isUnresolved(domainName)).toBe(true);
  new ModelEndpoint(stack, 'Endpoint', { ...exampleProps(stack), plan: singlePlan, hostedZone, domainName });
  Template.fromStack(stack).hasResourceProperties('AWS::Route53::RecordSet', {
    Name: 'late.example.com.',
    HostedZoneId: 'Z2',
  });
});
