/** Addresses, logs and health of the load balancer. */
import { Match } from 'aws-cdk-lib/assertions';
import { endpointTemplate } from '../endpoint-template';
import { groupPlan, singlePlan } from '../example-plan';

const attributesOf = (template: ReturnType<typeof endpointTemplate>['template'], type: string, property: string) => {
  const [resource] = Object.values(template.findResources(type));
  const pairs: { Key: string; Value: unknown }[] = resource!.Properties[property];
  return Object.fromEntries(pairs.map(({ Key, Value }) => [Key, Value]));
};

describe('a load balancer with IPv6 addresses', () => {
  const { template } = endpointTemplate({ plan: singlePlan, ipAddressType: 'dualstack' });

  test('stands in subnets that have them, and is found by them', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { IpAddressType: 'dualstack' });
    template.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'credit.example.com.', Type: 'AAAA' });
    template.hasResourceProperties('AWS::EC2::Route', {
      DestinationIpv6CidrBlock: '::/0',
      GatewayId: { Ref: Match.stringLikeRegexp('IGW') },
    });
    template.resourceCountIs('AWS::EC2::EgressOnlyInternetGateway', 0);
    const subnets = Object.values(template.findResources('AWS::EC2::Subnet'));
    expect(subnets.every(({ Properties }) => Properties.Ipv6CidrBlock !== undefined)).toBe(true);
    expect(subnets.some(({ Properties }) => Properties.AssignIpv6AddressOnCreation === true)).toBe(false);
  });

  test('is open to everybody, or to the ranges that are named', () => {
    const groups = JSON.stringify(template.findResources('AWS::EC2::SecurityGroup'));
    expect(groups).toContain('"CidrIpv6":"::/0"');
    const allowFrom = ['203.0.113.0/24', '2001:db8::/32'];
    const narrow = endpointTemplate({
      plan: singlePlan,
      ipAddressType: 'dualstack',
      allowFrom,
      http: 'closed',
    }).template;
    const rules = JSON.stringify(narrow.findResources('AWS::EC2::SecurityGroup'));
    expect(rules).toContain('"CidrIpv6":"2001:db8::/32"');
    expect(rules).not.toContain('"CidrIpv6":"::/0"');
  });
});

test.each([
  [{ allowFrom: ['2001:db8::/32'] }, 'allowFrom has 2001:db8::/32, and the load balancer has addresses of IPv4 alone'],
  [{ allowFrom: ['203.0.113.0/24'], ipAddressType: 'dualstack' as const }, 'allowFrom names no IPv6 range'],
  [{ internal: true, ipAddressType: 'dualstack' as const }, 'allowFrom is missing: with internal and dualstack'],
  [{ zonalShift: true }, 'zonalShift leaves a zone for others, and the fleet stands in one'],
  [{ targetHealth: { dnsFailover: { count: 2 } } }, 'targetHealth.dnsFailover is 2, and a zone has 1 of the 1'],
])('%j is told', (props, told) => {
  expect(() => endpointTemplate({ plan: singlePlan, ...props })).toThrow(
    expect.objectContaining({ problems: [expect.stringContaining(told)] }),
  );
});

test('logs of connections and of health checks go where the access logs go', () => {
  const { template } = endpointTemplate({ plan: singlePlan, balancerLogs: ['connections', 'healthChecks'] });
  const attributes = attributesOf(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'LoadBalancerAttributes');
  const bucket = attributes['access_logs.s3.bucket'];
  expect(attributes).toMatchObject({
    'connection_logs.s3.enabled': 'true',
    'connection_logs.s3.bucket': bucket,
    'health_check_logs.s3.enabled': 'true',
    'health_check_logs.s3.bucket': bucket,
  });
  // "Enable health check logs for your Application Load Balancer": ELB refuses a bucket that does not let this service write
  const [policy] = Object.values(template.findResources('AWS::S3::BucketPolicy'));
  const written = (
    policy!.Properties.PolicyDocument.Statement as { Principal: object; Action: string; Resource: object }[]
  )
    .filter(({ Principal }) => JSON.stringify(Principal).includes('logdelivery.elasticloadbalancing'))
    .map(({ Action, Resource }) => [Action, JSON.stringify(Resource)]);
  expect(written).toEqual([['s3:PutObject', expect.stringMatching(/AWSLogs\/.*\/\*/)]]);
});

test('with zonal shift the load balancer and the group leave a zone together', () => {
  const { template } = endpointTemplate({ plan: groupPlan, zonalShift: true });
  const attributes = attributesOf(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'LoadBalancerAttributes');
  expect(attributes).toMatchObject({ 'zonal_shift.config.enabled': 'true' });
  template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
    AvailabilityZoneImpairmentPolicy: { ZonalShiftEnabled: true, ImpairedZoneHealthCheckBehavior: 'IgnoreUnhealthy' },
  });
});

test('targets that are too few, and new ones that begin slowly', () => {
  const targetHealth = { dnsFailover: { percent: 50 }, unhealthyRouting: { count: 1 }, slowStartSeconds: 60 };
  const { template } = endpointTemplate({ plan: groupPlan, targetHealth });
  expect(attributesOf(template, 'AWS::ElasticLoadBalancingV2::TargetGroup', 'TargetGroupAttributes')).toMatchObject({
    'target_group_health.dns_failover.minimum_healthy_targets.percentage': '50',
    'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': '1',
    'slow_start.duration_seconds': '60',
    'load_balancing.algorithm.type': 'round_robin', // AWS takes a slow start with no other
  });
});
