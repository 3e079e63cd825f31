import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../lib/config/load';
import { SlipwayError } from '../../lib/model/error';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_CONFIG, EXAMPLE_MODEL } from '../example';

const folder = temporaryFolder();

function load(text: string) {
  const path = join(folder, 'slipway.yaml');
  writeFileSync(path, text);
  return loadConfig(path);
}

/** The mistakes reported for a document, as `line: rest`. */
function mistakes(text: string): string[] {
  try {
    load(text);
  } catch (error) {
    if (!SlipwayError.is(error) || error.code !== 'E_CONFIG') throw error;
    return error.problems.map((problem) => problem.slice(join(folder, 'slipway.yaml').length + 1));
  }
  throw new Error('the document was accepted');
}

const VALID = `model: models/m
defaults:
  traffic: { requestsPerSecond: 20, p99: 100ms }
  monitoring: { notify: [ops@example.com] }
stages:
  dev:
    region: eu-west-1
    availability: single
    domain: { name: a.example.com, zone: example.com, zoneId: Z0123456789 }
`;

/** VALID with one line of the stage added or replaced; the stage's keys start at line 7. */
const withLine = (line: string) => `${VALID}    ${line}\n`;

describe('loadConfig', () => {
  test('reads the example', () => {
    const config = loadConfig(EXAMPLE_CONFIG);
    expect(config.stages.map(({ model }) => model)).toEqual(Array(3).fill(EXAMPLE_MODEL));
    expect(config.stages.map((stage) => [stage.name, stage.serviceLevel.availability])).toEqual([
      ['dev', 'single'],
      ['staging', 'instance'],
      ['prod', 'zone'],
    ]);
    expect(config.stages[2]!.serviceLevel).toEqual({
      requestsPerSecond: 400,
      meanRequestsPerSecond: 120,
      rowsPerRequest: 1,
      p99Ms: 40,
      availability: 'zone',
      hostedZone: true,
      budgetUsdPerMonth: 600,
    });
  });

  test('merges the defaults into a stage key by key, the stage winning', () => {
    const { stages } = load(withLine('traffic: { p99: 0.5s }'));
    expect(stages[0]!.serviceLevel).toMatchObject({ requestsPerSecond: 20, p99Ms: 500 });
  });

  test('who watches is an option of the endpoint', () => {
    const line =
      'access: { apiKeys: /keys }\n    monitoring: { metrics: public, scrapeFrom: [10.20.0.0/16, sg-0123456789abcdef0] }';
    expect(load(withLine(line)).stages[0]!.endpoint).toMatchObject({
      publicMetrics: true,
      scrapeFrom: ['10.20.0.0/16', 'sg-0123456789abcdef0'],
      notify: ['ops@example.com'],
    });
  });

  test.each([
    ['monitoring: lean', ['ops@example.com'], true], // whom the defaults name
    ['monitoring: { lean: true, notify: [ops@example.com] }', ['ops@example.com'], true],
    ['monitoring: { notify: { page: [/slipway/pagerduty] } }', { page: ['/slipway/pagerduty'] }, undefined],
  ])('%s', (line, notify, lean) => {
    const [stage] = load(withLine(line)).stages;
    expect(stage!.endpoint.notify).toEqual(notify);
    expect(stage!.serviceLevel.leanMonitoring).toBe(lean);
  });

  test('monitoring: lean declines notifications where the defaults name nobody', () => {
    const text = withLine('monitoring: lean').replace(/^ {2}monitoring: \{ notify: \[ops@example.com\] \}\n/m, '');
    expect(text).not.toContain('notify');
    expect(load(text).stages[0]!.endpoint.notify).toBe('none');
  });

  test('a shadow is found from the folder of the file, and gets a tenth of the requests', () => {
    expect(load(withLine('shadow: { model: models/next }')).stages[0]!.shadow).toEqual({
      model: join(folder, 'models/next'),
      share: 0.1,
      tolerance: 0.01,
      rowValues: false,
    });
    expect(load(withLine('shadow: { model: m, share: 2.5%, rowValues: true }')).stages[0]!.shadow).toMatchObject({
      share: 0.025,
      rowValues: true,
    });
  });

  test('notify: none declines notifications', () => {
    expect(load(withLine('monitoring: { notify: none }')).stages[0]!.endpoint.notify).toBe('none');
  });

  test('takes a certificate of the user instead of a zone', () => {
    const certificate = 'arn:aws:acm:eu-west-1:111111111111:certificate/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f';
    const { stages } = load(
      VALID.replace(/domain:.*/, `domain: { name: a.example.com, certificate: "${certificate}" }`),
    );
    expect(stages[0]!.domain).toEqual({ name: 'a.example.com', certificate });
  });

  test.each([
    ['availabilty: zone', '10: stages.dev.availabilty is not known; did you mean availability?'],
    [
      'traffic: { p99: 100 }',
      '10: stages.dev.traffic.p99 must be a duration with its unit, e.g. 40ms or 0.5s, got 100',
    ],
    ['traffic: { p99: 0ms }', '10: stages.dev.traffic.p99 must be a duration'],
    ['budgt: 3 USD/month', '10: stages.dev.budgt is not known; did you mean budget?; allowed are the'],
    ['traffic: { rps: 3 }', '10: stages.dev.traffic.rps is not known; allowed are requestsPerSecond'],
    [
      'traffic: { requestsPerSecond: 1.0e+300 }',
      '10: stages.dev.traffic.requestsPerSecond must be at most 10000000000: no fleet carries a tenth of it',
    ],
    ['traffic: { requestsPerSecond: -1 }', '10: stages.dev.traffic.requestsPerSecond must be greater than 0, got -1'],
    [
      'traffic: { meanRequestsPerSecond: 30 }',
      '10: stages.dev.traffic.meanRequestsPerSecond is 30, above the peak of 20',
    ],
    ['traffic: { day: smooth }', '10: stages.dev.traffic.day needs meanRequestsPerSecond: smooth is a wave'],
    ['traffic: { day: [1, 2] }', '10: stages.dev.traffic.day must be 24 numbers, the requests of each hour'],
    [`traffic: { day: [${'0, '.repeat(23)}0] }`, '10: stages.dev.traffic.day must be 24 numbers'],
    ['traffic: { risePerMinute: 3 }', '10: stages.dev.traffic.risePerMinute needs day: without it no fleet grows'],
    [
      `traffic: { meanRequestsPerSecond: 3, day: [${'1, '.repeat(23)}2] }`,
      '10: stages.dev.traffic.meanRequestsPerSecond follows from the hours of day',
    ],
    [
      'traffic: { meanRequestsPerSecond: 1, day: smooth }',
      '10: stages.dev.traffic.day is a wave, and the mean is below 10 % of the peak; give the 24 hours',
    ],
    ['traffic: { requestsPerSecond: .inf }', '10: stages.dev.traffic.requestsPerSecond must be a number, got Infinity'],
    ['traffic: { rowsPerRequest: 65537 }', '10: stages.dev.traffic.rowsPerRequest must be at most 65536: the handler'],
    ['traffic: { p99: 61s }', '10: stages.dev.traffic.p99 must be at most 60s: the load balancer gives up'],
    ['account: 011111111111', '10: stages.dev.account must be twelve digits in quotes'],
    [
      'shadow: { model: m, share: 0.1 }',
      '10: stages.dev.shadow.share must be a share above 0 to 100 %, e.g. 10 %, got 0.1',
    ],
    ['shadow: { model: m, share: 0 % }', '10: stages.dev.shadow.share must be a share above 0 to 100 %'],
    ['shadow: { model: m, group: maybe }', '10: stages.dev.shadow.group must be true or false'],
    ['shadow: { share: 10 % }', '10: stages.dev.shadow.model is missing'],
    ['shadow: { model: m, tolerance: 101 % }', '10: stages.dev.shadow.tolerance must be a share above 0 to 100 %'],
    ['budget: 600', '10: stages.dev.budget must be an amount, e.g. 600 USD/month, got 600'],
    ['requireVerified: yes', '10: stages.dev.requireVerified must be true or false, got "yes"'],
    ['machineImage: ubuntu', '10: stages.dev.machineImage must be the id of an AMI'],
    ['network: { vpcId: vpc-0123456789abcdef0 }', '10: stages.dev.network.availabilityZones is missing'],
    ['monitoring: { notify: [ops] }', '10: stages.dev.monitoring.notify'],
    ['monitoring: { metrics: open }', '10: stages.dev.monitoring.metrics must be one of private, public'],
    ['monitoring: { metrics: public }', '10: stages.dev.monitoring.metrics is public, and there is no access control'],
    ['monitoring: { scrapeFrom: [] }', '10: stages.dev.monitoring.scrapeFrom must name somebody'],
    ['monitoring: { scrapeFrom: [sg-1] }', '10: stages.dev.monitoring.scrapeFrom.0 must be a range of IPv4 addresses'],
    ['monitoring: { scrapeFrom: [0.0.0.0/0] }', '10: stages.dev.monitoring.scrapeFrom.0 must not be everybody'],
  ])('%s is reported with its line', (line, expected) => {
    expect(mistakes(withLine(line))[0]).toMatch(expected);
  });

  test.each([
    ['{ name: a.example.com, zone: example.com }', /domain.zoneId is missing: .*list-hosted-zones-by-name/],
    [
      '{ name: a.example.org, zone: example.com, zoneId: Z0123456789 }',
      /"a.example.org" is not in the zone example.com; take a name that ends in .example.com/,
    ],
    ['{ name: a.example.com }', /needs a certificate/],
    ['{ zone: example.com, zoneId: Z0123456789 }', /domain.name is missing/],
    [
      '{ name: a.example.com, certificate: "arn:aws:acm:us-east-1:111111111111:certificate/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f" }',
      /is in us-east-1; a load balancer needs one in its own region, eu-west-1/,
    ],
  ])('domain %s is refused', (domain, expected) => {
    expect(mistakes(VALID.replace(/domain:.*/, `domain: ${domain}`)).join('\n')).toMatch(expected);
  });

  test('reports all mistakes of all stages at once, in the order of their lines', () => {
    const found = mistakes(`modle: x
defaults:
  monitoring: { notify: [ops] }
stages:
  Dev:
    region: Ireland
    traffic: { requestsPerSecond: 1, p99: 1s }
  prod:
    region: eu-west-1
    availability: both
    budget: lots
`);
    expect(found.map((line) => line.split(' ', 2).join(' '))).toEqual([
      '1: model',
      '1: modle',
      '3: defaults.monitoring.notify.0',
      '5: stages.Dev',
      '6: stages.Dev.region',
      '8: stages.prod.traffic.requestsPerSecond',
      '8: stages.prod.traffic.p99',
      '8: stages.prod.domain.name',
      '10: stages.prod.availability',
      '11: stages.prod.budget',
    ]);
  });

  test.each([
    ['stages: { dev: {region: [a', /^1: /],
    ['', /^1: model is missing/],
    ['- a', /^1: the file must be a mapping, got \["a"\]/],
    ['model: m\nstages: {}\n', /^2: stages must have at least one stage/],
    ['model: *name\n', /^1: \*name names nothing: there is no &name before it/],
    ['model: m\nstages:\n  dev:\n', /^3: stages.dev must be a mapping, got null/],
  ])('%j gives a clear message', (text, expected) => {
    expect(mistakes(text)[0]).toMatch(expected);
  });

  test('a missing file says so', () => {
    expect(() => loadConfig(join(folder, 'none.yaml'))).toThrow(/none.yaml: does not exist/);
  });
});

