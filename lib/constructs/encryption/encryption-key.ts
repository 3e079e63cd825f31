/** The key that encrypts what an endpoint keeps: one of the stage's own, or one that is there. */
import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { OWN_KEY } from '../../model/stage/encryption';

export interface EncryptionOptions {
  /**
   * Encrypts logs, volumes, alarms, and the function that judges deployments: `stage` for a new key that is rotated every year,
   * the ARN of a key, or a key. One that is there must let the services use it: docs/guide/encryption.md has its policy.
   * @default - the keys of each service
   */
  readonly encryptionKey?: string | IKey;
}

/** The key that is meant; undefined where none is. */
export function encryptionKey(scope: Construct, given: EncryptionOptions['encryptionKey']): IKey | undefined {
  if (typeof given !== 'string') return given;
  return given === OWN_KEY ? newKey(scope) : Key.fromKeyArn(scope, 'EncryptionKey', given);
}

/** It stays when the stack goes, as the logs do that are read by it. */
function newKey(scope: Construct): Key {
  const key = new Key(scope, 'EncryptionKey', {
    description: 'What a Slipway endpoint keeps: logs, volumes, alarms',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  for (const statement of keyStatements(scope)) key.addToResourcePolicy(statement);
  new CfnOutput(Stack.of(scope), 'EncryptionKeyArn', {
    value: key.keyArn,
    description: 'Key of the logs, volumes and alarms; stays when the stack goes, since old logs are read by it',
  });
  return key;
}

/** By what one of the account is named who uses a key through a service; KMS developer guide, kms:ViaService. */
export const via = (scope: Construct, service: string): string => {
  const { region, urlSuffix } = Stack.of(scope);
  return `${service}.${region}.${urlSuffix}`;
};

const USE = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];

/**
 * Who uses the key besides the account, whose own policies say what its users and roles may. It names account and region alone:
 * whatever uses it may be of a later stack.
 *
 * Sources: CloudWatch Logs user guide, "Encrypt log data"; EC2 Auto Scaling user guide, "Required KMS key policy"; SNS
 * developer guide, "Key management"; Lambda developer guide, "Encrypting .zip packages".
 */
export function keyStatements(scope: Construct): PolicyStatement[] {
  const { account, region, partition } = Stack.of(scope);
  // no principal: the role comes to be with the first group of an account, and a policy cannot name who is not there
  const autoScaling = {
    'kms:CallerAccount': account,
    'kms:ViaService': via(scope, 'ec2'),
    'aws:PrincipalArn': `arn:${partition}:iam::${account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
  };
  return [
    new PolicyStatement({
      sid: 'LogGroups',
      principals: [new ServicePrincipal(via(scope, 'logs'))],
      actions: USE,
      resources: ['*'],
      conditions: {
        ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:*` },
      },
    }),
    new PolicyStatement({
      sid: 'Volumes',
      principals: [new AnyPrincipal()],
      actions: USE,
      resources: ['*'],
      conditions: { StringEquals: autoScaling },
    }),
    new PolicyStatement({
      sid: 'AttachVolumes',
      principals: [new AnyPrincipal()],
      actions: ['kms:CreateGrant'],
      resources: ['*'],
      conditions: { StringEquals: autoScaling, Bool: { 'kms:GrantIsForAWSResource': true } },
    }),
    new PolicyStatement({
      sid: 'Alarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
    new PolicyStatement({
      sid: 'Functions',
      principals: [new ServicePrincipal('lambda.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      conditions: {
        StringLike: {
          'kms:EncryptionContext:aws:lambda:FunctionArn': `arn:${partition}:lambda:${region}:${account}:function:*`,
        },
      },
    }),
  ];
}

/** Decrypting what a role of the account reads from these services, and nothing by itself. */
export function decryptVia(scope: Construct, keyArn: string, ...services: string[]): PolicyStatement {
  const [one, ...others] = services.map((service) => via(scope, service));
  return new PolicyStatement({
    actions: ['kms:Decrypt'],
    resources: [keyArn],
    conditions: { StringEquals: { 'kms:ViaService': others.length === 0 ? one : [one, ...others] } },
  });
}
