/** A front door of one endpoint: all that its listener is asked goes to the target group of the fleet. */
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { Connections } from 'aws-cdk-lib/aws-ec2';
import {
  type ApplicationListener,
  ApplicationListenerRule,
  type ApplicationLoadBalancer,
  type ApplicationTargetGroup,
  type CfnListener,
  type CfnListenerRule,
  type IApplicationLoadBalancerTarget,
  ListenerAction,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ARecord } from 'aws-cdk-lib/aws-route53';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import { PAGE_PATHS, type SignIn, signsInForAll } from '../../model/stage/sign-in';
import type { VerifyJwt } from '../../model/stage/verify-jwt';
import { isEdge } from '../../sizing/service-level/front-door';
import type { AccessOptions } from '../boot/access';
import type { BootOptions } from '../boot/boot-options';
import { forwarded } from './actions';
import {
  type Door,
  fleetTargets,
  type TargetHealthOptions,
  type TargetOptions,
  type TokenOptions,
  type Weighted,
} from './door';
import { edgeEntrance } from './edge';
import { type EntranceProps, entrance } from './entrance';

export interface FrontDoorProps
  extends Omit<EntranceProps, 'keys'>,
    Pick<AccessOptions, 'access'>,
    Pick<BootOptions, 'backendTls'>,
    TargetHealthOptions,
    TokenOptions {
  readonly target: IApplicationLoadBalancerTarget;
}

/** Behind the rule by which a package is tried, and before those of variants. */
export const SIGN_IN_PRIORITY = 3;

export class FrontDoor extends Construct implements Door {
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly dnsName: string;
  readonly listener: ApplicationListener;
  readonly targetGroup: ApplicationTargetGroup;
  readonly address: string;
  readonly certificate?: ICertificate;
  readonly certificates?: readonly ICertificate[];
  readonly api?: string;
  readonly accessLogs: IBucket;
  readonly record?: ARecord;
  readonly connections: Connections;
  readonly shared = false;
  readonly route: IConstruct;
  readonly trial = { priority: 1, conditions: [] };
  private readonly jwt: VerifyJwt | undefined;
  /** Only where it is for all paths. */
  private readonly signIn: SignIn | undefined;
  private readonly targets: TargetOptions;
  private readonly parts: readonly IConstruct[];

  constructor(scope: Construct, id: string, props: FrontDoorProps) {
    super(scope, id);
    this.targets = { vpc: props.vpc, tls: props.backendTls ?? false, health: props.targetHealth };
    let targets: ApplicationTargetGroup | undefined;
    const enter = isEdge(props.frontDoor) ? edgeEntrance : entrance;
    const way = enter(this, { ...props, keys: props.access !== undefined }, () => {
      targets = this.newTargetGroup(this, 'Targets');
      return { defaultTargetGroups: [targets] };
    });
    this.targetGroup = targets!;
    this.connections = way.listener.connections;
    this.loadBalancer = way.loadBalancer;
    this.dnsName = way.loadBalancer.loadBalancerDnsName;
    this.listener = way.listener;
    this.route = way.listener;
    this.address = way.address;
    if (way.certificate) this.certificate = way.certificate;
    if (way.certificates) this.certificates = way.certificates;
    if (way.api !== undefined) this.api = way.api;
    this.accessLogs = way.accessLogs;
    if (way.record) this.record = way.record;
    this.parts = way.kept;
    this.jwt = props.verifyJwt;
    const { authenticate } = props;
    if (signsInForAll(authenticate)) this.signIn = authenticate;
    const all = [{ targetGroupArn: this.targetGroup.targetGroupArn, weight: 1 }];
    if (this.jwt || this.signIn) this.divide(all);
    if (this.jwt && this.signIn) {
      // a rule has one way to tell callers: who brings a token is told by it, and everybody else signs in
      const tokens = new ApplicationListenerRule(this, 'Tokens', {
        listener: this.listener,
        priority: SIGN_IN_PRIORITY,
        conditions: [ListenerCondition.httpHeader('authorization', ['Bearer *'])],
        action: ListenerAction.forward([this.targetGroup]),
      });
      forwarded(tokens.node.defaultChild as CfnListenerRule, all, this.jwt);
    }
    if (authenticate && !this.signIn) {
      const page = new ApplicationListenerRule(this, 'SignIn', {
        listener: this.listener,
        priority: SIGN_IN_PRIORITY,
        conditions: [ListenerCondition.pathPatterns([...PAGE_PATHS])],
        action: ListenerAction.forward([this.targetGroup]),
      });
      forwarded(page.node.defaultChild as CfnListenerRule, all, undefined, authenticate);
    }
    this.targetGroup.addTarget(props.target); // now that it has a load balancer, by whose requests a group may grow
  }

  kept(): IConstruct[] {
    return [...this.parts];
  }

  newTargetGroup(scope: Construct, id: string): ApplicationTargetGroup {
    return fleetTargets(scope, id, this.targets);
  }

  divide(targetGroups: readonly Weighted[]): { readonly listener: string } {
    const jwt = this.signIn ? undefined : this.jwt;
    forwarded(this.listener.node.defaultChild as CfnListener, targetGroups, jwt, this.signIn);
    return { listener: this.listener.listenerArn };
  }
}
