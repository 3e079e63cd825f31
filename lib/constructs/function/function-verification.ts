/**
 * A deployment of a function judges itself: its new version is invoked, and clients get to it by the alias when it holds. Then
 * the way to it is tried as well, from outside.
 */
import { type CustomResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct, type IConstruct, type IDependable } from 'constructs';
import type { Access } from '../../model/stage/access';
import { CANARY_STATE, type Judged, PREVIOUS_PACKAGE, type ShiftSettings } from '../../model/stage/deployment';
import { canaryRuns, type Rollout } from '../../model/stage/rollout';
import type { FunctionPlan } from '../../sizing';
import { LOG_DAYS } from '../../sizing/plan/endpoint-parts';
import { EDGE_MS } from '../../sizing/service-level/front-door';
import { parameterArn } from '../boot/access';
import { decryptVia } from '../encryption/encryption-key';
import { acknowledge } from '../findings/acknowledge';
import { acknowledgePart } from '../findings/acknowledgements';
import { judgement, judgeProps, protection } from '../rollout/judging-function';
import type { ServedFunction } from './served-function';

export interface FunctionVerificationProps {
  /** What metrics and alarms are named after. */
  readonly name: string;
  /** What clients call. */
  readonly url: string;
  readonly plan: FunctionPlan;
  readonly served: ServedFunction;
  readonly access?: Access | undefined;
  /** Folder of the bundled function that judges. */
  readonly bundle: string;
  /** Of its log and its code, which has the golden rows. @default - those of the services */
  readonly key?: IKey;
}

/** A version has no boot: Lambda starts environments as requests come. */
const START_SECONDS = 60;

/** By which clients come. */
export interface ClientsWay {
  readonly parts: readonly IDependable[];
  /** Where the name is reached. @default - a record has it */
  readonly connectTo?: string | undefined;
  /** Whether only named callers get in, of which the function that judges is none. */
  readonly limited: boolean;
}

export class FunctionVerification extends Construct {
  /** The package that was deployed before the one that is, as JSON; `none` where there was none. */
  readonly previousPackage: string;
  /** What comes to be when the new version holds. */
  readonly verified: CustomResource;
  private readonly judge: LambdaFunction;
  private readonly role: Role;
  private readonly settings: Judged;
  private readonly served: ServedFunction;
  private shift?: ShiftSettings;

  constructor(scope: Construct, id: string, props: FunctionVerificationProps) {
    super(scope, id);
    const { access, key, plan, served } = props;
    this.served = served;
    acknowledgePart(this, 'verification');
    if (!key) acknowledgePart(this, 'log of the verification');
    const logGroup = new LogGroup(this, 'Logs', {
      retention: LOG_DAYS.verification,
      ...(key && { encryptionKey: key }),
      removalPolicy: RemovalPolicy.DESTROY, // what it says is in the events of the stack
    });
    this.role = new Role(this, 'Role', {
      description: 'Judges deployments of a Slipway endpoint',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn);
    this.allow(['cloudformation:DescribeStacks'], Stack.of(this).stackId);
    this.allow(['lambda:InvokeFunction'], `${served.function.functionArn}:*`);
    acknowledge(
      this.role,
      `AwsSolutions-IAM5[Resource::<${Stack.of(this).getLogicalId(served.function.node.defaultChild as never)}.Arn>:*]`,
      'it invokes each version of one function before clients do; a policy cannot name a version that is not there yet',
    );
    if (access?.deploymentKey !== undefined) {
      this.allow(['ssm:GetParameter'], parameterArn(Stack.of(this), access.deploymentKey));
      const keys = [access.encryptionKey, key?.keyArn].filter((arn) => arn !== undefined);
      for (const arn of keys) this.role.addToPolicy(decryptVia(this, arn, 'ssm'));
    }
    this.judge = new LambdaFunction(this, 'Function', {
      description: 'Judges deployments of a Slipway endpoint',
      ...judgeProps(props.bundle, logGroup, key),
      role: this.role,
    });
    this.settings = {
      url: props.url,
      anyAuthority: false,
      package: served.package,
      fleet: served.version.version,
      p99Ms: Math.max(plan.serviceLevel.p99Ms, plan.alarms.predictedDurationMs) + EDGE_MS,
      closed: access !== undefined,
      ...(access?.deploymentKey !== undefined && { deploymentKey: access.deploymentKey }),
      endpoint: props.name,
    };
    const settings = { ...this.settings, function: served.version.functionArn };
    this.verified = judgement(this, 'Verified', { Task: 'verify' }, settings, this.judge);
    this.verified.node.addDependency(served.version, this.role);
    this.previousPackage = this.verified.getAttString(PREVIOUS_PACKAGE);
  }

  /**
   * Give a new version a part of the requests before all of them, which it keeps where it holds. The alias must not be named
   * here: it moves when this is through.
   *
   * @returns what the alias waits for
   */
  tryFirst(rollout: Rollout, alias: string, alarm: Alarm): CustomResource {
    const name = this.served.function.functionName;
    const { shares, holdSeconds } = rollout;
    const { version } = this.served.version;
    const shift: ShiftSettings = {
      ...{ shares, holdSeconds, bootSeconds: START_SECONDS },
      ...{ function: name, alias, version, alarm: alarm.alarmName },
    };
    this.shift = shift;
    this.allow(['lambda:GetAlias', 'lambda:UpdateAlias'], this.served.function.functionArn);
    this.allow(['cloudwatch:SetAlarmState'], alarm.alarmArn);
    this.allow(['cloudwatch:GetMetricData'], '*'); // which knows no resources
    acknowledge(
      this.role,
      'AwsSolutions-IAM5[Resource::*]',
      'metrics know no resources; what the function changes is named',
    );
    const count = canaryRuns(rollout, START_SECONDS);
    let before = this.verified;
    for (let i = 0; i < count; i++) {
      const Last = i + 1 === count ? 'true' : 'false';
      const From = i === 0 ? undefined : before.getAttString(CANARY_STATE);
      const asked = { Task: 'canary', Last, ...(From && { From }) } as const;
      const settings = { ...this.settings, function: this.served.version.functionArn, shift };
      const run = judgement(this, `Canary${i + 1}`, asked, settings, this.judge);
      run.node.addDependency(before);
      before = run;
    }
    return before;
  }

  /** Try the way that clients take, when all of it is there; then keep it, or take away what kept it before. */
  reached({ parts, connectTo, limited }: ClientsWay, kept: readonly IConstruct[], protect: boolean): void {
    const settings = {
      ...this.settings,
      unhurried: true,
      ...(this.shift && { shift: this.shift }),
      ...(connectTo !== undefined && { connectTo }),
      ...(limited && { limited }),
    };
    const reached = judgement(this, 'Reached', { Task: 'verify' }, settings, this.judge);
    reached.node.addDependency(...parts);
    this.allow(['cloudformation:SetStackPolicy'], Stack.of(this).stackId);
    const protectedNow = judgement(this, 'Protected', { Task: 'protect' }, protection(this, kept, protect), this.judge);
    protectedNow.node.addDependency(reached);
  }

  private allow(actions: string[], resource: string): void {
    this.role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
  }
}
