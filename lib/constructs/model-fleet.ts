/** Several models on one group of instances: each is an endpoint of its own, behind a front door that they share. */
import { NestedStack, Stack } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IMachineImage, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { MOST_ROWS_PER_RUN } from '../model/instance/handler-settings';
import type { ModelPackage } from '../model/package/model-package';
import type { Notify } from '../model/stage/notify';
import { signsInForAll } from '../model/stage/sign-in';
import type { SizingPlan } from '../sizing/plan/plan';
import { fleetZones } from '../sizing/plan/zones';
import type { AccessOptions } from './boot/access';
import { type BootMember, type BootOptions, packagesOf } from './boot/boot-options';
import { type EncryptionOptions, encryptionKey } from './encryption/encryption-key';
import { checkProps, checkSubnets } from './endpoint-problems';
import { Fleet, type FleetOptions } from './fleet/fleet';
import { newestAmazonLinux } from './fleet/machine-image';
import { fullName, type TargetHealthOptions, type TokenOptions } from './front-door/door';
import type { FrontDoorOptions } from './front-door/entrance';
import { Place, type PlaceOptions, placeName } from './front-door/place';
import { LONGEST_OF_MODEL } from './monitoring/alarm-name';
import { alarmTopics } from './monitoring/alarm-topic';
import { type AlarmSet, Alarms, alarmsOfInstances } from './monitoring/alarms';
import { EndpointMetrics } from './monitoring/endpoint-metrics';
import { FleetDashboard } from './monitoring/fleet-dashboard';
import { ModelWatch } from './monitoring/model-watch';
import { zoneName } from './network/network';
import { privateSubnets, subnetsIn } from './network/subnets';
import { Canary } from './rollout/canary';
import { FleetTrial } from './rollout/fleet-trial';
import { Judge, type JudgeProps } from './rollout/judge';
import { fleetVerificationBundle } from './rollout/verification-files';
import { judgedBy, type RolloutOptions, Verification } from './rollout/verified-deployment';
import { tagged } from './tagged';

/** One of the models. */
export interface FleetModelProps {
  /** Of no other, of lower-case letters, digits and hyphens. */
  readonly name: string;
  /** From `readModelPackage`. */
  readonly model: ModelPackage;
  /** From the plan of the fleet. */
  readonly plan: SizingPlan;
  /** Its turns among those of the others while several wait. */
  readonly weight: number;
  /** As of an endpoint. @default - it is served alone */
  readonly versions?: BootOptions['versions'];
  readonly place: PlaceOptions;
}

export interface ModelFleetProps
  extends Omit<FrontDoorOptions, 'domainName' | 'http' | 'waf' | 'privateZone'>,
    FleetOptions,
    TargetHealthOptions,
    TokenOptions,
    AccessOptions,
    RolloutOptions,
    Omit<BootOptions, 'model' | 'shadow' | 'versions'>,
    EncryptionOptions {
  /** Of no other fleet or model of the stage. */
  readonly name: string;
  /** Of the group. */
  readonly plan: SizingPlan;
  readonly models: readonly [FleetModelProps, ...FleetModelProps[]];
  readonly notify: Notify;
  /** With subnets in the zones of the plan, which reach S3 and CloudWatch. */
  readonly vpc: IVpc;
  /** @default - the newest Amazon Linux 2023 at each deployment */
  readonly machineImage?: IMachineImage | undefined;
  /** Whether a deployment fails while an alarm is on that could be of its making. @default true */
  readonly rollBackOnAlarms?: boolean;
}

/** What is there of one model. */
export interface FleetEndpoint {
  readonly name: string;
  /** Its part of that of the fleet. */
  readonly plan: SizingPlan;
  /** `https://`, the name and the path. */
  readonly url: string;
  readonly place: Place;
  readonly metrics: EndpointMetrics;
  readonly alarms: AlarmSet;
  readonly verification: Verification;
}

/** An instance refresh watches no more (EC2 Auto Scaling API, AlarmSpecification). */
const MOST_ALARMS_OF_REFRESH = 10;

export class ModelFleet extends Construct {
  readonly fleet: Fleet;
  readonly alarms: Alarms;
  readonly topic?: ITopic;
  readonly dashboard?: Dashboard;
  /** Only where a rollout begins with a part of the requests, of all models. */
  readonly canary?: Canary;
  readonly endpoints: readonly FleetEndpoint[];

