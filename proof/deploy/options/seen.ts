/** A deployed stage of the options, with what its checks ask for again and again. */
import {
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  DescribeScheduledActionsCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeLaunchTemplateVersionsCommand, DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import type { Report } from '../../report';
import type { SynthesisedStack } from '../assembly';
import type { Aws } from '../aws';
import type { DeployedStage } from '../stage';
import type { Given } from './given';

const pairs = (attributes: readonly { readonly Key?: string; readonly Value?: string }[] = []) =>
  Object.fromEntries(attributes.map(({ Key, Value }) => [Key!, Value!]));

export class Seen {
  constructor(
    readonly report: Report,
    readonly given: Given,
    private readonly stage: DeployedStage,
    private readonly assembly: string,
  ) {}

  get aws(): Aws {
    return this.stage.aws;
  }

  equal(found: unknown, expected: unknown, what: string): void {
    this.report.equal(found, expected, `${this.stage.name}: ${what}`);
  }

  stack(name: string): SynthesisedStack {
    const path = `${this.stage.name}/${name}`;
    return this.stage.stacks(this.assembly).find((stack) => stack.path === path)!;
  }

  /** Physical id in the stack of the endpoint, or another, by the end of a path. */
  id(pathEnd: string, stack = 'Endpoint'): Promise<string> {
    return this.stage.physicalId(this.stack(stack), pathEnd);
  }

  async balancer() {
    const LoadBalancerArns = [await this.id('/FrontDoor/LoadBalancer/Resource')];
    return (await this.aws.elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns }))).LoadBalancers![0]!;
  }

  /** Where a record of it leads: the name that has addresses of both kinds, as the CDK writes it. */
  alias({ DNSName }: { readonly DNSName?: string }): string {
    return `dualstack.${DNSName}`;
  }

  async balancerAttributes(): Promise<Record<string, string>> {
    const LoadBalancerArn = await this.id('/FrontDoor/LoadBalancer/Resource');
    return pairs((await this.aws.elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }))).Attributes);
  }

  /** By their ports. */
  async listeners() {
    const LoadBalancerArn = await this.id('/FrontDoor/LoadBalancer/Resource');
    const { Listeners = [] } = await this.aws.elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
    return Object.fromEntries(Listeners.map((listener) => [listener.Port!, listener]));
  }

  async targetAttributes(): Promise<Record<string, string>> {
    const TargetGroupArn = await this.id('/FrontDoor/Targets/Resource');
    return pairs((await this.aws.elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }))).Attributes);
  }

  async group(pathEnd = '/Fleet/Group/Group/ASG'): Promise<AutoScalingGroup> {
    const AutoScalingGroupNames = [await this.id(pathEnd)];
    const asked = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames });
    return (await this.aws.autoScaling.send(asked)).AutoScalingGroups![0]!;
  }

  async launches(pathEnd?: string) {
    const { LaunchTemplate } = await this.group(pathEnd);
    const { LaunchTemplateId, Version } = LaunchTemplate!;
    const asked = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: [Version!] });
    return (await this.aws.ec2.send(asked)).LaunchTemplateVersions![0]!.LaunchTemplateData!;
  }

  /** Its changes of a day, by their hours. */
  async hours(): Promise<[string | undefined, number | undefined][]> {
    const { AutoScalingGroupName } = await this.group();
    const asked = new DescribeScheduledActionsCommand({ AutoScalingGroupName });
    const { ScheduledUpdateGroupActions = [] } = await this.aws.autoScaling.send(asked);
    return ScheduledUpdateGroupActions.map(({ Recurrence, MinSize }): [string | undefined, number | undefined] => [
      Recurrence,
      MinSize,
    ]).sort();
  }

  /** Who reaches a security group, as `who ports`. */
  async callers(pathEnd: string): Promise<string[]> {
    const asked = new DescribeSecurityGroupsCommand({ GroupIds: [await this.id(pathEnd)] });
    const [group] = (await this.aws.ec2.send(asked)).SecurityGroups!;
    return group!
      .IpPermissions!.flatMap(
        ({ FromPort, IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = [] }) =>
          [
            ...IpRanges.map(({ CidrIp }) => CidrIp),
            ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6),
            ...PrefixListIds.map(({ PrefixListId }) => PrefixListId),
            ...UserIdGroupPairs.map(({ GroupId }) => GroupId),
          ].map((who) => `${who} ${FromPort}`),
      )
      .sort();
  }

  /** Records of a zone at these names, as `name type` with what each leads to. */
  async records(zone: string, names: readonly string[]): Promise<[string, string][]> {
    const asked = new ListResourceRecordSetsCommand({ HostedZoneId: zone });
    const { ResourceRecordSets = [] } = await this.aws.route53.send(asked);
    return ResourceRecordSets.filter(
      ({ Name, Type }) => names.includes(Name!.replace(/\.$/, '')) && ['A', 'AAAA'].includes(Type!),
    )
      .map(({ Name, Type, AliasTarget }): [string, string] => [
        `${Name!.replace(/\.$/, '')} ${Type}`,
        (AliasTarget?.DNSName ?? '').replace(/\.$/, ''),
      ])
      .sort();
  }
}

export type Facts = (seen: Seen) => Promise<void>;
