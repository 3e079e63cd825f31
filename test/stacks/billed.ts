/** What of a template costs money, and how much of each line of a bill it is. */
import type { SizingPlan } from '../../lib/sizing';
import { DETAILED_METRICS } from '../../lib/sizing/plan/endpoint-parts';

export interface Resource {
  readonly Type: string;
  readonly Properties: unknown;
}

/** What costs nothing by itself. A type that is neither here nor in `BILLED` makes the test red. */
export const FREE = new Set([
  'AWS::ApiGatewayV2::Api', // by the request, as its parts
  'AWS::ApiGatewayV2::ApiMapping',
  'AWS::ApiGatewayV2::DomainName', // of a regional API has no price: API Gateway pricing, 2026-11
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::ApiGatewayV2::VpcLink', // has no price: API Gateway pricing, 2026-11
  'AWS::AutoScaling::LifecycleHook',
  'AWS::AutoScaling::ScheduledAction',
  'AWS::CertificateManager::Certificate',
  'AWS::CloudFront::Distribution', // by the request
  'AWS::CloudFront::VpcOrigin', // has no price: CloudFront pricing, 2026-11
  'AWS::CDK::Metadata',
  'AWS::CloudFormation::Stack', // what is in it is counted
  'AWS::CloudFormation::WaitCondition',
  'AWS::CloudFormation::WaitConditionHandle',
  'AWS::EC2::EgressOnlyInternetGateway',
  'AWS::EC2::FlowLog', // what it writes is in the line of the logs
  'AWS::EC2::InternetGateway',
  'AWS::EC2::Route',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::Subnet',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPC',
  'AWS::EC2::VPCEndpointService', // who connects pays for the endpoint: PrivateLink pricing, 2026-11
  'AWS::EC2::VPCEndpointServicePermissions',
  'AWS::EC2::VPCCidrBlock',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::ListenerCertificate',
  'AWS::ElasticLoadBalancingV2::ListenerRule', // the first ten; more count in its capacity
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::Events::Rule', // events of AWS's own services: EventBridge pricing, 2026-11
  'AWS::IAM::InstanceProfile',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::Lambda::Alias',
  'AWS::Lambda::Function', // one that judges runs for a minute a deployment: less than a tenth of a cent; one that serves is billed by the request
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::Logs::MetricFilter', // its metric has no datapoint while every boot succeeds
  'AWS::Route53::RecordSet', // an alias to a load balancer; the zone is the user's
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SSM::Parameter', // of the standard tier: Systems Manager pricing, 2026-11
  'AWS::WAFv2::WebACLAssociation',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'Custom::SlipwayJudgement',
]);

const list = (resource: Resource, property: string) =>
  ((resource.Properties as Record<string, unknown>)[property] ?? []) as Record<string, unknown>[];
const text = (resource: Resource, property: string) => (resource.Properties as Record<string, string>)[property];

/** The lines that count resources. */
export const EMPTY = {
  instances: 0,
  'instances of the shadow': 0,
  'root volumes': 0,
  'detailed monitoring': 0,
  alarms: 0,
  'composite alarm': 0,
  dashboard: 0,
  'interface endpoints': 0,
  'NAT gateways': 0,
  'public addresses of the NAT gateways': 0,
  'load balancer': 0,
  'network load balancer of PrivateLink': 0,
  'public addresses of the load balancer': 0,
  'encryption key of the alarm topic': 0,
  'encryption key of the stage': 0,
  'private hosted zone': 0,
  WAF: 0,
  'rules of WAF': 0,
  'trust store': 0,
};

export type Line = keyof typeof EMPTY;