  /** @throws SlipwayError with all that is wrong with the properties */
  constructor(scope: Construct, id: string, props: ModelFleetProps) {
    super(scope, id);
    const { name, plan, models, notify, vpc } = props;
    const [first] = models;
    for (const { model, plan, versions, place } of models) {
      checkProps(
        { ...props, model, plan, versions, place, domainName: place.host ?? place.door.domainName },
        Stack.of(this),
      );
    }
    const key = encryptionKey(this, props.encryptionKey);
    const encrypted = key && { key };
    const subnets = subnetsIn(fleetZones(plan), 'private', privateSubnets(vpc), plan.zones);
    checkSubnets({ private: subnets });
    /** The dimension of the metrics of the instances. */
    const endpoint = `${first.place.door.domainName} ${name}`;
    this.fleet = new Fleet(this, 'Fleet', {
      ...props,
      model: first.model,
      members: models.map(bootMember),
      domainName: endpoint,
      ...encrypted,
      subnets: { subnets },
      machineImage: props.machineImage ?? newestAmazonLinux(plan),
    });
    tagged(this, 'slipway:fleet', name);
    tagged(this.fleet.group.node.scope!, 'slipway:digest', beginningsOf(models));
    const { target, release } = this.fleet;
    const places = models.map((member) => {
      const part = new Construct(this, member.name);
      tagged(part, 'slipway:model', member.model.manifest.name);
      return new Place(part, 'FrontDoor', { ...props, ...member.place, together: true, vpc, target });
    });
    // an instance is ready when the load balancer says so, for each of the models
    this.fleet.group.node.addDependency(...places.map(({ route }) => route));

    const lean = plan.serviceLevel.leanMonitoring ?? false;
    const topics = notify === 'none' ? undefined : alarmTopics(this, notify, lean, key);
    if (topics) this.topic = topics.page;
    const watch = (place: Place, dimension: string) => ({
      ...{ endpoint: dimension, release, fleet: this.fleet, sharedBalancer: true },
      loadBalancer: place.loadBalancer,
      names: { loadBalancer: fullName(place.loadBalancer) },
      targetGroup: place.targetGroup,
      zones: subnets.map(zoneName),
    });
    const watched = models.map(({ name: model, plan, model: { training }, place: options }, i) => {
      const place = places[i]!;
      const metrics = watch(place, placeName(options));
      const { alarms, nestedStackResource } = new ModelWatch(place.node.scope!, 'Watch', {
        ...{ plan, watchesData: training !== undefined, inform: topics?.inform },
        metrics: { ...metrics, certificate: options.host === undefined ? undefined : place.certificate },
        // no name that a fleet of its own gives, nor the stack of this fleet before it had stacks for that
        of: { domainName: placeName(options), model: `${model} in ${name}`, longest: LONGEST_OF_MODEL },
      });
      this.fleet.group.node.defaultChild!.node.addDependency(nestedStackResource!); // it refers to those that take it back
      return { name: model, plan, place, metrics: new EndpointMetrics(metrics), alarms, watch: nestedStackResource! };
    });
    const { certificate } = first.place.door.entrance;
    const { certificates } = places.find((_, i) => models[i]!.place.host === undefined) ?? {};
    const metrics = new EndpointMetrics({
      ...watch(places[0]!, endpoint),
      ...(certificate && { certificate }),
      ...(certificates && { certificates }),
    });
    this.alarms = new Alarms(this, 'Alarms', {
      ...alarmsOfInstances(metrics, plan, false),
      of: { domainName: first.place.door.domainName, model: name },
      watched: this.fleet.created,
      ...(topics && {
        actions: {
          page: new SnsAction(topics.page),
          ...(topics.inform && { inform: new SnsAction(topics.inform) }),
        },
      }),
      models: watched.map(({ alarms }) => alarms),
    });
    this.alarms.page.node.addDependency(...watched.map(({ watch }) => watch));
    if (props.rollBackOnAlarms ?? true) this.fleet.rollBackOn(rollingBack(this.alarms, watched));
    if (!lean) {
      const overview = new NestedStack(this, 'Overview', {
        description: `Dashboard of the fleet ${name}`,
        suppressTemplateIndentation: true,
      });
      overview.nestedStackResource!.node.addDependency(this.alarms.page); // by then all alarms of models are there
      this.dashboard = new FleetDashboard(overview, 'Fleet', {
        ...{ metrics, plan, alarms: this.alarms, models: watched },
      }).dashboard;
    }
    const { rollout } = props;
    if (rollout) {
      this.canary = new Canary(this, 'Canary', {
        ...{ rollout, plan, vpc, fleet: this.fleet, verifyJwt: props.verifyJwt },
        ...(signsInForAll(props.authenticate) && { signIn: props.authenticate }),
        subnets: { subnets },
        frontDoor: places[0]!,
        models: new Map(places.map((place, i) => [models[i]!.name, place])),
        alarm: this.alarms.get('CanaryWithdrawn')!,
      });
    } else for (const place of places) place.takeOver(this.fleet.group, this.fleet.created);
    this.endpoints = this.judged(props, watched, endpoint, encrypted);
  }

