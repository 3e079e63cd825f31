/** A shell on instances, for people whom IAM lets. */
import { Match } from 'aws-cdk-lib/assertions';
import { configuration, mistakes } from '../config/configuration';
import { endpointTemplate } from './endpoint-template';
import { singlePlan } from './example-plan';

const AGENT = {
  Effect: 'Allow',
  Action: [
    'ssm:UpdateInstanceInformation',
    'ssmmessages:CreateControlChannel',
    'ssmmessages:CreateDataChannel',
    'ssmmessages:OpenControlChannel',
    'ssmmessages:OpenDataChannel',
  ],
  Resource: '*',
};
const endpoint = (service: string) => ({ ServiceName: `com.amazonaws.eu-west-1.${service}` });

test('the role has what the agent takes, and the network an endpoint of each service that it calls', () => {
  const { template } = endpointTemplate({ plan: singlePlan, sessionManager: true });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: Match.arrayWith([AGENT]) },
  });
  for (const service of ['ssm', 'ssmmessages']) {
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ...endpoint(service),
      PolicyDocument: Match.objectLike({ Statement: [Match.objectLike({ Condition: Match.anyValue() })] }),
    });
  }
  // nobody comes in for it
  const ports = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(
    ({ Properties }) => Properties.FromPort,
  );
  expect(new Set(ports)).toEqual(new Set([8080]));
});

test('by default nobody has a shell', () => {
  const { template } = endpointTemplate({ plan: singlePlan, access: { apiKeys: '/slipway/keys' } });
  expect(JSON.stringify(template)).not.toContain('ssmmessages');
});

test('the endpoint of SSM is there once, with access control as well', () => {
  const { template } = endpointTemplate({
    plan: singlePlan,
    sessionManager: true,
    access: { apiKeys: '/slipway/keys' },
  });
  expect(Object.keys(template.findResources('AWS::EC2::VPCEndpoint', { Properties: endpoint('ssm') }))).toHaveLength(1);
});

test('over IPv6 it is refused, in the file and in the construct: the agent would reach nothing', () => {
  const found = mistakes(
    configuration({}).replace('    region:', '    egress: ipv6\n    sessionManager: true\n    region:'),
  );
  expect(found).toEqual([
    expect.stringMatching(/sessionManager cannot be had with egress: ipv6.*take egress: endpoints or nat/),
  ]);
  const plan = { ...singlePlan, serviceLevel: { ...singlePlan.serviceLevel, egress: 'ipv6' as const } };
  expect(() => endpointTemplate({ plan, sessionManager: true })).toThrow(
    expect.objectContaining({ problems: [expect.stringContaining('sessionManager cannot be had with egress: ipv6')] }),
  );
});
