import { Match } from 'aws-cdk-lib/assertions';
import { loadConfig } from '../../../lib/config/load';
import { thrownBy } from '../../../testing/error-of';
import { variantsConfig } from '../../../testing/stage-variants';
import { endpointTemplate } from '../endpoint-template';
import { groupPlan } from '../example-plan';

const plan = { ...groupPlan, serviceLevel: { ...groupPlan.serviceLevel, internal: true, privateLink: true } };
const privateLink = { allowedPrincipals: ['222222222222', 'arn:aws:iam::333333333333:role/caller'] };

test('a network load balancer hands connections of named principals on to the load balancer', () => {
  const { template } = endpointTemplate({ plan, internal: true, privateLink });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    Type: 'network',
    Scheme: 'internal',
    EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: 'off',
  });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 443, Protocol: 'TCP' });
  template.hasResource('AWS::ElasticLoadBalancingV2::TargetGroup', {
    Properties: {
      TargetType: 'alb',
      Protocol: 'TCP',
      Port: 443,
      HealthCheckProtocol: 'HTTPS',
      HealthCheckPath: '/readyz',
      Matcher: { HttpCode: '200-499' },
    },
    // a target group takes a load balancer that listens on its port
    DependsOn: Match.arrayWith([Match.stringLikeRegexp('Https')]),
  });
  template.hasResourceProperties('AWS::EC2::VPCEndpointService', {
    AcceptanceRequired: false,
    NetworkLoadBalancerArns: [{ Ref: Match.stringLikeRegexp('PrivateLinkLoadBalancer') }],
  });
  const [permissions] = Object.values(template.findResources('AWS::EC2::VPCEndpointServicePermissions'));
  expect(JSON.stringify(permissions!.Properties.AllowedPrincipals)).toMatch(
    /:iam::222222222222:root.*arn:aws:iam::333333333333:role\/caller/,
  );
  template.hasOutput('PrivateLinkService', {});
});

test('it reaches the load balancer behind it, and nothing else', () => {
  const { template } = endpointTemplate({ plan, internal: true, privateLink });
  const groups = template.findResources('AWS::EC2::SecurityGroup', {
    Properties: { GroupDescription: 'PrivateLink of a Slipway endpoint' },
  });
  const [id] = Object.keys(groups);
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    FromPort: 443,
    ToPort: 443,
    SourceSecurityGroupId: { 'Fn::GetAtt': [id, 'GroupId'] },
  });
  expect(groups[id!]!.Properties.SecurityGroupIngress).toBeUndefined();
});

test('there is none without it', () => {
  const { template } = endpointTemplate({
    plan: { ...plan, serviceLevel: { ...plan.serviceLevel, privateLink: false } },
    internal: true,
  });
  template.resourceCountIs('AWS::EC2::VPCEndpointService', 0);
  template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
});

const problems = (stage: string) => thrownBy(() => loadConfig(variantsConfig({ dev: stage })), 'E_CONFIG').problems;
const LINK = 'privateLink: { allowedPrincipals: ["222222222222"] }';

test.each([
  ['a public endpoint', LINK, /privateLink is for an endpoint without public addresses; set internal: true/],
  [
    'mutual TLS',
    `internal: true, ${LINK}, mutualTls: { bucket: authorities, key: ca.pem }`,
    /privateLink stands beside mutualTls/,
  ],
  ['everybody', LINK.replace('"222222222222"', '"*"'), /allowedPrincipals\.0 must be the id of an account/],
  ['nobody', 'internal: true, privateLink: { allowedPrincipals: [] }', /must name who may connect/],
  [
    'an account without quotes',
    'internal: true, privateLink: { allowedPrincipals: [222222222222] }',
    /must be the id of an account in quotes/,
  ],
  ['CloudFront', `name: dev, frontDoor: cloudfront, ${LINK}`, /privateLink cannot be had with frontDoor: cloudfront/],
])('%s: one clear error', (_, stage, message) => {
  expect(problems(stage)).toEqual([expect.stringMatching(message)]);
});

test('a plan without it is not that of an endpoint that has it', () => {
  const { privateLink: _, ...serviceLevel } = plan.serviceLevel;
  expect(
    thrownBy(() => endpointTemplate({ plan: { ...plan, serviceLevel }, internal: true, privateLink }), 'E_CONFIG')
      .problems,
  ).toEqual([expect.stringMatching(/counts another PrivateLink/)]);
});
