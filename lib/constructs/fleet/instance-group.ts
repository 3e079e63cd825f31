/** An autoscaling group of equal instances. */
import { Duration, Lazy } from 'aws-cdk-lib';
import {
  AdditionalHealthCheckType,
  AutoScalingGroup,
  type CfnAutoScalingGroup,
  GroupMetrics,
  HealthChecks,
  ScalingProcess,
  Signals,
  UpdatePolicy,
} from 'aws-cdk-lib/aws-autoscaling';
import { LaunchTemplate, LaunchTemplateHttpTokens } from 'aws-cdk-lib/aws-ec2';
import type {
  IApplicationLoadBalancerTarget,
  IApplicationTargetGroup,
  LoadBalancerTargetProps,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { SizingPlan } from '../../sizing/plan';
import { acknowledge } from '../acknowledge';
import { creditsOf, type LaunchOptions } from './launch';

/**
 * A group of one is the single VM: an instance that fails, hangs or is retired is replaced, and so is each in a deployment.
 * A deployment replaces the instances one by one, and goes on only after the new one has signalled that
 * it is ready; a bad boot rolls back. It grows with CPU, or where requests are joined with the requests of a target; both are
 * armed by the time it is one. The desired capacity is not in the template: it belongs to the
 * scaling policy, and a deployment at the peak must not reset it.
 */
export class InstanceGroup extends Construct implements IApplicationLoadBalancerTarget {
  readonly group: AutoScalingGroup;
  readonly launchTemplate: LaunchTemplate;
  private readonly plan: SizingPlan;

  constructor(scope: Construct, id: string, options: LaunchOptions) {
    super(scope, id);
    const { plan } = options;
    this.plan = plan;
    const { minimum, maximum } = plan.instances;
    // room for an instance that takes the place of another: without a scaling policy nothing else uses it
    const most = Math.max(maximum, minimum + 1);
    const bootTimeout = Duration.seconds(plan.bootTimeoutSeconds);
    this.launchTemplate = new LaunchTemplate(this, 'LaunchTemplate', {
      instanceType: options.instanceType,
      machineImage: options.machineImage,
      role: options.role,
      securityGroup: options.securityGroup,
      blockDevices: options.blockDevices,
      httpTokens: LaunchTemplateHttpTokens.REQUIRED,
      httpPutResponseHopLimit: 1,
      detailedMonitoring: true,
      cpuCredits: creditsOf(plan),
      userData: options.boot.userData(
        Lazy.uncachedString({ produce: () => (this.group.node.defaultChild as CfnAutoScalingGroup).logicalId }),
      ),
    });
    this.group = new AutoScalingGroup(this, 'Group', {
      vpc: options.vpc,
      vpcSubnets: options.subnets,
      launchTemplate: this.launchTemplate,
      minCapacity: minimum,
      maxCapacity: most,
      healthChecks: HealthChecks.withAdditionalChecks({
        additionalTypes: [AdditionalHealthCheckType.ELB],
        gracePeriod: Duration.seconds(plan.healthCheckGraceSeconds),
      }),
      defaultInstanceWarmup: Duration.seconds(plan.healthCheckGraceSeconds),
      groupMetrics: [GroupMetrics.all()],
      signals: Signals.waitForMinCapacity({ timeout: bootTimeout }),
      updatePolicy: UpdatePolicy.rollingUpdate({
        maxBatchSize: 1,
        minInstancesInService: minimum, // CloudFormation wants fewer than the maximum
        // alarms, schedules and rebalancing must not move instances under a running update
        suspendProcesses: [
          ScalingProcess.HEALTH_CHECK,
          ScalingProcess.REPLACE_UNHEALTHY,
          ScalingProcess.AZ_REBALANCE,
          ScalingProcess.ALARM_NOTIFICATION,
          ScalingProcess.SCHEDULED_ACTIONS,
        ],
      }),
    });
    if (maximum > minimum && plan.scalingTargetCpuPercent !== undefined) {
      this.group.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: plan.scalingTargetCpuPercent });
    }
    acknowledge(
      this.group,
      'AwsSolutions-AS3',
      'launches and terminations are the normal work of scaling; what needs a person, too few healthy hosts, has an alarm',
    );
  }

  /** @param targetGroup of a listener: the metric to grow with has the name of its load balancer */
  attachToApplicationTargetGroup(targetGroup: IApplicationTargetGroup): LoadBalancerTargetProps {
    const target = this.group.attachToApplicationTargetGroup(targetGroup);
    const { instances, scalingTargetRequestsPerMinute } = this.plan;
    if (instances.maximum > instances.minimum && scalingTargetRequestsPerMinute !== undefined) {
      this.group.scaleOnRequestCount('Requests', { targetRequestsPerMinute: scalingTargetRequestsPerMinute });
    }
    return target;
  }
}