/** What costs money: how much of each line of the bill a resource is. */
export const BILLED: Readonly<Record<string, (resource: Resource) => Readonly<Partial<Record<Line, number>>>>> = {
  // that of a shadow alone stands behind no load balancer
  'AWS::AutoScaling::AutoScalingGroup': (group) => ({
    [list(group, 'TargetGroupARNs').length > 0 ? 'instances' : 'instances of the shadow']: Number(
      text(group, 'MinSize'),
    ),
  }),
  'AWS::AutoScaling::WarmPool': () => ({}), // what is stopped in the mean has a test of its own
  'AWS::EC2::LaunchTemplate': () => ({}), // as the instances that the group starts with it
  // alarms that AWS makes for one by a target: of growing, and of shrinking; a forecast has none, and is free
  'AWS::AutoScaling::ScalingPolicy': (policy) => ({
    alarms: text(policy, 'PolicyType') === 'TargetTrackingScaling' ? 2 : 0,
  }),
  // an alarm has one metric, or those that its expression is made of
  'AWS::CloudWatch::Alarm': (alarm) => ({
    alarms: Math.max(1, list(alarm, 'Metrics').filter(({ MetricStat }) => MetricStat).length),
  }),
  'AWS::CloudWatch::CompositeAlarm': () => ({ 'composite alarm': 1 }),
  'AWS::CloudWatch::Dashboard': () => ({ dashboard: 1 }),
  'AWS::EC2::EIP': () => ({ 'public addresses of the NAT gateways': 1 }),
  'AWS::EC2::NatGateway': () => ({ 'NAT gateways': 1 }),
  'AWS::EC2::VPCEndpoint': (endpoint) =>
    text(endpoint, 'VpcEndpointType') === 'Interface'
      ? { 'interface endpoints': list(endpoint, 'SubnetIds').length }
      : {}, // a gateway is free
  'AWS::ElasticLoadBalancingV2::LoadBalancer': (balancer): Partial<Record<Line, number>> =>
    text(balancer, 'Type') === 'network'
      ? { 'network load balancer of PrivateLink': 1 }
      : {
          'load balancer': 1,
          'public addresses of the load balancer':
            text(balancer, 'Scheme') === 'internal' ? 0 : list(balancer, 'Subnets').length,
        },
  'AWS::KMS::Key': (key) =>
    text(key, 'Description')!.startsWith('Alarms')
      ? { 'encryption key of the alarm topic': 1 }
      : { 'encryption key of the stage': 1 },
  'AWS::Logs::LogGroup': () => ({}), // by the gigabyte: which there are, and for how long, is held against `LOG_DAYS`
  'AWS::ElasticLoadBalancingV2::TrustStore': () => ({ 'trust store': 1 }),
  'AWS::WAFv2::WebACL': (acl) => ({ WAF: 1, 'rules of WAF': list(acl, 'Rules').length }),
  'AWS::Route53::HostedZone': () => ({ 'private hosted zone': 1 }),
  'AWS::S3::Bucket': () => ({}), // likewise against `ACCESS_LOG_DAYS`
};

interface Launched {
  readonly BlockDeviceMappings: readonly { readonly Ebs: { readonly VolumeSize: number } }[];
  /** Detailed, of an instance. */
  readonly Monitoring?: { readonly Enabled: boolean };
}

const gibOf = ({ BlockDeviceMappings }: Launched) =>
  BlockDeviceMappings.reduce((sum, { Ebs }) => sum + Ebs.VolumeSize, 0);

/** What is billed for every instance: GiB of its volumes, and metrics of its detailed monitoring; for one of a shadow, GiB alone. */
export function eachInstance(resources: readonly Resource[]): { gib: number; metrics: number; shadowGib: number } {
  const data = (resource: Resource) => (resource.Properties as { LaunchTemplateData: unknown }).LaunchTemplateData;
  const launched = resources.flatMap((resource): Launched[] => {
    return resource.Type === 'AWS::EC2::LaunchTemplate' ? [data(resource) as Launched] : [];
  });
  const [one, shadow, ...others] = launched.reverse(); // that of the shadow is made first
  expect(others).toEqual([]);
  expect(shadow?.Monitoring?.Enabled ?? false).toBe(false);
  return {
    gib: gibOf(one!),
    metrics: one!.Monitoring?.Enabled ? DETAILED_METRICS : 0,
    shadowGib: shadow ? gibOf(shadow) : 0,
  };
}

/** Days that logs are kept: of every log group, and of every bucket. */
export function logDays(resources: readonly Resource[]): { groups: unknown[]; buckets: unknown[] } {
  const of = (type: string) => resources.filter(({ Type }) => Type === type);
  return {
    groups: of('AWS::Logs::LogGroup').map((group) => (group.Properties as Record<string, unknown>).RetentionInDays),
    buckets: of('AWS::S3::Bucket').map((bucket) => {
      const { Rules } = (bucket.Properties as Record<string, { Rules: { ExpirationInDays: number }[] }>)
        .LifecycleConfiguration!;
      return Rules.map(({ ExpirationInDays }) => ExpirationInDays);
    }),
  };
}

/** The lines of a bill that count resources, by names that do not tell how many. */
export function counted({ cost }: { readonly cost: Pick<SizingPlan['cost'], 'lines'> }): Record<string, number> {
  const lines: Record<string, number> = {};
  for (const { item, unit, quantity } of cost.lines) {
    const name = unit === 'instance' ? 'instances' : item.replace(/ \(.*\)$/, '');
    if (name in EMPTY) lines[name] = (lines[name] ?? 0) + quantity; // those on demand, and Spot
  }
  return { ...EMPTY, ...lines };
}

/** How much of each line the resources are. */
export function built(resources: readonly Resource[]): Record<Line, number> {
  const sum = { ...EMPTY };
  for (const resource of resources) {
    const parts = BILLED[resource.Type]?.(resource);
    if (!parts) expect(FREE).toContain(resource.Type); // a new kind: is it billed?
    for (const [line, count] of Object.entries(parts ?? {})) sum[line as Line] += count;
  }
  return sum;
}
