/** What the services say of networks, groups, keys, and of who is told. */
import { DescribePoliciesCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeRouteTablesCommand, DescribeSubnetsCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { DescribeTargetGroupsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ZONE } from '../given';
import type { Facts, Seen } from '../seen';
import { PARTNER, PARTNER_ROLE, SPOT } from '../stages';

/** Where the subnets of the instances send what is not for the network. moto does not tell a destination of IPv6. */
async function waysOut(seen: Seen) {
  const subnets = (await seen.group()).VPCZoneIdentifier!.split(',');
  const { RouteTables: all = [] } = await seen.aws.ec2.send(new DescribeRouteTablesCommand({}));
  const tables = all.filter(({ Associations = [] }) =>
    Associations.some(({ SubnetId }) => subnets.includes(SubnetId!)),
  );
  const ways = tables.flatMap(({ Routes = [] }) =>
    Routes.filter(({ GatewayId }) => GatewayId !== 'local' && !GatewayId?.startsWith('vpce-')).map(
      ({ EgressOnlyInternetGatewayId, NatGatewayId, GatewayId }) =>
        EgressOnlyInternetGatewayId ?? NatGatewayId ?? GatewayId,
    ),
  );
  return [...new Set(ways)].sort();
}

async function network(seen: Seen) {
  const VpcIds = [await seen.id('/Network/Vpc/Resource', 'Network')];
  return (await seen.aws.ec2.send(new DescribeVpcsCommand({ VpcIds }))).Vpcs![0]!;
}

export const inside: Facts = async (seen) => {
  const balancer = await seen.balancer();
  seen.equal(balancer.Scheme, 'internal', 'the load balancer has no public address');
  const gateway = await seen.id('/Network/EgressOnly', 'Network');
  seen.equal(await waysOut(seen), [gateway], 'the only way out is by IPv6, for answers');
  seen.equal(
    (await network(seen)).Ipv6CidrBlockAssociationSet?.map(({ Ipv6CidrBlock }) => Ipv6CidrBlock?.endsWith('/56')),
    [true],
    'the network has a range of IPv6',
  );
  for (const [path, name] of [
    ['/FrontDoor/PrivateZone/Resource', `inside.${ZONE}`],
    [`/FrontDoor/inner.${ZONE}/PrivateZone/Resource`, `inner.${ZONE}`],
  ] as const) {
    const zone = await seen.id(path);
    seen.equal(
      await seen.records(zone, [name]),
      [[`${name} A`, seen.alias(balancer)]],
      `the network alone knows ${name}, which leads to it`,
    );
  }
  await privateLink(seen, balancer.LoadBalancerArn!);
  const { AutoScalingGroupName, MinSize } = await seen.group();
  const { ScalingPolicies = [] } = await seen.aws.autoScaling.send(
    new DescribePoliciesCommand({ AutoScalingGroupName, PolicyTypes: ['SimpleScaling'] }),
  );
  seen.equal(
    ScalingPolicies.map(({ AdjustmentType, ScalingAdjustment }) => [AdjustmentType, ScalingAdjustment]),
    [['ExactCapacity', MinSize]],
    'who calls while it is off has it want its instances again',
  );
};

/** @param balancer ARN of what it leads to */
async function privateLink(seen: Seen, balancer: string): Promise<void> {
  const network = await seen.id('/FrontDoor/PrivateLink/LoadBalancer/Resource');
  const [{ LoadBalancers }, { ServiceConfigurations }, { AllowedPrincipals }, { TargetHealthDescriptions }] =
    await seen.aws.ask<
      [
        { LoadBalancers: { Type: string }[] },
        { ServiceConfigurations: { AcceptanceRequired: boolean; NetworkLoadBalancerArns: string[] }[] },
        { AllowedPrincipals: { Principal: string }[] },
        { TargetHealthDescriptions: { Target: { Id: string; Port: number } }[] },
      ]
    >(
      ['elbv2', 'describe_load_balancers', { LoadBalancerArns: [network] }],
      [
        'ec2',
        'describe_vpc_endpoint_service_configurations',
        { ServiceIds: [await seen.id('/FrontDoor/PrivateLink/Service/Service')] },
      ],
      [
        'ec2',
        'describe_vpc_endpoint_service_permissions',
        { ServiceId: await seen.id('/FrontDoor/PrivateLink/Service/Service') },
      ],
      ['elbv2', 'describe_target_health', { TargetGroupArn: await seen.id('/FrontDoor/PrivateLink/Targets/Resource') }],
    );
  seen.equal(
    [
      LoadBalancers.map(({ Type }) => Type),
      ServiceConfigurations.map(({ AcceptanceRequired, NetworkLoadBalancerArns: arns }) => [
        AcceptanceRequired,
        ...arns,
      ]),
    ],
    [['network'], [[true, network]]],
    'networks of others ask for a network load balancer, and are accepted by a person',
  );
  seen.equal(
    AllowedPrincipals.map(({ Principal }) => Principal).sort(),
    [`arn:aws:iam::${PARTNER}:root`, PARTNER_ROLE],
    'those who are named may ask, and nobody else',
  );
  seen.equal(
    TargetHealthDescriptions.map(({ Target: { Id, Port } }) => [Id, Port]),
    [[balancer, 443]],
    'what they send goes to the load balancer of the endpoint',
  );
}

export const spot: Facts = async (seen) => {
  const { LaunchTemplate, MixedInstancesPolicy, CapacityRebalance, Instances = [] } = await seen.group();
  const { InstancesDistribution, LaunchTemplate: mixed } = MixedInstancesPolicy!;
  const types = mixed!.Overrides!.map(({ InstanceType }) => InstanceType!);
  seen.equal(
    [LaunchTemplate, CapacityRebalance, types.length > 1],
    [undefined, true, true],
    'its group launches several types, and replaces an instance that is at risk',
  );
  seen.equal(
    [InstancesDistribution?.OnDemandBaseCapacity, InstancesDistribution?.OnDemandPercentageAboveBaseCapacity],
    [SPOT.onDemandBase, 0],
    'two of its instances are on demand, and what is more is Spot',
  );
  seen.equal(Instances.length > SPOT.onDemandBase, true, 'there are more instances than these');
};

export const given: Facts = async (seen) => {
  const balancer = await seen.balancer();
  seen.equal(
    await seen.records(seen.given.privateZone, [`given.${ZONE}`, `other.${ZONE}`]),
    [`given.${ZONE} A`, `other.${ZONE} A`].map((record) => [record, seen.alias(balancer)]),
    'the private zone that was there has both names',
  );
  const listeners = await seen.listeners();
  seen.equal(Object.keys(listeners), ['443'], 'port 80 is closed');
  seen.equal(
    listeners[443]!.Certificates?.map(({ CertificateArn }) => CertificateArn),
    [seen.given.certificate, seen.given.innerCertificate],
    'the listener has both certificates that were there',
  );
};

export const nat: Facts = async (seen) => {
  const { aws } = seen;
  seen.equal((await network(seen)).CidrBlock, '172.20.64.0/18', 'the network has the range that is named');
  const { Subnets = [] } = await aws.ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [(await network(seen)).VpcId!] }] }),
  );
  seen.equal(
    [...new Set(Subnets.map(({ AvailabilityZoneId }) => AvailabilityZoneId!))].sort(),
    seen.given.zoneIds.slice(0, 2).sort(),
    'it is in the zones that are named',
  );
  const ways = await waysOut(seen);
  seen.equal(
    ways.map((way) => way?.replace(/-\w+$/, '')),
    ['nat'],
    'instances go out through NAT gateways',
  );
  seen.equal((await seen.launches()).ImageId, seen.given.image, 'instances launch from the image that is named');
  seen.equal(
    (await seen.callers('/Fleet/SecurityGroup/Resource')).filter((caller) => caller.startsWith('172.20.0.0/16')),
    ['172.20.0.0/16 8080'],
    'the range that is named may read the metrics',
  );
  const told = await aws.ask<{ Subscriptions: { Protocol: string; Endpoint: string }[] }[]>(
    ['sns', 'list_subscriptions_by_topic', { TopicArn: await seen.id('/Notify/Topic/Resource') }],
    ['sns', 'list_subscriptions_by_topic', { TopicArn: await seen.id('/Inform/Topic/Resource') }],
  );
  seen.equal(
    told.map(({ Subscriptions }) => Subscriptions.map(({ Protocol, Endpoint }) => `${Protocol} ${Endpoint}`).sort()),
    [
      [
        'email ops@example.com',
        'https https://alerts.example.com/slipway',
        'https https://events.pagerduty.com/integration/0123456789abcdef0123456789abcdef/enqueue',
      ],
      ['email team@example.com'],
    ],
    'those who are paged and those who are informed are told, one by the address in a parameter',
  );
};

