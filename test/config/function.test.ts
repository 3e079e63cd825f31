/** Stages that are a function of AWS Lambda. */
import { mistakes, read } from './configuration';

const stage = (more: string) =>
  [
    'model: models/a',
    'defaults:',
    '  traffic: { requestsPerSecond: 5, p99: 1s }',
    '  monitoring: { notify: none }',
    'stages:',
    `  dev: { region: eu-west-1, compute: lambda, ${more} }`,
  ].join('\n');

test('a function is named by itself, stands behind an HTTP API, and needs no availability', () => {
  const { stages } = read(stage('name: credit-dev, access: { apiKeys: /slipway/keys }, protect: true'));
  expect(stages).toMatchObject([
    {
      compute: 'lambda',
      domain: { name: 'credit-dev' },
      serviceLevel: { frontDoor: 'api', availability: 'single', accessControl: 'logged' },
      endpoint: { protect: true, access: { apiKeys: '/slipway/keys' } },
    },
  ]);
  expect(stages[0]!.serviceLevel.egress).toBeUndefined();
});

const ZONED = '{ name: a.example.com, zone: example.com, zoneId: Z0123456789 }';
const CERTIFIED =
  '{ name: a.example.com, certificate: "arn:aws:acm:eu-west-1:111111111111:certificate/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f" }';

test.each([
  [`domain: ${ZONED}`, { frontDoor: 'api', hostedZone: true, ownName: true }],
  [`domain: ${CERTIFIED}`, { frontDoor: 'api', ownName: true }],
  [`domain: ${ZONED}, mutualTls: { bucket: abc, key: k }`, { mutualTls: true, ownName: true }],
  ['name: a-b, frontDoor: cloudfront, http: refuse', { frontDoor: 'cloudfront' }],
  ['name: a-b, ipAddressType: dualstack', { ipAddressType: 'dualstack' }],
  ['name: a-b, rollout: { linear: 25 %, for: 5m }', { rollout: { shares: [25, 50, 75, 100], holdSeconds: 300 } }],
])('a function may have %s', (more, level) => {
  const [read_] = read(stage(more)).stages;
  expect(read_).toMatchObject({ compute: 'lambda', serviceLevel: level });
  expect(read_!.domain.name).toBe(more.startsWith('domain') ? 'a.example.com' : 'a-b');
});

test('a stage of instances says so, or says nothing', () => {
  const text = stage('name: a-b').replace(
    'compute: lambda',
    'compute: instances, availability: single, frontDoor: api',
  );
  expect(read(text).stages[0]).not.toHaveProperty('compute');
});

test.each([
  ['', 'stages.dev.name is missing: with compute: lambda and without a domain nothing else names stacks'],
  ['name: a-b, frontDoor: alb', 'stages.dev.frontDoor is alb, and a function stands behind an HTTP API'],
  [
    `name: a-b, domain: ${ZONED}`,
    'stages.dev.name is for a stage without a domain; this one is named by domain.name, so leave it out',
  ],
  [`domain: ${ZONED}, frontDoor: cloudfront`, 'stages.dev.domain is there, and frontDoor: cloudfront has a name'],
  ['domain: { name: a.example.com }', 'stages.dev.domain needs a certificate: give zone and zoneId'],
  [
    'domain: { name: a.example.com, certificate: "arn:aws:acm:us-east-1:111111111111:certificate/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f" }',
    'stages.dev.domain.certificate is in us-east-1; an HTTP API needs one in its own region, eu-west-1',
  ],
  ['domain: { name: a.example.org, zone: example.com, zoneId: Z0123456789 }', '"a.example.org" is not in the zone'],
  ['name: a-b, frontDoor: cloudfront, http: closed', 'stages.dev.http is closed, and CloudFront always listens'],
  ['name: a-b, frontDoor: cloudfront, ipAddressType: dualstack', 'stages.dev.ipAddressType is of an HTTP API'],
  [
    `domain: ${CERTIFIED}, mutualTls: { bucket: abc, key: k }`,
    'stages.dev.mutualTls stands beside a certificate of yours, which may be imported',
  ],
  ['name: a-b, http: redirect', 'stages.dev.http is redirect, and an HTTP API does not listen on port 80'],
  ['name: a-b, internal: true', 'stages.dev.internal cannot be had with compute: lambda: everybody reaches'],
  ['name: a-b, allowFrom: [203.0.113.0/24]', 'stages.dev.allowFrom cannot be had with compute: lambda'],
  ['name: a-b, egress: ipv6', 'stages.dev.egress cannot be had with compute: lambda: a function is in no network'],
  ['name: a-b, cidr: 10.1.0.0/16', 'stages.dev.cidr cannot be had with compute: lambda: a function is in no network'],
  ['name: a-b, zones: [euw1-az1, euw1-az2]', 'stages.dev.zones cannot be had with compute: lambda'],
  [
    'name: a-b, network: { vpcId: vpc-0123456789abcdef0, availabilityZones: [us-east-1a, us-east-1b], privateSubnetIds: [subnet-0aaaaaaaaaaaaaaa1] }',
    'stages.dev.network cannot be had with compute: lambda',
  ],
  ['name: a-b, instances: { families: [c7g] }', 'stages.dev.instances cannot be had with compute: lambda'],
  [
    'name: a-b, instances: { families: [g5] }',
    'stages.dev.instances cannot be had with compute: lambda: there are no instances, and a function has no GPU',
  ],
  ['name: a-b, purchase: { spot: true }', 'stages.dev.purchase cannot be had with compute: lambda'],
  ['name: a-b, discounts: { all: 27 % }', 'stages.dev.discounts cannot be had with compute: lambda'],
  [
    'name: a-b, schedule: { timeZone: UTC, periods: [{ from: "22:00", to: "06:00", load: off }] }',
    'stages.dev.schedule cannot be had with compute: lambda: a function costs nothing while nobody asks',
  ],
  ['name: a-b, scaling: { predictive: true }', 'stages.dev.scaling cannot be had with compute: lambda'],
  [
    'name: a-b, rollout: { canary: 5 %, for: 10m, mostChanged: 2 % }',
    'stages.dev.rollout.mostChanged is there, and a function has no shadow',
  ],
  ['name: a-b, shadow: { model: models/b, group: true }', 'stages.dev.shadow cannot be had with compute: lambda'],
  [
    'name: a-b, versions: [{ name: 1, weight: 90 % }, { name: 2, weight: 10 %, model: models/b }]',
    'stages.dev.versions cannot be had with compute: lambda',
  ],
  ['name: a-b, machineImage: ami-0123456789abcdef0', 'stages.dev.machineImage cannot be had with compute: lambda'],
  ['name: a-b, sessionManager: true', 'stages.dev.sessionManager cannot be had with compute: lambda'],
  ['name: a-b, backendTls: true', 'stages.dev.backendTls cannot be had with compute: lambda'],
  ['name: a-b, zonalShift: true', 'stages.dev.zonalShift cannot be had with compute: lambda'],
  ['name: a-b, waf: {}', 'stages.dev.waf cannot be had with compute: lambda'],
  ['name: a-b, mutualTls: { bucket: abc, key: k }', 'stages.dev.mutualTls needs a name of yours'],
  ['name: a-b, traffic: { p99: 40s }', 'stages.dev.traffic.p99 must be at most 29s with compute: lambda'],
  ['name: a-b, monitoring: { scrapeFrom: [10.0.0.0/8] }', 'stages.dev.monitoring.scrapeFrom cannot be had'],
  [
    'name: a-b, access: { apiKeys: /k }, monitoring: { metrics: public }',
    'stages.dev.monitoring.metrics is public, and /metrics of a function',
  ],
])('%s is told in one sentence', (more, told) => {
  const found = mistakes(stage(more));
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(told);
});

