/** A further model behind an endpoint: instances of its own, to which a part of the requests goes. */
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { IMachineImage } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListenerRule,
  type ApplicationTargetGroup,
  type CfnListenerRule,
  ListenerAction,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { ModelPackage } from '../model/package/model-package';
import { outputOf, PREVIOUS_PACKAGE_OUTPUT } from '../model/stage/deployment';
import type { SignIn } from '../model/stage/sign-in';
import { TARGET_VARIANT_HEADER } from '../model/stage/variant';
import type { VerifyJwt } from '../model/stage/verify-jwt';
import type { SizingPlan } from '../sizing/plan/plan';
import type { ArtifactOptions } from './boot/boot-options';
import { Fleet, type FleetProps } from './fleet/fleet';
import { forwarded } from './front-door/actions';
import type { FrontDoor } from './front-door/front-door';
import { Alarms, type AlarmsProps, alarmsOfInstances } from './monitoring/alarms';
import { EndpointDashboard } from './monitoring/endpoint-dashboard';
import { EndpointMetrics } from './monitoring/endpoint-metrics';
import { zoneName } from './network/network';
import type { Traffic } from './planned';
import { Verification, type VerificationProps } from './rollout/verified-deployment';
import { tagged } from './tagged';
import { variantPriority } from './variant-priority';

/** What can be chosen of a variant. */
export interface VariantProps extends Pick<ArtifactOptions, 'runtime' | 'handler'> {
  /**
   * A model package, its folder, or its address in a registry. It is asked what the model of the endpoint is asked: it must take
   * the same columns.
   */
  readonly model: ModelPackage | string;
  /**
   * Percent of the requests that it gets, 0 to 100; the model of the endpoint gets what all variants leave. With 0 it is reached
   * by its name alone.
   */
  readonly weight: number;
  /** What it has to carry. @default - its part of the requests of the endpoint, and the rest of that service level */
  readonly traffic?: Traffic;
  /** @default - made for `traffic` */
  readonly plan?: SizingPlan;
  /** An Amazon Linux 2023 of the architecture of its plan. @default - that of the endpoint, where it fits */
  readonly machineImage?: IMachineImage;
}

/** Who the load balancer lets by, at every rule that leads to instances. */
export interface CheckedCallers {
  readonly verifyJwt: VerifyJwt | undefined;
  /** Only where it is for all paths. */
  readonly signIn: SignIn | undefined;
}

/** What it has of its endpoint. */
export interface EndpointVariantProps {
  readonly name: string;
  /** Of the endpoint. */
  readonly domainName: string;
  readonly model: ModelPackage;
  readonly plan: SizingPlan;
  readonly frontDoor: FrontDoor;
  readonly fleet: Omit<FleetProps, 'domainName' | 'model' | 'plan'>;
  readonly verification: Omit<VerificationProps, 'domainName' | 'plan' | 'fleet' | 'frontDoor' | 'package'>;
  readonly callers: CheckedCallers;
  readonly actions: AlarmsProps['actions'];
  readonly rollBackOnAlarms: boolean;
}

/**
 * Clients reach it when it has been judged, by the rule that has the weights; until then by its name alone. So a model that
 * answers otherwise than it did where it was packed never answers a client that did not name it.
 */
export class EndpointVariant extends Construct implements IGrantable {
  readonly plan: SizingPlan;
  readonly fleet: Fleet;
  readonly targetGroup: ApplicationTargetGroup;
  /** Of its requests and its instances alone. */
  readonly metrics: EndpointMetrics;
  readonly alarms: Alarms;
  /** Absent where monitoring is lean. */
  readonly dashboard?: Dashboard;
  /** Judges its deployments by its golden rows. */
  readonly verification: Verification;
  /** The role of its instances. */
  readonly grantPrincipal: IPrincipal;

  constructor(scope: Construct, id: string, props: EndpointVariantProps) {
    super(scope, id);
    const { name, model, plan, frontDoor, callers } = props;
    this.plan = plan;
    const domainName = `${props.domainName}#${name}`;
    this.targetGroup = frontDoor.newTargetGroup(this, 'Targets');
    const rule = namedRule(this, name, frontDoor, this.targetGroup, callers, variantPriority(name));
    this.fleet = new Fleet(this, 'Fleet', { ...props.fleet, domainName, model, plan });
    this.grantPrincipal = this.fleet.grantPrincipal;
    this.targetGroup.addTarget(this.fleet.target);
    this.fleet.group.node.addDependency(rule); // by it the load balancer looks at the instances
    tagged(this, 'slipway:model', model.manifest.name);
    tagged(this.fleet.group.node.scope!, 'slipway:digest', model.manifest.model.sha256);
    this.metrics = new EndpointMetrics({
      endpoint: domainName,
      release: this.fleet.release,
      fleet: this.fleet,
      loadBalancer: frontDoor.loadBalancer,
      sharedBalancer: true,
      targetGroup: this.targetGroup,
      zones: (props.fleet.subnets.subnets ?? []).map(zoneName),
    });
    this.alarms = new Alarms(this, 'Alarms', {
      ...alarmsOfInstances(this.metrics, plan, model.training !== undefined),
      watched: this.fleet.created,
      of: { domainName, model: model.manifest.name },
      ...(props.actions && { actions: props.actions }),
    });
    if (props.rollBackOnAlarms) this.fleet.rollBackOn(this.alarms.rollingBack());
    if (!plan.serviceLevel.leanMonitoring) {
      const shown = { metrics: this.metrics, alarms: this.alarms, plan };
      this.dashboard = new EndpointDashboard(this, 'Overview', shown).dashboard;
    }
    this.verification = new Verification(this, 'Verification', {
      ...props.verification,
      ...{ domainName, plan, fleet: this.fleet, frontDoor, package: this.fleet.package },
      variant: name,
      previousOutput: outputOf(PREVIOUS_PACKAGE_OUTPUT, name),
      keptElsewhere: true, // nothing of it is what clients depend on
    });
  }
}

/** By which a request that names a variant reaches it. */
export function namedRule(
  scope: Construct,
  name: string,
  frontDoor: FrontDoor,
  targetGroup: ApplicationTargetGroup,
  { verifyJwt, signIn }: CheckedCallers,
  priority: number,
): ApplicationListenerRule {
  const rule = new ApplicationListenerRule(scope, 'Named', {
    listener: frontDoor.listener,
    priority,
    conditions: [ListenerCondition.httpHeader(TARGET_VARIANT_HEADER, [name])],
    action: ListenerAction.forward([targetGroup]),
  });
  const all = [{ targetGroupArn: targetGroup.targetGroupArn, weight: 1 }];
  if (verifyJwt || signIn) forwarded(rule.node.defaultChild as CfnListenerRule, all, verifyJwt, signIn);
  return rule;
}
