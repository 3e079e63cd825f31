/** Stages of every kind, as slipway.yaml has them: what rules and bounds of templates are held against. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEPLOYMENT_FIXTURES } from './fixtures';
import { temporaryFolder } from './temporary-folder';

export const NETWORK =
  'network: { vpcId: vpc-0123456789abcdef0, availabilityZones: [eu-west-1a, eu-west-1b, eu-west-1c], ' +
  'publicSubnetIds: [subnet-0aaaaaaaaaaaaaaa1, subnet-0aaaaaaaaaaaaaaa2, subnet-0aaaaaaaaaaaaaaa3], ' +
  'privateSubnetIds: [subnet-0bbbbbbbbbbbbbbb1, subnet-0bbbbbbbbbbbbbbb2, subnet-0bbbbbbbbbbbbbbb3] }';

export const KEY = 'arn:aws:kms:eu-west-1:111111111111:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f';
const LISTENER =
  'listener: { arn: "arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener/app/shared/0123456789abcdef/fedcba9876543210", ' +
  'securityGroup: sg-0123456789abcdef0, priority: 100, path: /credit, dnsName: shared-1.eu-west-1.elb.amazonaws.com, zoneId: Z32O12XQLNTSW2 }';
const TOKENS =
  'verifyJwt: { issuer: https://login.example.com/, jwksEndpoint: https://login.example.com/keys, claims: [{ name: aud, format: single-string, values: [screening] }] }';
const CERTIFICATE = 'arn:aws:acm:eu-west-1:111111111111:certificate/11111111-2222-3333-4444-555555555555';
const JWT =
  'jwt: { issuer: https://login.example.com/, audience: screening, keySet: /slipway/key-set, scope: predict }';

const MODEL = join(DEPLOYMENT_FIXTURES, 'models/breast-cancer');

/** Lines of a stage by its name; `region`, `domain` and `availability` are added where they are not said. */
export const STAGE_VARIANTS: Readonly<Record<string, string>> = {
  single: '',
  instance: 'availability: instance',
  zone: 'availability: zone',
  many: 'availability: zone, traffic: { requestsPerSecond: 20000, p99: 50ms }',
  nobody: 'monitoring: { notify: none }',
  keys: 'access: { apiKeys: /slipway/keys, requestLog: false }',
  tokens: `availability: zone, access: { apiKeys: /slipway/keys, ${JWT}, encryptionKey: "${KEY}" }`,
  network: NETWORK,
  'in-network': `availability: zone, access: { apiKeys: /slipway/keys }, ${NETWORK}`,
  certificate: `domain: { name: own.example.com, certificate: "${CERTIFICATE}" }`,
  image: 'machineImage: ami-0123456789abcdef0',
  oregon: 'region: us-west-2, availability: instance',
  addresses: 'cidr: 172.20.64.0/18',
  callers:
    'domain: { name: callers.example.com, zone: example.com, zoneId: Z0123456789PROD, names: [asked.example.com, { name: ask.example.org, zone: example.org, zoneId: Z0123456789ORG }] }, ipAddressType: dualstack, allowFrom: [203.0.113.0/24, "2001:db8::/32", pl-0123456789abcdef0]',
  way: 'allowTo: [pl-6da54004], http: refuse',
  ipv6: 'availability: zone, egress: ipv6, access: { apiKeys: /slipway/keys }',
  nat: 'availability: zone, egress: nat',
  internal: 'availability: zone, internal: true, access: { apiKeys: /slipway/keys, deploymentKey: /slipway/key }',
  'internal-ipv6': 'availability: single, internal: true, egress: ipv6',
  waf: 'waf: { requestsPerAddress: 3000, bodyBytes: 8192 }',
  'private-link':
    'availability: zone, internal: true, privateLink: { allowedPrincipals: ["222222222222", "arn:aws:iam::333333333333:role/caller"] }',
  'sign-in':
    'availability: instance, authenticate: { oidc: { issuer: "https://login.example.com", authorizationEndpoint: "https://login.example.com/authorize", tokenEndpoint: "https://login.example.com/token", userInfoEndpoint: "https://login.example.com/userinfo", clientId: slipway, clientSecret: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:slipway/client-AbCdEf", secretKey: client_secret } }',
  'sign-in-for-all':
    'availability: single, domain: { name: sign-in-for-all.example.com, zone: example.com, zoneId: Z0123456789PROD }, authenticate: { cognito: { userPool: "arn:aws:cognito-idp:eu-west-1:111111111111:userpool/eu-west-1_AbCdEfGhI", clientId: 1example23456789, domain: my-team }, paths: all, sessionHours: 12 }',
  'sign-in-or-token': `availability: single, domain: { name: sign-in-or-token.example.com, zone: example.com, zoneId: Z0123456789PROD }, authenticate: { cognito: { userPool: "arn:aws:cognito-idp:eu-west-1:111111111111:userpool/eu-west-1_AbCdEfGhI", clientId: 1example23456789, domain: my-team }, paths: all }, ${TOKENS}`,
  certificates: 'mutualTls: { bucket: authorities, key: ca.pem }',
  encrypted:
    'availability: zone, encryptionKey: stage, access: { apiKeys: /slipway/keys, deploymentKey: /slipway/key }',
  lean: 'availability: instance, monitoring: { lean: true, notify: [ops@example.com] }',
  'encrypted-lean': 'monitoring: lean, encryptionKey: stage',
  'encrypted-network': `domain: { name: beside-others.example.com, zone: example.com, zoneId: Z0123456789PROD }, encryptionKey: "${KEY}", ${LISTENER}, ${TOKENS}, ${NETWORK}`,
  'shadow-apart': `availability: instance, sessionManager: true, encryptionKey: stage, shadow: { model: ${MODEL}, group: true }`,
  'backend-tls': 'availability: instance, backendTls: true',
  closed:
    'availability: zone, http: closed, ipAddressType: dualstack, balancerLogs: [connections, healthChecks], zonalShift: true, targetHealth: { dnsFailover: 50 %, unhealthyRouting: 1, slowStart: 60s }',
  cloudfront: 'name: on-cloudfront, frontDoor: cloudfront, access: { apiKeys: /slipway/keys }',
  api: 'availability: instance, name: on-an-api, frontDoor: api',
  // of a region of which the tests have Spot prices, too
  spot: 'region: ca-central-1, availability: zone, traffic: { requestsPerSecond: 9000, p99: 50ms }, instances: { burstable: false }, purchase: { onDemandBase: 2, spot: true }',
  versions: `availability: instance, domain: { name: versions.example.com, zone: example.com, zoneId: Z0123456789PROD }, versions: [{ name: 1, weight: 90 % }, { name: "2", model: ${MODEL}, weight: 10 % }]`,
  scheduled:
    'availability: zone, traffic: { requestsPerSecond: 900, p99: 100ms }, schedule: { timeZone: Europe/Berlin, otherwise: 40 %, periods: [{ days: mon-fri, from: "08:00", to: "10:00", load: 100 % }, { from: "22:00", to: "06:00", load: off }] }',
  woken:
    'availability: instance, internal: true, schedule: { timeZone: UTC, wake: true, periods: [{ from: "22:00", to: "06:00", load: off }] }, scaling: { warmPool: true }',
  budget: 'availability: instance, budget: 200 USD/month',
};

