/** Stages whose name and certificate are AWS's. */
import { mistakes, read } from './configuration';

const DOMAIN = 'domain: { name: a.example.com, zone: example.com, zoneId: Z0123456789 }';

const stage = (more: string, region = 'eu-west-1') =>
  [
    'model: models/a',
    'defaults:',
    '  traffic: { requestsPerSecond: 5, p99: 100ms }',
    '  monitoring: { notify: none }',
    'stages:',
    `  dev: { region: ${region}, availability: single, ${more} }`,
  ].join('\n');

test('a stage without a domain is named by itself', () => {
  const { stages } = read(stage('frontDoor: cloudfront, name: credit-dev'));
  expect(stages).toMatchObject([{ domain: { name: 'credit-dev' }, serviceLevel: { frontDoor: 'cloudfront' } }]);
  expect(stages[0]!.serviceLevel.hostedZone).toBeUndefined();
});

test.each([
  ['frontDoor: cloudfront', ['stages.dev.name is missing: with frontDoor: cloudfront there is no domain']],
  ['frontDoor: door, name: a-b', ['stages.dev.frontDoor must be one of alb, cloudfront, api']],
  ['frontDoor: api, name: A', ['stages.dev.name must be lower-case words with hyphens']],
  ['name: a-b', ['stages.dev.frontDoor is missing: a stage that has a name and no domain']],
  [`name: a-b, ${DOMAIN}`, ['stages.dev.name is for a stage without a domain']],
  ['domain: {}', ['without one of yours take frontDoor: cloudfront or api']],
  ['frontDoor: api, name: a-b, domain: { name: a.example.com }', ['stages.dev.domain is there, and frontDoor: api']],
  ['frontDoor: api, name: a-b, internal: true', ['stages.dev.internal cannot be had with frontDoor: api']],
  ['frontDoor: api, name: a-b, backendTls: true', ['stages.dev.backendTls cannot be had']],
  ['frontDoor: api, name: a-b, waf: {}', ['stages.dev.waf cannot be had']],
  ['frontDoor: api, name: a-b, mutualTls: { bucket: abc, key: k }', ['stages.dev.mutualTls cannot be had']],
  ['frontDoor: api, name: a-b, allowFrom: [203.0.113.0/24]', ['stages.dev.allowFrom cannot be had']],
  ['frontDoor: api, name: a-b, http: redirect', ['stages.dev.http is redirect, and an HTTP API']],
  ['frontDoor: cloudfront, name: a-b, http: closed', ['stages.dev.http is closed, and CloudFront always']],
  ['frontDoor: cloudfront, name: a-b, allowFrom: [203.0.113.0/24]', ['stages.dev.allowFrom names addresses']],
  ['frontDoor: api, name: a-b, traffic: { p99: 40s }', ['stages.dev.traffic.p99 must be at most 29s']],
])('%s is told', (more, told) => {
  const found = mistakes(stage(more));
  expect(found).toHaveLength(told.length);
  for (const text of told) expect(found.join('\n')).toContain(text);
});

test('CloudFront reaches no network of China', () => {
  expect(mistakes(stage('frontDoor: cloudfront, name: a-b', 'cn-north-1')).join()).toContain(
    'stages.dev.frontDoor is cloudfront, which does not reach networks in cn-north-1',
  );
});

test('two stages of one name are told, with the key that says it', () => {
  const more = 'frontDoor: api, name: a-b';
  const text = `${stage(more)}\n  prod: { region: eu-west-1, availability: zone, ${more} }`;
  expect(mistakes(text).join()).toContain('stages.prod.name is a-b, which dev has already');
});

test('several models stand behind a load balancer', () => {
  const text = stage('frontDoor: api, name: a-b').replace('model: models/a', 'models: { one: { model: models/a } }');
  expect(mistakes(text).join()).toContain('stages.dev.frontDoor is api, behind which one model stands');
});
