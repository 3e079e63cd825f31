/** Findings of rules that know no acknowledgement in the tree, of checkov and Guard, that are accepted; docs/security.md prints them. */
export interface Accepted {
  readonly part: string;
  readonly checks: readonly string[];
  /** What it is accepted for: logical ids of checkov, paths of constructs of Guard. */
  readonly resource: RegExp;
  readonly reason: string;
}

const PORT_80 = 'what listens on port 80 serves nothing: it redirects to HTTPS or answers 403';
const BEHIND_EDGE =
  'it has no public address and no certificate, since the stage has no domain: CloudFront or the HTTP API has HTTPS';
const HANDS_ON = 'it hands connections on as they are; the load balancer behind it logs each request';
const IN_ITS_LOG =
  'the log of the function has every request that gets through; what the API refuses is in its metrics';
const NO_NETWORK = 'it calls nobody but SSM, for keys; a network would cost more than the function';
const OWN_KEY = 'without encryptionKey: CloudWatch encrypts them with a key of its own';

export const CHECKOV: readonly Accepted[] = [
  {
    part: 'access log bucket',
    checks: ['CKV_AWS_18'],
    resource: /AccessLogs\w{8}$/,
    reason: 'it holds access logs itself',
  },
  {
    part: 'access log bucket',
    checks: ['CKV_AWS_21'],
    resource: /AccessLogs\w{8}$/,
    reason: 'without protect: only the load balancer writes to it',
  },
  {
    part: 'topic with lean monitoring',
    checks: ['CKV_AWS_26'],
    resource: /NotifyTopic\w{8}$/,
    reason: 'a key costs more than all else of the topic; others have one, as cdk-nag looks for',
  },
  { part: 'logs', checks: ['CKV_AWS_158'], resource: /Logs\w{8}$/, reason: OWN_KEY },
  {
    part: 'front door open to everybody',
    checks: ['CKV_AWS_260'],
    resource: /FrontDoorSecurityGroup\w{8}$/,
    reason: PORT_80,
  },
  {
    part: 'load balancer',
    checks: ['CKV_AWS_2', 'CKV_AWS_103'],
    resource: /LoadBalancerHttp\w{8}$/,
    reason: PORT_80,
  },
  {
    part: 'load balancer behind CloudFront or an HTTP API',
    checks: ['CKV_AWS_2', 'CKV_AWS_103'],
    resource: /LoadBalancerInside\w{8}$/,
    reason: BEHIND_EDGE,
  },
  {
    part: 'load balancer of PrivateLink',
    checks: ['CKV_AWS_91'],
    resource: /PrivateLinkLoadBalancer\w{8}$/,
    reason: HANDS_ON,
  },
  {
    part: 'service of PrivateLink',
    checks: ['CKV_AWS_123'],
    resource: /PrivateLinkService\w{8}$/,
    reason: 'who may connect is named in its permissions; acceptanceRequired of privateLink asks a person, too',
  },
  {
    part: 'distribution',
    checks: ['CKV_AWS_68', 'CKV_AWS_86', 'CKV_AWS_174'],
    resource: /FrontDoorDistribution\w{8}$/,
    reason:
      'the certificate is that of CloudFront, which decides on TLS; the access logs of the load balancer have every request; a web ACL of yours can be associated',
  },
  {
    part: 'distribution before a function',
    checks: ['CKV_AWS_68', 'CKV_AWS_86', 'CKV_AWS_174'],
    resource: /EndpointApiDistribution\w{8}$/,
    reason:
      'the certificate is that of CloudFront, which decides on TLS; the log of the function has every request that gets through; a web ACL of yours can be associated',
  },
  {
    part: 'HTTP API',
    checks: ['CKV_AWS_95'],
    resource: /ApiDefaultStage\w{8}$/,
    reason: 'it answers nothing itself, so that the access logs of the load balancer have every request',
  },
  {
    part: 'HTTP API before a function',
    checks: ['CKV_AWS_95'],
    resource: /EndpointApiStage\w{8}$/,
    reason: IN_ITS_LOG,
  },
  {
    part: 'function',
    checks: ['CKV_AWS_115', 'CKV_AWS_116'],
    resource: /ServedFunction\w{8}$/,
    reason: 'the HTTP API limits the requests, and who sends one waits for the answer',
  },
  {
    part: 'function',
    checks: ['CKV_AWS_117'],
    resource: /ServedFunction\w{8}$/,
    reason: NO_NETWORK,
  },
  {
    part: 'function',
    checks: ['CKV_AWS_173'],
    resource: /ServedFunction\w{8}$/,
    reason: 'its environment names parameters, and has no secret',
  },
  {
    part: 'sessions',
    checks: ['CKV_AWS_111'],
    resource: /(Fleet|Shadow)RoleDefaultPolicy\w{8}$/,
    reason: 'with sessionManager: the channels of the agent know no resources',
  },
  {
    part: 'key of the stage',
    checks: ['CKV_AWS_33'],
    resource: /EncryptionKey\w{8}$/,
    reason:
      'the role of autoscaling comes to be with the first group of an account: a condition names it, since a principal would have to be there',
  },
  {
    part: 'verification',
    checks: ['CKV_AWS_115', 'CKV_AWS_116'],
    resource: /(Verification(Function|Probe)|ProtectionFunction)\w{8}$/,
    reason: 'CloudFormation calls it once in a deployment, and learns of a failure',
  },
  {
    part: 'verification',
    checks: ['CKV_AWS_117'],
    resource: /(Verification|Protection)Function\w{8}$/,
    reason: 'it calls the endpoint by its public name',
  },
  {
    part: 'verification',
    checks: ['CKV_AWS_111'],
    resource: /VerificationProbeRoleDefaultPolicy\w{8}$/,
    reason: 'network interfaces of a function, which Lambda makes and removes, have no ARN before',
  },
  {
    part: 'verification',
    checks: ['CKV_AWS_173'],
    resource: /VerificationProbe\w{8}$/,
    reason: 'its environment says which names of AWS services it calls, and no secret',
  },
  {
    part: 'warm pool',
    checks: ['CKV_AWS_115', 'CKV_AWS_116'],
    resource: /WarmPoolFunction\w{8}$/,
    reason:
      'EventBridge calls it once for each instance and tries again; one that it did not let go waits for its boot',
  },
  {
    part: 'warm pool',
    checks: ['CKV_AWS_117'],
    resource: /WarmPoolFunction\w{8}$/,
    reason: 'it calls EC2 Auto Scaling alone, to which the network has no way',
  },
];