  /**
   * One function judges each model by itself, with a resource that says of which it is; when all have been judged, it keeps what
   * is to be kept.
   *
   * @param endpoint dimension of the metrics of the fleet
   */
  private judged(
    props: ModelFleetProps,
    watched: readonly Omit<FleetEndpoint, 'url' | 'verification'>[],
    endpoint: string,
    encrypted: Pick<JudgeProps, 'key'> | undefined,
  ): FleetEndpoint[] {
    const { models, access, internal = false, vpc, plan: whole } = props;
    const subnets = subnetsIn(fleetZones(whole), 'private', privateSubnets(vpc), whole.zones);
    const asked = {
      plan: whole,
      frontDoor: watched[0]!.place,
      ...(access && { access }),
      ...(internal &&
        !props.mutualTls &&
        !props.verifyJwt &&
        !signsInForAll(props.authenticate) && { inside: { vpc, subnets: { subnets } } }),
      bundle:
        props.verification ??
        fleetVerificationBundle(
          new Map(models.map(({ name, model, versions }) => [name, [model, ...packagesOf(versions)]])),
        ),
      ...encrypted,
    };
    const scope = new Construct(this, 'Verification');
    const judge = new Judge(scope, asked);
    const each = models.map(({ name, plan, place: options }, i) => ({
      ...{ ...asked, plan, judge, member: name, fleet: this.fleet, frontDoor: watched[i]!.place },
      ...{ url: `https://${placeName(options)}`, domainName: placeName(options) },
      limited:
        props.allowFrom !== undefined ||
        props.mutualTls !== undefined ||
        props.verifyJwt !== undefined ||
        signsInForAll(props.authenticate) ||
        internal,
      ownCertificate: props.certificate !== undefined,
      protect: props.protect ?? false,
      package: this.fleet.packages.get(name)!,
      keptElsewhere: true,
    }));
    const { canary } = this;
    const trial =
      canary &&
      new FleetTrial(scope, 'Trial', {
        ...{ canary, rollout: props.rollout!, judge, plan: whole, fleet: this.fleet, endpoint },
        members: each.map((one) => ({ judged: judgedBy(one), door: one.frontDoor })),
      });
    const endpoints = each.map((one, i) => {
      const verification = new Verification(scope, one.member, one);
      if (trial) verification.verified.node.addDependency(trial.handed);
      return { ...watched[i]!, url: one.url, verification };
    });
    const kept = endpoints.flatMap(({ place }) => place.kept());
    const all = endpoints.map(({ verification }) => verification.verified);
    judge.protect([...kept, this.fleet.logGroup], props.protect ?? false, all);
    return endpoints;
  }
}

/** Of the models' digests. A value of a tag has 256 characters at most. */
function beginningsOf(models: readonly FleetModelProps[]): string {
  return models.map(({ model }) => model.manifest.model.sha256.slice(0, 12)).join(' ');
}

function bootMember({ name, model, plan, weight, versions, place }: FleetModelProps): BootMember {
  const { queueRows, queueBytes, deadlineMs } = plan;
  const { rowsPerRequest } = plan.serviceLevel;
  return {
    ...{ name, model },
    ...(versions && { versions }),
    settings: {
      endpoint: placeName(place),
      ...(place.host === undefined ? { basePath: place.path! } : { host: place.host }),
      ...{ queueRows, queueBytes, deadlineMs, weight },
      ...(rowsPerRequest > 1 && { rowsPerRun: Math.min(MOST_ROWS_PER_RUN, rowsPerRequest) }),
    },
  };
}

/** Those of the instances, then of each kind those of all models, as many as an instance refresh watches: what harms most comes first. */
function rollingBack(alarms: Alarms, models: readonly { readonly alarms: AlarmSet }[]) {
  const ofModels = models.map((model) => model.alarms.rollingBack());
  const kinds = Math.max(...ofModels.map(({ length }) => length));
  const byKind = Array.from({ length: kinds }, (_, kind) => ofModels.flatMap((own) => own[kind] ?? [])).flat();
  return [...alarms.rollingBack(), ...byKind].slice(0, MOST_ALARMS_OF_REFRESH);
}
