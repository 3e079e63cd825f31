/** Everything that exists in the account and region: physical ids by resource type. */
import { ListCertificatesCommand } from '@aws-sdk/client-acm';
import { DescribeAutoScalingGroupsCommand, DescribePoliciesCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeAlarmsCommand, ListDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeFlowLogsCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeLaunchTemplatesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ListHostedZonesCommand, ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import type { Aws } from './aws';

export type Census = ReadonlyMap<string, ReadonlySet<string>>;

/** Ask the services themselves, not CloudFormation. Records are given as `name type`. */
export async function census(aws: Aws): Promise<Census> {
  const found: Record<string, (string | undefined)[]> = {
    ...(await aws.inventory()),
    ...(await network(aws)),
    ...(await compute(aws)),
    ...(await frontDoor(aws)),
    ...(await watching(aws)),
  };
  return new Map(Object.entries(found).map(([type, ids]) => [type, new Set(ids.filter((id) => id !== undefined))]));
}

/** What is in `now` and was not in `before`, as `type id`. */
export function added(before: Census, now: Census): string[] {
  return [...now].flatMap(([type, ids]) =>
    [...ids].filter((id) => !before.get(type)?.has(id)).map((id) => `${type} ${id}`),
  );
}

async function network({ ec2 }: Aws) {
  const [vpcs, subnets, tables, gateways, groups, endpoints, flowLogs] = await Promise.all([
    ec2.send(new DescribeVpcsCommand({})),
    ec2.send(new DescribeSubnetsCommand({})),
    ec2.send(new DescribeRouteTablesCommand({})),
    ec2.send(new DescribeInternetGatewaysCommand({})),
    ec2.send(new DescribeSecurityGroupsCommand({})),
    ec2.send(new DescribeVpcEndpointsCommand({})),
    ec2.send(new DescribeFlowLogsCommand({})),
  ]);
  const open = (endpoints.VpcEndpoints ?? []).filter((endpoint) => (endpoint.State as string) !== 'deleted');
  return {
    'AWS::EC2::VPC': ids(vpcs.Vpcs, 'VpcId'),
    'AWS::EC2::Subnet': ids(subnets.Subnets, 'SubnetId'),
    'AWS::EC2::RouteTable': ids(tables.RouteTables, 'RouteTableId'),
    'AWS::EC2::InternetGateway': ids(gateways.InternetGateways, 'InternetGatewayId'),
    'AWS::EC2::SecurityGroup': ids(groups.SecurityGroups, 'GroupId'),
    'AWS::EC2::VPCEndpoint': ids(open, 'VpcEndpointId'),
    'AWS::EC2::FlowLog': ids(flowLogs.FlowLogs, 'FlowLogId'),
  };
}

async function compute({ ec2, autoScaling }: Aws) {
  const [reservations, templates, groups, policies] = await Promise.all([
    ec2.send(new DescribeInstancesCommand({})),
    ec2.send(new DescribeLaunchTemplatesCommand({})),
    autoScaling.send(new DescribeAutoScalingGroupsCommand({})),
    autoScaling.send(new DescribePoliciesCommand({})),
  ]);
  const instances = (reservations.Reservations ?? []).flatMap((reservation) => reservation.Instances ?? []);
  return {
    'AWS::EC2::Instance': ids(
      instances.filter((instance) => instance.State?.Name !== 'terminated'),
      'InstanceId',
    ),
    'AWS::EC2::LaunchTemplate': ids(templates.LaunchTemplates, 'LaunchTemplateId'),
    'AWS::AutoScaling::AutoScalingGroup': ids(groups.AutoScalingGroups, 'AutoScalingGroupName'),
    'AWS::AutoScaling::ScalingPolicy': ids(policies.ScalingPolicies, 'PolicyARN'),
  };
}

async function frontDoor({ elb, acm, route53 }: Aws) {
  const balancers = ids((await elb.send(new DescribeLoadBalancersCommand({}))).LoadBalancers, 'LoadBalancerArn');
  const listeners = await Promise.all(
    balancers.map((arn) => elb.send(new DescribeListenersCommand({ LoadBalancerArn: arn }))),
  );
  const zones = (await route53.send(new ListHostedZonesCommand({}))).HostedZones ?? [];
  const records = await Promise.all(
    zones.map((zone) => route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: zone.Id }))),
  );
  return {
    'AWS::ElasticLoadBalancingV2::LoadBalancer': balancers,
    'AWS::ElasticLoadBalancingV2::Listener': listeners.flatMap((reply) => ids(reply.Listeners, 'ListenerArn')),
    'AWS::ElasticLoadBalancingV2::TargetGroup': ids(
      (await elb.send(new DescribeTargetGroupsCommand({}))).TargetGroups,
      'TargetGroupArn',
    ),
    'AWS::CertificateManager::Certificate': ids(
      (await acm.send(new ListCertificatesCommand({}))).CertificateSummaryList,
      'CertificateArn',
    ),
    'AWS::Route53::RecordSet': records.flatMap((reply) =>
      (reply.ResourceRecordSets ?? []).map((record) => `${record.Name?.replace(/\.$/, '')} ${record.Type}`),
    ),
  };
}

async function watching({ cloudWatch }: Aws) {
  const { MetricAlarms } = await cloudWatch.send(new DescribeAlarmsCommand({}));
  const { DashboardEntries } = await cloudWatch.send(new ListDashboardsCommand({}));
  return {
    'AWS::CloudWatch::Alarm': ids(MetricAlarms, 'AlarmName'),
    'AWS::CloudWatch::Dashboard': ids(DashboardEntries, 'DashboardName'),
  };
}

function ids<T, K extends keyof T>(items: readonly T[] | undefined, key: K): T[K][] {
  return (items ?? []).map((item) => item[key]);
}
