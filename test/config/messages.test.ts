/** What a person is told: a line, a bounded quotation, no words of a library, and one message for one mistake. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { loadConfig } from '../../lib/config/load';
import { temporaryFolder } from '../../testing/temporary-folder';
import { codePoint } from '../code-point';
import { runs } from '../runs';
import { configuration, mistakes, withLine } from './configuration';

const deep = (count: number) => `model: ${'['.repeat(count)}${']'.repeat(count)}\n`;

test.each([
  [
    'a second document',
    `${configuration({})}---\na: 1\n`,
    '10: begins a second document, and one is read; leave out this line and the "---"',
  ],
  [
    'a tab',
    configuration({}).replace('    region', '\t\tregion'),
    /^7: has a tab for indentation, and YAML takes spaces alone$/,
  ],
  ['a tab before the first key', '\tmodel: m\nstages:\n\tdev: {}\n', /^1: has a tab for indentation/],
  ['a key twice', `${configuration({})}model: n\n`, /^10: has a key that is there already$/],
  ['10,000 levels', deep(10_000), /is nested in more than 32 levels$/],
  ['40 levels', deep(40), /^1: is nested in more than 32 levels$/],
  ['an alias that contains itself', 'model: &a [*a]\nstages: {}\n', /^1: \*a stands within what it names/],
  [
    'a mapping that contains itself',
    'defaults: &d\n  domain: *d\nmodel: m\nstages: {}\n',
    /^2: \*d stands within what it names/,
  ],
  [
    'aliases of aliases',
    `a: &a [x, x]\n${[...'bcdefghijklmnop'].map((name, i) => `${name}: &${name} [${`*${'abcdefghijklmnop'[i]}, `.repeat(9)}1]`).join('\n')}\n`,
    /^\d+: has so many aliases of aliases/,
  ],
  ['a quotation that does not end', 'model: "m\n', /^\d+: is no YAML: /],
  ['a megabyte', `# ${'x'.repeat(1 << 20)}\n`, /^.*: has 1048579 bytes, at most 262144 are read|has 1048579 bytes/],
])('%s is one message', (_, text, expected) => {
  const found = mistakes(text);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(expected);
});

test('a fault in what an alias names is told where it is written', () => {
  const text = `model: m
defaults:
  traffic: &traffic { requestsPerSecond: 20, p99: 100 }
  monitoring: { notify: none }
stages:
  dev:
    region: eu-west-1
    availability: single
    traffic: *traffic
    domain: { name: a.example.com, zone: example.com, zoneId: Z0123456789 }
`;
  expect(mistakes(text).map((found) => found.split(' ', 2).join(' '))).toEqual([
    '3: defaults.traffic.p99',
    '3: stages.dev.traffic.p99',
  ]);
});

test.each([
  ['1dev', /^6: stages\.1dev must begin with a lower-case letter, got "1dev"$/],
  ['Dev', /must begin with a lower-case letter/],
  ['d_v', /must be lower-case letters, digits and hyphens, got "d_v"/],
  ['d', /must have 2 to 20 characters, got "d"/],
  ['d'.repeat(21), /must have 2 to 20 characters/],
  ['constructor', /must be another word: JavaScript, and so the CDK, keeps constructor for itself/],
  ['__proto__', /must begin with a lower-case letter/],
  ['""', /stages\."" must begin with a lower-case letter, got ""/],
])('a stage called %s', (name, expected) => {
  const found = mistakes(configuration({ name }));
  expect(found.at(-1)).toMatch(expected);
  expect(found).toHaveLength(name === '__proto__' ? 2 : 1); // no library takes that for a key
});

test.each(['constructor: 1', 'toString: 1', '__proto__: { a: 1 }', 'hasOwnProperty: []'])(
  'the key %s is not known',
  (line) => {
    expect(mistakes(withLine(line)).join('\n')).toMatch(/is not known/);
  },
);

test('values and keys are quoted by their beginning, without control characters', () => {
  for (const line of [
    `machineImage: "${'x'.repeat(100_000)}"`,
    'machineImage: "\\e[2J\\u202e\\0"',
    `"${'k'.repeat(100_000)}\\e": 1`,
    '"\\r\\e[1A": 1',
  ]) {
    const [found] = mistakes(withLine(line));
    expect(found!.length).toBeLessThan(500);
    expect(found).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
});

test('the reader of YAML writes nothing by itself', () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  mistakes(withLine('? { a: "\\e[2J" }\n    : 1'));
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

test('a thousand mistakes are a hundred lines and their number', () => {
  const found = mistakes(withLine(Array.from({ length: 1000 }, (_, i) => `k${i}: 1`).join('\n    ')));
  expect(found).toHaveLength(101);
  expect(found.at(-1)).toMatch(/900 more$/);
});

/** Places of the document that take a value, and what people and machines put there. */
const PLACES = [
  'account',
  'region',
  'availability',
  'budget',
  'machineImage',
  'requireVerified',
  'traffic',
  'domain',
  'monitoring',
  'access',
  'network',
  'traffic.requestsPerSecond',
  'traffic.meanRequestsPerSecond',
  'traffic.day',
  'traffic.risePerMinute',
  'traffic.rowsPerRequest',
  'traffic.p99',
  'domain.name',
  'domain.zone',
  'domain.zoneId',
  'domain.certificate',
  'monitoring.notify',
  'monitoring.lean',
  'access.apiKeys',
  'access.jwt',
  'access.encryptionKey',
  'access.requestLog',
  'network.vpcId',
  'network.availabilityZones',
  'network.publicSubnetIds',
  'network.privateSubnetIds',
];
const anything = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e308,
    '',
    ' ',
    'none',
    [],
    {},
    [[]],
    [null],
    [1],
    [{}],
    { a: 1 },
    'x'.repeat(1000),
  ),
  fc.string({ unit: codePoint }),
  fc.array(fc.string(), { maxLength: 3 }),
  fc.anything({ maxDepth: 2, maxKeys: 3 }).map((value) => JSON.parse(JSON.stringify(value) ?? 'null') as unknown),
);

