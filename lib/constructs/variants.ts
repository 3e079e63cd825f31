/** The variants of an endpoint: what each gets of the requests, and how it is planned. */
import {
  ApplicationListenerRule,
  type CfnListenerRule,
  ListenerAction,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { SlipwayError } from '../model/error';
import { type ModelPackage, readProfile } from '../model/package/model-package';
import { namedPackage } from '../model/package/named-package';
import { shadowProblems } from '../model/package/shadow-fit';
import { signsInForAll } from '../model/stage/sign-in';
import { MAIN_VARIANT, variantProblems } from '../model/stage/variant';
import { type ServiceLevel, sizingPlan } from '../sizing';
import type { SizingPlan } from '../sizing/plan/plan';
import { fleetZones } from '../sizing/plan/zones';
import { meanRate } from '../sizing/service-level/service-level';
import {
  type CheckedCallers,
  EndpointVariant,
  type EndpointVariantProps,
  namedRule,
  type VariantProps,
} from './endpoint-variant';
import type { FleetProps } from './fleet/fleet';
import { newestAmazonLinux } from './fleet/machine-image';
import { forwarded } from './front-door/actions';
import type { Door } from './front-door/door';
import { FrontDoor, SIGN_IN_PRIORITY } from './front-door/front-door';
import type { ModelEndpoint, ModelEndpointProps } from './model-endpoint';
import type { Network } from './network/network';
import { privateSubnets, subnetsIn } from './network/subnets';
import { verificationBundle } from './rollout/verification-files';
import { priorityProblems } from './variant-priority';

/** What variants have of the endpoint. */
export interface VariantsProps {
  readonly props: ModelEndpointProps;
  readonly plan: SizingPlan;
  readonly domainName: string;
  readonly frontDoor: Door;
  readonly network: Network | undefined;
  readonly machines: Omit<FleetProps, 'domainName' | 'model' | 'plan' | 'machineImage'>;
  readonly judged: Omit<EndpointVariantProps['verification'], 'bundle'>;
  readonly actions: EndpointVariantProps['actions'];
}

/** After all rules of variants, and before what the listener does by itself. */
const LAST_PRIORITY = 50_000;
/** Of the rule by which the model of the endpoint is asked by name: behind that of the page, where people sign in for it. */
const MAIN_PRIORITY = SIGN_IN_PRIORITY + 1;

export class Variants {
  private readonly weights = new Map<string, number>();
  private readonly added: EndpointVariant[] = [];
  private rule?: ApplicationListenerRule;

  constructor(
    private readonly endpoint: ModelEndpoint,
    private readonly of: VariantsProps,
  ) {}

  /** @throws SlipwayError E_CONFIG with all that is wrong with it; as `namedPackage`, `readProfile` and `sizingPlan` */
  add(name: string, given: VariantProps): EndpointVariant {
    const { endpoint, of } = this;
    const model = typeof given.model === 'string' ? namedPackage(given.model) : given.model;
    const { frontDoor } = of;
    const problems = [
      ...variantProblems(name, given.weight, this.weights),
      ...priorityProblems(name, this.weights.keys()),
      ...this.unfit(model, given),
    ];
    if (problems.length > 0 || !(frontDoor instanceof FrontDoor)) {
      throw new SlipwayError('E_CONFIG', `${endpoint.node.path} cannot have the variant ${name}`, { problems });
    }
    const plan = this.planned(model, given);
    const { props, machines } = of;
    // what runs on the instances is of an architecture
    const same = plan.choice.architecture === of.plan.choice.architecture;
    const { shadow: _, versions: __, runtime, handler, ...own } = machines;
    const subnets = subnetsIn(fleetZones(plan), 'private', privateSubnets(endpoint.vpc), plan.zones);
    const sameImage = same && plan.gpu === undefined && of.plan.gpu === undefined;
    const variant = new EndpointVariant(endpoint, `Variant${name}`, {
      ...{ name, model, plan, frontDoor, callers: this.callers, actions: of.actions },
      domainName: of.domainName,
      fleet: {
        ...own,
        ...(same && { runtime, handler }),
        ...(given.runtime && { runtime: given.runtime }),
        ...(given.handler !== undefined && { handler: given.handler }),
        subnets: { subnets },
        zonalShift: (props.zonalShift ?? false) && plan.zones > 1,
        machineImage: given.machineImage ?? (sameImage ? props.machineImage : undefined) ?? newestAmazonLinux(plan),
      },
      verification: { ...of.judged, bundle: props.verification ?? verificationBundle(model) },
      rollBackOnAlarms: props.rollBackOnAlarms ?? true,
    });
    if (of.network) variant.fleet.group.node.addDependency(of.network);
    this.weights.set(name, given.weight);
    this.added.push(variant);
    this.divide(frontDoor, variant);
    return variant;
  }

  private get callers(): CheckedCallers {
    const { verifyJwt, authenticate } = this.of.props;
    return { verifyJwt, signIn: signsInForAll(authenticate) ? authenticate : undefined };
  }

  private unfit(model: ModelPackage, { plan, traffic }: VariantProps): string[] {
    const { props, frontDoor } = this.of;
    const { sha256 } = model.manifest.model;
    const { verifyJwt, signIn } = this.callers;
    return [
      ...(frontDoor instanceof FrontDoor
        ? []
        : [
            'the endpoint stands behind a load balancer that others share (place, listener), whose rules are not its to number; ' +
              'divide its requests by versions, or leave out place and listener, so that it has a load balancer to itself',
          ]),
      ...(props.rollout
        ? [
            'the endpoint has a rollout, which divides its requests already; divide them by versions, or leave out rollout ' +
              'and raise the weight of the variant step by step',
          ]
        : []),
      ...(verifyJwt && signIn
        ? [
            'callers show a token or sign in (verifyJwt beside authenticate.paths: all), which takes two rules, and those of variants ' +
              'are for one way; divide the requests by versions, or leave one of both out',
          ]
        : []),
      ...(plan && traffic ? ['plan and traffic are given, and one of them says how large it is'] : []),
      ...(plan && plan.modelSha256 !== sha256
        ? [
            `the sizing plan is for a model with SHA-256 ${plan.modelSha256}, but ${model.manifest.name} has ${sha256}; plan again`,
          ]
        : []),
      // it is asked what the model of the endpoint is asked, as a shadow is
      ...shadowProblems(props.model.manifest, model.manifest),
    ];
  }

  private planned(model: ModelPackage, { plan, traffic, weight }: VariantProps): SizingPlan {
    const { serviceLevel: level, region } = this.of.plan;
    if (plan) return { ...plan, serviceLevel: behindTheSameDoor(plan.serviceLevel, level) };
    const serviceLevel = behindTheSameDoor(
      traffic ? { rowsPerRequest: level.rowsPerRequest, ...traffic } : partOf(level, weight),
      level,
    );
    return sizingPlan({ profile: readProfile(model), manifest: model.manifest, region, serviceLevel });
  }

  /** By a rule that comes to be, or changes, when each variant has been judged. */
  private divide(frontDoor: FrontDoor, variant: EndpointVariant): void {
    const { verifyJwt, signIn } = this.callers;
    if (!this.rule) {
      const within = new Construct(this.endpoint, 'Variants');
      const main = namedRule(within, MAIN_VARIANT, frontDoor, frontDoor.targetGroup, this.callers, MAIN_PRIORITY);
      this.rule = new ApplicationListenerRule(within, 'Weights', {
        listener: frontDoor.listener,
        priority: LAST_PRIORITY,
        conditions: [ListenerCondition.pathPatterns(['/*'])],
        action: ListenerAction.forward([frontDoor.targetGroup]),
      });
      this.rule.node.addDependency(main); // the function that judges asks by name
    }
    const rest = [...this.weights.values()].reduce((left, weight) => left - weight, 100);
    const targetGroups = [
      { targetGroupArn: frontDoor.targetGroup.targetGroupArn, weight: rest },
      ...this.added.map(({ targetGroup }, i) => ({
        targetGroupArn: targetGroup.targetGroupArn,
        weight: [...this.weights.values()][i]!,
      })),
    ];
    forwarded(this.rule.node.defaultChild as CfnListenerRule, targetGroups, verifyJwt, signIn);
    this.rule.node.addDependency(variant.verification.verified);
  }
}

/** With weight 0 it is asked by those who name it: a hundredth of the requests at the most. */
function partOf(level: ServiceLevel, weight: number): ServiceLevel {
  const part = Math.max(weight, 1) / 100;
  const { risePerMinute, day, schedule } = level;
  const mean = day || schedule ? level.meanRequestsPerSecond : meanRate(level);
  return {
    ...level,
    requestsPerSecond: part * level.requestsPerSecond,
    ...(mean !== undefined && { meanRequestsPerSecond: part * mean }),
    ...(risePerMinute !== undefined && { risePerMinute: part * risePerMinute }),
  };
}

/** Network, load balancer, name and topic are those of the endpoint, on its bill. */
function behindTheSameDoor(own: ServiceLevel, endpoint: ServiceLevel): ServiceLevel {
  const {
    budgetUsdPerMonth: _,
    names: __,
    rollout: ___,
    frontDoor: ____,
    firewallRules: _____,
    balancerLogs: ______,
    ...level
  } = own;
  const { accessControl, backendTls, encryptionKey, egress } = endpoint;
  return {
    ...level,
    ...(accessControl && { accessControl }),
    ...(backendTls && { backendTls }),
    ...(encryptionKey && { encryptionKey }),
    ...(egress && { egress }),
    hostedZone: false,
    existingListener: true,
    sharedDoor: true,
    alarmTopic: false,
  };
}
