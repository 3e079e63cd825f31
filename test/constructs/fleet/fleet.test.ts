import { execFileSync } from 'node:child_process';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { MachineImage, Vpc } from 'aws-cdk-lib/aws-ec2';
import { s3PrefixList } from '../../../lib/aws/s3-prefix-lists';
import { ModelEndpoint } from '../../../lib/constructs/model-endpoint';
import { HANDLER_PORT } from '../../../lib/model/instance/handler-settings';
import { bootOf, endpointStack, endpointTemplate, exampleProps, userDataOf } from '../endpoint-template';
import { groupPlan, joiningPlan, singlePlan } from '../example-plan';

const single = endpointTemplate({ plan: singlePlan }).template;
const group = endpointTemplate({ plan: groupPlan }).template;
const both: [string, Template][] = [
  ['single', single],
  ['group', group],
];

const launchData = (properties: object) => ({ LaunchTemplateData: Match.objectLike(properties) });

describe('one VM', () => {
  test('is a group of one, with room for another while it is replaced, and nothing that makes it grow', () => {
    single.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      MinSize: '1',
      MaxSize: '2',
      DesiredCapacity: Match.absent(),
      HealthCheckType: 'ELB',
    });
    single.resourceCountIs('AWS::AutoScaling::ScalingPolicy', 0);
    single.resourceCountIs('AWS::EC2::Instance', 0);
  });

  test('has the type and the volume of the plan, encrypted', () => {
    single.hasResourceProperties(
      'AWS::EC2::LaunchTemplate',
      launchData({
        InstanceType: 't4g.small',
        BlockDeviceMappings: [
          {
            DeviceName: '/dev/xvda',
            Ebs: { VolumeSize: 11, VolumeType: 'gp3', Encrypted: true, DeleteOnTermination: true },
          },
        ],
      }),
    );
  });

  test.each(['native', 'onnxruntime'] as const)('gets of the handler what the engine %s needs', (engine) => {
    const { template } = endpointTemplate({ plan: { ...singlePlan, engine }, handler: undefined });
    const files = [...bootOf(template).matchAll(/handler\/[\w.]+/g)].map(([file]) => file);
    const library = ['handler/libonnxruntime.so.1', 'handler/onnxruntime_binding.node'];
    expect([...new Set(files)].sort()).toEqual(['handler/handler.cjs', ...(engine === 'native' ? [] : library)]);
  });

  test('becomes several by numbers alone', () => {
    const several = { ...singlePlan, instances: { minimum: 2, desired: 2, maximum: 3 } };
    const before = single.toJSON().Resources;
    const after = endpointTemplate({ plan: several }).template.toJSON().Resources;
    const changed = Object.keys(after).filter((id) => JSON.stringify(after[id]) !== JSON.stringify(before[id]));
    expect(changed.map((id) => after[id].Type).sort()).toEqual([
      'AWS::AutoScaling::AutoScalingGroup',
      'AWS::AutoScaling::ScalingPolicy',
      'AWS::CloudWatch::Alarm', // of unhealthy hosts
      'AWS::CloudWatch::Alarm', // of a group that cannot grow any more
      'AWS::CloudWatch::Dashboard',
      'Custom::SlipwayJudgement',
    ]);
    expect(Object.keys(before).filter((id) => !(id in after))).toEqual([]);
  });
});

