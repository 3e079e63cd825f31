/** What refuses callers before a request reaches an instance. */
import { Match } from 'aws-cdk-lib/assertions';
import { firewallRules } from '../../../lib/model/stage/firewall';
import { endpointTemplate } from '../endpoint-template';
import { singlePlan } from '../example-plan';

const ALL = { managedRules: true, requestsPerAddress: 3000, bodyBytes: 4096 };

test.each([
  [ALL, 5],
  [{ managedRules: true }, 3],
  [{ managedRules: false, requestsPerAddress: 10 }, 1],
])('%j is as many rules as are billed', (waf, count) => {
  const { template } = endpointTemplate({ plan: singlePlan, waf });
  const [acl] = Object.values(template.findResources('AWS::WAFv2::WebACL'));
  const rules = acl!.Properties.Rules as { Priority: number; Name: string }[];
  expect(rules).toHaveLength(count);
  expect(firewallRules(waf)).toBe(count);
  expect(rules.map(({ Priority }) => Priority)).toEqual(rules.map((_, i) => i));
});

test('WAF stands before the load balancer, lets through what no rule refuses, and says with which status it refuses', () => {
  const { template } = endpointTemplate({ plan: singlePlan, waf: ALL });
  template.hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
    ResourceArn: { Ref: Match.stringLikeRegexp('LoadBalancer') },
    WebACLArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('WebAcl'), 'Arn'] },
  });
  template.hasResourceProperties('AWS::WAFv2::WebACL', {
    Scope: 'REGIONAL',
    DefaultAction: { Allow: {} },
    Rules: Match.arrayWith([
      Match.objectLike({
        Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
        Statement: { RateBasedStatement: { Limit: 3000, AggregateKeyType: 'IP' } },
      }),
      Match.objectLike({
        Action: { Block: { CustomResponse: { ResponseCode: 413 } } },
        Statement: {
          SizeConstraintStatement: Match.objectLike({
            Size: 4096,
            ComparisonOperator: 'GT',
            FieldToMatch: { Body: { OversizeHandling: 'MATCH' } },
          }),
        },
      }),
    ]),
  });
});

test('a long body is no attack by itself', () => {
  const { template } = endpointTemplate({ plan: singlePlan, waf: { managedRules: true } });
  template.hasResourceProperties('AWS::WAFv2::WebACL', {
    Rules: Match.arrayWith([
      Match.objectLike({
        Name: 'AWSManagedRulesCommonRuleSet',
        Statement: {
          ManagedRuleGroupStatement: Match.objectLike({
            RuleActionOverrides: [{ Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } }],
          }),
        },
      }),
    ]),
  });
});

test('with mutual TLS callers show a certificate, and the function that judges does not try', () => {
  const mutualTls = { bucket: 'authorities', key: 'ca.pem', version: '7' };
  for (const internal of [false, true]) {
    const { template } = endpointTemplate({ plan: singlePlan, mutualTls, internal });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TrustStore', {
      CaCertificatesBundleS3Bucket: 'authorities',
      CaCertificatesBundleS3Key: 'ca.pem',
      CaCertificatesBundleS3ObjectVersion: '7',
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443,
      MutualAuthentication: { Mode: 'verify', TrustStoreArn: { Ref: Match.stringLikeRegexp('TrustStore') } },
    });
    const judgements = JSON.stringify(template.findResources('Custom::SlipwayJudgement')).replaceAll('\\', '');
    expect(judgements).toContain('"limited":true');
    expect(judgements).not.toContain('"limited":false');
  }
});
