/** One virtual machine that recovers by itself. */
import { Duration, Lazy } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Ec2Action, Ec2InstanceAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { HttpTokens, Instance } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge';
import type { LaunchOptions } from './launch';

/**
 * A change of anything the instance boots from, its type included, makes a new instance. CloudFormation
 * waits until that one is ready, moves the target group to it, and only then removes the old one.
 */
export class SingleInstance extends Construct {
  readonly instance: Instance;
  /** Restarts the VM on other hardware when AWS's system check fails. */
  readonly recoveryAlarm: Alarm;
  /** Reboots the VM when its operating system no longer answers. */
  readonly rebootAlarm: Alarm;

  constructor(scope: Construct, id: string, options: LaunchOptions) {
    super(scope, id);
    const { plan } = options;
    this.instance = new Instance(this, 'Instance', {
      vpc: options.vpc,
      vpcSubnets: options.subnets,
      instanceType: options.instanceType,
      machineImage: options.machineImage,
      role: options.role,
      securityGroup: options.securityGroup,
      blockDevices: options.blockDevices,
      httpTokens: HttpTokens.REQUIRED,
      httpPutResponseHopLimit: 1,
      detailedMonitoring: true,
      userData: options.boot.userData(Lazy.uncachedString({ produce: () => this.instance.instance.logicalId })),
      userDataCausesReplacement: true,
      resourceSignalTimeout: Duration.seconds(plan.bootTimeoutSeconds),
    });
    acknowledge(
      this.instance,
      'AwsSolutions-EC29',
      'termination protection would stop CloudFormation from replacing the instance in a deployment',
    );

    const failed = (
      metricName: string,
      id: string,
      minutes: number,
      action: Ec2InstanceAction,
      description: string,
    ) => {
      const alarm = new Alarm(this, id, {
        alarmDescription: description,
        metric: new Metric({
          namespace: 'AWS/EC2',
          metricName,
          dimensionsMap: { InstanceId: this.instance.instanceId },
          statistic: 'Maximum',
          period: Duration.minutes(1),
        }),
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold: 1,
        evaluationPeriods: minutes,
        treatMissingData: TreatMissingData.MISSING,
      });
      alarm.addAlarmAction(new Ec2Action(action));
      return alarm;
    };
    // periods as in "Create alarms to stop, terminate, reboot, or recover an instance", EC2 user guide:
    // the two differ, so that both actions never race
    this.recoveryAlarm = failed(
      'StatusCheckFailed_System',
      'Recovery',
      2,
      Ec2InstanceAction.RECOVER,
      'The hardware under the VM failed its check for two minutes; AWS is moving the VM to other hardware. First step: wait five minutes, then see whether the unhealthy hosts alarm ended.',
    );
    this.rebootAlarm = failed(
      'StatusCheckFailed_Instance',
      'Reboot',
      3,
      Ec2InstanceAction.REBOOT,
      'The operating system of the VM did not answer for three minutes; AWS is rebooting it. First step: look for memory exhaustion on the dashboard.',
    );
  }
}
