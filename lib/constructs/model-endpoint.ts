/** A model behind an HTTPS name: the whole endpoint in one construct. */
import { Stack } from 'aws-cdk-lib';
import type { AlarmBase, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Connections, IConnectable, IMachineImage, IVpc } from 'aws-cdk-lib/aws-ec2';
import type {
  ApplicationTargetGroup,
  IApplicationListener,
  IApplicationLoadBalancer,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { SlipwayError } from '../model/error';
import type { ExistingListener } from '../model/stage/existing-listener';
import type { Notify } from '../model/stage/notify';
import { signsInForAll } from '../model/stage/sign-in';
import type { SizingPlan } from '../sizing/plan/plan';
import { balancerZones, fleetZones } from '../sizing/plan/zones';
import { isEdge } from '../sizing/service-level/front-door';
import type { AccessOptions } from './boot/access';
import { type BootOptions, packagesOf } from './boot/boot-options';
import { type EncryptionOptions, encryptionKey } from './encryption/encryption-key';
import { checkProps, checkSubnets } from './endpoint-problems';
import type { EndpointVariant, VariantProps } from './endpoint-variant';
import { Fleet, type FleetOptions } from './fleet/fleet';
import { newestAmazonLinux } from './fleet/machine-image';
import { ShadowGroup } from './fleet/shadow-group';
import type { Door, TargetHealthOptions, TokenOptions } from './front-door/door';
import type { FrontDoorOptions } from './front-door/entrance';
import { existingPlace } from './front-door/existing-listener';
import { FrontDoor } from './front-door/front-door';
import { Place, type PlaceOptions, placeName } from './front-door/place';
import { alarmTopics } from './monitoring/alarm-topic';
import { Alarms, alarmsOfInstances } from './monitoring/alarms';
import { EndpointDashboard } from './monitoring/endpoint-dashboard';
import { EndpointMetrics } from './monitoring/endpoint-metrics';
import { Network, zoneName } from './network/network';
import { entranceSubnets, privateSubnets, subnetsIn } from './network/subnets';
import { planned, type UnplannedEndpointProps } from './planned';
import { Canary } from './rollout/canary';
import { verificationBundle } from './rollout/verification-files';
import { type RolloutOptions, Verification } from './rollout/verified-deployment';
import { tagged } from './tagged';
import { Variants } from './variants';

export interface ModelEndpointProps
  extends FrontDoorOptions,
    FleetOptions,
    AccessOptions,
    BootOptions,
    TargetHealthOptions,
    TokenOptions,
    RolloutOptions,
    EncryptionOptions {
  /** Who is told of alarms: addresses of e-mail and more, or `none`. */
  readonly notify: Notify;
  /**
   * A listener of a load balancer that is there, behind which it stands by its name, in a `vpc` that is the same. What is of the
   * load balancer cannot be chosen then.
   * @default - it has a load balancer to itself
   */
  readonly listener?: ExistingListener;
  /** Where it stands behind a front door of several models. @default - it has one to itself */
  readonly place?: PlaceOptions;
  /**
   * Public subnets in two zones or more, and private ones that reach S3 and CloudWatch.
   * @default - a new network without a way out to the internet
   */
  readonly vpc?: IVpc;
  /**
   * An Amazon Linux 2023 of the architecture of the plan; pin one where deployments must not bring a newer.
   * @default - the newest at each deployment, so that each brings the security updates of the day
   */
  readonly machineImage?: IMachineImage;
  /**
   * Whether a deployment fails while an alarm is on that could be of its making. Without, a fix can be deployed to an endpoint
   * that is on fire.
   * @default true
   */
  readonly rollBackOnAlarms?: boolean;
}

/**
 * A model package behind an HTTPS name: network, load balancer and certificate, instances, alarms and dashboard, and a function
 * that judges each deployment. It is as large as its traffic wants, or as a plan says.
 */
export class ModelEndpoint extends Construct implements IConnectable, IGrantable {
  readonly vpc: IVpc;
  readonly fleet: Fleet;
  /** Only where the shadow has instances of its own. */
  readonly shadowGroup?: ShadowGroup;
  readonly loadBalancer: IApplicationLoadBalancer;
  /** Port 443. */
  readonly listener: IApplicationListener;
  readonly targetGroup: ApplicationTargetGroup;
  readonly alarms: Alarms;
  /** What pages is told here; absent when nobody is notified. */
  readonly topic?: ITopic;
  /** What informs is told here; the same unless others are told of it. */
  readonly informTopic?: ITopic;
  /** Absent where monitoring is lean. */
  readonly dashboard?: Dashboard;
  /** Where the load balancer writes its access logs; absent where it is the user's. */
  readonly accessLogs?: IBucket;
  /** What alarms of your own can watch, and graphs can show. */
  readonly metrics: EndpointMetrics;
  /** Judges each deployment, which is rolled back where it does not hold. */
  readonly verification: Verification;
  /** Only where a rollout begins with a part of the requests. */
  readonly canary?: Canary;
  /** Who may call the endpoint, on port 443 if none is named; everybody may, unless the listener is closed. */
  readonly connections: Connections;
  /** The role of the instances: `bucket.grantRead(endpoint)` lets the model read a bucket. */
  readonly grantPrincipal: IPrincipal;
  /** What clients call: `https://` and the name. */
  readonly url: string;

  /** What it was sized by. */
  readonly plan: SizingPlan;
  private readonly variants: Variants;

  /** @throws SlipwayError with all that is wrong with the properties; E_INFEASIBLE where no fleet keeps the service level */
  constructor(scope: Construct, id: string, given: ModelEndpointProps | UnplannedEndpointProps) {
    super(scope, id);
    const props = planned(given, Stack.of(this));
    checkProps(props, Stack.of(this));
    const { model, plan, notify } = props;
    const place = props.place ?? (props.listener && existingPlace(this, props.listener, props.domainName));
    const domainName = place ? placeName(place) : props.domainName;
    this.plan = plan;
    const key = encryptionKey(this, props.encryptionKey);
    const encrypted = key && { key };
    const network = props.vpc
      ? undefined
      : new Network(this, 'Network', {
          zones: plan.networkZones,
          fleetZones: fleetZones(plan),
          egress: plan.serviceLevel.egress,
          internal: props.internal,
          dualStack: props.ipAddressType === 'dualstack',
          parameters: props.access !== undefined,
          sessions: props.sessionManager ?? false,
          ...encrypted,
        });
    this.vpc = props.vpc ?? network!.vpc;

    const instances = subnetsIn(fleetZones(plan), 'private', privateSubnets(this.vpc), plan.zones);
    const { internal = false } = props;
    const inside = internal || isEdge(props.frontDoor);
    const entrances = place ? [] : entranceSubnets(this.vpc, inside, balancerZones(plan), plan.zones);
    checkSubnets(inside && !place ? { private: entrances } : { public: entrances, private: instances });

    const machines = {
      ...props,
      ...encrypted,
      vpc: this.vpc,
      services: network?.services ?? props.services,
      subnets: { subnets: instances },
    };
    const group = plan.shadow?.group;
    const shadowGroup =
      group &&
      new ShadowGroup(this, 'Shadow', {
        ...machines,
        model: props.shadow!.model,
        plan: group,
        machineImage: (plan.gpu ? undefined : props.machineImage) ?? newestAmazonLinux(group),
      });
    if (shadowGroup) this.shadowGroup = shadowGroup;
    this.fleet = new Fleet(this, 'Fleet', {
      ...machines,
      domainName,
      basePath: place?.path,
      shadowGroup,
      machineImage: props.machineImage ?? newestAmazonLinux(plan),
    });
    this.grantPrincipal = this.fleet.grantPrincipal;
    tagged(this, 'slipway:model', model.manifest.name);
    // of what is made anew with a model in any case: other resources would change with each deployment
    tagged(this.fleet.group.node.scope!, 'slipway:digest', model.manifest.model.sha256);
    if (network) for (const one of [this.fleet, shadowGroup]) one?.group.node.addDependency(network);

    const { target } = this.fleet;
    const frontDoor: Door & Construct = place
      ? new Place(this, 'FrontDoor', { ...props, ...place, vpc: this.vpc, target })
      : new FrontDoor(this, 'FrontDoor', { ...props, vpc: this.vpc, subnets: { subnets: entrances }, target });
    if (network && inside) frontDoor.node.addDependency(network); // CloudFront asks for its internet gateway
    // an instance is ready when the load balancer says so, which must be there to say it
    this.fleet.group.node.addDependency(frontDoor.route);
    this.url = `https://${frontDoor.address}${place?.path ?? ''}`;
    this.loadBalancer = frontDoor.loadBalancer;
    if (frontDoor.accessLogs) this.accessLogs = frontDoor.accessLogs;
    this.listener = frontDoor.listener;
    this.targetGroup = frontDoor.targetGroup;
    this.connections = frontDoor.connections;

    this.metrics = new EndpointMetrics({
      endpoint: domainName,
      release: this.fleet.release,
      fleet: this.fleet,
      loadBalancer: this.loadBalancer,
      sharedBalancer: frontDoor.shared,
      targetGroup: this.targetGroup,
      ...(frontDoor.certificate && { certificate: frontDoor.certificate }),
      ...(frontDoor.certificates && { certificates: frontDoor.certificates }),
      ...(frontDoor.api !== undefined && { api: frontDoor.api }),
      zones: instances.map(zoneName),
    });
    const lean = plan.serviceLevel.leanMonitoring ?? false;
    const topics = notify === 'none' ? undefined : alarmTopics(this, notify, lean, key);
    this.topic = topics?.page;
    this.informTopic = topics?.inform;
    const actions = topics && {
      page: new SnsAction(topics.page),
      ...(topics.inform && { inform: new SnsAction(topics.inform) }),
    };
    this.alarms = new Alarms(this, 'Alarms', {
      ...alarmsOfInstances(this.metrics, plan, model.training !== undefined),
      watched: this.fleet.created,
      of: { domainName, model: model.manifest.name },
      actions,
    });
    if (props.rollBackOnAlarms ?? true) {
      this.fleet.rollBackOn(this.alarms.rollingBack());
    }
    this.dashboard = lean
      ? undefined
      : new EndpointDashboard(this, 'Overview', { metrics: this.metrics, alarms: this.alarms, plan }).dashboard;
    const { rollout } = props;
    const canary =
      rollout &&
      new Canary(this, 'Canary', {
        rollout,
        plan,
        vpc: this.vpc,
        subnets: { subnets: instances },
        fleet: this.fleet,
        frontDoor,
        verifyJwt: props.verifyJwt,
        ...(signsInForAll(props.authenticate) && { signIn: props.authenticate }),
        alarm: this.alarms.get('CanaryWithdrawn')!,
      });
    this.canary = canary;
    const judged = {
      url: this.url,
      access: props.access,
      limited:
        (props.allowFrom !== undefined && !isEdge(props.frontDoor)) ||
        props.mutualTls !== undefined ||
        props.verifyJwt !== undefined ||
        signsInForAll(props.authenticate) ||
        internal,
      ...(internal &&
        !props.mutualTls &&
        !props.verifyJwt &&
        !signsInForAll(props.authenticate) && { inside: { vpc: this.vpc, subnets: { subnets: instances } } }),
      ownCertificate: props.certificate !== undefined,
      protect: props.protect ?? false,
      ...encrypted,
    };
    this.verification = new Verification(this, 'Verification', {
      ...judged,
      ...{ domainName, plan, fleet: this.fleet, frontDoor, package: this.fleet.package },
      bundle: props.verification ?? verificationBundle(model, packagesOf(props.versions)),
      ...(canary && { canary: { canary, rollout } }),
    });
    this.variants = new Variants(this, {
      ...{ props, plan, domainName, frontDoor, network, machines, judged, actions },
    });
  }

  /**
   * A second model behind the same name, on instances of its own, as a production variant of SageMaker: it gets a part of the
   * requests, has a plan, alarms and a dashboard of its own, and is judged by its golden rows before a client is answered by it.
   * A request with the header `X-Amzn-SageMaker-Target-Variant` goes to the variant that it names; the model of the endpoint is
   * `main`. Metrics of a variant are named after the endpoint and it: `credit.example.com#challenger`.
   *
   * The endpoint keeps the size for all of its requests, so that a variant can be taken away at any time. Requests are counted in
   * the bills of both.
   *
   * @param name 1 to 63 letters, digits and hyphens, as clients name it
   * @throws SlipwayError with all that is wrong with it; E_INFEASIBLE where no fleet keeps the service level
   */
  addVariant(name: string, props: VariantProps): EndpointVariant {
    return this.variants.add(name, props);
  }

  /**
   * Tells of an alarm of your own where those of the endpoint are told.
   *
   * @param severity whether somebody is woken by it, or reads of it. @default 'page'
   * @throws SlipwayError E_CONFIG where nobody is notified
   */
  addAlarm(alarm: AlarmBase, severity: 'page' | 'inform' = 'page'): void {
    const topic = severity === 'page' ? this.topic : (this.informTopic ?? this.topic);
    if (topic === undefined) {
      throw new SlipwayError('E_CONFIG', `nobody is told of ${alarm.node.path}: the endpoint has notify: 'none'`);
    }
    alarm.addAlarmAction(new SnsAction(topic));
  }
}