/** Stages that are functions of Lambda, of the same form. */
export const FUNCTION_VARIANTS: Readonly<Record<string, string>> = {
  function: 'compute: lambda, name: as-a-function',
  'function-keys': `compute: lambda, name: with-keys, protect: true, access: { apiKeys: /slipway/keys, deploymentKey: /slipway/key, ${JWT} }`,
  'function-lean': 'compute: lambda, name: lean-function, monitoring: { lean: true, notify: none }',
  'function-key': 'compute: lambda, name: under-a-key, encryptionKey: stage',
  'function-named':
    'compute: lambda, domain: { name: function.example.com, zone: example.com, zoneId: Z0123456789PROD, names: [also.example.com] }, mutualTls: { bucket: trusted, key: ca.pem }, ipAddressType: dualstack',
  'function-cloudfront': 'compute: lambda, name: function-on-cloudfront, frontDoor: cloudfront',
  'function-canary': 'compute: lambda, name: careful-function, rollout: { canary: 5 %, for: 10m }',
};

/** A configuration of such stages in a folder of its own. @returns its path */
export function variantsConfig(stages: Readonly<Record<string, string>> = STAGE_VARIANTS, model = MODEL): string {
  const lines = Object.entries(stages).map(([name, said]) => {
    const parts = [
      said.includes('region:') ? '' : 'region: eu-west-1',
      said.includes('availability:') ? '' : 'availability: single',
      said.includes('domain:') || said.includes('name:')
        ? ''
        : `domain: { name: ${name}.example.com, zone: example.com, zoneId: Z0123456789PROD }`,
      said,
    ];
    return `  ${name}: { account: "111111111111", ${parts.filter((part) => part !== '').join(', ')} }`;
  });
  const path = join(temporaryFolder(), 'slipway.yaml');
  const text = [
    `model: ${model}`,
    'defaults: { traffic: { requestsPerSecond: 20, p99: 100ms }, monitoring: { notify: [ops@example.com] } }',
    'stages:',
    ...lines,
  ];
  writeFileSync(path, `${text.join('\n')}\n`);
  return path;
}
