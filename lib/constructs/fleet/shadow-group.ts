/** Instances that are the shadow of others: they run another model on copies of rows, and clients depend on none of them. */
import { type CfnUpdatePolicy, RemovalPolicy } from 'aws-cdk-lib';
import { AutoScalingGroup, type CfnAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import type { LaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { PlannedShadowGroup } from '../../sizing/plan/plan';
import { Boot, type BootProps } from '../boot/boot';
import { acknowledgePart } from '../findings/acknowledgements';
import { launchTemplate } from './launch';
import { Machines, type MachinesOptions, type MachinesProps } from './machines';
import { scheduleGroup } from './schedule';

export interface ShadowGroupProps
  extends MachinesOptions,
    Omit<MachinesProps, 'who' | 'plan' | 'logsStay'>,
    Pick<BootProps, 'model' | 'runtime' | 'handler' | 'logShipper' | 'backendTls'> {
  readonly plan: PlannedShadowGroup;
}

/**
 * As many instances all day, or those that the schedule of the endpoint leaves. Nothing of the endpoint waits for them: there is no signal, no load balancer, and no alarm that
 * takes a deployment back. They are called by instances of the fleet alone, and call none themselves.
 */
export class ShadowGroup extends Machines {
  readonly group: AutoScalingGroup;
  readonly launchTemplate: LaunchTemplate;

  constructor(scope: Construct, id: string, props: ShadowGroupProps) {
    const { plan, vpc, subnets } = props;
    const machines = {
      ...props,
      who: 'Shadow of a Slipway endpoint',
      logsStay: RemovalPolicy.DESTROY, // what was compared is in the log of the fleet
    };
    super(scope, id, machines);
    const boot = new Boot(this, 'Boot', {
      ...{ model: props.model, plan, runtime: props.runtime, handler: props.handler, logShipper: props.logShipper },
      ...(props.key && { key: props.key }),
      ...(props.backendTls && { backendTls: true }),
      logGroup: this.logGroup,
      shadowing: true,
    });
    boot.grantRead(this.role);
    const launch = this.launch(machines, boot.userData());
    this.launchTemplate = launchTemplate(this, launch, plan);
    const { instances } = plan.choice;
    this.group = new AutoScalingGroup(this, 'Group', {
      vpc,
      vpcSubnets: subnets,
      launchTemplate: this.launchTemplate,
      minCapacity: instances,
      maxCapacity: instances,
    });
    const updatePolicy: CfnUpdatePolicy = {
      autoScalingInstanceRefresh: {
        strategy: 'Rolling',
        // a gap harms nobody, and a deployment does not wait for it
        preferences: { minHealthyPercentage: 0, maxHealthyPercentage: 100, instanceWarmup: 0 },
      },
    };
    (this.group.node.defaultChild as CfnAutoScalingGroup).cfnOptions.updatePolicy = updatePolicy;
    this.group.node.addDependency(...this.needed);
    if (plan.changes) scheduleGroup(this.group, plan.changes, plan.serviceLevel.schedule!, instances);
    acknowledgePart(this.group, 'autoscaling group');
  }
}