describe('a group', () => {
  test('has the bounds of the plan, and leaves the desired capacity to scaling', () => {
    group.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      MinSize: '3',
      MaxSize: '6',
      DesiredCapacity: Match.absent(),
      HealthCheckType: 'ELB',
      HealthCheckGracePeriod: 180,
    });
  });

  test('launches the type of the plan, encrypted, with IMDSv2 alone', () => {
    group.hasResourceProperties(
      'AWS::EC2::LaunchTemplate',
      launchData({
        InstanceType: 'c7i.large',
        MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
        Monitoring: { Enabled: true },
        KeyName: Match.absent(),
        BlockDeviceMappings: [Match.objectLike({ Ebs: Match.objectLike({ Encrypted: true, VolumeSize: 11 }) })],
      }),
    );
  });

  test('replaces instances by launching first, watches its alarms a while, and goes back when one fires', () => {
    const alarms = Object.keys(group.findResources('AWS::CloudWatch::Alarm'));
    const named = (name: string) => ({ Ref: alarms.find((id) => id.startsWith(`EndpointAlarms${name}`)) });
    const [resource] = Object.values(group.findResources('AWS::AutoScaling::AutoScalingGroup'));
    expect(resource!.UpdatePolicy).toEqual({
      AutoScalingInstanceRefresh: {
        Strategy: 'Rolling',
        Preferences: {
          MinHealthyPercentage: 100,
          MaxHealthyPercentage: 134, // of three: one more
          InstanceWarmup: 180,
          BakeTime: 360,
          AlarmSpecification: {
            Alarms: ['UnhealthyHosts', 'ServerErrors', 'Latency', 'Prediction', 'BootFailures'].map(named),
          },
        },
      },
    });
    expect(resource!.Properties.InstanceMaintenancePolicy).toEqual({
      MinHealthyPercentage: 100,
      MaxHealthyPercentage: 134,
    });
  });

  test.each([
    [1, 200],
    [2, 150],
    [10, 110],
    [40, 110], // four at a time
  ])('of %d may have %d percent while some are replaced', (minimum, percent) => {
    const instances = { minimum, desired: minimum, maximum: minimum + 3 };
    endpointTemplate({ plan: { ...groupPlan, instances } }).template.hasResourceProperties(
      'AWS::AutoScaling::AutoScalingGroup',
      { InstanceMaintenancePolicy: { MaxHealthyPercentage: percent } },
    );
  });

  test('is updated though an alarm is on, when that is asked for', () => {
    const { template } = endpointTemplate({ plan: groupPlan, rollBackOnAlarms: false });
    template.hasResource('AWS::AutoScaling::AutoScalingGroup', {
      UpdatePolicy: { AutoScalingInstanceRefresh: { Preferences: { AlarmSpecification: Match.absent() } } },
    });
  });

  test('that may not grow has room to replace one, so that none is missing, and no scaling policy', () => {
    const { template } = endpointTemplate({
      plan: { ...groupPlan, instances: { minimum: 3, desired: 3, maximum: 3 } },
    });
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { MinSize: '3', MaxSize: '4' });
    template.resourceCountIs('AWS::AutoScaling::ScalingPolicy', 0);
  });

  test('aims at the CPU utilisation of the plan', () => {
    group.hasResourceProperties('AWS::AutoScaling::ScalingPolicy', {
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingConfiguration: {
        PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' },
        TargetValue: 55,
      },
    });
  });

  test('aims at the requests of an instance where they are joined', () => {
    const { template } = endpointTemplate({ plan: joiningPlan });
    template.resourceCountIs('AWS::AutoScaling::ScalingPolicy', 1);
    template.hasResourceProperties('AWS::AutoScaling::ScalingPolicy', {
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingConfiguration: {
        PredefinedMetricSpecification: {
          PredefinedMetricType: 'ALBRequestCountPerTarget',
          ResourceLabel: Match.anyValue(),
        },
        TargetValue: 12_345,
      },
    });
  });
});

describe.each(both)('the instances of a %s fleet', (_, template) => {
  test('run the newest Amazon Linux 2023 of their architecture', () => {
    const architecture = template === single ? 'arm64' : 'x86_64';
    const defaults = Object.values(template.findParameters('*')).map((parameter) => parameter.Default);
    expect(defaults).toContain(`/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`);
  });

  test('are reached by the load balancer on the port of the handler and by nothing else, and reach HTTPS alone', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'Instances of a Slipway endpoint',
      SecurityGroupEgress: Match.absent(), // each rule is a resource of its own
      SecurityGroupIngress: Match.absent(),
    });
    const egress = Object.entries(template.findResources('AWS::EC2::SecurityGroupEgress'))
      .filter(([id]) => id.startsWith('EndpointFleet'))
      .map(([, { Properties }]) => [Properties.IpProtocol, Properties.FromPort, Properties.ToPort]);
    expect(egress).toEqual([
      ['tcp', 443, 443],
      ['tcp', 443, 443],
    ]);
    const ingress = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'));
    expect(ingress.map(({ Properties: { FromPort, ToPort } }) => [FromPort, ToPort])).toEqual([
      [HANDLER_PORT, HANDLER_PORT],
    ]);
    expect(ingress[0]!.Properties.SourceSecurityGroupId).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^EndpointFrontDoorSecurityGroup/), 'GroupId'],
    });
  });

  test('may read exactly their own files, and report', () => {
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy')).filter((resource) =>
      JSON.stringify(resource).includes('s3:GetObject'),
    );
    const statements: { Action: string | string[]; Resource: unknown; Condition?: unknown }[] =
      policy!.Properties.PolicyDocument.Statement;
    expect(statements.map(({ Action }) => Action)).toEqual([
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      's3:GetObject',
    ]);
    expect(statements[0]!.Resource).toEqual({ 'Fn::GetAtt': [expect.stringContaining('FleetLogs'), 'Arn'] });
    const objects = statements[1]!.Resource as { 'Fn::Join': [string, unknown[]] }[];
    expect(objects).toHaveLength(8); // boot script, runtime, two of the handler, what sends logs, manifest, model, golden rows
    for (const object of objects) expect(object['Fn::Join'][1].at(-1)).toMatch(/\/[0-9a-f]{64}\.\w+$/);
  });

  test('boot only after their permissions, and the listener that asks whether they are ready', () => {
    const [{ DependsOn }] = Object.values(template.findResources('AWS::AutoScaling::AutoScalingGroup')) as [
      { DependsOn: string[] },
    ];
    const rules = Object.keys(template.findResources('AWS::EC2::SecurityGroupEgress'));
    expect(rules).toContainEqual(expect.stringMatching(/^EndpointFleetSecurityGroupto/)); // the endpoints
    for (const needed of [
      /FleetRoleDefaultPolicy/,
      /FrontDoorLoadBalancerHttps/,
      ...rules.filter((rule) => rule.startsWith('EndpointFleet')),
    ]) {
      expect(DependsOn).toContainEqual(expect.stringMatching(needed));
    }
  });

  test('get the settings of the plan', () => {
    const script = bootOf(template);
    expect(script).toContain('Environment="SLIPWAY_WORKERS=2"');
    expect(script).toContain('Environment="SLIPWAY_THREADS=1"');
    expect(script).toContain('Environment="SLIPWAY_QUEUE_ROWS=321"');
    expect(script).toContain('MemoryMax=1234M');
  });

  test('never get the compute profile, which is no part of what is served', () => {
    expect(bootOf(template)).not.toContain('profile.json');
  });

  test('have a boot script that bash parses, and that is short: EC2 takes 16 KiB', () => {
    expect(Buffer.byteLength(userDataOf(template))).toBeLessThan(4 * 1024);
    execFileSync('bash', ['--norc', '-n'], { input: bootOf(template) });
  });
});

