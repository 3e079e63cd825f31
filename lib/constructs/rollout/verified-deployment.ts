/** A deployment judges itself: a function that CloudFormation calls when the fleet is new. What it refuses is rolled back. */
import { type CfnResource, type CustomResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { CfnAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { type IVpc, Peer, Port, SecurityGroup, type SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct, type IConstruct } from 'constructs';
import type { Access } from '../../model/stage/access';
import {
  CANARY_STATE,
  type Judged,
  type JudgeProperties,
  PREVIOUS_PACKAGE,
  PROBED,
  type Protected,
  type StoredPackage,
  WORK_SECONDS,
} from '../../model/stage/deployment';
import { longestSeconds, type Rollout } from '../../model/stage/rollout';
import { LOG_DAYS } from '../../sizing/plan/endpoint-parts';
import type { SizingPlan } from '../../sizing/plan/plan';
import { EDGE_MS, edgeOf } from '../../sizing/service-level/front-door';
import { parameterArn } from '../boot/access';
import { DUAL_STACK_ENDPOINTS } from '../boot/dual-stack';
import { decryptVia } from '../encryption/encryption-key';
import { acknowledge } from '../findings/acknowledge';
import { acknowledgePart } from '../findings/acknowledgements';
import type { Fleet } from '../fleet/fleet';
import type { Door } from '../front-door/door';
import { type Canary, groupArn } from './canary';
import { judgement, judgeProps, protection } from './judging-function';

/** What can be chosen of a rollout. */
export interface RolloutOptions {
  /** How a new package comes to all requests. @default - the instances are replaced, one after the other */
  readonly rollout?: Rollout;
}

export interface VerificationProps {
  /** @default - the instances are replaced without a trial */
  readonly canary?: { readonly canary: Canary; readonly rollout: Rollout };
  /** What metrics and alarms are named after. */
  readonly domainName: string;
  /** What clients call. */
  readonly url: string;
  readonly plan: SizingPlan;
  readonly access?: Access;
  /** Whether the load balancer lets in named callers alone. */
  readonly limited: boolean;
  readonly fleet: Fleet;
  readonly frontDoor: Door;
  /** Where a second function stands, which looks from within. @default - the endpoint is public, and one looks from outside */
  readonly inside?: Inside;
  /** Whether the certificate is the user's, and so maybe of an authority that the function does not know. */
  readonly ownCertificate: boolean;
  /** Whether what clients and data depend on is kept from being taken away. */
  readonly protect: boolean;
  /** Folder of the bundled function. */
  readonly bundle: string;
  readonly package: StoredPackage;
  /** Which of several models behind the endpoint it is. @default - that which the endpoint is made with */
  readonly variant?: string;
  /** Output of the stack that has `previousPackage`. @default PREVIOUS_PACKAGE_OUTPUT */
  readonly previousOutput?: string;
  /** Others of the stack that are judged, and what of theirs is kept. @default - it is the only one */
  readonly besides?: readonly Besides[];
  /** Whether another of the stack keeps what clients and data depend on, `besides`. @default false */
  readonly keptElsewhere?: boolean;
  /** Of its log and its code, which has the golden rows. @default - those of the services */
  readonly key?: IKey;
}

/** A judgement whose end is waited for before anything is kept. */
export interface Besides {
  readonly verified: CustomResource;
  readonly kept: readonly IConstruct[];
}

/** Subnets from which an internal endpoint is reached. */
export interface Inside {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
}

/** What a step of a canary has, a little less than the function stops by itself after. */
const STEP_SECONDS = WORK_SECONDS - 30;

/**
 * It asks from outside of the network, as clients do: the name is public. So it needs no network and no endpoints of its own.
 * Of an internal endpoint a second function looks from within, and the first one judges by what that saw: only the first
 * reaches CloudFormation, and it needs no endpoint for that either.
 */
export class Verification extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;
  /** The package that was deployed before the one that is, as JSON; `none` where there was none. */
  readonly previousPackage: string;
  /** What comes to be when it has judged. */
  readonly verified: CustomResource;
  private readonly settings: Judged;

  constructor(scope: Construct, id: string, props: VerificationProps) {
    super(scope, id);
    acknowledgePart(this, 'verification');
    if (!props.key) acknowledgePart(this, 'log of the verification');
    const { domainName, plan, access, fleet, frontDoor } = props;
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: LOG_DAYS.verification,
      ...(props.key && { encryptionKey: props.key }),
      removalPolicy: RemovalPolicy.DESTROY, // what it says is in the events of the stack
    });
    this.role = new Role(this, 'Role', {
      description: 'Judges deployments of a Slipway endpoint',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], this.logGroup.logGroupArn);
    this.allow(['cloudformation:DescribeStacks'], Stack.of(this).stackId);
    for (const statement of this.readKey(props)) this.role.addToPolicy(statement);
    this.function = new LambdaFunction(this, 'Function', {
      description: 'Judges deployments of a Slipway endpoint',
      ...judgeProps(props.bundle, this.logGroup, props.key),
      role: this.role,
    });
    const { minimum, maximum } = plan.instances;
    const edge = edgeOf(plan.serviceLevel);
    this.settings = {
      url: props.url,
      // the record of an internal endpoint is in a zone that this network may not be associated with
      ...(((edge === undefined && !frontDoor.record) || props.inside) &&
        frontDoor.dnsName !== undefined && { connectTo: frontDoor.dnsName }),
      anyAuthority: props.ownCertificate,
      package: props.package,
      ...(props.variant !== undefined && { variant: props.variant }),
      ...(props.previousOutput !== undefined && { previousOutput: props.previousOutput }),
      // a new version whenever model, handler, access, type or image is another
      fleet: `${fleet.launchTemplate.latestVersionNumber} x ${minimum}-${maximum}`,
      p99Ms: Math.max(plan.serviceLevel.p99Ms, plan.alarms.predictedP99Ms) + (edge === undefined ? 0 : EDGE_MS),
      closed: access !== undefined,
      ...(props.limited && { limited: true }),
      ...(access?.deploymentKey !== undefined && { deploymentKey: access.deploymentKey }),
      endpoint: domainName,
    };
    const probed = props.inside && this.probe(props, props.inside);
    probed?.node.addDependency(fleet.group, fleet.created, frontDoor);
    const Probed = probed?.getAttString(PROBED);
    const verified = this.resource(
      'Verified',
      { Task: 'verify', ...(Probed && { Probed }) },
      this.withCanary(props, true),
    );
    verified.node.addDependency(fleet.group, fleet.created, frontDoor);
    this.verified = verified;
    if (!props.keptElsewhere) this.protectAfter(verified, props);
    if (props.canary) this.tryFirst(props, props.canary, verified);
    this.previousPackage = verified.getAttString(PREVIOUS_PACKAGE);
  }

  /** Reading the key of deployments, where there is one. */
  private readKey({ access, key }: VerificationProps): PolicyStatement[] {
    if (access?.deploymentKey === undefined) return [];
    const actions = ['ssm:GetParameter'];
    const read = new PolicyStatement({ actions, resources: [parameterArn(Stack.of(this), access.deploymentKey)] });
    const keys = [...(access.encryptionKey === undefined ? [] : [access.encryptionKey]), ...(key ? [key.keyArn] : [])];
    return [read, ...keys.map((arn) => decryptVia(this, arn, 'ssm'))];
  }

  /** Looks at the endpoint from within. It may read the key of deployments, and nothing else. */
  private probe(props: VerificationProps, { vpc, subnets }: Inside): CustomResource {
    const { frontDoor, plan } = props;
    const role = new Role(this, 'ProbeRole', {
      description: 'Looks at a Slipway endpoint from within its network',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    const allow = (actions: string[], resource: string) =>
      role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], this.logGroup.logGroupArn);
    // as AWSLambdaVPCAccessExecutionRole has it: interfaces are made before they have an ARN
    allow(
      [
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:DeleteNetworkInterface',
      ],
      '*',
    );
    acknowledge(
      role,
      'AwsSolutions-IAM5[Resource::*]',
      'network interfaces of a function, which Lambda makes and removes',
    );
    for (const statement of this.readKey(props)) role.addToPolicy(statement);
    const securityGroup = new SecurityGroup(this, 'ProbeSecurityGroup', {
      vpc,
      description: 'Looks at a Slipway endpoint from within its network',
      allowAllOutbound: false,
    });
    securityGroup.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'the endpoint, S3 and SSM');
    const dualStack = plan.serviceLevel.egress === 'ipv6';
    if (dualStack) securityGroup.addEgressRule(Peer.anyIpv6(), Port.HTTPS, 'SSM');
    // a shared front door must not refer to the stack of a model
    if (frontDoor.shared) securityGroup.connections.allowTo(frontDoor, Port.HTTPS, 'judges deployments');
    else frontDoor.connections.allowFrom(securityGroup, Port.HTTPS, 'judges deployments');
    const probe = new LambdaFunction(this, 'Probe', {
      description: 'Looks at a Slipway endpoint from within its network',
      ...judgeProps(props.bundle, this.logGroup, props.key),
      role,
      vpc,
      vpcSubnets: subnets,
      securityGroups: [securityGroup],
      ...(dualStack && { ipv6AllowedForDualStack: true, environment: DUAL_STACK_ENDPOINTS }),
    });
    probe.node.addDependency(role);
    return this.resource('Probed', { Task: 'probe' }, { ...this.settings, limited: false }, probe);
  }

  /**
   * When the first deployment has gone well, and not before: until then all of it can be removed. It is there without
   * protection, too: then it takes away what was set before.
   */
  private protectAfter(verified: CustomResource, { frontDoor, fleet, protect, besides = [] }: VerificationProps): void {
    const { loadBalancer, shared } = frontDoor;
    if (!shared) this.allow(['elasticloadbalancing:ModifyLoadBalancerAttributes'], loadBalancer.loadBalancerArn);
    this.allow(['cloudformation:SetStackPolicy'], Stack.of(this).stackId);
    const kept = [...frontDoor.kept(), ...besides.flatMap((one) => one.kept), fleet.logGroup];
    const settings = protection(this, kept, protect, shared ? undefined : (loadBalancer as ApplicationLoadBalancer));
    this.resource('Protected', { Task: 'protect' }, settings).node.addDependency(
      verified,
      ...besides.map((one) => one.verified),
    );
  }

  /** @param whenDone whether the main group is there by then, so that it can be named */
  private withCanary({ canary: tried, fleet }: VerificationProps, whenDone: boolean): Judged {
    if (!tried) return this.settings;
    const { settings } = tried.canary;
    const main = whenDone ? { ...settings.main, group: fleet.group.autoScalingGroupName } : settings.main;
    return { ...this.settings, canary: { ...settings, main } };
  }

  /**
   * Steps before the main group changes, each as long as a function may run, and as many as the rollout may take; one that
   * is through leaves the others nothing to do.
   */
  private tryFirst(
    props: VerificationProps,
    { canary, rollout }: { readonly canary: Canary; readonly rollout: Rollout },
    verified: CustomResource,
  ): void {
    for (const statement of canary.statements()) this.role.addToPolicy(statement);
    acknowledge(
      this.role,
      'AwsSolutions-IAM5[Resource::*]',
      'descriptions and metrics know no resources; what the function changes is named',
    );
    const { plan, fleet, frontDoor } = props;
    const count = Math.ceil(longestSeconds(rollout, plan.bootTimeoutSeconds) / STEP_SECONDS);
    let before: CustomResource | undefined;
    for (let i = 0; i < count; i++) {
      const Last = i + 1 === count ? 'true' : 'false';
      const From = before?.getAttString(CANARY_STATE);
      const settings = this.withCanary(props, false);
      before = this.resource(`Canary${i + 1}`, { Task: 'canary', Last, ...(From && { From }) }, settings);
      before.node.addDependency(canary.group, frontDoor.route);
    }
    (fleet.group.node.defaultChild as CfnAutoScalingGroup).addResourceDependency(
      before!.node.defaultChild as CfnResource,
    );
    // of its own, since what comes before the main group must not name it
    const handOver = new Policy(this, 'HandOver', {
      roles: [this.role],
      statements: [
        new PolicyStatement({ actions: ['autoscaling:SetDesiredCapacity'], resources: [groupArn(this, fleet.group)] }),
      ],
    });
    verified.node.addDependency(handOver);
  }

  private allow(actions: string[], resource: string): void {
    this.role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
  }

  private resource(
    id: string,
    properties: Omit<JudgeProperties, 'Settings'>,
    settings: Judged | Protected,
    by = this.function,
  ): CustomResource {
    return judgement(this, id, properties, settings, by);
  }
}
