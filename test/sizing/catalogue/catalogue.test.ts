import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { REGIONS } from '../../../lib/aws/regions';
import { loadCatalogue, parseCatalogue, sizingPlan } from '../../../lib/sizing';
import { catalogueDigest, cataloguePath, readCatalogue, regionOfFile } from '../../../lib/sizing/catalogue/catalogue';
import { catalogueText, parseCatalogueFile, SHARED_SPECS } from '../../../lib/sizing/catalogue/file';
import { processorOf } from '../../../lib/sizing/catalogue/processors';
import { thrownBy } from '../../../testing/error-of';
import { manifestOf, serviceLevel, steadyProfile, typeNamed } from '../../../testing/sizing/examples';
import { some } from '../../runs';

const SHIPPED = resolve('lib/sizing/catalogue/regions');
const shippedText = (region: string) => readFileSync(join(SHIPPED, `${region}.json`), 'utf8');
const parsed = new Map<string, ReturnType<typeof parseCatalogue>>();
function shipped(region: string) {
  const catalogue = parsed.get(region) ?? parseCatalogue(shippedText(region), `${region}.json`);
  parsed.set(region, catalogue);
  return catalogue;
}
const SHIPPED_REGIONS = readdirSync(SHIPPED).map((name) => basename(name, '.json'));
const TRIED_REGIONS = some(SHIPPED_REGIONS, 6);
const text = readFileSync(cataloguePath('us-east-1'), 'utf8');

test('the GPU types that the guide names have a price in us-east-1', () => {
  const withGpu = shipped('us-east-1').types.filter(({ gpu }) => gpu);
  const families = new Set(withGpu.map(({ name }) => name.split('.')[0]));
  expect([...families].sort()).toEqual(['g4dn', 'g5', 'g6', 'g6e', 'gr6', 'p5']);
  expect(withGpu).toHaveLength(23);
  expect(readFileSync('docs/guide/sizing.md', 'utf8')).toMatch(/In us-east-1 23 of them have a price\./);
});

test('the guide says how many regions have a catalogue', () => {
  const guide = readFileSync('docs/guide/sizing.md', 'utf8');
  expect(guide).toContain(`has a file for each of ${SHIPPED_REGIONS.length} regions`);
});