test('an AMI that is named is used as it is, and another is another release: who is paged knows of the deployment', () => {
  const named = (id: string) =>
    endpointTemplate({ plan: singlePlan, machineImage: MachineImage.genericLinux({ 'eu-west-1': id }) });
  const { template, endpoint } = named('ami-0123456789abcdef0');
  template.hasResourceProperties('AWS::EC2::LaunchTemplate', launchData({ ImageId: 'ami-0123456789abcdef0' }));
  expect(named('ami-0123456789abcdef0').endpoint.fleet.release).toBe(endpoint.fleet.release);
  expect(named('ami-0123456789abcdef1').endpoint.fleet.release).not.toBe(endpoint.fleet.release);
});

describe('CPU credits', () => {
  const burstable = (creditMode: 'unlimited' | 'standard') => ({
    ...groupPlan,
    creditMode,
    alarms: { ...groupPlan.alarms, surplusCreditsPerDay: 84, creditBalance: 20 },
  });

  test('one VM of a burstable type buys them, as the bill says, whatever the account says', () => {
    single.hasResourceProperties(
      'AWS::EC2::LaunchTemplate',
      launchData({ CreditSpecification: { CpuCredits: 'unlimited' } }),
    );
  });

  test.each(['unlimited', 'standard'] as const)('a group has the mode %s of its plan', (creditMode) => {
    endpointTemplate({ plan: burstable(creditMode) }).template.hasResourceProperties(
      'AWS::EC2::LaunchTemplate',
      launchData({ CreditSpecification: { CpuCredits: creditMode } }),
    );
  });

  test('a type without credits has no mode: EC2 refuses to launch it with one', () => {
    group.hasResourceProperties('AWS::EC2::LaunchTemplate', launchData({ CreditSpecification: Match.absent() }));
  });

  test.each([
    ['unlimited', 'CPUSurplusCreditsCharged', { Threshold: 84, Statistic: 'Sum', Period: 86400 }],
    ['standard', 'CPUCreditBalance', { Threshold: 20, Statistic: 'Minimum', Period: 300 }],
  ] as const)('in the mode %s somebody is told of %s', (creditMode, MetricName, expected) => {
    const { template } = endpointTemplate({ plan: burstable(creditMode) });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName, ...expected });
    const other = MetricName === 'CPUCreditBalance' ? 'CPUSurplusCreditsCharged' : 'CPUCreditBalance';
    template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { MetricName: other }, 0);
    group.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { MetricName }, 0);
  });
});

