/** One virtual machine. That it recovers by itself is the work of two of the alarms. */
import { Duration, Lazy } from 'aws-cdk-lib';
import { HttpTokens, Instance } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge';
import { creditsOf, type LaunchOptions } from './launch';

/**
 * A change of anything the instance boots from, its type included, makes a new instance. CloudFormation
 * waits until that one is ready, moves the target group to it, and only then removes the old one.
 */
export class SingleInstance extends Construct {
  readonly instance: Instance;

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
      creditSpecification: creditsOf(plan),
      userData: options.boot.userData(Lazy.uncachedString({ produce: () => this.instance.instance.logicalId })),
      userDataCausesReplacement: true,
      resourceSignalTimeout: Duration.seconds(plan.bootTimeoutSeconds),
    });
    acknowledge(
      this.instance,
      'AwsSolutions-EC29',
      'termination protection would stop CloudFormation from replacing the instance in a deployment',
    );
  }
}