describe('access', () => {
  const jwt = '{ issuer: "https://login.example.com/", audience: screening, keySet: /slipway/dev/key-set }';

  test('keys and tokens are read, and the bill knows of them', () => {
    const [stage] = load(withLine(`access: { apiKeys: /slipway/dev/keys, jwt: ${jwt} }`)).stages;
    expect(stage!.endpoint.access).toEqual({
      apiKeys: '/slipway/dev/keys',
      jwt: { issuer: 'https://login.example.com/', audience: 'screening', keySet: '/slipway/dev/key-set' },
    });
    expect(stage!.serviceLevel.accessControl).toBe('logged');
    const [quiet] = load(withLine('access: { apiKeys: /slipway/dev/keys, requestLog: false }')).stages;
    expect(quiet!.serviceLevel.accessControl).toBe('unlogged');
  });

  test('sites whose pages may call stand beside keys or alone, and keep nobody out', () => {
    const [both] = load(withLine('access: { apiKeys: /keys, origins: [https://a.example] }')).stages;
    expect(both!.endpoint).toMatchObject({ access: { apiKeys: '/keys' }, origins: ['https://a.example'] });
    const [alone] = load(withLine('access: { origins: ["http://localhost:3000"] }')).stages;
    expect(alone!.endpoint).toMatchObject({ origins: ['http://localhost:3000'] });
    expect([alone!.endpoint.access, alone!.serviceLevel.accessControl]).toEqual([undefined, undefined]);
  });

  test.each([
    ['access: {}', 'stages.dev.access must name apiKeys, jwt or both'],
    ['access: { origins: [] }', 'access.origins must name a site'],
    ['access: { origins: [https://a.example/] }', 'access.origins.0 must be an origin: scheme, host'],
    ['access: { origins: [https://a.example, https://a.example] }', 'access.origins.1 is there already'],
    ['access: { origins: ["*", https://a.example] }', 'has "*", which is every site: name it alone'],
    ['access: { origins: [https://a.example], requestLog: true }', 'must name apiKeys, jwt or both'],
    ['access: { apiKeys: "/a\'; rm -rf /\'" }', 'must be the name of an SSM parameter'],
    ['access: { jwt: { issuer: "http://a", audience: b, keySet: /c } }', 'must be the iss of the tokens'],
    ['access: { jwt: { issuer: "https://a", audience: b, keySett: /c } }', 'did you mean keySet?; allowed are issuer'],
  ])('%s is a mistake', (line, message) => {
    expect(mistakes(withLine(line)).join('\n')).toContain(message);
  });
});
