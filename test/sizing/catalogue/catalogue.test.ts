import { readFileSync } from 'node:fs';
import { loadCatalogue, parseCatalogue } from '../../../lib/sizing';
import { catalogueDigest, cataloguePath, readCatalogue } from '../../../lib/sizing/catalogue/catalogue';
import { catalogueText, parseCatalogueFile } from '../../../lib/sizing/catalogue/file';
import { processorOf } from '../../../lib/sizing/catalogue/processors';
import { shippedCatalogue } from '../../../lib/sizing/catalogue/shipped/catalogue';
import { thrownBy } from '../../../testing/error-of';
import { typeNamed } from '../../../testing/sizing/examples';

const text = readFileSync(cataloguePath('us-east-1'), 'utf8');

describe('the shipped catalogue', () => {
  test('has the prices that were typed in, in the form of the file; specs are compared with EC2 by proof:catalog', () => {
    const specs = parseCatalogueFile(text, 'us-east-1.json').types.map(({ usdPerHour: _, ...spec }) => spec);
    expect(text).toBe(catalogueText(shippedCatalogue(specs)));
    expect(text.length).toBeLessThan(100_000);
  });

  test('has all current types, and says why some are not searched', () => {
    const { types, leftOut } = loadCatalogue('us-east-1');
    const left = Object.values(leftOut).reduce((a, b) => a + b);
    expect(types.length + left).toBeGreaterThan(1100);
    expect(types.length).toBeGreaterThan(300);
    expect(leftOut.withoutPrice).toBeGreaterThan(0);
    expect(types.find(({ name }) => name.includes('metal'))).toBeUndefined();
  });

  // published on-demand prices of other sizes than the one that was typed in
  test.each([
    ['m5.large', 0.096],
    ['t3.small', 0.0208],
    ['t4g.medium', 0.0336],
    ['c7g.medium', 0.03625],
    ['c5.4xlarge', 0.68],
    ['r6i.2xlarge', 0.504],
    ['t3.nano', 0.0052],
    ['c7g.16xlarge', 2.32],
  ])('has %s at %d USD an hour', (name, usdPerHour) => {
    expect(typeNamed(name).usdPerHour).toBeCloseTo(usdPerHour, 5);
  });

  test.each([
    ['t3.large', 0.3],
    ['t4g.small', 0.2],
    ['t3a.2xlarge', 0.4],
    ['c7i-flex.large', 0.4],
    ['m7i.large', undefined],
  ])('knows that %s has a baseline of %p', (name, baseline) => {
    expect(typeNamed(name).baseline).toBe(baseline);
  });

  test('offers one vCPU only where a vCPU is a core', () => {
    const { types } = loadCatalogue('us-east-1');
    expect(types.filter(({ vCpus }) => vCpus === 1).every(({ threadsPerCore }) => threadsPerCore === 1)).toBe(true);
  });

  test('stands in for a region without prices of its own', () => {
    expect(loadCatalogue('zz-none-1').region).toBe('us-east-1');
    expect(loadCatalogue('../../package').region).toBe('us-east-1');
  });
});

test.each([
  ['m6id', 'm6i'],
  ['r5dn', 'r5'],
  ['c6gd', 'c6g'],
  ['m5ad', 'm5a'],
])('%s has the processor of %s', (family, sibling) => {
  expect(processorOf(family)).toMatchObject({ ...processorOf(sibling)!, measuredOn: sibling });
});

test.each(['m5zn', 'c7gn', 'm8azn', 'r7iz', 'x2idn', 'c9g'])('the speed of %s is not known', (family) => {
  expect(processorOf(family)).toBeUndefined();
});

test('the digest does not depend on the order of the types', () => {
  const catalogue = loadCatalogue('us-east-1');
  const digest = catalogueDigest(catalogue);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(catalogueDigest({ ...catalogue, types: [...catalogue.types].reverse() })).toBe(digest);
  expect(catalogueDigest({ ...catalogue, types: catalogue.types.slice(1) })).not.toBe(digest);
});

const line = /^ {4}\["t4g.micro",.*\],$/m.exec(text)![0];

test.each([
  [
    'a merge kept both lines of a type',
    `${line}\n${line.replace('0.0084', '0.0001')}`,
    /each type once, has t4g.micro/,
  ],
  ['a type has more cores than vCPUs', line.replace('2,2,1024', '2,4,1024'), /more cores than vCPUs/],
  ['a zone is counted twice', line.replace(/"\d+"/, '"11"'), /the digits of the zones, ascending, each once/],
])('refuses a file in which %s', (_, lines, problem) => {
  const error = thrownBy(() => parseCatalogue(text.replace(line, lines), 'eu-west-1.json'), 'E_FILE');
  expect(error.problems).toEqual([expect.stringMatching(problem)]);
});

test('a catalogue that cannot be read is said to be so', () => {
  expect(thrownBy(() => readCatalogue('no-region-1'), 'E_FILE').message).toMatch(
    /no-region-1.json: does not exist; restore the file$/,
  );
});

test.each([
  ['{"types": [', /is not JSON/],
  ['{"schemaVersion": 1}', /is not a catalogue/],
  [text.replace('"arm64"', '"risc-v"'), /is not a catalogue/],
])('refuses %s', (text, message) => {
  const error = thrownBy(() => parseCatalogue(text, 'eu-west-1.json'), 'E_FILE');
  expect(error.message).toMatch(message);
  expect(error.message).toContain('eu-west-1.json');
});
