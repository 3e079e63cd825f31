/** An autoscaling group of equal instances. */
import { type CfnUpdatePolicy, Duration } from 'aws-cdk-lib';
import {
  AdditionalHealthCheckType,
  AutoScalingGroup,
  type CfnAutoScalingGroup,
  GroupMetrics,
  HealthChecks,
} from 'aws-cdk-lib/aws-autoscaling';
import type { LaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationTargetGroup,
  type IApplicationLoadBalancerTarget,
  type IApplicationTargetGroup,
  type LoadBalancerTargetProps,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { SizingPlan } from '../../sizing/plan/plan';
import { acknowledgePart } from '../findings/acknowledgements';
import { forecast } from './forecast';
import { type LaunchOptions, launchTemplate } from './launch';
import { launched } from './purchase';
import { scheduleGroup } from './schedule';
import { wakeByRequests } from './wake';
import { WarmPool } from './warm-pool';

/** Instances that are replaced at a time, as a share of the group; a small group replaces one. */
const REPLACED_AT_A_TIME_PERCENT = 10;

/**
 * A group of one is the single VM. Whatever replaces an instance launches the new one first, and takes the old one away when
 * the load balancer sends requests to the new: a deployment (an instance refresh), a failed check, a retired host.
 *
 * It grows with CPU, or where requests are joined with the requests of a target; both are armed by the time it is one. The
 * desired capacity is not in the template: it belongs to the scaling policy, and a deployment at the peak must not reset it.
 */
export class InstanceGroup extends Construct implements IApplicationLoadBalancerTarget {
  readonly group: AutoScalingGroup;
  readonly launchTemplate: LaunchTemplate;
  private readonly plan: SizingPlan;
  /** Never fewer in service than wanted, and so many more while some are replaced. */
  private readonly healthyPercentage: { readonly minHealthyPercentage: 100; readonly maxHealthyPercentage: number };

  constructor(
    scope: Construct,
    id: string,
    options: LaunchOptions & {
      readonly plan: SizingPlan;
      readonly zonalShift?: boolean | undefined;
      /** Of the log of its warm pool. @default - that of the service */
      readonly key?: IKey | undefined;
    },
  ) {
    super(scope, id);
    const { plan } = options;
    this.plan = plan;
    const { minimum, maximum } = plan.instances;
    this.healthyPercentage = {
      minHealthyPercentage: 100,
      maxHealthyPercentage: 100 + Math.max(Math.ceil(100 / minimum), REPLACED_AT_A_TIME_PERCENT),
    };
    this.launchTemplate = launchTemplate(this, options, plan);
    // room for an instance that takes the place of another: without a scaling policy nothing else uses it
    const most = Math.max(maximum, minimum + 1);
    this.group = new AutoScalingGroup(this, 'Group', {
      vpc: options.vpc,
      vpcSubnets: options.subnets,
      ...launched(plan, this.launchTemplate),
      minCapacity: minimum,
      maxCapacity: most,
      healthChecks: HealthChecks.withAdditionalChecks({
        additionalTypes: [AdditionalHealthCheckType.ELB],
        gracePeriod: Duration.seconds(plan.healthCheckGraceSeconds),
      }),
      defaultInstanceWarmup: Duration.seconds(plan.healthCheckGraceSeconds),
      groupMetrics: [GroupMetrics.all()],
      ...this.healthyPercentage,
    });
    if (options.zonalShift) {
      (this.group.node.defaultChild as CfnAutoScalingGroup).availabilityZoneImpairmentPolicy = {
        zonalShiftEnabled: true,
        impairedZoneHealthCheckBehavior: 'IgnoreUnhealthy', // what fails there is kept for when the zone is back
      };
    }
    this.rollBackOn([]);
    if (maximum > minimum && plan.scalingTargetCpuPercent !== undefined) {
      this.group.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: plan.scalingTargetCpuPercent });
    }
    if (plan.daily && plan.scalingTargetCpuPercent !== undefined) {
      forecast(this.group, plan, plan.scalingTargetCpuPercent, { predefinedMetricType: 'ASGCPUUtilization' });
    }
    if (plan.weekly) scheduleGroup(this.group, plan.weekly.changes, plan.serviceLevel.schedule!, most);
    const { warmPool, bootTimeoutSeconds } = plan;
    if (warmPool) {
      new WarmPool(this, 'WarmPool', { group: this.group, plan: { warmPool, bootTimeoutSeconds }, key: options.key });
    }
    acknowledgePart(this.group, 'autoscaling group');
    if (plan.purchase) acknowledgePart(this.group, 'autoscaling group with Spot');
  }

  /**
   * A deployment fails, and CloudFormation goes back to what was, when one of these fires while instances are replaced or in
   * the bake time of the plan after it. Not a property of the group: alarms come to be after what they watch.
   *
   * @param alarms names, 10 at most; they must not depend on the group
   */
  rollBackOn(alarms: readonly string[]): void {
    const updatePolicy: CfnUpdatePolicy = {
      autoScalingInstanceRefresh: {
        strategy: 'Rolling',
        preferences: {
          ...this.healthyPercentage,
          instanceWarmup: this.plan.healthCheckGraceSeconds,
          bakeTime: this.plan.bakeSeconds,
          ...(alarms.length > 0 && { alarmSpecification: { alarms: [...alarms] } }),
        },
      },
    };
    (this.group.node.defaultChild as CfnAutoScalingGroup).cfnOptions.updatePolicy = updatePolicy;
  }

  /** @param targetGroup of a listener: the metric to grow with has the name of its load balancer */
  attachToApplicationTargetGroup(targetGroup: IApplicationTargetGroup): LoadBalancerTargetProps {
    const target = this.group.attachToApplicationTargetGroup(targetGroup);
    const { instances, scalingTargetRequestsPerMinute } = this.plan;
    if (instances.maximum > instances.minimum && scalingTargetRequestsPerMinute !== undefined) {
      this.group.scaleOnRequestCount('Requests', { targetRequestsPerMinute: scalingTargetRequestsPerMinute });
      if (this.plan.daily && targetGroup instanceof ApplicationTargetGroup) {
        forecast(this.group, this.plan, scalingTargetRequestsPerMinute, {
          predefinedMetricType: 'ALBRequestCount',
          resourceLabel: `${targetGroup.firstLoadBalancerFullName}/${targetGroup.targetGroupFullName}`,
        });
      }
    }
    const { weekly, serviceLevel } = this.plan;
    if (weekly && serviceLevel.schedule?.wake && targetGroup instanceof ApplicationTargetGroup) {
      wakeByRequests(this.group, targetGroup.firstLoadBalancerFullName, weekly.fewest);
    }
    return target;
  }
}