export const shadow: Facts = async (seen) => {
  const [fleet, other] = [await seen.group(), await seen.group('/Shadow/Group/ASG')];
  seen.equal(
    [other.TargetGroupARNs, fleet.TargetGroupARNs?.length],
    [[], 1],
    'no client reaches the instances of the shadow',
  );
  seen.equal(
    other.Instances!.length >= 1 &&
      other.Instances!.every(
        ({ LaunchTemplate }) => LaunchTemplate?.LaunchTemplateId !== fleet.LaunchTemplate?.LaunchTemplateId,
      ),
    true,
    'the shadow has instances of its own, from a template of its own',
  );
  const key = await seen.id('/EncryptionKey/Resource', 'Network');
  for (const path of ['/Fleet/Group/Group/ASG', '/Shadow/Group/ASG']) {
    const { BlockDeviceMappings = [] } = await seen.launches(path);
    seen.equal(
      BlockDeviceMappings.map(({ Ebs }) => Ebs?.KmsKeyId?.endsWith(key)),
      [true],
      'its volumes are encrypted with the key of the stage',
    );
  }
  const TargetGroupArns = [await seen.id('/FrontDoor/Targets/Resource')];
  const { TargetGroups = [] } = await seen.aws.elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns }));
  seen.equal(TargetGroups[0]?.Protocol, 'HTTPS', 'the load balancer speaks TLS to the instances');
};
