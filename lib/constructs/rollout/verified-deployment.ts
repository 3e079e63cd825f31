/** A deployment judges itself: a function that CloudFormation calls when the fleet is new. What it refuses is rolled back. */
import { CfnDeletionPolicy, type CfnResource, CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { CfnAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import type { CfnLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { FUNCTION_MODULE, verificationDigest } from '../../artifacts/verification-bundle';
import type { Access } from '../../model/stage/access';
import {
  CANARY_STATE,
  FUNCTION_SECONDS,
  type Judged,
  type JudgeProperties,
  PREVIOUS_PACKAGE,
  type Protected,
  type StoredPackage,
  WORK_SECONDS,
} from '../../model/stage/deployment';
import { longestSeconds, type Rollout } from '../../model/stage/rollout';
import { LOG_DAYS } from '../../sizing/endpoint-parts';
import type { SizingPlan } from '../../sizing/plan';
import { acknowledge } from '../acknowledge';
import { acknowledgePart } from '../acknowledgements';
import { parameterArn } from '../boot/access';
import type { Fleet } from '../fleet/fleet';
import type { FrontDoor } from '../front-door/front-door';
import { type Canary, groupArn } from './canary';

/** What can be chosen of a rollout. */
export interface RolloutOptions {
  /** How a new package comes to all requests. @default - the instances are replaced, one after the other */
  readonly rollout?: Rollout;
}

export interface VerificationProps {
  /** @default - the instances are replaced without a trial */
  readonly canary?: { readonly canary: Canary; readonly rollout: Rollout };
  readonly domainName: string;
  readonly plan: SizingPlan;
  readonly access?: Access;
  /** Whether the load balancer lets in named callers alone. */
  readonly limited: boolean;
  readonly fleet: Fleet;
  readonly frontDoor: FrontDoor;
  /** Whether the certificate is the user's, and so maybe of an authority that the function does not know. */
  readonly ownCertificate: boolean;
  /** Whether what clients and data depend on is kept from being taken away. */
  readonly protect: boolean;
  /** Folder of the bundled function. */
  readonly bundle: string;
  readonly package: StoredPackage;
}

/** What a step of a canary has, a little less than the function stops by itself after. */
const STEP_SECONDS = WORK_SECONDS - 30;

/** CloudFormation gives up a little after the function would have. */
const SERVICE_TIMEOUT = Duration.seconds(FUNCTION_SECONDS + 30);

/**
 * It asks from outside of the network, as clients do: the name is public. So it needs no network and no endpoints of its own.
 */
export class Verification extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;
  /** The package that was deployed before the one that is, as JSON; `none` where there was none. */
  readonly previousPackage: string;
  private readonly settings: Judged;

  constructor(scope: Construct, id: string, props: VerificationProps) {
    super(scope, id);
    acknowledgePart(this, 'verification');
    const { domainName, plan, access, fleet, frontDoor } = props;
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: LOG_DAYS.verification,
      removalPolicy: RemovalPolicy.DESTROY, // what it says is in the events of the stack
    });
    this.role = new Role(this, 'Role', {
      description: 'Judges deployments of a Slipway endpoint',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], this.logGroup.logGroupArn);
    this.allow(['cloudformation:DescribeStacks'], Stack.of(this).stackId);
    if (access?.deploymentKey !== undefined) {
      this.allow(['ssm:GetParameter'], parameterArn(Stack.of(this), access.deploymentKey));
      if (access.encryptionKey !== undefined) this.allow(['kms:Decrypt'], access.encryptionKey);
    }
    this.function = new LambdaFunction(this, 'Function', {
      description: 'Judges deployments of a Slipway endpoint',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: `${FUNCTION_MODULE}.handler`,
      // a digest of our own: that of the CDK is kept in the home folder
      code: Code.fromAsset(props.bundle, { assetHash: verificationDigest(props.bundle) }),
      memorySize: 1024, // of which its processor follows: it measures milliseconds
      timeout: Duration.seconds(FUNCTION_SECONDS),
      role: this.role,
      logGroup: this.logGroup,
    });
    const { minimum, maximum } = plan.instances;
    this.settings = {
      url: `https://${domainName}`,
      ...(!frontDoor.record && { connectTo: frontDoor.loadBalancer.loadBalancerDnsName }),
      anyAuthority: props.ownCertificate,
      package: props.package,
      // a new version whenever model, handler, access, type or image is another
      fleet: `${fleet.launchTemplate.latestVersionNumber} x ${minimum}-${maximum}`,
      p99Ms: Math.max(plan.serviceLevel.p99Ms, plan.alarms.predictedP99Ms),
      closed: access !== undefined,
      ...(props.limited && { limited: true }),
      ...(access?.deploymentKey !== undefined && { deploymentKey: access.deploymentKey }),
      endpoint: domainName,
    };
    const verified = this.resource('Verified', { Task: 'verify' }, this.withCanary(props, true));
    verified.node.addDependency(fleet.group, fleet.created, frontDoor);
    this.protectAfter(verified, props);
    if (props.canary) this.tryFirst(props, props.canary, verified);
    this.previousPackage = verified.getAttString(PREVIOUS_PACKAGE);
  }

  /**
   * When the first deployment has gone well, and not before: until then all of it can be removed. It is there without
   * protection, too: then it takes away what was set before.
   */
  private protectAfter(verified: CustomResource, { frontDoor, fleet, protect }: VerificationProps): void {
    const { loadBalancer } = frontDoor;
    this.allow(['elasticloadbalancing:ModifyLoadBalancerAttributes'], loadBalancer.loadBalancerArn);
    this.allow(['cloudformation:SetStackPolicy'], Stack.of(this).stackId);
    const kept = [...frontDoor.kept(), fleet.logGroup].map((part) => part.node.defaultChild as CfnResource);
    if (protect) for (const { cfnOptions } of kept) cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    const settings: Protected = {
      loadBalancer: loadBalancer.loadBalancerArn,
      attributes: (loadBalancer.node.defaultChild as CfnLoadBalancer).loadBalancerAttributes,
      on: protect,
      kept: kept.map((resource) => Stack.of(this).getLogicalId(resource)),
    };
    this.resource('Protected', { Task: 'protect' }, settings).node.addDependency(verified);
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
      before.node.addDependency(canary.group, frontDoor.listener);
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
  ): CustomResource {
    return new CustomResource(this, id, {
      serviceToken: this.function.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      resourceType: 'Custom::SlipwayJudgement',
      properties: { ...properties, Settings: Stack.of(this).toJsonString(settings) },
    });
  }
}
