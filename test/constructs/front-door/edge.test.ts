/** CloudFront and an HTTP API before the load balancer, with a name and a certificate of AWS's. */
import { Match } from 'aws-cdk-lib/assertions';
import type { ModelEndpointProps } from '../../../lib/constructs/model-endpoint';
import type { Edge } from '../../../lib/sizing/service-level/front-door';
import { endpointTemplate } from '../endpoint-template';
import { singlePlan } from '../example-plan';

const behind = (frontDoor: Edge, more: Partial<ModelEndpointProps> = {}) =>
  endpointTemplate({
    plan: { ...singlePlan, serviceLevel: { ...singlePlan.serviceLevel, frontDoor } },
    frontDoor,
    domainName: 'credit-dev',
    hostedZone: undefined,
    ...more,
  });

const judged = (template: ReturnType<typeof behind>['template']) =>
  JSON.stringify(template.findResources('Custom::SlipwayJudgement')).replaceAll('\\', '');

test('CloudFront passes on all that clients send, by HTTPS, and keeps nothing', () => {
  const { template, stack, endpoint } = behind('cloudfront');
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: Match.objectLike({
      DefaultCacheBehavior: Match.objectLike({
        AllowedMethods: Match.arrayWith(['POST']),
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad', // Managed-CachingDisabled
        OriginRequestPolicyId: '216adef6-5c7f-47e4-b989-5492eafa07d3', // Managed-AllViewer
        ViewerProtocolPolicy: 'redirect-to-https',
      }),
      Origins: [Match.objectLike({ VpcOriginConfig: Match.objectLike({ OriginReadTimeout: 60 }) })],
    }),
  });
  expect(stack.resolve(endpoint.url)).toEqual({
    'Fn::Join': ['', ['https://', { 'Fn::GetAtt': [expect.stringContaining('Distribution'), 'DomainName'] }]],
  });
});

test.each(['cloudfront', 'api'] as const)(
  'behind %s the load balancer has no public address, name or certificate',
  (edge) => {
    const { template } = behind(edge);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
    template.allResourcesProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 80, Protocol: 'HTTP' });
    template.resourceCountIs('AWS::Route53::RecordSet', 0);
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    expect(template.findResources('AWS::CloudWatch::Alarm', { Properties: { MetricName: 'DaysToExpiry' } })).toEqual(
      {},
    );
  },
);

test.each(['cloudfront', 'api'] as const)('a deployment behind %s is judged by its own address', (edge) => {
  const text = judged(behind(edge).template);
  expect(text).toContain(edge === 'cloudfront' ? '"DomainName"]}' : '"ApiEndpoint"]}');
  expect(text).not.toContain('connectTo');
  expect(text).not.toContain('limited');
  expect(text).toContain('"endpoint":"credit-dev"');
});

test('what keys are sent to refuses plain HTTP', () => {
  const { template } = behind('cloudfront', { access: { apiKeys: '/slipway/keys' } });
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: Match.objectLike({
      DefaultCacheBehavior: Match.objectLike({ ViewerProtocolPolicy: 'https-only' }),
    }),
  });
});

test('the prefix list of CloudFront narrows who reaches the load balancer', () => {
  const { template } = behind('cloudfront', { allowFrom: ['pl-4fa04526'] });
  const text = JSON.stringify(template.toJSON());
  expect(text).toContain('"SourcePrefixListId":"pl-4fa04526"');
  expect(text).not.toContain('of which CloudFront is a part');
});

test('an HTTP API alone reaches the load balancer, and what it fails with itself has an alarm', () => {
  const { template } = behind('api');
  template.hasResourceProperties('AWS::ApiGatewayV2::Integration', {
    ConnectionType: 'VPC_LINK',
    IntegrationMethod: 'ANY',
    IntegrationUri: { Ref: Match.stringLikeRegexp('Listener|Inside') },
  });
  template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$default' });
  const rules = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'));
  expect(rules.filter(({ Properties }) => Properties.ToPort === 80)).toMatchObject([
    { Properties: { SourceSecurityGroupId: { 'Fn::GetAtt': [expect.stringContaining('Link'), 'GroupId'] } } },
  ]);
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Metrics: Match.arrayWith([
      Match.objectLike({ Expression: 'FILL(byEdge, 0) - FILL(byBalancer, 0) - FILL(byHandler, 0)' }),
    ]),
  });
});

test('what it cannot have is refused, all at once', () => {
  const wrong = () => behind('api', { internal: true, allowFrom: ['pl-4fa04526'], domainName: 'a.example.com' });
  expect(wrong).toThrow(
    expect.objectContaining({
      problems: [
        expect.stringMatching(/^domainName must be lower-case words/),
        expect.stringMatching(/^frontDoor: api has a name and a certificate of AWS's/),
        expect.stringMatching(/^allowFrom takes the prefix list/),
      ],
    }),
  );
  expect(() =>
    endpointTemplate({ plan: singlePlan, frontDoor: 'api', domainName: 'a-b', hostedZone: undefined }),
  ).toThrow(expect.objectContaining({ problems: [expect.stringContaining('counts another front door')] }));
});
