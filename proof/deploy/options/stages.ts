/** Stages that have every option of slipway.yaml between them, several in one where they go together. */
import { type Given, OTHER_ZONE, ZONE } from './given';

export const REGION = 'eu-west-1';

/** Who may connect by PrivateLink: an account, and a role of another. */
export const PARTNER = '222222222222';
export const PARTNER_ROLE = 'arn:aws:iam::333333333333:role/caller';

/** How the instances of a stage are bought. */
export const SPOT = { onDemandBase: 2, spot: true };

/** A stage as slipway.yaml has it. */
export type StageText = Readonly<Record<string, unknown>>;

const named = (name: string, { zone }: Given, more: object = {}) => ({
  domain: { name: `${name}.${ZONE}`, zone: ZONE, zoneId: zone, ...more },
});

/** @param shadow folder of another model package than the one that is served, for shadows and second versions */
export function optionStages(given: Given, shadow: string): Readonly<Record<string, StageText>> {
  const network = {
    vpcId: given.vpc,
    availabilityZones: given.zones,
    publicSubnetIds: given.public,
    privateSubnetIds: given.private,
  };
  const versions = [
    { name: '1', weight: '90 %' },
    { name: '2', model: shadow, weight: '10 %' },
  ];
  return {
    /** All that a load balancer of its own has towards the internet. */
    edge: {
      availability: 'zone',
      ...named('edge', given, {
        names: [`asked.${ZONE}`, { name: `ask.${OTHER_ZONE}`, zone: OTHER_ZONE, zoneId: given.otherZone }],
      }),
      ipAddressType: 'dualstack',
      allowFrom: ['203.0.113.0/24', '2001:db8::/32', given.prefixList],
      http: 'refuse',
      waf: { managedRules: true, requestsPerAddress: 3000, bodyBytes: 8192 },
      mutualTls: { bucket: given.bucket, key: given.bundle, version: given.bundleVersion },
      balancerLogs: ['connections', 'healthChecks'],
      zonalShift: true,
      targetHealth: { dnsFailover: '50 %', unhealthyRouting: 1, slowStart: '60s' },
      access: { origins: ['https://page.example.com'] },
      allowTo: [given.s3List],
      rollout: { canary: '5 %', for: '10m', mostChanged: '2 %' },
      versions,
      tags: { team: 'risk', 'cost centre': '42' },
    },
    /** Behind what is there: a listener, a network, a key. */
    behind: {
      ...named('behind', given),
      network,
      listener: {
        arn: given.listener,
        securityGroup: given.listenerGroup,
        priority: 100,
        path: '/credit',
        rules: [
          { priority: 50, host: [`*.${OTHER_ZONE}`], path: '/api/*' },
          { priority: 49_000, path: '/*' },
        ],
        dnsName: given.balancerName,
        zoneId: given.balancerZone,
      },
      encryptionKey: given.key,
      verifyJwt: {
        issuer: 'https://login.example.com/',
        jwksEndpoint: 'https://login.example.com/keys',
        claims: [{ name: 'aud', format: 'single-string', values: ['screening'] }],
      },
      rollout: { linear: '50 %', for: '3m' },
    },
    cloudfront: {
      name: 'on-cloudfront',
      frontDoor: 'cloudfront',
      allowFrom: [given.prefixList],
      access: {
        apiKeys: given.keys,
        deploymentKey: given.deploymentKey,
        encryptionKey: given.key,
        requestLog: false,
        jwt: {
          issuer: 'https://login.example.com/',
          audience: 'screening',
          keySet: given.keySet,
          scope: 'predict',
        },
      },
    },
    /** An API of API Gateway, smaller by day than at its peak and off at night, with a warm pool. */
    api: {
      name: 'on-an-api',
      frontDoor: 'api',
      availability: 'instance',
      scaling: { warmPool: true },
      traffic: { requestsPerSecond: 900, p99: '100ms' },
      schedule: {
        timeZone: 'Europe/Berlin',
        otherwise: '40 %',
        periods: [
          { days: 'mon-fri', from: '08:00', to: '10:00', load: '100 %' },
          { from: '22:00', to: '06:00', load: 'off' },
        ],
      },
    },
    /** A shadow on instances of its own, and a key of the stage. */
    shadow: {
      ...named('shadow', given),
      availability: 'instance',
      sessionManager: true,
      encryptionKey: 'stage',
      backendTls: true,
      shadow: { model: shadow, group: true, share: '50 %', tolerance: '1 %', rowValues: true },
      rollout: { allAtOnce: true, for: '5m' },
    },
    /** For callers of the network alone, with a way out by IPv6; off at night, unless one of them calls. */
    inside: {
      ...named('inside', given, {
        names: [{ name: `inner.${ZONE}`, zone: ZONE, zoneId: given.zone, certificate: given.innerCertificate }],
      }),
      availability: 'zone',
      internal: true,
      egress: 'ipv6',
      access: { apiKeys: given.keys, deploymentKey: given.deploymentKey },
      shadow: { model: shadow, group: false },
      versions,
      privateLink: { allowedPrincipals: [PARTNER, PARTNER_ROLE], acceptanceRequired: true },
      schedule: { timeZone: 'UTC', wake: true, periods: [{ from: '22:00', to: '06:00', load: 'off' }] },
    },
    /** Two instances on demand, and Spot beside them. */
    spot: {
      ...named('spot', given),
      availability: 'zone',
      traffic: { requestsPerSecond: 20_000, p99: '50ms' },
      instances: { burstable: false },
      purchase: SPOT,
    },
    /** Internal in a network that is there, with its private zone. */
    given: {
      domain: {
        name: `given.${ZONE}`,
        certificate: given.certificate,
        privateZoneId: given.privateZone,
        names: [{ name: `other.${ZONE}`, certificate: given.innerCertificate, privateZoneId: given.privateZone }],
      },
      internal: true,
      network,
      monitoring: 'lean',
      http: 'closed',
    },
    /** A way out by NAT, and everybody who can be told. */
    nat: {
      ...named('nat', given),
      egress: 'nat',
      access: { apiKeys: given.keys },
      cidr: '172.20.64.0/18',
      zones: given.zoneIds.slice(0, 2),
      machineImage: given.image,
      protect: true,
      monitoring: {
        notify: {
          page: [
            'ops@example.com',
            'https://events.pagerduty.com/integration/0123456789abcdef0123456789abcdef/enqueue',
            given.alerts,
            { slack: { workspace: 'T0123ABCD', channel: 'C0123ABCD' } },
          ],
          inform: [
            'team@example.com',
            {
              teams: {
                tenant: '11111111-2222-3333-4444-555555555555',
                team: '11111111-2222-3333-4444-555555555556',
                channel: '19%3A0123456789abcdef%40thread.tacv2',
              },
            },
          ],
        },
        metrics: 'public',
        scrapeFrom: ['172.20.0.0/16'],
      },
    },
    /** People sign in with Cognito; at the stage after it with another service. */
    people: {
      ...named('people', given),
      authenticate: {
        cognito: {
          userPool: `arn:aws:cognito-idp:${REGION}:123456789012:userpool/${REGION}_AbCdEfGhI`,
          clientId: '1example23456789',
          domain: 'my-team',
        },
        paths: 'all',
        sessionHours: 12,
      },
    },
    /** What changes the plan, and how its group grows; people sign in at it. */
    planned: {
      ...named('planned', given),
      authenticate: {
        oidc: {
          issuer: 'https://login.example.com',
          authorizationEndpoint: 'https://login.example.com/authorize',
          tokenEndpoint: 'https://login.example.com/token',
          userInfoEndpoint: 'https://login.example.com/userinfo',
          clientId: 'slipway',
          clientSecret: given.secret,
          secretKey: 'client_secret',
        },
        scope: 'openid email',
      },
      availability: 'instance',
      traffic: {
        requestsPerSecond: 1200,
        meanRequestsPerSecond: 400,
        day: 'smooth',
        risePerMinute: 60,
        bursts: 'usual',
        requestsPerConnection: 20,
        balancerNodes: 4,
        rowsPerRequest: 2,
        p99: '150ms',
      },
      instances: { families: ['c7g', 'm7g', 'c8g'], exclude: ['m7g.medium'], architecture: 'arm64', burstable: false },
      scaling: { predictive: true },
      discounts: { all: '10 %' },
      versions,
      freeTier: true,
      budget: '3000 USD/month',
      requireVerified: false,
    },
  };
}