describe('the shipped catalogues', () => {
  test('are of every region whose prices can be known, in less than 1.5 MB', () => {
    const without = REGIONS.filter((region) => !SHIPPED_REGIONS.includes(region));
    expect(without).toEqual(['cn-northwest-1', 'eusc-de-east-1', 'me-west-1']);
    const bytes = [...SHIPPED_REGIONS.map((region) => shippedText(region).length), readFileSync(SHARED_SPECS).length];
    expect(bytes.reduce((a, b) => a + b)).toBeLessThan(1.5e6);
  });

  test.each(TRIED_REGIONS)('%s: a renewal that finds the same writes the same', (region) => {
    const file = parseCatalogueFile(shippedText(region), region);
    expect(file.region).toBe(region);
    expect(catalogueText(file)).toBe(shippedText(region));
    const zones = new Set(file.types.flatMap((type) => type.zones.map((zone) => zone.slice(0, -1))));
    expect(zones.size).toBeLessThanOrEqual(1); // all of one region
  });

  test.each(TRIED_REGIONS)('%s: within a family of processors alone prices are in proportion to memory', (region) => {
    const perGiB = new Map<string, number[]>();
    for (const { name, usdPerHour, memoryMiB, gpu } of shipped(region).types) {
      const family = name.split('.')[0]!;
      if (!gpu && !/^(x1e?|x2|x8|z1d|i3|im4|i4i)/.test(family)) {
        perGiB.set(family, [...(perGiB.get(family) ?? []), usdPerHour / memoryMiB]);
      }
    }
    const odd = [...perGiB].filter(([, values]) => Math.max(...values) / Math.min(...values) > 1.02);
    expect(odd.map(([family]) => family)).toEqual([]);
  });

  test('spot is cheaper than on demand', () => {
    const dearer = TRIED_REGIONS.flatMap((region) =>
      shipped(region).types.filter(({ usdPerHour, spotUsdPerHour }) => (spotUsdPerHour ?? 0) >= usdPerHour),
    );
    expect(dearer).toEqual([]);
  });

  // published on-demand prices; a renewal may move them, but hardly by a quarter
  test.each([
    ['us-east-1', 'm9g.large', 0.09785, '2026-07-20'],
    ['eu-west-1', 'c7g.xlarge', 0.155, '2025-11-04'],
    ['eu-central-1', 'm7a.large', 0.13886, '2025-11-04'],
    ['ap-south-1', 't4g.medium', 0.0224, '2025-11-04'],
    ['us-gov-west-1', 'c5.xlarge', 0.204, '2026-07-20'],
  ])('%s has %s at %d USD an hour, as listed on %s', (region, name, listed, day) => {
    const { types, capturedAt } = shipped(region);
    const { usdPerHour } = types.find((type) => type.name === name)!;
    if (capturedAt === day) expect(usdPerHour).toBeCloseTo(listed, 4);
    expect(usdPerHour / listed).toBeGreaterThan(0.8);
    expect(usdPerHour / listed).toBeLessThan(1.25);
  });

  test('have no type that the region does not offer', () => {
    const names = (region: string) => new Set(shipped(region).types.map(({ name }) => name.split('.')[0]));
    for (const family of ['c8a', 'm8a', 'r7a', 'r8a']) expect(names('eu-west-2')).not.toContain(family);
    expect(names('us-west-1')).not.toContain('m7a');
    expect(names('eu-north-1')).not.toContain('c6a');
    expect(names('us-east-1')).toContain('m9g');
  });

  test.each(['us-west-1', 'ap-south-1', 'eu-north-1'])(
    'a plan in %s has a type that enough of its zones offer',
    (region) => {
      for (const requestsPerSecond of [5, 90, 900]) {
        const plan = sizingPlan({
          profile: steadyProfile(1),
          manifest: manifestOf(),
          serviceLevel: serviceLevel({ requestsPerSecond }),
          region,
          catalogue: shipped(region),
        });
        expect(plan.offeredIn.length).toBeGreaterThanOrEqual(plan.zones);
      }
    },
  );

  test.each(TRIED_REGIONS)('%s says of which families prices are estimated, and of no other', (region) => {
    const { estimated = [] } = JSON.parse(shippedText(region)) as { estimated?: string[] };
    if (region === 'us-east-1') expect(estimated).toEqual([]);
    for (const { name, estimated: marked = false } of shipped(region).types) {
      expect([name, marked]).toEqual([name, estimated.includes(name.split('.')[0]!)]);
    }
  });
});

describe('a catalogue', () => {
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
    expect(regionOfFile('cn-northwest-1')).toBe('cn-north-1');
    expect(regionOfFile('eusc-de-east-1')).toBe('eu-central-1');
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

test.each(['mac2', 'x1e', 'u7i-12tb', 'hpc7a'])('the speed of %s is not known', (family) => {
  expect(processorOf(family)).toBeUndefined();
});

test('the digest does not depend on the order of the types', () => {
  const catalogue = loadCatalogue('us-east-1');
  const digest = catalogueDigest(catalogue);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(catalogueDigest({ ...catalogue, types: [...catalogue.types].reverse() })).toBe(digest);
  expect(catalogueDigest({ ...catalogue, types: catalogue.types.slice(1) })).not.toBe(digest);
});

const line = /^ {4}\["t4g.micro","\d.*\],$/m.exec(text)![0];
const spec = /^ {4}\["t4g.micro","arm64.*\],$/m.exec(text)![0];

test.each([
  [
    'a merge kept both lines of a type',
    line,
    `${line}\n${line.replace('0.0084', '0.0001')}`,
    /each type once, has t4g.micro/,
  ],
  ['a type has more cores than vCPUs', spec, spec.replace('2,2,1024', '2,4,1024'), /more cores than vCPUs/],
  ['a zone is counted twice', line, line.replace(/"\d+"/, '"11"'), /the digits of the zones, ascending, each once/],
])('refuses a file in which %s', (_, from, to, problem) => {
  const error = thrownBy(() => parseCatalogue(text.replace(from, to), 'eu-west-1.json'), 'E_FILE');
  expect(error.problems).toEqual([expect.stringMatching(problem)]);
});

test('a type without specs is refused by name', () => {
  const unknown = text.replace(line, line.replace('t4g.micro', 'zz9.micro'));
  const error = thrownBy(() => parseCatalogue(unknown, 'eu-west-1.json'), 'E_FILE');
  expect(error.problems).toEqual([expect.stringMatching(/zz9.micro have no specs, here or in .*types.json/)]);
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
