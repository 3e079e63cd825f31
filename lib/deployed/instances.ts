/** The instances of a deployed stage, as its groups and its load balancer see them. */
import {
  type AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { idsOfType, type StackResource } from './resources';
import { told } from './told';

/** Type of a group. */
export const GROUP = 'AWS::AutoScaling::AutoScalingGroup';

export interface Target {
  readonly instance: string;
  /** ELB's word, e.g. `healthy`, `unhealthy`, `draining`. */
  readonly state: string;
  /** What the health check got, in ELB's words. */
  readonly reason?: string;
}

/** Instances that serve, or try a new package, or run a shadow. */
export interface InstanceGroup {
  readonly of: 'endpoint' | 'canary' | 'shadow';
  readonly desired: number;
  readonly fewest: number;
  readonly most: number;
  readonly inService: number;
  /** Those that do not serve, and what they are doing. */
  readonly outOfService: readonly Target[];
}

/** As targets of a load balancer: one in two target groups is there twice. */
export async function targetsOf(
  stack: string,
  resources: readonly StackResource[],
  balancer: Pick<ElasticLoadBalancingV2Client, 'send'>,
): Promise<Target[]> {
  const groups = idsOfType(resources, /^AWS::ElasticLoadBalancingV2::TargetGroup$/);
  // the health of all targets comes in one answer
  const answers = groups.map((TargetGroupArn) => balancer.send(new DescribeTargetHealthCommand({ TargetGroupArn })));
  const health = await told(`the health of the instances of ${stack}`, Promise.all(answers));
  return health
    .flatMap(({ TargetHealthDescriptions = [] }) => TargetHealthDescriptions)
    .map(({ Target: target, TargetHealth: { State: state = 'unknown', Description: reason } = {} }) => ({
      instance: target?.Id ?? '',
      state,
      ...(reason !== undefined && { reason }),
    }));
}

/**
 * Groups that have instances or should have some; a canary has none between deployments.
 *
 * @param targets as `targetsOf` has them
 * @throws SlipwayError E_AWS when AWS refuses
 */
export async function instanceGroups(
  stack: string,
  resources: readonly StackResource[],
  targets: readonly Target[],
  client: Pick<AutoScalingClient, 'send'>,
): Promise<InstanceGroup[]> {
  const names = new Map(
    resources.flatMap(({ type, physicalId, logicalId, gone }) =>
      type === GROUP && !gone ? [[physicalId, logicalId]] : [],
    ),
  );
  const groups = names.size === 0 ? [] : await groupsNamed(stack, [...names.keys()], client);
  return groups.flatMap(
    ({ AutoScalingGroupName = '', DesiredCapacity, MinSize, MaxSize, Instances = [] }): InstanceGroup[] => {
      const desired = DesiredCapacity ?? 0;
      if (desired === 0 && Instances.length === 0) return [];
      const states = Instances.map(({ InstanceId: instance = '', LifecycleState, HealthStatus }): Target => {
        if (LifecycleState !== 'InService') return { instance, state: LifecycleState ?? 'unknown' };
        if (HealthStatus !== 'Healthy') return { instance, state: HealthStatus ?? 'unknown' };
        return (
          targets.find((target) => target.instance === instance && target.state !== 'unused') ?? {
            instance,
            state: 'healthy', // no load balancer asks a shadow
          }
        );
      });
      const outOfService = states.filter(({ state }) => state !== 'healthy');
      return [
        {
          of: roleOf(names.get(AutoScalingGroupName) ?? ''),
          desired,
          fewest: MinSize ?? 0,
          most: MaxSize ?? desired,
          inService: states.length - outOfService.length,
          outOfService,
        },
      ];
    },
  );
}

function roleOf(logicalId: string): InstanceGroup['of'] {
  if (/Canary/.test(logicalId)) return 'canary';
  return /Shadow/.test(logicalId) ? 'shadow' : 'endpoint';
}

async function groupsNamed(
  stack: string,
  AutoScalingGroupNames: string[],
  client: Pick<AutoScalingClient, 'send'>,
): Promise<AutoScalingGroup[]> {
  const groups: AutoScalingGroup[] = [];
  let NextToken: string | undefined;
  do {
    const asked = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames, ...(NextToken && { NextToken }) });
    const answer = await told(`the instances of ${stack}`, client.send(asked));
    groups.push(...(answer.AutoScalingGroups ?? []));
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  return groups;
}
