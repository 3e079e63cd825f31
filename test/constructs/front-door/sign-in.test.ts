import { Match } from 'aws-cdk-lib/assertions';
import { thrownBy } from '../../../testing/error-of';
import { endpointTemplate } from '../endpoint-template';
import { groupPlan, singlePlan } from '../example-plan';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:slipway/client-AbCdEf';
const oidc = {
  issuer: 'https://login.example.com',
  authorizationEndpoint: 'https://login.example.com/authorize',
  tokenEndpoint: 'https://login.example.com/token',
  userInfoEndpoint: 'https://login.example.com/userinfo',
  clientId: 'slipway',
  clientSecret: SECRET,
};
const cognito = {
  userPool: 'arn:aws:cognito-idp:eu-west-1:111111111111:userpool/eu-west-1_AbCdEfGhI',
  clientId: '1example23456789',
  domain: 'my-team',
};
const signedIn = (signIn: 'oidc for page' | 'cognito for all') => ({
  ...groupPlan,
  serviceLevel: { ...groupPlan.serviceLevel, signIn },
});

test('the page and the OpenAPI document want a sign-in, predictions do not', () => {
  const { template } = endpointTemplate({
    plan: signedIn('oidc for page'),
    authenticate: { oidc, scope: 'openid email' },
  });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
    Priority: 3,
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/docs', '/docs/*', '/openapi.json'] } }],
    Actions: [
      {
        Type: 'authenticate-oidc',
        Order: 1,
        AuthenticateOidcConfig: {
          Issuer: 'https://login.example.com',
          ClientId: 'slipway',
          ClientSecret: `{{resolve:secretsmanager:${SECRET}:SecretString:::}}`,
          Scope: 'openid email',
          SessionTimeout: 604_800,
          OnUnauthenticatedRequest: 'authenticate',
        },
      },
      { Type: 'forward', Order: 2 },
    ],
  });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    Port: 443,
    DefaultActions: [Match.objectLike({ Type: 'forward' })],
  });
});

test('a member of a secret that is JSON is named', () => {
  const { template } = endpointTemplate({
    plan: signedIn('oidc for page'),
    authenticate: { oidc: { ...oidc, secretKey: 'client_secret' } },
  });
  expect(JSON.stringify(template.toJSON())).toContain(
    `{{resolve:secretsmanager:${SECRET}:SecretString:client_secret::}}`,
  );
});

test('all paths want it where that is said, and the load balancer may call the provider', () => {
  const { template } = endpointTemplate({
    plan: signedIn('cognito for all'),
    authenticate: { cognito, paths: 'all', sessionHours: 12 },
  });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    Port: 443,
    DefaultActions: [
      {
        Type: 'authenticate-cognito',
        Order: 1,
        AuthenticateCognitoConfig: {
          UserPoolArn: cognito.userPool,
          UserPoolClientId: cognito.clientId,
          UserPoolDomain: 'my-team',
          SessionTimeout: '43200', // a listener has it as text
        },
      },
      { Type: 'forward', Order: 2 },
    ],
  });
  template.resourcePropertiesCountIs(
    'AWS::ElasticLoadBalancingV2::ListenerRule',
    { Actions: [Match.objectLike({ Type: 'authenticate-cognito' }), Match.anyValue()] },
    0,
  );
  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    GroupDescription: 'Load balancer of a Slipway endpoint',
    SecurityGroupEgress: Match.arrayWith([
      Match.objectLike({ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }),
    ]),
  });
  // nothing that has no session looks behind it
  expect(JSON.stringify(template.findResources('Custom::SlipwayJudgement'))).toContain('\\"limited\\":true');
});

const rollout = { shares: [5], holdSeconds: 600 };

test.each([
  [
    'cognito',
    { cognito },
    { AuthenticateCognitoConfig: { UserPoolArn: cognito.userPool, SessionTimeout: 43_200, Scope: 'openid' } },
  ],
  [
    'oidc',
    { oidc },
    { AuthenticateOidcConfig: { ClientId: 'slipway', UseExistingClientSecret: true, SessionTimeout: 43_200 } },
  ],
])('a rollout divides requests behind a sign-in with %s, and lets nobody by', (kind, provider, action) => {
  const { serviceLevel, ...plan } = signedIn('cognito for all');
  const { template } = endpointTemplate({
    plan: { ...plan, serviceLevel: { ...serviceLevel, rollout } },
    authenticate: { ...provider, paths: 'all', sessionHours: 12 },
    rollout,
  });
  const type = `authenticate-${kind}`;
  // whoever knows the header of the canary signs in, too
  const rules = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::ListenerRule'));
  expect(rules).toHaveLength(1);
  expect(rules[0]).toMatchObject({
    Properties: {
      Actions: [
        { Type: type, Order: 1 },
        { Type: 'forward', Order: 2 },
      ],
    },
  });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    Port: 443,
    DefaultActions: [Match.objectLike({ Type: type, Order: 1 }), Match.objectLike({ Type: 'forward', Order: 2 })],
  });
  const texts = Object.values(template.findResources('Custom::SlipwayJudgement')).map(({ Properties }) =>
    JSON.stringify(Properties.Settings).replaceAll('\\"', '"'),
  );
  const [tried] = texts.filter((text) => text.includes('"canary"'));
  const before = /"before":(\{.*?\}\})/.exec(tried!)![1]!;
  expect(JSON.parse(before)).toMatchObject({ Type: type, Order: 1, ...action });
  expect(texts.join('')).not.toContain(SECRET); // the load balancer has it, and the function needs none
  const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'));
  expect(policies.includes('cognito-idp:DescribeUserPoolClient')).toBe(kind === 'cognito');
});

test('a load balancer that nobody signs in at calls nobody but instances', () => {
  const { template } = endpointTemplate({ plan: singlePlan });
  expect(JSON.stringify(template.toJSON())).not.toContain('the provider by which people sign in');
});

test('a secret in clear is refused, and so is what would let people by', () => {
  const plan = signedIn('oidc for page');
  const refused = (authenticate: object, more: object = {}) =>
    thrownBy(() => endpointTemplate({ plan, authenticate, ...more }), 'E_CONFIG').problems;
  expect(refused({ oidc: { ...oidc, clientSecret: 'hunter2' } })).toContain(
    'authenticate.oidc.clientSecret must be the ARN of a secret of Secrets Manager, not the secret itself',
  );
  expect(refused({ oidc, cognito })).toContain('authenticate must name oidc or cognito, one of both');
  expect(refused({})).toContain('authenticate must name oidc or cognito, one of both');
});

const verifyJwt = {
  issuer: 'https://login.example.com/',
  jwksEndpoint: 'https://login.example.com/keys',
  claims: [{ name: 'aud', format: 'single-string' as const, values: ['screening'] }],
};

test('who brings a token is told by it, and everybody else signs in', () => {
  const { template } = endpointTemplate({
    plan: signedIn('cognito for all'),
    authenticate: { cognito, paths: 'all' },
    verifyJwt,
  });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    Port: 443,
    DefaultActions: [Match.objectLike({ Type: 'authenticate-cognito' }), { Type: 'forward', Order: 2 }],
  });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
    Conditions: [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'authorization', Values: ['Bearer *'] } }],
    Actions: [Match.objectLike({ Type: 'jwt-validation', Order: 1 }), Match.objectLike({ Type: 'forward', Order: 2 })],
  });
});
