/** The bill of a plan, line by line, beside what its stage builds: nothing that costs money is left out, nothing else is billed. */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../lib/config/load';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import type { ComputeProfile } from '../../lib/model/package/profile';
import { type SizingPlan, sizingPlan } from '../../lib/sizing';
import { ACCESS_LOG_DAYS, DETAILED_METRICS, LOG_DAYS } from '../../lib/sizing/endpoint-parts';
import { addStages } from '../../lib/stacks/slipway-app';
import { joiningProfile, steadyProfile } from '../../testing/sizing/examples';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL, LOAN_MODEL } from '../example';
import { standIns, testingApp } from '../testing-app';

interface Resource {
  readonly Type: string;
  readonly Properties: unknown;
}

/** What costs nothing by itself. A type that is neither here nor in `BILLED` makes the test red. */
const FREE = new Set([
  'AWS::CertificateManager::Certificate',
  'AWS::CDK::Metadata',
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
  'AWS::EC2::VPCCidrBlock',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::ListenerRule', // the first ten
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::IAM::InstanceProfile',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::Lambda::Function', // a minute a deployment: less than a tenth of a cent
  'AWS::Logs::MetricFilter', // its metric has no datapoint while every boot succeeds
  'AWS::Route53::RecordSet', // an alias to a load balancer; the zone is the user's
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::WAFv2::WebACLAssociation',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'Custom::SlipwayJudgement',
]);

const list = (resource: Resource, property: string) =>
  ((resource.Properties as Record<string, unknown>)[property] ?? []) as Record<string, unknown>[];
const text = (resource: Resource, property: string) => (resource.Properties as Record<string, string>)[property];

/** The lines that count resources. */
const EMPTY = {
  instances: 0,
  'root volumes': 0,
  'detailed monitoring': 0,
  alarms: 0,
  'composite alarm': 0,
  dashboard: 0,
  'interface endpoints': 0,
  'NAT gateways': 0,
  'public addresses of the NAT gateways': 0,
  'load balancer': 0,
  'public addresses of the load balancer': 0,
  'encryption key of the alarm topic': 0,
  'encryption key of the stage': 0,
  'private hosted zone': 0,
  WAF: 0,
  'rules of WAF': 0,
  'trust store': 0,
};

type Line = keyof typeof EMPTY;

