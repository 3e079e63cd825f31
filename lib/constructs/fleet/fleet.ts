/** The instances of an endpoint: an autoscaling group, of one instance where the plan has one. */
import { type CfnResource, type CfnWaitCondition, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { AutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { type Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  BlockDeviceVolume,
  type Connections,
  EbsDeviceVolumeType,
  type IConnectable,
  type IMachineImage,
  InstanceType,
  type IPeer,
  type ISecurityGroup,
  type IVpc,
  type LaunchTemplate,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import type { IApplicationLoadBalancerTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type IGrantable, type IPrincipal, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { FilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { PRIVATE_RANGES } from '../../aws/addresses';
import { HANDLER_PORT } from '../../model/instance/handler-settings';
import { METRIC_NAMESPACE } from '../../model/instance/instance-metrics';
import type { StoredPackage } from '../../model/stage/deployment';
import { LOG_DAYS } from '../../sizing/endpoint-parts';
import { acknowledgePart } from '../acknowledgements';
import { Boot, type BootProps } from '../boot/boot';
import { BOOT_FAILED } from '../boot/layout';
import { CreationGate } from './creation-gate';
import { InstanceGroup } from './instance-group';
import type { LaunchOptions } from './launch';

/** CloudWatch API, Metric. */
const LONGEST_METRIC_NAME = 255;

/** Root device of Amazon Linux 2023. */
const ROOT_DEVICE = '/dev/xvda';

function watcherPeer(watcher: string): IPeer {
  if (watcher.startsWith('sg-')) return Peer.securityGroupId(watcher);
  return watcher.startsWith('pl-') ? Peer.prefixList(watcher) : Peer.ipv4(watcher);
}

export interface FleetOptions {
  /**
   * Where instances may go on 443 besides the interface endpoints of their network: ranges of IPv4 addresses, and ids of
   * prefix lists, of which they need that of S3.
   * @default - wherever their subnets have a route
   */
  readonly allowTo?: readonly string[];
  /** Who asks instances for `/metrics`: ranges of IPv4 addresses, ids of prefix lists, ids of security groups. @default - nobody */
  readonly scrapeFrom?: readonly string[];
  /**
   * Whether people whom the account lets may open a shell on instances, by Session Manager: no port is opened for it.
   * @default false
   */
  readonly sessionManager?: boolean;
  /** Security group of the interface endpoints in the network that is given. @default - not known */
  readonly services?: ISecurityGroup;
}

export interface FleetProps extends FleetOptions, Omit<BootProps, 'logGroup'> {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  /** An Amazon Linux 2023 of the architecture of the plan. */
  readonly machineImage: IMachineImage;
}

export class Fleet extends Construct implements IConnectable, IGrantable {
  readonly group: AutoScalingGroup;
  readonly launchTemplate: LaunchTemplate;
  /** Where the model package of its instances lies. */
  readonly package: StoredPackage;
  /** Where those of several models lie, by their names. */
  readonly packages: ReadonlyMap<string, StoredPackage>;
  /** What comes to be with the first instance that is ready. */
  readonly created: CfnWaitCondition;
  private readonly instances: InstanceGroup;
  /** What the load balancer sends requests to. */
  readonly target: IApplicationLoadBalancerTarget;
  readonly role: Role;
  readonly securityGroup: SecurityGroup;
  readonly connections: Connections;
  readonly grantPrincipal: IPrincipal;
  /** Logs of the handler and of the boot, one pair of streams an instance. */
  readonly logGroup: LogGroup;
  /** What tells the instances of this template from those before. */
  readonly release: string;
  private readonly bootFailures: MetricFilter;

  constructor(scope: Construct, id: string, props: FleetProps) {
    super(scope, id);
    const { vpc, subnets, plan, machineImage } = props;
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: LOG_DAYS.fleet,
      ...(props.key && { encryptionKey: props.key }),
      removalPolicy: RemovalPolicy.RETAIN, // also when the stack never came to be: it says why
    });
    this.role = new Role(this, 'Role', {
      description: 'Instances of a Slipway endpoint',
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
    });
    this.grantPrincipal = this.role;
    if (!props.key) acknowledgePart(this.logGroup, 'logs');
    acknowledgePart(this.role, 'role of the instances');
    this.allowReporting();
    if (props.sessionManager) this.allowSessions();

    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Instances of a Slipway endpoint',
      allowAllOutbound: false,
    });
    this.allowOut(props);
    this.connections = this.securityGroup.connections;
    for (const watcher of props.scrapeFrom ?? []) {
      this.securityGroup.addIngressRule(watcherPeer(watcher), Port.tcp(HANDLER_PORT), 'scrapeFrom');
    }

    const gate = new CreationGate(this, 'Creation', plan.bootTimeoutSeconds);
    const boot = new Boot(this, 'Boot', { ...props, logGroup: this.logGroup });
    const userData = boot.userData(gate.signalUrl);
    boot.grantRead(this.role);
    this.release = boot.release;
    this.bootFailures = new MetricFilter(this, 'BootFailures', {
      logGroup: this.logGroup,
      filterPattern: FilterPattern.literal(`"${BOOT_FAILED}"`),
      metricNamespace: METRIC_NAMESPACE,
      metricName: `BootFailures ${props.domainName}`.slice(0, LONGEST_METRIC_NAME), // a filter of text has no dimensions
      metricValue: '1',
    });
    const launch: LaunchOptions = {
      vpc,
      subnets,
      plan,
      userData,
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
            ...(props.key && { kmsKey: props.key }),
            deleteOnTermination: true,
          }),
        },
      ],
    };
    this.instances = new InstanceGroup(this, 'Group', launch);
    this.group = this.instances.group;
    this.target = this.instances;
    this.launchTemplate = this.instances.launchTemplate;
    this.package = boot.package;
    this.packages = boot.packages;
    // an instance that boots before its permissions exist fails its boot
    this.group.node.addDependency(this.role);
    this.created = gate.waitAfter(this.group.node.defaultChild as CfnResource);
  }

  /** Let a deployment go back when one of these fires. @param alarms at most 10, which must not depend on the group */
  rollBackOn(alarms: readonly Alarm[]): void {
    this.instances.rollBackOn(alarms);
  }

  /**
   * A network of ours has no route over IPv4 but to S3 and to the interface endpoints, and these have policies, unless a NAT
   * gateway is chosen: a rule for everywhere opens nothing more. Ids of the prefix lists of S3 differ by region, and
   * synthesis asks nobody.
   */
  private allowOut({ allowTo, services, plan }: FleetProps): void {
    const dualStack = plan.serviceLevel.egress === 'ipv6';
    const https = (peer: IPeer, what: string) => this.securityGroup.addEgressRule(peer, Port.HTTPS, what);
    if (services && allowTo) https(services, 'CloudWatch');
    for (const place of allowTo ?? []) {
      https(place.startsWith('pl-') ? Peer.prefixList(place) : Peer.ipv4(place), 'allowTo');
    }
    if (!allowTo) https(Peer.anyIpv4(), 'S3 and CloudWatch');
    if (dualStack) https(Peer.anyIpv6(), 'CloudWatch');
    if (services) return; // its names are answered by Amazon's resolver, which no rule keeps from anybody
    for (const range of PRIVATE_RANGES) {
      this.securityGroup.addEgressRule(Peer.ipv4(range), Port.DNS_UDP, 'name servers of the network');
      this.securityGroup.addEgressRule(Peer.ipv4(range), Port.DNS_TCP, 'name servers of the network');
    }
  }

  /** CPU utilisation in percent, the mean over the instances. */
  metricCpuUtilization(): Metric {
    return this.metric('CPUUtilization', 'Average');
  }

  /** CPU credits, vCPU-minutes; of burstable types alone. */
  metricCredits(of: 'SurplusCreditsCharged' | 'CreditBalance', statistic: string, period: Duration): Metric {
    return this.metric(`CPU${of}`, statistic, period);
  }

  /** Boots that ended without a handler that answers. */
  metricBootFailures(period: Duration): Metric {
    return this.bootFailures.metric({ statistic: 'Sum', period, label: 'failed boots' });
  }

  /** One of the metrics of the autoscaling group, by the minute. */
  metricGroup(metricName: `Group${string}`, label: string): Metric {
    const dimensionsMap = { AutoScalingGroupName: this.group.autoScalingGroupName };
    const period = Duration.minutes(1);
    return new Metric({
      namespace: 'AWS/AutoScaling',
      metricName,
      dimensionsMap,
      statistic: 'Maximum',
      period,
      label,
    });
  }

  private metric(metricName: string, statistic: string, period = Duration.minutes(1)): Metric {
    const dimensionsMap = { AutoScalingGroupName: this.group.autoScalingGroupName };
    return new Metric({ namespace: 'AWS/EC2', metricName, dimensionsMap, statistic, period });
  }

  /** The least that the agent takes (Systems Manager user guide, "Create a custom IAM role for Session Manager"). */
  private allowSessions(): void {
    const channels = ['Create', 'Open'].flatMap((verb) => ['Control', 'Data'].map((kind) => `${verb}${kind}Channel`));
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['ssm:UpdateInstanceInformation', ...channels.map((action) => `ssmmessages:${action}`)],
        resources: ['*'], // which know none
      }),
    );
    acknowledgePart(this.role, 'sessions');
  }

  /** Logs, in which metrics are, too; limited to what is the stack's own. */
  private allowReporting(): void {
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [this.logGroup.logGroupArn],
      }),
    );
  }
}
