/** The place of one model behind a front door that it shares: a rule of the listener, by path or by a name of its own. */
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { Connections, ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListenerCertificate,
  ApplicationListenerRule,
  ApplicationLoadBalancer,
  type ApplicationTargetGroup,
  type CfnListenerRule,
  type IApplicationListener,
  type IApplicationLoadBalancer,
  type IApplicationLoadBalancerTarget,
  ListenerAction,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ARecord, IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct, type IDependable } from 'constructs';
import { type SignIn, signsInForAll } from '../../model/stage/sign-in';
import type { VerifyJwt } from '../../model/stage/verify-jwt';
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
import { aliasRecords, certificateIn, type Entrance, type FrontDoorOptions } from './entrance';

/** Where a model stands behind a front door of several. */
export interface PlaceOptions {
  readonly door: PlaceDoor;
  /** What its requests begin with, e.g. `/titanic`. @default - it has a name of its own */
  readonly path?: string;
  /** The name of its own that clients call. @default - it is told from others by its path */
  readonly host?: string;
  /** 1 to 25,000, and of no other model: its rules have twice this number, and the one before. */
  readonly priority: number;
  /** Whether `priority` is that of the rule itself, behind a listener that is not ours. @default false */
  readonly exact?: boolean;
}

/** What a place is behind: a front door of several models, or what a load balancer of the user's is known by. */
export interface PlaceDoor {
  /** The name that is not of one model. */
  readonly domainName: string;
  /** Whether the load balancer is the user's. @default false */
  readonly existing?: boolean;
  readonly entrance: Pick<Entrance, 'certificate' | 'certificates' | 'names' | 'record'> &
    Partial<Pick<Entrance, 'accessLogs'>> & {
      readonly loadBalancer: IApplicationLoadBalancer;
      readonly listener: IApplicationListener;
      readonly securityGroup: ISecurityGroup;
      /** Name of a load balancer of the user's. @default - that of ours, or not known */
      readonly dnsName?: string;
    };
}

/** Before the rule of a model on a fleet of its own, which has twice the number of the model. */
const firstPriority = (priority: number) => 2 * priority - 1;
/** After it. */
const lastPriority = (priority: number) => 2 * priority + 1;

/** Of a model on a fleet: the rule that is before all others of it. */
const FIRST = 'First';

/** What clients write after `https://`. */
export const placeName = ({ door, host, path }: PlaceOptions) => `${host ?? door.domainName}${path ?? ''}`;

export interface PlaceProps
  extends PlaceOptions,
    Pick<BootOptions, 'backendTls'>,
    Pick<FrontDoorOptions, 'authenticate'>,
    TargetHealthOptions,
    TokenOptions {
  /**
   * Whether its instances serve others, too. Then its rule comes after that of a fleet of its own, as long as the model still
   * has one, and `takeOver` makes another that comes before.
   * @default false
   */
  readonly together?: boolean;
  readonly vpc: IVpc;
  readonly target: IApplicationLoadBalancerTarget;
  /** Gets the record of its own name, and what validates its certificate. @default - no record is made */
  readonly hostedZone?: IHostedZone;
  /** Whether its load balancer has no public addresses; the record is then in `privateZone`. */
  readonly internal?: FrontDoorOptions['internal'];
  readonly privateZone?: IHostedZone;
  /** That the front door has for its own name, too. @default - a new one, validated in `hostedZone` */
  readonly certificate?: ICertificate;
}

/** All of it is in the stack of the model: the front door does not change when one comes or goes. */
export class Place extends Construct implements Door {
  readonly loadBalancer: IApplicationLoadBalancer;
  readonly dnsName?: string;
  readonly listener: IApplicationListener;
  readonly targetGroup: ApplicationTargetGroup;
  readonly certificate?: ICertificate;
  readonly certificates?: readonly ICertificate[];
  readonly address: string;
  readonly accessLogs?: IBucket;
  readonly record?: ARecord;
  readonly connections: Connections;
  readonly shared = true;
  readonly route: ApplicationListenerRule;
  readonly trial: Door['trial'];
  private readonly jwt: VerifyJwt | undefined;
  private readonly signIn: SignIn | undefined;
  private readonly priority: number;
  private readonly targets: TargetOptions;
  private readonly own: IConstruct[] = [];

