/**
 * Findings of rule packs that are accepted, each with its reason: of cdk-nag's packs AwsSolutions, NIST 800-53 R5, HIPAA and
 * PCI DSS. docs/security.md prints this table; `npm run proof:validators` fails for a finding that is not in it.
 */
import type { IConstruct } from 'constructs';
import { acknowledge } from './acknowledge';

interface Acknowledgement {
  /** Names of the rules, those of AwsSolutions with their pack. */
  readonly rules: readonly string[];
  readonly reason: string;
}

/** By the part of an endpoint that has the findings. */
export const ACKNOWLEDGED = {
  'access log bucket': [
    {
      rules: ['AwsSolutions-S1', 'S3BucketLoggingEnabled'],
      reason: 'it holds access logs itself; a log of reading them would need a bucket with the same finding',
    },
    {
      rules: ['S3DefaultEncryptionKMS'],
      reason: 'load balancers write to no bucket under a KMS key; it is encrypted with keys of S3',
    },
    {
      rules: ['S3BucketReplicationEnabled'],
      reason:
        'the logs expire after 90 days; who has to keep them elsewhere replicates the bucket, whose name is an output',
    },
    {
      rules: ['S3BucketVersioningEnabled'],
      reason: 'without protect: nothing but the load balancer writes to it, each object under a name of its own',
    },
  ],
  'load balancer': [
    {
      rules: ['ELBDeletionProtectionEnabled'],
      reason:
        'in the template it would turn the rollback of a failed first deployment into a stack that cannot be removed; with protect the function that judges deployments sets it',
    },
    {
      rules: ['ALBWAFEnabled'],
      reason:
        'the handler reads requests strictly and bounds them; a web ACL of yours can be associated with the load balancer',
    },
    {
      rules: ['ALBHttpToHttpsRedirection', 'ELBv2ACMCertificateRequired'],
      reason: 'what listens on port 80 serves nothing: it redirects to HTTPS or answers 403; http: closed removes it',
    },
  ],
  'load balancer of PrivateLink': [
    {
      rules: ['AwsSolutions-ELB2', 'ELBLoggingEnabled'],
      reason: 'it hands connections on as they are; the load balancer behind it logs each request',
    },
    {
      rules: ['ELBDeletionProtectionEnabled'],
      reason: 'it holds nothing, and the service that needs it keeps it from being removed alone',
    },
    {
      rules: ['ELBv2ACMCertificateRequired'],
      reason: 'TLS ends at the load balancer behind it, which has the certificate',
    },
  ],
  'front door open to everybody': [
    {
      rules: ['AwsSolutions-EC23'],
      reason: 'the endpoint is public: anybody may call 443, and 80 only tells them to; allowFrom names who may',
    },
  ],
  'load balancer behind CloudFront': [
    {
      rules: ['AwsSolutions-EC23', 'EC2RestrictedCommonPorts', 'VPCSecurityGroupOpenToTheWorld'],
      reason:
        'it has no public address: who is in the network may call port 80, of which CloudFront is a part; allowFrom with the prefix list of CloudFront narrows it',
    },
  ],
  distribution: [
    {
      rules: ['AwsSolutions-CFR1', 'AwsSolutions-CFR2', 'CloudFrontDistributionGeoRestrictions'],
      reason: 'an endpoint is for whoever may call it, wherever; a web ACL of yours can be associated with it',
    },
    {
      rules: ['AwsSolutions-CFR3'],
      reason: 'nothing is answered at the edge, so that the access logs of the load balancer have every request',
    },
    {
      rules: ['AwsSolutions-CFR4', 'AwsSolutions-CFR5'],
      reason: 'the certificate is that of CloudFront, which decides on TLS; behind it the network of AWS is not left',
    },
  ],
  'distribution before a function': [
    {
      rules: ['AwsSolutions-CFR1', 'AwsSolutions-CFR2', 'CloudFrontDistributionGeoRestrictions'],
      reason: 'an endpoint is for whoever may call it, wherever; a web ACL of yours can be associated with it',
    },
    {
      rules: ['AwsSolutions-CFR3'],
      reason: 'nothing is answered at the edge, so that the log of the function has every request that gets through',
    },
    {
      rules: ['AwsSolutions-CFR4'],
      reason: 'the certificate is that of CloudFront, which decides on TLS',
    },
  ],
  'HTTP API': [
    {
      rules: ['AwsSolutions-APIG1'],
      reason: 'it answers nothing itself, so that the access logs of the load balancer have every request',
    },
    {
      rules: ['AwsSolutions-APIG4'],
      reason: 'the handler checks callers where access says so, and the endpoint is public otherwise',
    },
  ],
  'HTTP API before a function': [
    {
      rules: ['AwsSolutions-APIG1'],
      reason: 'the log of the function has every request that gets through; what the API refuses is in its metrics',
    },
    {
      rules: ['AwsSolutions-APIG4'],
      reason: 'the handler checks callers where access says so, and the endpoint is public otherwise',
    },
  ],
  function: [
    {
      rules: ['LambdaInsideVPC'],
      reason: 'it calls nobody but SSM, for keys; a network would cost more than the function',
    },
    {
      rules: ['LambdaDLQ'],
      reason: 'it is invoked by who waits for the answer',
    },
    {
      rules: ['LambdaConcurrency'],
      reason:
        'the HTTP API limits the requests; reserved concurrency is taken from that of the account, of which a new one has 10',
    },
    {
      rules: ['IAMNoInlinePolicy'],
      reason: 'the policy belongs to its role alone and goes with it',
    },
  ],
  'web ACL': [
    {
      rules: ['WAFv2LoggingEnabled'],
      reason: 'what a rule met is counted and sampled by WAF; its log would have every request, as the access log has',
    },
  ],
  logs: [
    {
      rules: ['CloudWatchLogGroupEncrypted'],
      reason: 'without encryptionKey: CloudWatch encrypts them with a key of its own',
    },
  ],
  network: [
    {
      rules: ['VPCDefaultSecurityGroupClosed'],
      reason:
        'nothing uses the default group; closing it takes a custom resource with a Lambda function. docs/security.md has the command',
    },
    {
      rules: ['VPCNoUnrestrictedRouteToIGW'],
      reason: 'of the public subnets, in which the load balancer stands alone; instances have no route',
    },
    {
      rules: ['IAMNoInlinePolicy'],
      reason: 'of the role of the flow log, which aws-cdk-lib makes; it may write to one log group',
    },
  ],
  'private subnet with IPv6': [
    {
      rules: ['VPCSubnetAutoAssignPublicIpDisabled'],
      reason: 'an IPv6 address behind an egress-only gateway is reached by nobody outside',
    },
  ],
  'role of the instances': [
    {
      rules: ['IAMNoInlinePolicy'],
      reason: 'the policy belongs to this role alone and goes with it',
    },
  ],
  sessions: [
    {
      rules: ['AwsSolutions-IAM5[Resource::*]'],
      reason: 'with sessionManager: the channels of the agent know no resources',
    },
  ],
  'autoscaling group': [
    {
      rules: ['AwsSolutions-AS3'],
      reason:
        'launches and terminations are the normal work of scaling; what needs a person, too few healthy hosts, has an alarm',
    },
  ],
  'autoscaling group with Spot': [
    {
      rules: ['AwsSolutions-EC26', 'EC2IMDSv2Enabled'],
      reason:
        'its launch template asks for IMDSv2 and encrypts volumes; the rules do not look for it in a policy of mixed instances',
    },
  ],
  verification: [
    {
      rules: ['LambdaInsideVPC'],
      reason: 'it calls the endpoint as clients do, by its public name; the network has no way out to there',
    },
    {
      rules: ['LambdaDLQ', 'LambdaConcurrency'],
      reason: 'CloudFormation calls it once in a deployment, and learns of a failure; nobody else may',
    },
    {
      rules: ['IAMNoInlinePolicy'],
      reason: 'the policy belongs to its role alone and goes with it',
    },
  ],
  'log of the verification': [
    {
      rules: ['CloudWatchLogGroupEncrypted'],
      reason:
        'without encryptionKey: CloudWatch encrypts it with a key of its own; it holds what differed in golden rows',
    },
  ],
  'warm pool': [
    {
      rules: ['LambdaInsideVPC'],
      reason: 'its function calls EC2 Auto Scaling alone, to which the network has no way',
    },
    {
      rules: ['LambdaDLQ', 'LambdaConcurrency'],
      reason:
        'EventBridge calls it once for each instance and tries again; one that it did not let go waits for its boot, and goes on',
    },
    {
      rules: ['IAMNoInlinePolicy'],
      reason: 'the policy belongs to its role alone and goes with it',
    },
  ],
  'log of the warm pool': [
    {
      rules: ['CloudWatchLogGroupEncrypted'],
      reason: 'without encryptionKey: CloudWatch encrypts it with a key of its own; it holds no data of requests',
    },
  ],
  'topic with lean monitoring': [
    {
      rules: ['AwsSolutions-SNS2', 'SNSEncryptedKMS'],
      reason:
        'a key costs more than all else of the topic; messages name an alarm and its metric, and are not kept. encryptionKey encrypts it',
    },
  ],
  alarms: [
    {
      rules: ['CloudWatchAlarmAction'],
      reason:
        'those without an action are parts of others that have one, or the stage declines to be told (notify: none)',
    },
  ],
} as const satisfies Record<string, readonly Acknowledgement[]>;

export type AcknowledgedPart = keyof typeof ACKNOWLEDGED;

/** Packs that name their rules alike. */
export const PACKS = ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'] as const;

/** Accept what the table says of a part, for a construct and what is within it. */
export function acknowledgePart(construct: IConstruct, part: AcknowledgedPart): void {
  for (const { rules, reason } of ACKNOWLEDGED[part] as readonly Acknowledgement[]) {
    for (const rule of rules) {
      const ids = rule.startsWith('AwsSolutions') ? [rule] : PACKS.map((pack) => `${pack}-${rule}`);
      for (const id of ids) acknowledge(construct, id, reason);
    }
  }
}
