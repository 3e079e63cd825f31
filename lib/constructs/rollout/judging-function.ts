/** The function that judges deployments, and what it is asked by a stack. */
import { CfnDeletionPolicy, type CfnResource, CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { CfnLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct, type IConstruct } from 'constructs';
import { bundleDigest, FUNCTION_MODULE } from '../../artifacts/verification-bundle';
import { FUNCTION_SECONDS, type Judged, type JudgeProperties, type Protected } from '../../model/stage/deployment';
import { LOG_DAYS } from '../../sizing/plan/endpoint-parts';
import { acknowledgePart } from '../findings/acknowledgements';
import type { Entrance } from '../front-door/entrance';

/** CloudFormation gives up a little after the function would have. */
const SERVICE_TIMEOUT = Duration.seconds(FUNCTION_SECONDS + 30);

/** What it is whatever it does. @param bundle folder of the bundled function, @param key of its code */
export function judgeProps(bundle: string, logGroup: LogGroup, key?: IKey) {
  return {
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: `${FUNCTION_MODULE}.handler`,
    // a digest of our own: that of the CDK is kept in the home folder
    code: Code.fromAsset(bundle, { assetHash: bundleDigest(bundle), ...(key && { sourceKMSKey: key }) }),
    memorySize: 1024, // of which its processor follows: it measures milliseconds
    timeout: Duration.seconds(FUNCTION_SECONDS),
    logGroup,
  };
}

/** @param settings or their text, where the template has it elsewhere */
export function judgement(
  scope: Construct,
  id: string,
  properties: Omit<JudgeProperties, 'Settings'>,
  settings: Judged | Protected | string,
  by: LambdaFunction,
): CustomResource {
  return new CustomResource(scope, id, {
    serviceToken: by.functionArn,
    serviceTimeout: SERVICE_TIMEOUT,
    resourceType: 'Custom::SlipwayJudgement',
    properties: {
      ...properties,
      Settings: typeof settings === 'string' ? settings : Stack.of(scope).toJsonString(settings),
    },
  });
}

/**
 * What a stack keeps from being taken away, in its template and for the function.
 *
 * @param loadBalancer where it is of this stack
 */
export function protection(
  scope: Construct,
  parts: readonly IConstruct[],
  on: boolean,
  loadBalancer?: Entrance['loadBalancer'],
): Protected {
  const kept = parts.map((part) => part.node.defaultChild as CfnResource);
  for (const { cfnOptions } of on ? kept : []) {
    cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    cfnOptions.deletionPolicy ??= CfnDeletionPolicy.DELETE; // as without, and said: whoever removes a stack means it
  }
  return {
    ...(loadBalancer && {
      loadBalancer: loadBalancer.loadBalancerArn,
      attributes: (loadBalancer.node.defaultChild as CfnLoadBalancer).loadBalancerAttributes,
    }),
    on,
    kept: kept.map((resource) => Stack.of(scope).getLogicalId(resource)),
  };
}

export interface DoorProtectionProps {
  readonly entrance: Entrance;
  readonly on: boolean;
  /** Folder of the bundled function. */
  readonly bundle: string;
  /** Of its log and its code. @default - those of the services */
  readonly key?: IKey;
}

/** Protects a front door that several models share, when all of it is there. */
export class DoorProtection extends Construct {
  constructor(scope: Construct, id: string, { entrance, on, bundle, key }: DoorProtectionProps) {
    super(scope, id);
    acknowledgePart(this, 'verification');
    if (!key) acknowledgePart(this, 'log of the verification');
    const logGroup = new LogGroup(this, 'Logs', {
      retention: LOG_DAYS.verification,
      ...(key && { encryptionKey: key }),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      description: 'Protects a Slipway front door',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    for (const [actions, resource] of [
      [['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn],
      [['elasticloadbalancing:ModifyLoadBalancerAttributes'], entrance.loadBalancer.loadBalancerArn],
      [['cloudformation:SetStackPolicy'], Stack.of(this).stackId],
    ] as const) {
      role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
    }
    const by = new LambdaFunction(this, 'Function', {
      description: 'Protects a Slipway front door',
      ...judgeProps(bundle, logGroup, key),
      role,
    });
    const settings = protection(this, entrance.kept, on, entrance.loadBalancer);
    const protectedDoor = judgement(this, 'Protected', { Task: 'protect' }, settings, by);
    protectedDoor.node.addDependency(entrance.listener, ...entrance.kept, role);
  }
}
