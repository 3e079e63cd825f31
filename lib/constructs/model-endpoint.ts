/** A model behind an HTTPS name: the whole endpoint in one construct. */

import { Stack } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import {
  type Connections,
  type IConnectable,
  type IMachineImage,
  type ISubnet,
  type IVpc,
  MachineImage,
  OperatingSystemType,
  Port,
} from 'aws-cdk-lib/aws-ec2';
import type {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationTargetGroup,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { SlipwayError } from '../model/error';
import { HANDLER_PORT } from '../model/handler-settings';
import type { Notify } from '../model/notify';
import type { ModelPackage } from '../model/package';
import { loadBalancerZones } from '../sizing/endpoint-parts';
import type { SizingPlan } from '../sizing/plan';
import type { AccessOptions } from './boot/access';
import type { ArtifactOptions } from './boot/artifact-options';
import { checkProps, checkSubnets } from './endpoint-problems';
import { Fleet } from './fleet/fleet';
import { FrontDoor } from './front-door/front-door';
import { AlarmTopic } from './monitoring/alarm-topic';
import { Alarms } from './monitoring/alarms';
import { EndpointDashboard } from './monitoring/endpoint-dashboard';
import { EndpointMetrics } from './monitoring/endpoint-metrics';
import { Network } from './network';

export interface ModelEndpointProps extends AccessOptions, ArtifactOptions {
  /** What is served; from `readModelPackage`. */
  readonly model: ModelPackage;
  /** How it is sized; from `sizingPlan`, for the same model. */
  readonly plan: SizingPlan;
  /** The name that clients call, e.g. `credit.example.com`. */
  readonly domainName: string;
  /** Gets the alias record, and the records that validate the certificate. @default - no record is made; then `certificate` is required */
  readonly hostedZone?: IHostedZone;
  /** A certificate for `domainName`, in the same region. @default - a new one, validated in `hostedZone` */
  readonly certificate?: ICertificate;
  readonly notify: Notify;
  /**
   * Public subnets in two zones or more, and private ones that reach S3, CloudFormation and CloudWatch.
   * @default - a new network without a way out to the internet
   */
  readonly vpc?: IVpc;
  /**
   * An Amazon Linux 2023 of the architecture of the plan; pin one where deployments must not bring a newer.
   * @default - the newest at each deployment, so that each brings the security updates of the day
   */
  readonly machineImage?: IMachineImage;
}

export class ModelEndpoint extends Construct implements IConnectable {
  readonly vpc: IVpc;
  readonly fleet: Fleet;
  readonly loadBalancer: ApplicationLoadBalancer;
  /** Port 443. */
  readonly listener: ApplicationListener;
  readonly targetGroup: ApplicationTargetGroup;
  readonly alarms: Alarms;
  /** Absent when nobody is notified. */
  readonly topic?: ITopic;
  readonly dashboard: Dashboard;
  readonly metrics: EndpointMetrics;
  /** Who may call the endpoint; everybody may, unless the listener is closed. */
  readonly connections: Connections;
  /** `https://` and the name. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: ModelEndpointProps) {
    super(scope, id);
    checkProps(props, Stack.of(this));
    const { model, plan, domainName, notify } = props;
    const network = props.vpc
      ? undefined
      : new Network(this, 'Network', { zones: plan.zones, parameters: props.access !== undefined });
    this.vpc = props.vpc ?? network!.vpc;
    this.url = `https://${domainName}`;

    const instances = firstSubnets('private', privateSubnets(this.vpc), plan.zones);
    const entrances = firstSubnets('public', this.vpc.publicSubnets, loadBalancerZones(plan.zones));
    checkSubnets(entrances, instances);

    this.fleet = new Fleet(this, 'Fleet', {
      vpc: this.vpc,
      subnets: { subnets: instances },
      model,
      plan,
      endpoint: domainName,
      access: props.access,
      machineImage: props.machineImage ?? newestAmazonLinux(plan),
      runtime: props.runtime,
      cuda: props.cuda,
      handler: props.handler,
    });
    if (network) this.fleet.resource.node.addDependency(network);

    const frontDoor = new FrontDoor(this, 'FrontDoor', {
      vpc: this.vpc,
      subnets: { subnets: entrances },
      domainName,
      hostedZone: props.hostedZone,
      certificate: props.certificate,
      target: this.fleet.target,
    });
    // a group brings this rule along as a target; a single instance does not
    this.fleet.connections.allowFrom(frontDoor, Port.tcp(HANDLER_PORT), 'Load balancer to target');
    this.loadBalancer = frontDoor.loadBalancer;
    this.listener = frontDoor.listener;
    this.targetGroup = frontDoor.targetGroup;
    this.connections = frontDoor.connections;

    this.metrics = new EndpointMetrics({
      endpoint: domainName,
      fleet: this.fleet,
      loadBalancer: this.loadBalancer,
      targetGroup: this.targetGroup,
      certificate: frontDoor.certificate,
    });
    this.topic = notify === 'none' ? undefined : new AlarmTopic(this, 'Notify', { notify }).topic;
    const action = this.topic && new SnsAction(this.topic);
    this.alarms = new Alarms(this, 'Alarms', {
      metrics: this.metrics,
      fleet: this.fleet,
      plan,
      watchesData: model.training !== undefined,
      action,
    });
    this.dashboard = new EndpointDashboard(this, 'Overview', {
      metrics: this.metrics,
      alarms: this.alarms,
      plan,
    }).dashboard;
  }
}

function privateSubnets(vpc: IVpc): ISubnet[] {
  return vpc.isolatedSubnets.length > 0 ? vpc.isolatedSubnets : vpc.privateSubnets;
}

function firstSubnets(kind: string, subnets: ISubnet[], count: number): ISubnet[] {
  if (subnets.length < count) {
    throw new SlipwayError(
      'E_CONFIG',
      `the network has ${subnets.length} ${kind} subnets, but the endpoint needs ${count}, one in each zone; add subnets, or lower the availability`,
    );
  }
  return subnets.slice(0, count);
}

/** An SSM parameter that CloudFormation reads when it deploys; synthesis reads nothing. */
function newestAmazonLinux({ gpu, choice }: SizingPlan): IMachineImage {
  return MachineImage.fromSsmParameter(
    gpu?.machineImage ?? `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${choice.architecture}`,
    { os: OperatingSystemType.LINUX },
  );
}
