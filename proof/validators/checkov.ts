/** Findings of checkov that are accepted; docs/security.md has the reasons at length, for the same findings of other packs. */
export interface Accepted {
  readonly check: string;
  /** Logical ids that it is accepted for. */
  readonly resource: RegExp;
  readonly reason: string;
}

const PORT_80 = 'what listens on port 80 serves nothing: it redirects to HTTPS or answers 403';

export const ACCEPTED: readonly Accepted[] = [
  { check: 'CKV_AWS_18', resource: /AccessLogs\w{8}$/, reason: 'the bucket holds access logs itself' },
  { check: 'CKV_AWS_21', resource: /AccessLogs\w{8}$/, reason: 'without protect: only the load balancer writes to it' },
  { check: 'CKV_AWS_158', resource: /Logs\w{8}$/, reason: 'CloudWatch encrypts log groups with a key of its own' },
  { check: 'CKV_AWS_260', resource: /FrontDoorSecurityGroup\w{8}$/, reason: PORT_80 },
  { check: 'CKV_AWS_2', resource: /LoadBalancerHttp\w{8}$/, reason: PORT_80 },
  { check: 'CKV_AWS_103', resource: /LoadBalancerHttp\w{8}$/, reason: PORT_80 },
  {
    check: 'CKV_AWS_115',
    resource: /VerificationFunction\w{8}$/,
    reason: 'CloudFormation calls it once in a deployment',
  },
  { check: 'CKV_AWS_116', resource: /VerificationFunction\w{8}$/, reason: 'CloudFormation learns of a failure' },
  { check: 'CKV_AWS_117', resource: /VerificationFunction\w{8}$/, reason: 'it calls the endpoint by its public name' },
];