  constructor(scope: Construct, id: string, props: PlaceProps) {
    super(scope, id);
    const { door, host, path, priority, hostedZone } = props;
    const { loadBalancer, listener, accessLogs, certificate, certificates, names = [], record } = door.entrance;
    this.targets = { vpc: props.vpc, tls: props.backendTls ?? false, health: props.targetHealth };
    this.loadBalancer = loadBalancer;
    this.listener = listener;
    this.connections = listener.connections;
    if (accessLogs) this.accessLogs = accessLogs;
    const dnsName =
      loadBalancer instanceof ApplicationLoadBalancer ? loadBalancer.loadBalancerDnsName : door.entrance.dnsName;
    if (dnsName !== undefined) this.dnsName = dnsName;
    if (certificate) this.certificate = certificate;
    if (certificates && host === undefined) this.certificates = certificates;
    this.address = host ?? door.domainName;
    if (record && host === undefined) this.record = record;
    if (host !== undefined && hostedZone && !props.certificate) {
      const own = certificateIn(this, host, hostedZone);
      this.certificate = own;
      new ApplicationListenerCertificate(this, 'OfListener', { listener, certificates: [own] });
      this.own.push(own);
    }
    const zone = props.internal ? props.privateZone : hostedZone;
    if (host !== undefined && zone && dnsName !== undefined) {
      const records = aliasRecords(this, host, zone, loadBalancer);
      this.record = records[0];
      this.own.unshift(...records);
    }
    this.targetGroup = this.newTargetGroup(this, 'Targets');
    this.priority = priority;
    const conditions = [
      ListenerCondition.hostHeaders(host === undefined ? [door.domainName, ...names] : [host]),
      ...(path === undefined ? [] : [ListenerCondition.pathPatterns([path, `${path}/*`])]),
    ];
    this.trial = {
      priority: props.exact ? priority - 1 : firstPriority(priority),
      conditions,
      // the same rule as that of `takeOver`: one becomes the other where a rollout comes or goes
      ...(props.together && { scope: this, id: FIRST }),
    };
    this.route = new ApplicationListenerRule(this, 'Rule', {
      listener,
      priority: props.exact ? priority : props.together ? lastPriority(priority) : 2 * priority,
      conditions,
      action: ListenerAction.forward([this.targetGroup]),
    });
    this.jwt = props.verifyJwt;
    if (signsInForAll(props.authenticate)) this.signIn = props.authenticate;
    this.check(this.route);
    this.targetGroup.addTarget(props.target); // now that it has a load balancer, by whose requests a group may grow
  }

  /**
   * Take requests over from a fleet of its own when instances of this one are there: no request is lost, and that fleet can go.
   * With a rollout nothing is taken over: what divides the requests has to be there before the instances.
   *
   * @param served what is there by then
   */
  takeOver(...served: readonly IDependable[]): void {
    const rule = new ApplicationListenerRule(this, FIRST, {
      listener: this.listener,
      priority: firstPriority(this.priority),
      conditions: [...this.trial.conditions],
      action: ListenerAction.forward([this.targetGroup]),
    });
    this.check(rule);
    rule.node.addDependency(...served);
  }

  /** Callers show a token, or sign in, where that is asked for. */
  private check(rule: ApplicationListenerRule): void {
    if (!this.jwt && !this.signIn) return;
    this.forward(rule, [{ targetGroupArn: this.targetGroup.targetGroupArn, weight: 1 }]);
  }

  private forward(rule: ApplicationListenerRule, targetGroups: readonly Weighted[]): void {
    forwarded(rule.node.defaultChild as CfnListenerRule, targetGroups, this.jwt, this.signIn);
  }

  kept(): IConstruct[] {
    return this.own;
  }

  newTargetGroup(scope: Construct, id: string): ApplicationTargetGroup {
    return fleetTargets(scope, id, this.targets);
  }

  divide(targetGroups: readonly Weighted[]): { readonly rule: string } {
    this.forward(this.route, targetGroups);
    return { rule: this.route.listenerRuleArn };
  }
}