test('whatever stands in place of a value, the message is in our words and has a line', () => {
  fc.assert(
    fc.property(fc.constantFrom(...PLACES), anything, (place, value) => {
      const [section, key] = place.split('.');
      const written = key === undefined ? value : { [key]: value };
      const line = `${section}: ${JSON.stringify(written).replaceAll(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}`;
      const base = configuration({})
        .split('\n')
        .filter((row) => !row.startsWith(`    ${section}:`))
        .join('\n');
      for (const found of mistakes(`${base}    ${line}\n`)) {
        expect(found).toMatch(/^\d+: [\w."\\-]+.* (must|is|has|needs) /);
        expect(found).not.toMatch(/Too small|Too big|Invalid|expected|Unrecognized|undefined|\[object/);
        expect(found.length).toBeLessThan(700);
      }
    }),
    { numRuns: runs(150) },
  );
});

test('a file that is no text, too large, or no file, is one message', () => {
  const path = join(temporaryFolder(), 'slipway.yaml');
  writeFileSync(path, Buffer.from(configuration({}), 'utf16le').fill(0xff, 0, 2));
  expect(() => loadConfig(path)).toThrow(/slipway\.yaml: is not text in UTF-8; save it in that encoding/);
  writeFileSync(path, '#'.repeat(300_000));
  expect(() => loadConfig(path)).toThrow(/has 300000 bytes, more than the limit of 262144 bytes/);
  expect(() => loadConfig('/dev/zero')).toThrow(/is a device, not a file/);
  expect(() => loadConfig(temporaryFolder())).toThrow(/is a folder, not a file/);
});

test.each([
  ['cidr: 10.1.0.0/16', []],
  ['cidr: 172.20.64.0/18', []],
  ['cidr: 10.1.0.0/20', [/^10: stages\.dev\.cidr must be from \/16 to \/18, .* is \/20/]],
  ['cidr: 10.1.2.0/16', [/^10: stages\.dev\.cidr must be a range .* boundary/]],
  ['cidr: 8.8.0.0/16', [/^10: stages\.dev\.cidr must be of private addresses/]],
  ['egress: ipv6', []],
  ['egress: gateway', [/^10: stages\.dev\.egress must be one of endpoints, ipv6, nat, existing/]],
  ['egress: existing', [/^10: stages\.dev\.egress is existing, .* name it as network, or take endpoints, ipv6 or nat/]],
  ['allowFrom: [203.0.113.0/24, pl-0123456789abcdef0]', []],
  ['allowFrom: []', [/^10: stages\.dev\.allowFrom must name somebody/]],
  ['allowFrom: [0.0.0.0/0]', [/^10: stages\.dev\.allowFrom\.0 must not be everybody/]],
  ['allowFrom: [10.0.0.0/8, 10.0.0.0/8]', [/^10: stages\.dev\.allowFrom\.1 is there already/]],
  ['internal: true', []],
  ['internal: yes', [/^10: stages\.dev\.internal must be true or false/]],
  ['encryptionKey: true', []],
  ['encryptionKey: stage', []],
  ['encryptionKey: false', []],
  [
    'encryptionKey: mine',
    [/^10: stages\.dev\.encryptionKey must be stage, for a key of its own, or the ARN of a KMS key/],
  ],
  ['encryptionKey: 5', [/^10: stages\.dev\.encryptionKey must be text, got 5/]],
  [
    'encryptionKey: "arn:aws:kms:eu-west-2:111111111111:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f"',
    [/^10: stages\.dev\.encryptionKey is in eu-west-2; logs and volumes are encrypted with a key in its own region/],
  ],
  ['sessionManager: true', []],
  ['sessionManager: please', [/^10: stages\.dev\.sessionManager must be true or false, got "please"/]],
  ['backendTls: true', []],
  ['backendTls: self', [/^10: stages\.dev\.backendTls must be true or false, got "self"/]],
  ['waf: {}', []],
  ['waf: { managedRules: false }', [/^10: stages\.dev\.waf must have a rule/]],
  ['waf: { requestsPerAddress: 5 }', [/^10: stages\.dev\.waf\.requestsPerAddress must be at least 10/]],
  ['waf: { bodyBytes: 9000 }', [/^10: stages\.dev\.waf\.bodyBytes must be at most 8192/]],
  ['mutualTls: { bucket: authorities, key: ca.pem }', []],
  ['mutualTls: { bucket: authorities }', [/^10: stages\.dev\.mutualTls\.key/]],
  ['mutualTls: true', [/^10: stages\.dev\.mutualTls must have a trust store, .*key: ca\.pem }, got true$/]],
  ['mutualTls: {}', [/^10: stages\.dev\.mutualTls must have a trust store/]],
  ['tags: { team: risk, cost-centre: "42", "Kostenstelle Süd": a/b+c=d@e }', []],
  ['tags: {}', [/^10: stages\.dev\.tags must name a tag/]],
  ['tags: { cost-centre: 42 }', [/^10: stages\.dev\.tags\.cost-centre must be text: put numbers .* in quotes, got 42/]],
  ['tags: [team]', [/^10: stages\.dev\.tags must be/]],
  ['tags: { "AWS:team": risk }', [/^10: stages\.dev\.tags\."AWS:team" is a key that must not begin with aws:/]],
  ['tags: { "slipway:stage": risk }', [/^10: .* is a key that must not begin with slipway: the commands find/]],
  ['tags: { team: risk, Team: claims }', [/^10: stages\.dev\.tags\.Team is "team" in other letters/]],
  ['tags: { team: "" }', [/^10: stages\.dev\.tags\.team must have text/]],
  ['tags: { team: "a\\u0007" }', [/^10: stages\.dev\.tags\.team must have letters, digits, blanks/]],
  [`tags: { team: ${'x'.repeat(257)} }`, [/^10: stages\.dev\.tags\.team must be at most 256 characters, has 257/]],
  [`tags: { ${'x'.repeat(129)}: risk }`, [/is a key that must be at most 128 characters, has 129/]],
  [
    `tags: { ${Array.from({ length: 41 }, (_, i) => `t${i}: a`).join(', ')} }`,
    [/^10: stages\.dev\.tags must be at most 40, has 41: AWS takes 50/],
  ],
  ['http: off', [/^10: stages\.dev\.http must be one of redirect, refuse, closed/]],
])('%s', (line, expected) => {
  const found = mistakes(withLine(line));
  expect(found).toHaveLength(expected.length);
  for (const [i, pattern] of expected.entries()) expect(found[i]).toMatch(pattern);
});

/** Stages in which keys depend on each other. */
const DEPENDENT: readonly (readonly string[])[] = [
  [
    'traffic: { requestsPerSecond: 50, meanRequestsPerSecond: 30, day: smooth, risePerMinute: 3, p99: 40ms }',
    'scaling: { predictive: true }',
  ],
  [
    'traffic: { meanRequestsPerSecond: 3 }',
    'schedule: { timeZone: UTC, periods: [{ days: [sat], from: "08:00", to: "10:00", load: off }] }',
    'scaling: { warmPool: true }',
  ],
  ['access: { apiKeys: /a/keys, deploymentKey: /a/one }', 'monitoring: { notify: none, metrics: public }'],
  [
    'egress: existing',
    'network: { vpcId: vpc-0123456789abcdef0, availabilityZones: [eu-west-1a, eu-west-1b], publicSubnetIds: [subnet-0aaaaaaaaaaaaaaa1, subnet-0aaaaaaaaaaaaaaa2], privateSubnetIds: [subnet-0bbbbbbbbbbbbbbb1, subnet-0bbbbbbbbbbbbbbb2] }',
  ],
  ['internal: true', 'privateLink: { allowedPrincipals: ["arn:aws:iam::111111111111:root"] }'],
];

/** A value in the place of each of a document's, and whose place that is. */
function* withOneWrong(value: unknown, wrong: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const copy = (changed: unknown) =>
      Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
    yield copy(wrong);
    for (const changed of withOneWrong(inner, wrong)) yield copy(changed);
  }
}

test.each(DEPENDENT)('one wrong value is one message, whatever depends on it: %s', (...lines) => {
  expect(mistakes(configuration({ more: lines }))).toEqual([]);
  for (const stage of withOneWrong(parse(lines.join('\n')), 'x?!')) {
    const more = Object.entries(stage as object).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
    const found = mistakes(configuration({ more }));
    expect(found.length).toBeLessThanOrEqual(1);
  }
});

test('addresses of a network that is made do not go with a network that is used', () => {
  const network =
    'network: { vpcId: vpc-0123456789abcdef0, availabilityZones: [eu-west-1a, eu-west-1b], ' +
    'publicSubnetIds: [subnet-0aaaaaaaaaaaaaaa1, subnet-0aaaaaaaaaaaaaaa2], ' +
    'privateSubnetIds: [subnet-0bbbbbbbbbbbbbbb1, subnet-0bbbbbbbbbbbbbbb2] }';
  expect(mistakes(configuration({ more: [network, 'cidr: 10.1.0.0/16'] }))).toEqual([
    '11: stages.dev.cidr is of a network that is made, and this stage uses vpc-0123456789abcdef0; leave one of both out',
  ]);
  expect(mistakes(configuration({ more: [network, 'egress: nat'] }))).toEqual([
    '11: stages.dev.egress is nat, of a network that is made, and this stage uses vpc-0123456789abcdef0, whose ways out are its own; take egress: existing',
  ]);
  expect(mistakes(configuration({ more: [network, 'egress: existing'] }))).toEqual([]);
});

test.each(['ipv6', 'nat'])('egress: %s leads to addresses that no list of allowTo has', (egress) => {
  expect(mistakes(configuration({ more: [`egress: ${egress}`, 'allowTo: [pl-6da54004]'] }))).toEqual([
    `11: stages.dev.allowTo cannot be kept with egress: ${egress}, by which CloudWatch Logs is called at addresses that no list has; take egress: endpoints`,
  ]);
});

test('an internal load balancer needs no public subnets of a network, and private ones in two zones', () => {
  const network = (zones: number, more = '') =>
    `network: { vpcId: vpc-0123456789abcdef0, availabilityZones: [eu-west-1a, eu-west-1b], ${more}` +
    `privateSubnetIds: [${['subnet-0bbbbbbbbbbbbbbb1', 'subnet-0bbbbbbbbbbbbbbb2'].slice(0, zones).join(', ')}] }`;
  expect(mistakes(configuration({ more: [network(2), 'internal: true'] }))).toEqual([]);
  expect(mistakes(configuration({ more: [network(2)] }))).toEqual([
    expect.stringMatching(/network\.publicSubnetIds is missing: the subnets of the load balancer/),
  ]);
  expect(mistakes(configuration({ more: [network(1), 'internal: true'] }))).toContainEqual(
    expect.stringMatching(/network\.privateSubnetIds must name subnets in two zones/),
  );
});