/** What costs money: how much of each line of the bill a resource is. */
const BILLED: Readonly<Record<string, (resource: Resource) => Readonly<Partial<Record<Line, number>>>>> = {
  'AWS::AutoScaling::AutoScalingGroup': (group) => ({ instances: Number(text(group, 'MinSize')) }),
  'AWS::EC2::LaunchTemplate': () => ({}), // as the instances that the group starts with it
  'AWS::AutoScaling::ScalingPolicy': () => ({ alarms: 2 }), // that AWS makes for it: of growing, and of shrinking
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
  'AWS::ElasticLoadBalancingV2::LoadBalancer': (balancer) => ({
    'load balancer': 1,
    'public addresses of the load balancer':
      text(balancer, 'Scheme') === 'internal' ? 0 : list(balancer, 'Subnets').length,
  }),
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

/** What is billed for every instance: GiB of its volumes, and metrics of its detailed monitoring. */
function eachInstance(resources: readonly Resource[]): { gib: number; metrics: number } {
  const data = (resource: Resource) => (resource.Properties as { LaunchTemplateData: unknown }).LaunchTemplateData;
  const launched = resources.flatMap((resource): Launched[] => {
    return resource.Type === 'AWS::EC2::LaunchTemplate' ? [data(resource) as Launched] : [];
  });
  const [one, ...others] = launched;
  expect(others).toEqual([]);
  const { BlockDeviceMappings, Monitoring } = one!;
  return {
    gib: BlockDeviceMappings.reduce((sum, { Ebs }) => sum + Ebs.VolumeSize, 0),
    metrics: Monitoring?.Enabled ? DETAILED_METRICS : 0,
  };
}

/** Days that logs are kept: of every log group, and of every bucket. */
function logDays(resources: readonly Resource[]): { groups: unknown[]; buckets: unknown[] } {
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
function counted(plan: SizingPlan): Record<string, number> {
  const lines: Record<string, number> = {};
  for (const { item, unit, quantity } of plan.cost.lines) {
    const name = unit === 'instance' ? 'instances' : item.replace(/ \(.*\)$/, '');
    if (name in EMPTY) lines[name] = quantity;
  }
  return { ...EMPTY, ...lines };
}

/** Its endpoints are of another bill. */
const NETWORK =
  'network: { vpcId: vpc-0123456789abcdef0, availabilityZones: [eu-west-1a, eu-west-1b, eu-west-1c], ' +
  'publicSubnetIds: [subnet-0aaaaaaaaaaaaaaa1, subnet-0aaaaaaaaaaaaaaa2, subnet-0aaaaaaaaaaaaaaa3], ' +
  'privateSubnetIds: [subnet-0bbbbbbbbbbbbbbb1, subnet-0bbbbbbbbbbbbbbb2, subnet-0bbbbbbbbbbbbbbb3] }';

/** Stages of every kind, as slipway.yaml has them; each gets a domain of its own. */
const STAGES: Readonly<Record<string, string>> = {
  single: 'availability: single',
  instance: 'availability: instance',
  zone: 'availability: zone',
  many: 'availability: zone, traffic: { requestsPerSecond: 20000, p99: 50ms }',
  daily:
    'availability: instance, traffic: { requestsPerSecond: 2000, meanRequestsPerSecond: 1000, day: smooth, p99: 100ms }',
  nobody: 'availability: single, monitoring: { notify: none }',
  lean: 'availability: instance, monitoring: { lean: true }',
  nowhere: 'availability: single, monitoring: lean',
  severities: 'availability: single, monitoring: { notify: { page: [ops@example.com], inform: [team@example.com] } }',
  canary: 'availability: zone, rollout: { canary: 5 %, for: 10m }',
  ipv6: 'availability: zone, egress: ipv6, access: { apiKeys: /slipway/keys }',
  nat: 'availability: zone, egress: nat',
  'nat-single': 'availability: single, egress: nat',
  waf: 'availability: single, waf: { requestsPerAddress: 3000 }',
  mtls: 'availability: single, mutualTls: { bucket: authorities, key: ca.pem }',
  internal: 'availability: zone, internal: true',
  keys: 'availability: single, access: { apiKeys: /slipway/keys, requestLog: false }',
  logged: 'availability: zone, access: { apiKeys: /slipway/keys }',
  'own-key': 'availability: zone, encryptionKey: true, access: { apiKeys: /slipway/keys }',
  'own-key-in-network': `availability: single, encryptionKey: stage, ${NETWORK}`,
  'own-key-lean': 'availability: single, monitoring: lean, encryptionKey: stage',
  'given-key':
    'availability: single, encryptionKey: "arn:aws:kms:eu-west-1:111111111111:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f"',
  sessions: 'availability: zone, sessionManager: true',
  'sessions-and-keys': 'availability: single, sessionManager: true, access: { apiKeys: /slipway/keys }',
  'sessions-nat': 'availability: single, sessionManager: true, egress: nat',
  'backend-tls': 'availability: instance, backendTls: true',
  network: `availability: single, ${NETWORK}`,
  'in-network': `availability: zone, access: { apiKeys: /slipway/keys }, ${NETWORK}`,
  certificate:
    'availability: single, domain: { name: own.example.com, certificate: "arn:aws:acm:eu-west-1:111111111111:certificate/11111111-2222-3333-4444-555555555555" }',
};

function stagesOf(model: string, only = Object.keys(STAGES).filter((name) => name !== 'daily')) {
  const lines = only.map((name) => {
    const settings = STAGES[name]!;
    const domain = settings.includes('domain:')
      ? ''
      : `, domain: { name: ${name}.example.com, zone: example.com, zoneId: Z0123456789PROD }`;
    return `  ${name}: { region: eu-west-1, ${settings}${domain} }`;
  });
  const path = join(temporaryFolder(), 'slipway.yaml');
  const text = [
    `model: ${model}`,
    'defaults: { traffic: { requestsPerSecond: 20, p99: 100ms }, monitoring: { notify: [ops@example.com] } }',
    'stages:',
    ...lines,
  ];
  writeFileSync(path, `${text.join('\n')}\n`);
  const config = loadConfig(path);
  const app = testingApp();
  addStages(app, config, standIns());
  const stacks = app.synth().stacksRecursively;
  const package_ = readModelPackage(model);
  const measured = { profile: readProfile(package_), manifest: package_.manifest };
  const plans = new Map<string, SizingPlan>(); // many stages differ in what the plan knows nothing of
  return config.stages.map(({ name, serviceLevel, region }) => {
    const asked = JSON.stringify(serviceLevel);
    const plan = plans.get(asked) ?? sizingPlan({ ...measured, serviceLevel, region });
    plans.set(asked, plan);
    const resources = stacks
      .filter(({ hierarchicalId }) => hierarchicalId.startsWith(`${name}/`))
      .flatMap(({ template }) => Object.values(template.Resources as Record<string, Resource>));
    return { name, plan, resources };
  });
}

test('a stage that follows the day has a group from its night to its peak, and is billed for what is there between', () => {
  const [{ plan, resources }] = stagesOf(measured(EXAMPLE_MODEL, steadyProfile(4)), ['daily']) as [
    ReturnType<typeof stagesOf>[number],
  ];
  const { choice, instances, daily } = plan;
  const group = resources.find(({ Type }) => Type === 'AWS::AutoScaling::AutoScalingGroup')!.Properties;
  expect(group).toMatchObject({ MinSize: `${instances.minimum}`, MaxSize: `${instances.maximum}` });
  expect(group).not.toHaveProperty('DesiredCapacity');
  expect(instances.minimum).toBeLessThan(choice.instances);
  expect(instances.maximum).toBeGreaterThan(choice.instances);
  const policies = resources.filter(({ Type }) => Type === 'AWS::AutoScaling::ScalingPolicy');
  expect(policies.map(({ Properties }) => Properties)).toMatchObject([
    { TargetTrackingConfiguration: { TargetValue: plan.scalingTargetCpuPercent } },
  ]);
  const bill = counted(plan);
  expect(bill.instances).toBeCloseTo(daily!.meanInstances, 2);
  const { gib, metrics } = eachInstance(resources);
  expect(bill['root volumes']).toBeCloseTo(bill.instances! * gib, 2);
  expect(bill['detailed monitoring']).toBeCloseTo(bill.instances! * metrics, 2);
});

/** A copy of a model, as if it had been measured like this. */
function measured(model: string, profile: ComputeProfile): string {
  const folder = join(temporaryFolder(), 'model');
  cpSync(model, folder, { recursive: true });
  const { sha256 } = readModelPackage(folder).manifest.model;
  writeFileSync(join(folder, 'profile.json'), JSON.stringify({ ...profile, modelSha256: sha256 }));
  return folder;
}

describe.each([
  ['a model', EXAMPLE_MODEL, undefined],
  ['a model that knows its training rows', measured(LOAN_MODEL, steadyProfile(1)), ['single', 'zone']],
  ['a model whose requests are joined', measured(EXAMPLE_MODEL, joiningProfile(20, 0.02)), ['many']],
])('%s', (_, model, only) => {
  for (const { name, plan, resources } of stagesOf(model, only)) {
    test(`stage ${name} is billed for what it builds`, () => {
      const built = { ...EMPTY };
      const { gib, metrics } = eachInstance(resources);
      for (const resource of resources) {
        const parts = BILLED[resource.Type]?.(resource);
        if (!parts) expect(FREE).toContain(resource.Type); // a new kind: is it billed?
        for (const [line, count] of Object.entries(parts ?? {})) built[line as Line] += count;
      }
      built['root volumes'] = built.instances * gib;
      built['detailed monitoring'] = built.instances * metrics;
      expect(counted(plan)).toEqual(built);
    });

    test(`stage ${name} has the logs that are billed, for as long as that says`, () => {
      const { fleet, network, verification } = LOG_DAYS;
      const { groups, buckets } = logDays(resources);
      const own = plan.serviceLevel.egress === 'existing' ? [] : [network];
      expect(groups.sort()).toEqual([...own, fleet, verification].sort());
      expect(buckets).toEqual([[ACCESS_LOG_DAYS]]);
    });
  }
});
