/** Behind a listener of a load balancer that is there. */
import { Match } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { plannedAlarms } from '../../../lib/sizing/alarms/planned-alarms';
import { endpointStack, endpointTemplate } from '../endpoint-template';
import { exampleModel, singlePlan } from '../example-plan';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shared/0123456789abcdef/fedcba9876543210';
const plan = { ...singlePlan, serviceLevel: { ...singlePlan.serviceLevel, existingListener: true, hostedZone: true } };
const vpc = Vpc.fromVpcAttributes(endpointStack(), 'Vpc', {
  vpcId: 'vpc-0123456789abcdef0',
  availabilityZones: ['eu-west-1a', 'eu-west-1b'],
  privateSubnetIds: ['subnet-0aaaaaaaaaaaaaaa1', 'subnet-0aaaaaaaaaaaaaaa2'],
});
const listener = {
  arn: ARN,
  securityGroup: 'sg-0123456789abcdef0',
  priority: 100,
  path: '/credit',
  dnsName: 'shared-1.eu-west-1.elb.amazonaws.com',
  zoneId: 'Z32O12XQLNTSW2',
};

describe('an endpoint', () => {
  const { template, endpoint } = endpointTemplate({ plan, vpc, listener });

  test('has a rule and a target group, and no load balancer', () => {
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 0);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 0);
    template.resourceCountIs('AWS::S3::Bucket', 0);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      ListenerArn: ARN,
      Priority: 100,
      Conditions: [
        { Field: 'host-header', HostHeaderConfig: { Values: ['credit.example.com'] } },
        { Field: 'path-pattern', PathPatternConfig: { Values: ['/credit', '/credit/*'] } },
      ],
    });
    expect(endpoint.url).toBe('https://credit.example.com/credit');
    expect(endpoint.accessLogs).toBeUndefined();
  });

  test('lets that load balancer reach its instances, from both sides', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', { GroupId: 'sg-0123456789abcdef0', ToPort: 8080 });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      SourceSecurityGroupId: 'sg-0123456789abcdef0',
      ToPort: 8080,
    });
  });

  test('adds its certificate to the listener, and points its name there', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerCertificate', { ListenerArn: ARN });
    template.hasResourceProperties('AWS::Route53::RecordSet', {
      Name: 'credit.example.com.',
      AliasTarget: { DNSName: 'dualstack.shared-1.eu-west-1.elb.amazonaws.com', HostedZoneId: 'Z32O12XQLNTSW2' },
    });
  });

  test('has no variants, whose rules would stand among those of others', () => {
    expect(() => endpoint.addVariant('challenger', { model: exampleModel, plan: singlePlan, weight: 10 })).toThrow(
      expect.objectContaining({ problems: [expect.stringContaining('whose rules are not its to number')] }),
    );
  });

  test('watches its own requests alone, by the name of that load balancer', () => {
    const text = JSON.stringify(template.findResources('AWS::CloudWatch::Alarm'));
    expect(text).toContain('"Name":"LoadBalancer","Value":"app/shared/0123456789abcdef"');
    expect(text).not.toContain('HTTPCode_ELB_5XX');
  });
});

test('without a zone nothing is made of the name, and no certificate is watched', () => {
  const bare = { ...plan, serviceLevel: { ...plan.serviceLevel, hostedZone: false } };
  const { template } = endpointTemplate({ plan: bare, vpc, listener, hostedZone: undefined });
  template.resourceCountIs('AWS::Route53::RecordSet', 0);
  template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
  expect(plannedAlarms(bare, false).map(({ name }) => name)).not.toContain('CertificateExpiry');
  template.hasResourceProperties('Custom::SlipwayJudgement', {
    Settings: Match.not(Match.stringLikeRegexp('connectTo":""')),
  });
});

test('what is of the load balancer is told, all at once', () => {
  expect(() =>
    endpointTemplate({ plan, listener: { ...listener, arn: 'arn:aws:x' }, waf: { managedRules: true } }),
  ).toThrow(
    expect.objectContaining({
      problems: [
        expect.stringContaining('listener.arn must be the ARN of a listener'),
        expect.stringContaining('listener has a load balancer of yours, and does not go with waf'),
        'listener needs vpc, the network of its load balancer',
      ],
    }),
  );
});
