import { loadConfig } from '../../lib/config/load';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { planText } from '../../lib/report';
import { sizingPlan } from '../../lib/sizing';
import { thrownBy } from '../../testing/error-of';
import { modelsConfig } from '../../testing/many-models';
import { NETWORK, STAGE_VARIANTS, variantsConfig } from '../../testing/stage-variants';
import { EXAMPLE_MODEL } from '../example';

const OIDC = STAGE_VARIANTS['sign-in']!;
const FOR_ALL = STAGE_VARIANTS['sign-in-for-all']!;
const problems = (stage: string) => thrownBy(() => loadConfig(variantsConfig({ dev: stage })), 'E_CONFIG').problems;

test.each([
  [
    'a secret in clear',
    OIDC.replace(/"arn:aws:secretsmanager[^"]*"/, 'hunter2'),
    /clientSecret must be the ARN of a secret/,
  ],
  [
    'a secret of another region',
    OIDC.replace('secretsmanager:eu-west-1', 'secretsmanager:eu-west-2'),
    /clientSecret is in eu-west-2/,
  ],
  [
    'a user pool of another account',
    FOR_ALL.replace('111111111111', '222222222222'),
    /userPool is of account 222222222222/,
  ],
  [
    'both providers',
    FOR_ALL.replace('authenticate: {', `authenticate: { ${/oidc: \{[^}]*\}/.exec(OIDC)![0]},`),
    /authenticate must name oidc or cognito, one of both/,
  ],
  [
    'a plain address',
    OIDC.replace('"https://login.example.com/token"', '"http://login.example.com/token"'),
    /tokenEndpoint must be an https address/,
  ],
  [
    'a load balancer without a way to the provider',
    `${OIDC}, internal: true`,
    /an internal one has no way to the internet; take egress: nat/,
  ],
  ['CloudFront', `name: dev, frontDoor: cloudfront, ${OIDC}`, /authenticate cannot be had with frontDoor: cloudfront/],
  ['an HTTP API', `name: dev, frontDoor: api, ${OIDC}`, /authenticate cannot be had with frontDoor: api/],
  [
    'a session of a month',
    FOR_ALL.replace('sessionHours: 12', 'sessionHours: 720'),
    /sessionHours must be at most 168/,
  ],
])('%s: one clear error', (_, stage, message) => {
  expect(problems(stage)).toEqual([expect.stringMatching(message)]);
});

test('a rollout goes with a sign-in for all paths', () => {
  const stage = FOR_ALL.replace('availability: single', 'availability: zone');
  const { stages } = loadConfig(variantsConfig({ dev: `${stage}, rollout: { canary: 5 %, for: 10m }` }));
  expect(stages[0]!.serviceLevel).toMatchObject({ signIn: 'cognito for all', rollout: { shares: [5] } });
});

test('tokens go with a sign-in for all paths, and a rollout with one of both', () => {
  const tokens = /verifyJwt: .*\]\s*\}/.exec(STAGE_VARIANTS['encrypted-network']!)![0].replace(/, network:.*/, '');
  const [both] = loadConfig(variantsConfig({ dev: `${FOR_ALL}, ${tokens}` })).stages;
  expect(both!.serviceLevel).toMatchObject({ signIn: 'cognito for all', verifyJwt: 'https://login.example.com/' });
  expect(problems(`${FOR_ALL}, ${tokens}, rollout: { canary: 5 %, for: 10m }`)).toEqual([
    expect.stringMatching(/rollout stands beside verifyJwt and authenticate.paths: all, which take two rules/),
  ]);
});

test('several models have a sign-in for all paths, and none for the page alone', () => {
  const said = (stage: string) => /authenticate: .*\}/.exec(stage)![0];
  const several = (keys: string) => modelsConfig({ titanic: '', iris: '' }, keys);
  expect(loadConfig(several(said(FOR_ALL))).stages.map(({ serviceLevel }) => serviceLevel.signIn)).toEqual([
    'cognito for all',
    'cognito for all',
  ]);
  const mistakes = (keys: string) => thrownBy(() => loadConfig(several(keys)), 'E_CONFIG').problems;
  expect(mistakes(said(OIDC))).toEqual([
    expect.stringMatching(/authenticate is for the page alone, .* take paths: all/),
  ]);
  const tokens =
    'verifyJwt: { issuer: "https://login.example.com/", jwksEndpoint: "https://login.example.com/keys", claims: [{ name: aud, format: single-string, values: [screening] }] }';
  expect(mistakes(`${said(FOR_ALL)}, ${tokens}`)).toEqual([
    expect.stringMatching(/verifyJwt stands beside authenticate.paths: all, which takes two rules/),
  ]);
});

test('an internal one with a NAT gateway, or in a network of yours, has its way', () => {
  const stages = { nat: `${OIDC}, internal: true, egress: nat`, there: `${OIDC}, internal: true, ${NETWORK}` };
  expect(loadConfig(variantsConfig(stages)).stages).toHaveLength(2);
});

test.each([
  ['sign-in', 'people sign in for /docs and /openapi.json by OpenID Connect, at no price of AWS'],
  ['sign-in-for-all', 'people sign in for all paths by Amazon Cognito, which bills the user pool by users a month'],
  ['callers', 'IPv6 beside IPv4, at no price: IPv6 addresses cost nothing; 2 further names, in 1 further zone'],
  ['closed', 'logs of connections and health checks, which the bill has; a zone can be left for the others'],
  ['waf', 'WAF with 5 rules, which the bill has'],
  ['certificates', 'callers show a certificate, checked with a trust store, which the bill has'],
  ['internal', 'no public addresses: the network alone reaches it, by a private hosted zone'],
])('the plan of %s names what its front door has', (name, text) => {
  const [stage] = loadConfig(variantsConfig({ [name]: STAGE_VARIANTS[name]! })).stages;
  const model = readModelPackage(EXAMPLE_MODEL);
  const { serviceLevel, region } = stage!;
  const plan = sizingPlan({ profile: readProfile(model), manifest: model.manifest, serviceLevel, region });
  const [, options] = planText(plan).replaceAll(/\s+/g, ' ').split('Options ');
  expect(options).toContain(text);
});
