/** A deployment judges itself: a function that CloudFormation calls when the fleet is new. What it refuses is rolled back. */
import type { CustomResource } from 'aws-cdk-lib';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  type Judged,
  type JudgeProperties,
  PREVIOUS_PACKAGE,
  PROBED,
  type StoredPackage,
} from '../../model/stage/deployment';
import type { Rollout } from '../../model/stage/rollout';
import { EDGE_MS, edgeOf } from '../../sizing/service-level/front-door';
import type { Fleet } from '../fleet/fleet';
import type { Canary } from './canary';
import { Judge, type JudgeProps } from './judge';
import { judgement } from './judging-function';
import { canarySteps, whenNew } from './steps';

/** What can be chosen of a rollout. */
export interface RolloutOptions {
  /** How a new package comes to all requests. @default - the instances are replaced, one after the other; a function answers all by it at once */
  readonly rollout?: Rollout;
}

export interface VerificationProps extends JudgeProps {
  /** @default - the instances are replaced without a trial */
  readonly canary?: { readonly canary: Canary; readonly rollout: Rollout };
  /** What metrics and alarms are named after. */
  readonly domainName: string;
  /** What clients call. */
  readonly url: string;
  /** Whether the load balancer lets in named callers alone. */
  readonly limited: boolean;
  readonly fleet: Fleet;
  /** Whether the certificate is the user's, and so maybe of an authority that the function does not know. */
  readonly ownCertificate: boolean;
  /** Whether what clients and data depend on is kept from being taken away. */
  readonly protect: boolean;
  readonly package: StoredPackage;
  /** Which of several models behind the endpoint it is. @default - that which the endpoint is made with */
  readonly variant?: string;
  /** Output of the stack that has `previousPackage`. @default PREVIOUS_PACKAGE_OUTPUT */
  readonly previousOutput?: string;
  /** Which of the models of a fleet it is, which `judge` judges all. @default - it is the only one */
  readonly member?: string;
  /** Whose function it is. @default - it has one of its own */
  readonly judge?: Judge;
  /** Whether another keeps what clients and data depend on, when all of the stack have been judged. @default false */
  readonly keptElsewhere?: boolean;
}

export class Verification extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;
  /** The package that was deployed before the one that is, as JSON; `none` where there was none. */
  readonly previousPackage: string;
  /** What comes to be when it has judged. */
  readonly verified: CustomResource;

  constructor(scope: Construct, id: string, props: VerificationProps) {
    super(scope, id);
    const { plan, fleet, frontDoor, canary: tried } = props;
    const judge = props.judge ?? new Judge(this, props);
    this.function = judge.function;
    this.role = judge.role;
    this.logGroup = judge.logGroup;
    const settings = judgedBy(props);
    const probed =
      judge.probe && this.resource('Probed', { Task: 'probe' }, { ...settings, limited: false }, judge.probe);
    probed?.node.addDependency(fleet.group, fleet.created, frontDoor);
    const Probed = probed?.getAttString(PROBED);
    const verified = this.resource(
      'Verified',
      { Task: 'verify', ...(Probed && { Probed }) },
      { ...settings, ...(tried && { canary: whenNew(tried.canary.settings, fleet) }) },
    );
    verified.node.addDependency(fleet.group, fleet.created, frontDoor);
    this.verified = verified;
    if (!props.keptElsewhere) {
      const own = frontDoor.shared ? undefined : (frontDoor.loadBalancer as ApplicationLoadBalancer);
      judge.protect([...frontDoor.kept(), fleet.logGroup], props.protect, [verified], own);
    }
    if (tried) {
      const trial = { ...tried, settings: { ...settings, canary: tried.canary.settings } };
      verified.node.addDependency(canarySteps(this, { judge, fleet, plan, routes: [frontDoor.route], ...trial }));
    }
    this.previousPackage = verified.getAttString(PREVIOUS_PACKAGE);
  }

  private resource(
    id: string,
    properties: Omit<JudgeProperties, 'Settings'>,
    settings: Judged,
    by = this.function,
  ): CustomResource {
    return judgement(this, id, properties, settings, by);
  }
}

/** What the function is told of a model. */
export function judgedBy(props: VerificationProps): Judged {
  const { domainName, plan, access, fleet, frontDoor } = props;
  const { minimum, maximum } = plan.instances;
  const edge = edgeOf(plan.serviceLevel);
  return {
    url: props.url,
    // the record of an internal endpoint is in a zone that this network may not be associated with
    ...(((edge === undefined && !frontDoor.record) || props.inside) &&
      frontDoor.dnsName !== undefined && { connectTo: frontDoor.dnsName }),
    anyAuthority: props.ownCertificate,
    package: props.package,
    ...(props.variant !== undefined && { variant: props.variant }),
    ...(props.previousOutput !== undefined && { previousOutput: props.previousOutput }),
    ...(props.member !== undefined && { member: props.member }),
    // a new version whenever model, handler, access, type or image is another
    fleet: `${fleet.launchTemplate.latestVersionNumber} x ${minimum}-${maximum}`,
    p99Ms: Math.max(plan.serviceLevel.p99Ms, plan.alarms.predictedP99Ms) + (edge === undefined ? 0 : EDGE_MS),
    closed: access !== undefined,
    ...(props.limited && { limited: true }),
    ...(access?.deploymentKey !== undefined && { deploymentKey: access.deploymentKey }),
    endpoint: domainName,
  };
}
