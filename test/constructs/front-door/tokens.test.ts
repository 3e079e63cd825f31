/** Tokens that the load balancer checks. */
import { Match } from 'aws-cdk-lib/assertions';
import { configuration, mistakes } from '../../config/configuration';
import { endpointTemplate } from '../endpoint-template';
import { groupPlan, singlePlan } from '../example-plan';

const verifyJwt = {
  issuer: 'https://login.example.com/',
  jwksEndpoint: 'https://login.example.com/keys',
  claims: [{ name: 'aud', format: 'single-string' as const, values: ['screening'] }],
};
const CHECKED = Match.objectLike({
  Type: 'jwt-validation',
  Order: 1,
  JwtValidationConfig: {
    Issuer: 'https://login.example.com/',
    JwksEndpoint: 'https://login.example.com/keys',
    AdditionalClaims: [{ Name: 'aud', Format: 'single-string', Values: ['screening'] }],
  },
});
const FORWARD = Match.objectLike({ Type: 'forward', Order: 2 });

test('are checked before a request goes on, and the function that judges does not try', () => {
  const { template } = endpointTemplate({ plan: singlePlan, verifyJwt });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    Port: 443,
    DefaultActions: [CHECKED, FORWARD],
  });
  const judgements = JSON.stringify(template.findResources('Custom::SlipwayJudgement')).replaceAll('\\', '');
  expect(judgements).toContain('"limited":true');
});

test('are checked with a rollout, too: of both groups, of its trial, and by the function that divides', () => {
  const rollout = { shares: [5], holdSeconds: 600 };
  const plan = { ...groupPlan, serviceLevel: { ...groupPlan.serviceLevel, rollout } };
  const { template } = endpointTemplate({ plan, verifyJwt, rollout });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    Port: 443,
    DefaultActions: [CHECKED, FORWARD],
  });
  template.allResourcesProperties('AWS::ElasticLoadBalancingV2::ListenerRule', { Actions: [CHECKED, FORWARD] });
  const judgements = JSON.stringify(template.findResources('Custom::SlipwayJudgement')).replaceAll('\\', '');
  expect(judgements).toContain('"before":{"Type":"jwt-validation"');
});

test.each([
  ['claims: []', 'verifyJwt.claims must name a claim'],
  ['claims: [{ name: iss, format: single-string, values: [a] }]', 'verifyJwt.claims must not name exp, iss'],
  ['claims: [{ name: aud, format: text, values: [a] }]', 'verifyJwt.claims.0.format must be one of single-string'],
])('%s is told', (claims, told) => {
  const more = `verifyJwt: { issuer: https://a.example.com/, jwksEndpoint: https://a.example.com/keys, ${claims} }`;
  expect(mistakes(configuration({ more: [more] }))).toEqual([expect.stringContaining(`stages.dev.${told}`)]);
});
