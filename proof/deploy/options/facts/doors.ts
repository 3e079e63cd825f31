/** What the services say of front doors. */
import { DescribeLifecycleHooksCommand, DescribeWarmPoolCommand } from '@aws-sdk/client-auto-scaling';
import {
  DescribeListenerCertificatesCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { OTHER_ZONE, ZONE } from '../given';
import type { Facts, Seen } from '../seen';

export const edge: Facts = async (seen) => {
  const { given, aws } = seen;
  const balancer = await seen.balancer();
  seen.equal(balancer.IpAddressType, 'dualstack', 'the load balancer has addresses of IPv4 and IPv6');
  const { TagDescriptions: [{ Tags = [] } = {}] = [] } = await aws.elb.send(
    new DescribeTagsCommand({ ResourceArns: [balancer.LoadBalancerArn!] }),
  );
  seen.equal(
    ['team', 'cost centre', 'slipway:stage'].map((key) => Tags.find(({ Key }) => Key === key)?.Value),
    ['risk', '42', 'edge'],
    'it has the tags of the stage, beside those of Slipway',
  );
  const leads = (name: string): [string, string][] =>
    ['A', 'AAAA'].map((type) => [`${name} ${type}`, seen.alias(balancer)]);
  seen.equal(
    await seen.records(given.zone, [`edge.${ZONE}`, `asked.${ZONE}`]),
    [...leads(`asked.${ZONE}`), ...leads(`edge.${ZONE}`)],
    'both names of its zone lead to the load balancer, by IPv4 and IPv6',
  );
  seen.equal(
    await seen.records(given.otherZone, [`ask.${OTHER_ZONE}`]),
    leads(`ask.${OTHER_ZONE}`),
    'so does the name of another zone',
  );
  const listeners = await seen.listeners();
  const { Certificates = [] } = await aws.elb.send(
    new DescribeListenerCertificatesCommand({ ListenerArn: listeners[443]!.ListenerArn }),
  );
  seen.equal(Certificates.length, 3, 'the listener has a certificate for each of the three names');
  seen.equal(
    await seen.callers('/FrontDoor/SecurityGroup/Resource'),
    [80, 443]
      .flatMap((port) => ['203.0.113.0/24', '2001:db8::/32', given.prefixList].map((who) => `${who} ${port}`))
      .sort(),
    'those who are named reach the load balancer, and nobody else',
  );
  seen.equal(
    listeners[80]?.DefaultActions?.map(({ Type, FixedResponseConfig }) => [Type, FixedResponseConfig?.StatusCode]),
    [['fixed-response', '403']],
    'port 80 refuses',
  );
  const store = await seen.id('/FrontDoor/TrustStore');
  const { Mode, TrustStoreArn } = listeners[443]!.MutualAuthentication ?? {};
  seen.equal(
    [Mode, TrustStoreArn],
    ['verify', store],
    'the listener checks certificates of clients by the trust store',
  );
  const attributes = await seen.balancerAttributes();
  seen.equal(
    ['access_logs', 'connection_logs', 'health_check_logs'].map((log) => attributes[`${log}.s3.enabled`]),
    ['true', 'true', 'true'],
    'requests, connections and health checks are logged',
  );
  seen.equal(attributes['zonal_shift.config.enabled'], 'true', 'a zone can be shifted away');
  const targets = await seen.targetAttributes();
  seen.equal(
    [
      targets['slow_start.duration_seconds'],
      targets['target_group_health.dns_failover.minimum_healthy_targets.percentage'],
      targets['target_group_health.unhealthy_state_routing.minimum_healthy_targets.count'],
    ],
    ['60', '50', '1'],
    'the target group starts slowly, and gives a zone up as it is told',
  );
  const [Name, Id] = (await seen.id('/FrontDoor/Waf/WebAcl')).split('|');
  const [{ WebACL }, before] = await aws.ask<[{ WebACL: { Rules: { Name: string }[] } }, { WebACL?: { Id: string } }]>(
    ['wafv2', 'get_web_acl', { Name, Id, Scope: 'REGIONAL' }],
    ['wafv2', 'get_web_acl_for_resource', { ResourceArn: balancer.LoadBalancerArn }],
  );
  seen.equal(
    WebACL.Rules.map((rule) => rule.Name),
    [
      'requests-per-address',
      'body-size',
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesCommonRuleSet',
    ],
    'WAF has the rules that are asked for, bounds first',
  );
  seen.equal(before.WebACL?.Id, Id, 'and stands before the load balancer');
  const groups = await Promise.all(['/Fleet/Group/Group/ASG', '/Canary/Group/ASG'].map((path) => seen.group(path)));
  const [fleet, canary] = groups.map(({ TargetGroupARNs }) => TargetGroupARNs);
  seen.equal(
    [canary, canary?.join() === fleet?.join()],
    [[await seen.id('/Canary/Targets/Resource')], false],
    'the canary has a group and targets of its own',
  );
};

export const behind: Facts = async (seen) => {
  const { given, aws } = seen;
  const { Rules = [] } = await aws.elb.send(new DescribeRulesCommand({ ListenerArn: given.listener }));
  const rule = Rules.find(({ Priority }) => Priority === '100');
  seen.equal(
    rule?.Conditions?.map(({ Field, Values, HostHeaderConfig, PathPatternConfig }) => [
      Field,
      HostHeaderConfig?.Values ?? PathPatternConfig?.Values ?? Values,
    ]),
    [
      ['host-header', [`behind.${ZONE}`]],
      ['path-pattern', ['/credit', '/credit/*']],
    ],
    'the listener that was there has a rule at its priority for the name and the path',
  );
  seen.equal(
    rule?.Actions?.map(({ Type, JwtValidationConfig }) => [Type, JwtValidationConfig?.Issuer]),
    [
      ['jwt-validation', 'https://login.example.com/'],
      ['forward', undefined],
    ],
    'the rule checks the token, and then forwards',
  );
  seen.equal(
    await seen.records(given.zone, [`behind.${ZONE}`]),
    [[`behind.${ZONE} A`, `dualstack.${given.balancerName}`]],
    'the name leads to the load balancer that was there',
  );
  const groups = await aws.ask<[{ logGroups: { logGroupName: string; kmsKeyId?: string }[] }, { Attributes: object }]>(
    ['logs', 'describe_log_groups'],
    ['sns', 'get_topic_attributes', { TopicArn: await seen.id('/Notify/Topic/Resource') }],
  );
  const logs = await seen.id('/Fleet/Logs/Resource');
  const [{ logGroups }, { Attributes }] = groups;
  const launches = await seen.launches();
  seen.equal(
    [
      logGroups.find(({ logGroupName }) => logGroupName === logs)?.kmsKeyId,
      (Attributes as { KmsMasterKeyId?: string }).KmsMasterKeyId,
      ...launches.BlockDeviceMappings!.map(({ Ebs }) => Ebs?.KmsKeyId),
    ],
    [given.key, given.key, given.key],
    'log, topic and volume are encrypted with the key that is named',
  );
  const { VPCZoneIdentifier } = await seen.group();
  seen.equal(
    VPCZoneIdentifier?.split(',').every((subnet) => given.private.includes(subnet)),
    true,
    'the instances stand in the private subnets that are named',
  );
};

export const cloudfront: Facts = async (seen) => {
  const { aws, given } = seen;
  const balancer = await seen.balancer();
  seen.equal(balancer.Scheme, 'internal', 'the load balancer has no public address');
  seen.equal(
    await seen.callers('/FrontDoor/SecurityGroup/Resource'),
    [`${given.prefixList} 80`],
    'the prefix list of CloudFront reaches it, and nobody else',
  );
  const [{ DistributionConfig }] = await aws.ask<
    [
      {
        DistributionConfig: {
          Origins: { Items: { DomainName: string }[] };
          DefaultCacheBehavior: Record<string, unknown>;
        };
      },
    ]
  >(['cloudfront', 'get_distribution_config', { Id: await seen.id('/FrontDoor/Distribution/Resource') }]);
  seen.equal(
    [
      DistributionConfig.Origins.Items.map(({ DomainName }) => DomainName),
      DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy,
    ],
    [[balancer.DNSName], 'https-only'],
    'the distribution has that load balancer as its origin, and speaks HTTPS alone',
  );
};

export const api: Facts = async (seen) => {
  const { aws } = seen;
  const balancer = await seen.balancer();
  seen.equal(balancer.Scheme, 'internal', 'the load balancer has no public address');
  const ApiId = await seen.id('/FrontDoor/Api/Resource');
  const [integrations, routes, link] = await aws.ask<
    [
      { Items: { IntegrationId: string; IntegrationUri: string; ConnectionId: string }[] },
      { Items: { RouteKey: string; Target: string }[] },
      { SubnetIds: string[] },
    ]
  >(
    ['apigatewayv2', 'get_integrations', { ApiId }],
    ['apigatewayv2', 'get_routes', { ApiId }],
    ['apigatewayv2', 'get_vpc_link', { VpcLinkId: await seen.id('/FrontDoor/Link/Resource') }],
  );
  const [integration] = integrations.Items;
  seen.equal(
    [routes.Items.map(({ RouteKey, Target }) => [RouteKey, Target]), integration?.IntegrationUri],
    [[['$default', `integrations/${integration?.IntegrationId}`]], (await seen.listeners())[80]?.ListenerArn],
    'every request to the API goes to the listener of the load balancer',
  );
  seen.equal(
    [integration?.ConnectionId, link.SubnetIds.length],
    [await seen.id('/FrontDoor/Link/Resource'), balancer.AvailabilityZones!.length],
    'by a link into the zones of the load balancer',
  );
  await pool(seen);
};

/** What the listener does with a request that no rule is for, and with those that its rules are for, in their order. */
async function actions(seen: Seen) {
  const { ListenerArn } = (await seen.listeners())[443]!;
  const { Rules = [] } = await seen.aws.elb.send(new DescribeRulesCommand({ ListenerArn }));
  return Rules.map(({ Actions = [] }) => Actions.map(({ Type }) => Type));
}

export const people: Facts = async (seen) => {
  seen.equal(
    (await actions(seen)).some((of) => of.join() === 'authenticate-cognito,forward'),
    true,
    'the listener has people sign in with Cognito before it forwards',
  );
};

export const planned: Facts = async (seen) => {
  seen.equal(
    (await actions(seen)).some((of) => of[0] === 'authenticate-oidc'),
    true,
    'the listener has people sign in with a service for that',
  );
};

/** What keeps instances stopped. */
async function pool(seen: Seen): Promise<void> {
  const { AutoScalingGroupName, DesiredCapacity } = await seen.group();
  const { autoScaling } = seen.aws;
  const { WarmPoolConfiguration: kept } = await autoScaling.send(new DescribeWarmPoolCommand({ AutoScalingGroupName }));
  seen.equal(
    [kept?.PoolState, kept?.InstanceReusePolicy?.ReuseOnScaleIn, kept?.MaxGroupPreparedCapacity],
    ['Stopped', true, DesiredCapacity],
    'the group keeps what it does not need stopped, and takes it back',
  );
  const { LifecycleHooks = [] } = await autoScaling.send(new DescribeLifecycleHooksCommand({ AutoScalingGroupName }));
  seen.equal(
    LifecycleHooks.map(({ LifecycleTransition, DefaultResult }) => [LifecycleTransition, DefaultResult]),
    [['autoscaling:EC2_INSTANCE_LAUNCHING', 'CONTINUE']],
    'and a hook holds instances until they have booted',
  );
}
