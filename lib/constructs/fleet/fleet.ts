/** The instances of an endpoint: an autoscaling group, of one instance where the plan has one. */
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { AutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  BlockDeviceVolume,
  type Connections,
  EbsDeviceVolumeType,
  type IConnectable,
  type IMachineImage,
  InstanceType,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import type { IApplicationLoadBalancerTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Effect, type IGrantable, type IPrincipal, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { METRIC_NAMESPACE } from '../../model/instance/instance-metrics';
import { LOG_DAYS } from '../../sizing/endpoint-parts';
import { acknowledge } from '../acknowledge';
import { Boot, type BootProps } from '../boot/boot';
import { InstanceGroup } from './instance-group';
import type { LaunchOptions } from './launch';

/** Root device of Amazon Linux 2023. */
const ROOT_DEVICE = '/dev/xvda';

export interface FleetProps extends Omit<BootProps, 'logGroup'> {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  /** An Amazon Linux 2023 of the architecture of the plan. */
  readonly machineImage: IMachineImage;
}

export class Fleet extends Construct implements IConnectable, IGrantable {
  readonly group: AutoScalingGroup;
  /** What the load balancer sends requests to. */
  readonly target: IApplicationLoadBalancerTarget;
  readonly role: Role;
  readonly securityGroup: SecurityGroup;
  readonly connections: Connections;
  readonly grantPrincipal: IPrincipal;
  /** Logs of the handler and of the boot, one pair of streams an instance. */
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: FleetProps) {
    super(scope, id);
    const { vpc, subnets, plan, machineImage } = props;
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: LOG_DAYS.fleet,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.role = new Role(this, 'Role', {
      description: 'Instances of a Slipway endpoint',
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
    });
    this.grantPrincipal = this.role;
    this.allowReporting();

    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Instances of a Slipway endpoint',
      allowAllOutbound: false,
    });
    this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'S3, CloudFormation and CloudWatch');
    this.connections = this.securityGroup.connections;

    const boot = new Boot(this, 'Boot', { ...props, logGroup: this.logGroup });
    boot.grantRead(this.role);
    const launch: LaunchOptions = {
      vpc,
      subnets,
      plan,
      boot,
      machineImage,
      instanceType: new InstanceType(plan.choice.instanceType),
      role: this.role,
      securityGroup: this.securityGroup,
      blockDevices: [
        {
          deviceName: ROOT_DEVICE,
          volume: BlockDeviceVolume.ebs(plan.volumeGiB, {
            volumeType: EbsDeviceVolumeType.GP3,
            encrypted: true,
            deleteOnTermination: true,
          }),
        },
      ],
    };
    const instances = new InstanceGroup(this, 'Group', launch);
    this.group = instances.group;
    this.target = instances;
    // an instance that boots before its permissions exist fails its boot
    this.group.node.addDependency(this.role);
  }

  /** CPU utilisation in percent, the mean over the instances. */
  metricCpuUtilization(): Metric {
    return this.metric('CPUUtilization', 'Average');
  }

  /** CPU credits, vCPU-minutes; of burstable types alone. */
  metricCredits(of: 'SurplusCreditsCharged' | 'CreditBalance', statistic: string, period: Duration): Metric {
    return this.metric(`CPU${of}`, statistic, period);
  }

  private metric(metricName: string, statistic: string, period = Duration.minutes(1)): Metric {
    const dimensionsMap = { AutoScalingGroupName: this.group.autoScalingGroupName };
    return new Metric({ namespace: 'AWS/EC2', metricName, dimensionsMap, statistic, period });
  }

  /** The boot signal, metrics and logs; each limited as far as IAM can. */
  private allowReporting(): void {
    this.role.addToPolicy(
      new PolicyStatement({ actions: ['cloudformation:SignalResource'], resources: [Stack.of(this).stackId] }),
    );
    this.role.addToPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE } },
      }),
    );
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        resources: [this.logGroup.logGroupArn],
      }),
    );
    acknowledge(
      this.role,
      'AwsSolutions-IAM5[Resource::*]',
      'cloudwatch:PutMetricData knows no resources; the condition limits it to the namespace of Slipway',
    );
  }
}