test('CloudFront is not to be had in a partition without it', () => {
  const text = stage('name: a-b, frontDoor: cloudfront').replace('eu-west-1', 'cn-north-1');
  expect(mistakes(text).join()).toContain('stages.dev.frontDoor is cloudfront, which is not to be had in cn-north-1');
});

test('a function serves one model', () => {
  const text = stage('name: a-b').replace('model: models/a', 'models: { one: { model: models/a } }');
  expect(mistakes(text).join()).toContain('stages.dev.compute is lambda, and a function serves one model');
});

test('an unknown kind is told with those that there are', () => {
  const text = stage('name: a-b').replace('compute: lambda', 'compute: lamda');
  expect(mistakes(text).join('\n')).toContain('stages.dev.compute must be one of instances, lambda, cheapest');
});

describe('compute: cheapest', () => {
  const cheapest = (more: string) => stage(more).replace('compute: lambda', 'compute: cheapest, availability: single');
  const orFunction = (more: string) => read(cheapest(more)).stages[0]!.orFunction as never;

  test.each([
    [`domain: ${ZONED}`, { frontDoor: 'api', ownName: true, hostedZone: true }],
    [`domain: ${ZONED}, frontDoor: alb`, { frontDoor: 'api', ownName: true }],
    ['name: a-b, frontDoor: cloudfront', { frontDoor: 'cloudfront' }],
    [`domain: ${ZONED}, egress: ipv6, instances: { families: [t4g] }, discounts: { all: 20 % }`, { frontDoor: 'api' }],
  ])('of %s there are instances, and a function behind the door that it can have', (more, level) => {
    const [asked] = read(cheapest(more)).stages;
    expect(asked).not.toHaveProperty('compute');
    expect(asked!.orFunction).toMatchObject({ stage: { serviceLevel: level } });
  });

  test.each([
    [`domain: ${ZONED}, waf: {}`, 'waf cannot be had with compute: lambda'],
    [`domain: ${ZONED}, allowFrom: [203.0.113.0/24]`, 'allowFrom cannot be had with compute: lambda'],
    [`domain: ${ZONED}, internal: true`, 'internal cannot be had with compute: lambda'],
    [`domain: ${ZONED}, shadow: { model: models/b }`, 'shadow cannot be had with compute: lambda'],
  ])('with %s it is instances, and says why', (more, why) => {
    expect(orFunction(more)).toMatchObject({ refused: [expect.stringContaining(why)] });
  });

  test('what is wrong with instances is told as of them', () => {
    expect(mistakes(cheapest(''))[0]).toContain('stages.dev.domain.name is missing');
  });

  test('several models share instances', () => {
    const text = cheapest(`domain: ${ZONED}`).replace('model: models/a', 'models: { one: { model: models/a } }');
    expect(mistakes(text).join()).toContain('stages.dev.compute is cheapest, and a function serves one model');
  });
});
