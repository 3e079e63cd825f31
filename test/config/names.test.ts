/** Further names of a stage. */
import { mistakes, read } from './configuration';

const CERTIFICATE = 'arn:aws:acm:eu-west-1:111111111111:certificate/11111111-2222-3333-4444-555555555555';

const stage = (names: string, domain = 'name: a.example.com, zone: example.com, zoneId: Z0123456789') =>
  [
    'model: models/a',
    'defaults:',
    '  traffic: { requestsPerSecond: 5, p99: 100ms }',
    '  monitoring: { notify: none }',
    'stages:',
    `  dev: { region: eu-west-1, account: "111111111111", availability: single, domain: { ${domain}, names: ${names} } }`,
  ].join('\n');

test('a name is in the zone of the first, or in one of its own', () => {
  const text = stage('[b.example.com, { name: a.example.org, zone: example.org, zoneId: Z0123456780 }]');
  const [{ domain, serviceLevel }] = read(text).stages as [ReturnType<typeof read>['stages'][number]];
  expect(domain.names).toEqual([
    { name: 'b.example.com', zone: 'example.com', zoneId: 'Z0123456789' },
    { name: 'a.example.org', zone: 'example.org', zoneId: 'Z0123456780' },
  ]);
  expect(serviceLevel.names).toEqual({ count: 2, zones: 1, certificates: 2 });
});

test('a certificate that is given has all names that say nothing else', () => {
  const text = stage(
    `[b.example.com, { name: c.example.org, certificate: "${CERTIFICATE}" }]`,
    `name: a.example.com, certificate: "${CERTIFICATE}"`,
  );
  expect(read(text).stages).toMatchObject([
    { domain: { names: [{ covered: true }, {}] }, serviceLevel: { names: { count: 2, zones: 0, certificates: 1 } } },
  ]);
});

test.each([
  ['[b.example.org]', 'names.0 "b.example.org" is not in the zone example.com; name the zone that it is in'],
  ['[{ name: b.example.com, zone: example.org, zoneId: Z012345678 }]', 'names.0.name "b.example.com" is not in the'],
  ['[a.example.com]', 'names.0 is a.example.com, the name of the endpoint already'],
  ['[b.example.com, b.example.com]', 'names.1 is b.example.com, which is there already'],
  ['[{ name: b.example.org, zone: example.org }]', 'names.0.zoneId is missing'],
  ['[{ name: b.example.org, zoneId: Z012345678 }]', 'names.0.zone is missing'],
  [`[{ name: b.example.com, certificate: "${CERTIFICATE.replace('eu-west-1', 'us-east-1')}" }]`, 'names.0.certificate'],
  [`[${'b'.repeat(63)}.example.com]`, undefined],
  ['[B.example.com]', 'names.0 must be a host name in lower case'],
  ['[{ name: b.example.com, zoon: example.com }]', 'names.0.zoon is not known; did you mean zone'],
  [`[${Array.from({ length: 21 }, (_, i) => `b${i}.example.com`)}]`, 'names must be at most 20'],
])('%s is told', (names, told) => {
  const text = stage(names);
  if (told === undefined) expect(() => read(text)).not.toThrow();
  else expect(mistakes(text)).toEqual([expect.stringContaining(`stages.dev.domain.${told}`)]);
});

test('a name has one record in a zone', () => {
  const prod = stage('[b.example.com]', 'name: c.example.com, zone: example.com, zoneId: Z0123456789')
    .split('\n')
    .at(-1)!;
  const text = `${stage('[b.example.com]')}\n${prod.replace('dev', 'prod')}`;
  expect(mistakes(text)).toEqual([
    expect.stringContaining('stages.prod.domain.names.0 is b.example.com, which dev has already'),
  ]);
});

test('several models take one more', () => {
  const text = stage('[b.example.com, c.example.com]').replace(
    'model: models/a',
    'models: { one: { model: models/a } }',
  );
  expect(mistakes(text)).toEqual([expect.stringContaining('names has 2 names, and several models take 1')]);
});
