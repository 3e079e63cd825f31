/** The instances of an endpoint: an autoscaling group, of one instance where the plan has one. */
import { type CfnResource, type CfnWaitCondition, Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import type { AutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type IMachineImage, type IPeer, type LaunchTemplate, Peer, Port } from 'aws-cdk-lib/aws-ec2';
import type { IApplicationLoadBalancerTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { HANDLER_PORT, SHADOW_PORT } from '../../model/instance/handler-settings';
import { METRIC_NAMESPACE } from '../../model/instance/instance-metrics';
import type { StoredPackage } from '../../model/stage/deployment';
import type { SizingPlan } from '../../sizing/plan/plan';
import { Boot, type BootProps } from '../boot/boot';
import { BOOT_FAILED } from '../boot/layout';
import { CreationGate } from './creation-gate';
import { InstanceGroup } from './instance-group';
import { Machines, type MachinesOptions, type MachinesProps } from './machines';
import type { ShadowGroup } from './shadow-group';

/** CloudWatch API, Metric. */
const LONGEST_METRIC_NAME = 255;

function watcherPeer(watcher: string): IPeer {
  if (watcher.startsWith('sg-')) return Peer.securityGroupId(watcher);
  return watcher.startsWith('pl-') ? Peer.prefixList(watcher) : Peer.ipv4(watcher);
}

export interface FleetOptions extends MachinesOptions {
  /** Who asks instances for `/metrics`: ranges of IPv4 addresses, ids of prefix lists, ids of security groups. @default - nobody */
  readonly scrapeFrom?: readonly string[];
}

export interface FleetProps
  extends FleetOptions,
    Omit<MachinesProps, 'who' | 'plan' | 'logsStay'>,
    Omit<BootProps, 'logGroup' | 'plan' | 'image'> {
  readonly plan: SizingPlan;
  /** Whether it leaves a zone when the load balancer does. @default false */
  readonly zonalShift?: boolean | undefined;
  /** Where rows go to be compared. @default - the shadow, if there is one, runs on these instances */
  readonly shadowGroup?: ShadowGroup | undefined;
}

export class Fleet extends Machines {
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
  /** What tells the instances of this template from those before. */
  readonly release: string;
  private readonly bootFailures: MetricFilter;

  constructor(scope: Construct, id: string, props: FleetProps) {
    super(scope, id, {
      ...props,
      who: 'Instances of a Slipway endpoint',
      logsStay: RemovalPolicy.RETAIN, // also when the stack never came to be: it says why
    });
    const { plan, shadowGroup } = props;
    for (const watcher of props.scrapeFrom ?? []) {
      this.securityGroup.addIngressRule(watcherPeer(watcher), Port.tcp(HANDLER_PORT), 'scrapeFrom');
    }

    const gate = new CreationGate(this, 'Creation', plan.bootTimeoutSeconds);
    const boot = new Boot(this, 'Boot', {
      ...props,
      image: this.imageId(props.machineImage),
      logGroup: this.logGroup,
      shadowLogGroup: shadowGroup?.logGroup,
    });
    const userData = boot.userData(gate.signalUrl);
    boot.grantRead(this.role);
    if (shadowGroup) this.giveRowsTo(shadowGroup);
    this.release = boot.release;
    this.bootFailures = new MetricFilter(this, 'BootFailures', {
      logGroup: this.logGroup,
      filterPattern: FilterPattern.literal(`"${BOOT_FAILED}"`),
      metricNamespace: METRIC_NAMESPACE,
      metricName: `BootFailures ${props.domainName}`.slice(0, LONGEST_METRIC_NAME), // a filter of text has no dimensions
      metricValue: '1',
    });
    this.instances = new InstanceGroup(this, 'Group', {
      ...this.launch(props, userData),
      plan,
      zonalShift: props.zonalShift,
      key: props.key,
    });
    this.group = this.instances.group;
    this.target = this.instances;
    this.launchTemplate = this.instances.launchTemplate;
    this.package = boot.package;
    this.packages = boot.packages;
    this.group.node.addDependency(...this.needed);
    this.created = gate.waitAfter(this.group.node.defaultChild as CfnResource);
  }

  /** Let a deployment go back when one of these fires. @param alarms names, 10 at most; they must not depend on the group */
  rollBackOn(alarms: readonly string[]): void {
    this.instances.rollBackOn(alarms);
  }

  /** Undefined where AWS alone knows it, as that of the newest image when it deploys. */
  private imageId(image: IMachineImage): string | undefined {
    if (Token.isUnresolved(Stack.of(this).region)) return undefined;
    const { imageId } = image.getImage(this);
    return Token.isUnresolved(imageId) ? undefined : imageId;
  }

  /** Its address is in its log, and rows go to its port. */
  private giveRowsTo({ logGroup, connections }: ShadowGroup): void {
    connections.allowFrom(this, Port.tcp(SHADOW_PORT), 'rows for the shadow');
    this.role.addToPolicy(
      new PolicyStatement({ actions: ['logs:FilterLogEvents'], resources: [logGroup.logGroupArn] }),
    );
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
}