describe('who watches instances', () => {
  const ingress = (props: object) => {
    const { template } = endpointTemplate({ plan: singlePlan, ...props });
    const inline = Object.values(template.findResources('AWS::EC2::SecurityGroup')).flatMap(
      ({ Properties }) => (Properties.SecurityGroupIngress ?? []) as Record<string, unknown>[],
    );
    const single = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(
      ({ Properties }) => Properties as Record<string, unknown>,
    );
    return [...inline, ...single]
      .filter(({ FromPort, Description }) => FromPort === 8080 && Description === 'scrapeFrom')
      .map(({ CidrIp, SourcePrefixListId, SourceSecurityGroupId, ToPort }) => [
        CidrIp ?? SourcePrefixListId ?? SourceSecurityGroupId,
        ToPort,
      ]);
  };

  test('is nobody, where nothing is said', () => {
    expect(ingress({})).toEqual([]);
  });

  test('reaches port 8080 alone', () => {
    const scrapeFrom = ['10.20.0.0/16', 'pl-6da54004', 'sg-0123456789abcdef0'];
    expect(ingress({ scrapeFrom }).sort()).toEqual(scrapeFrom.map((watcher) => [watcher, 8080]));
  });

  test('asks through the load balancer where measurements are public, which needs keys', () => {
    const { template } = endpointTemplate({ plan: singlePlan, access: { apiKeys: '/keys' }, publicMetrics: true });
    expect(bootOf(template)).toContain('SLIPWAY_PUBLIC_METRICS=on');
    const { template: without } = endpointTemplate({ plan: singlePlan, access: { apiKeys: '/keys' } });
    expect(bootOf(without)).not.toContain('SLIPWAY_PUBLIC_METRICS');
    expect(() => endpointTemplate({ plan: singlePlan, publicMetrics: true })).toThrow();
    expect(() => endpointTemplate({ plan: singlePlan, scrapeFrom: ['0.0.0.0/0'] })).toThrow();
  });
});

describe('the way out of an instance', () => {
  const rules = (props: object) => {
    const { template } = endpointTemplate({ plan: singlePlan, ...props });
    const fleet = Object.entries(template.findResources('AWS::EC2::SecurityGroup')).find(([id]) =>
      id.startsWith('EndpointFleet'),
    )!;
    const inline = (fleet[1].Properties.SecurityGroupEgress ?? []) as Record<string, unknown>[];
    const single_ = Object.values(template.findResources('AWS::EC2::SecurityGroupEgress'))
      .map(({ Properties }) => Properties as Record<string, unknown>)
      .filter(({ GroupId }) => JSON.stringify(GroupId).includes('EndpointFleet'));
    return [...inline, ...single_].map(
      ({ FromPort, CidrIp, CidrIpv6, DestinationPrefixListId, DestinationSecurityGroupId }) =>
        `${FromPort} ${CidrIp ?? CidrIpv6 ?? DestinationPrefixListId ?? (DestinationSecurityGroupId ? 'endpoints' : '')}`,
    );
  };

  const planWith = (egress: 'ipv6' | 'nat') => ({
    plan: { ...singlePlan, serviceLevel: { ...singlePlan.serviceLevel, egress } },
  });

  test('is S3 and the endpoints in a network of ours, where nothing is said', () => {
    expect(rules({}).sort()).toEqual(['443 endpoints', '443 pl-6da54004']);
  });

  test('is S3 and what the way out that is chosen leads to', () => {
    expect(rules(planWith('ipv6')).sort()).toEqual(['443 ::/0', '443 pl-6da54004']);
    expect(rules(planWith('nat'))).toEqual(['443 0.0.0.0/0']);
  });

  test('is wherever there is a route in a region whose list of S3 is not known, and in a network that is given', () => {
    expect(s3PrefixList('af-south-1')).toBeUndefined();
    expect(s3PrefixList('constructor')).toBeUndefined();
    expect(rulesInGivenNetwork()).toContain('443 0.0.0.0/0');
  });

  test('is the endpoints and what is named, where something is', () => {
    expect(rules({ allowTo: ['pl-6da54004', '10.8.0.0/16'] }).sort()).toEqual([
      '443 10.8.0.0/16',
      '443 endpoints',
      '443 pl-6da54004',
    ]);
  });

  test('in a network that is given there may be name servers, on private addresses', () => {
    const ports = rulesInGivenNetwork();
    expect(ports.filter((rule) => rule.startsWith('53 '))).toHaveLength(8);
    expect(ports).not.toContain('53 0.0.0.0/0');
  });

  function rulesInGivenNetwork(): string[] {
    const stack = endpointStack();
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      publicSubnetIds: ['subnet-1', 'subnet-2'],
      privateSubnetIds: ['subnet-3', 'subnet-4'],
      publicSubnetRouteTableIds: ['rtb-1', 'rtb-2'],
      privateSubnetRouteTableIds: ['rtb-3', 'rtb-4'],
    });
    new ModelEndpoint(stack, 'Endpoint', { ...exampleProps(stack), plan: singlePlan, vpc });
    return Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroup'))
      .flatMap(({ Properties }) => (Properties.SecurityGroupEgress ?? []) as { FromPort: number; CidrIp: string }[])
      .map(({ FromPort, CidrIp }) => `${FromPort} ${CidrIp}`);
  }
});