export const GUARD: readonly Accepted[] = [
  {
    part: 'access log bucket',
    checks: ['s3_bucket_default_encryption_kms_check', 's3_bucket_object_lock_enabled_check'],
    resource: /\/AccessLogs\/Resource$/,
    reason: 'load balancers write to no bucket under a KMS key or with object lock',
  },
  {
    part: 'access log bucket',
    checks: [
      's3_bucket_logging_enabled_check',
      's3_bucket_versioning_enabled_check',
      's3_event_notifications_enabled_check',
    ],
    resource: /\/AccessLogs\/Resource$/,
    reason: 'it holds access logs itself, which nobody waits for; without protect they have one version',
  },
  {
    part: 'load balancer',
    checks: ['elbv2_deletion_protection_enabled_check'],
    resource: /\/LoadBalancer\/Resource$/,
    reason: 'a failed first deployment could not be removed',
  },
  {
    part: 'load balancer',
    checks: ['alb_http_to_https_redirection_check'],
    resource: /\/LoadBalancer\/Http\/Resource$/,
    reason: PORT_80,
  },
  {
    part: 'load balancer behind CloudFront or an HTTP API',
    checks: ['alb_http_to_https_redirection_check'],
    resource: /\/LoadBalancer\/Inside\/Resource$/,
    reason: BEHIND_EDGE,
  },
  {
    part: 'load balancer of PrivateLink',
    checks: ['elbv2_logging_enabled_check'],
    resource: /\/PrivateLink\/LoadBalancer\/Resource$/,
    reason: HANDS_ON,
  },
  {
    part: 'load balancer of PrivateLink',
    checks: ['nlb_cross_zone_load_balancing_enabled_check'],
    resource: /\/PrivateLink\/LoadBalancer\/Resource$/,
    reason: 'it has one target, the load balancer behind it, which spreads requests over zones itself',
  },
  {
    part: 'HTTP API',
    checks: ['api_gw_v2_access_logs_enabled_check'],
    resource: /\/Api\/DefaultStage\/Resource$/,
    reason: 'it answers nothing itself, so that the access logs of the load balancer have every request',
  },
  {
    part: 'HTTP API',
    checks: ['api_gw_v2_authorization_type_configured_check'],
    resource: /\/Api\/DefaultRoute\/Resource$/,
    reason: 'the handler checks callers where access says so, and the endpoint is public otherwise',
  },
  {
    part: 'HTTP API before a function',
    checks: ['api_gw_v2_access_logs_enabled_check'],
    resource: /\/Api\/Stage\/Resource$/,
    reason: IN_ITS_LOG,
  },
  {
    part: 'HTTP API before a function',
    checks: ['api_gw_v2_authorization_type_configured_check'],
    resource: /\/Api\/Route\/Resource$/,
    reason: 'the handler checks callers where access says so, and the endpoint is public otherwise',
  },
  {
    part: 'function',
    checks: ['lambda_inside_vpc_check'],
    resource: /\/Served\/Function\/Resource$/,
    reason: NO_NETWORK,
  },
  {
    part: 'function',
    checks: ['lambda_function_public_access_prohibited_check'],
    resource: /\/Api\/Route\/Invoke-Permission$/,
    reason: 'API Gateway alone may invoke it, for one API, which the rule does not look at',
  },
  {
    part: 'distribution',
    checks: ['cloudfront_access_logs_enabled_check'],
    resource: /\/Distribution\/Resource$/,
    reason: 'nothing is answered at the edge, so that the access logs of the load balancer have every request',
  },
  {
    part: 'distribution',
    checks: [
      'cloudfront_custom_ssl_certificate_check',
      'cloudfront_security_policy_check',
      'cloudfront_sni_enabled_check',
    ],
    resource: /\/Distribution\/Resource$/,
    reason: 'the certificate is that of CloudFront, which decides on TLS: the stage has no domain',
  },
  {
    part: 'distribution',
    checks: ['cloudfront_default_root_object_configured_check', 'cloudfront_origin_failover_enabled_check'],
    resource: /\/Distribution\/Resource$/,
    reason: 'the handler answers the root itself; failover is for GET, and predictions are asked for by POST',
  },
  {
    part: 'logs',
    checks: ['cloudwatch_log_group_encrypted_check'],
    resource: /\/(Logs|FlowLogs)\/Resource$/,
    reason: OWN_KEY,
  },
  {
    part: 'logs',
    checks: ['cloudwatch_log_group_retention_period_check'],
    resource: /\/(Logs|FlowLogs)\/Resource$/,
    reason: 'they are for the operation of the endpoint; a year of them is a cost that nobody has asked for',
  },
  {
    part: 'autoscaling group',
    checks: ['autoscaling_multiple_az_check'],
    resource: /\/Group\/ASG$/,
    reason: 'its zones are those of its subnets, which the rule does not look at',
  },
  {
    part: 'autoscaling group',
    checks: ['autoscaling_mixed_instances_policy_multiple_instance_types_check'],
    resource: /\/Group\/ASG$/,
    reason: 'the plan has sized one type; on-demand capacity of several would not be what was measured',
  },
  {
    part: 'autoscaling group',
    checks: ['ec2_launch_template_nitro_instance_type_check'],
    resource: /\/Group\/LaunchTemplate\/Resource$/,
    reason: 'the list of the rule is older than the type: every type of the catalogue is of the Nitro system',
  },
  {
    part: 'warm pool',
    checks: ['lambda_inside_vpc_check'],
    resource: /\/WarmPool\/Function\/Resource$/,
    reason: 'it calls EC2 Auto Scaling alone, to which the network has no way',
  },
  {
    part: 'verification',
    checks: ['lambda_inside_vpc_check'],
    resource: /\/Verification\/Function\/Resource$/,
    reason: 'it calls the endpoint by its public name',
  },
  {
    part: 'front door of several models',
    checks: ['lambda_inside_vpc_check'],
    resource: /\/FrontDoor\/Protection\/Function\/Resource$/,
    reason: 'it calls AWS alone, and nothing in the network',
  },
  {
    part: 'verification',
    checks: ['lambda_inside_vpc_check'],
    resource: /\/Verification\/Probe\/Resource$/,
    reason: 'it stands in subnets of the stack of the network, which the rule does not see',
  },
  {
    part: 'alarms',
    checks: ['cloudwatch_alarm_action_check'],
    resource: /\/Alarms\/\w+\/Resource$/,
    reason: 'those without an action are parts of others, or the stage declines to be told (notify: none)',
  },
  {
    part: 'autoscaling group',
    checks: ['ec2_launch_template_monitoring_enabled_check'],
    resource: /\/(Group|Shadow)\/LaunchTemplate\/Resource$/,
    reason: 'with lean monitoring, by choice, and of a shadow, which nothing scales: EC2 measures every five minutes',
  },
  {
    part: 'key of the topic or the stage',
    checks: ['kms_create_grant_aws_service_check'],
    resource: /\/(Endpoint|Network|FrontDoor)$|^[\w-]+\/[a-z][a-z0-9-]*$|\/(Notify\/Key|EncryptionKey)\/Resource$/,
    reason: 'its policy lets nobody create grants but administrators of the account, and EC2 for volumes of a group',
  },
];

export function isAccepted(table: readonly Accepted[], check: string, resource: string): boolean {
  return table.some((accepted) => accepted.checks.includes(check) && accepted.resource.test(resource));
}
