/**
 * Makes the default catalogue from the tables beside it: `npx tsx lib/sizing/catalogue/generate.ts`.
 * A test keeps the committed file equal to what this makes.
 */
import { writeFileSync } from 'node:fs';
import { CATALOGUE_VERSION, type Catalogue, cataloguePath, DEFAULT_PRICE_REGION, type InstanceType } from './catalogue';
import { CAPTURED_AT, FAMILIES, type Family, type Series, SOURCES } from './families';
import { PRICES } from './prices';

interface Size {
  readonly size: string;
  readonly vCpus: number;
  /** Share of each vCPU that a t type earns (EC2 user guide). */
  readonly baseline?: number;
  readonly memoryGiB: number;
  /**
   * Lowest baseline bandwidth of any family in this size (m7i-flex; t3 for the t sizes). From the EC2 documentation by
   * memory, coarse on purpose: requests of tables are small, so it binds only where something is odd.
   */
  readonly networkGbps: number;
}

const GIB_PER_VCPU: Record<Exclude<Series, 't'>, number> = { c: 2, m: 4, r: 8 };

const BURSTABLE_SIZES: readonly Size[] = [
  { size: 'small', vCpus: 2, memoryGiB: 2, baseline: 0.2, networkGbps: 0.128 },
  { size: 'medium', vCpus: 2, memoryGiB: 4, baseline: 0.2, networkGbps: 0.256 },
  { size: 'large', vCpus: 2, memoryGiB: 8, baseline: 0.3, networkGbps: 0.512 },
  { size: 'xlarge', vCpus: 4, memoryGiB: 16, baseline: 0.4, networkGbps: 1.024 },
  { size: '2xlarge', vCpus: 8, memoryGiB: 32, baseline: 0.4, networkGbps: 2.048 },
];

const SIZES = [
  { size: 'medium', vCpus: 1, networkGbps: 0.39 },
  { size: 'large', vCpus: 2, networkGbps: 0.39 },
  { size: 'xlarge', vCpus: 4, networkGbps: 0.78 },
  { size: '2xlarge', vCpus: 8, networkGbps: 1.56 },
  { size: '4xlarge', vCpus: 16, networkGbps: 3.12 },
] as const;

const FLEX_BASELINE = 0.4;

function sizesOf(family: Family): readonly Size[] {
  const { series } = family;
  if (series === 't') return BURSTABLE_SIZES;
  return SIZES.filter(({ size }) => size !== 'medium' || family.medium).map((size) => ({
    ...size,
    memoryGiB: size.vCpus * GIB_PER_VCPU[series],
    ...(family.family.endsWith('-flex') && { baseline: FLEX_BASELINE }),
  }));
}

function typesOf(family: Family): InstanceType[] {
  const sizes = sizesOf(family);
  const xlarge = sizes.find(({ size }) => size === 'xlarge')!;
  return sizes.map(({ size, vCpus, memoryGiB, networkGbps, baseline }) => ({
    name: `${family.family}.${size}`,
    architecture: family.architecture,
    cpu: family.cpu,
    vCpus,
    threadsPerCore: family.threadsPerCore,
    memoryMiB: memoryGiB * 1024,
    networkGbps,
    usdPerHour: Number(((family.usdPerHourXlarge * memoryGiB) / xlarge.memoryGiB).toFixed(6)),
    ...(baseline !== undefined && { baseline }),
    factors: family.factors,
  }));
}

export function defaultCatalogue(): Catalogue {
  return {
    schemaVersion: CATALOGUE_VERSION,
    region: DEFAULT_PRICE_REGION,
    capturedAt: CAPTURED_AT,
    sources: SOURCES,
    prices: PRICES,
    types: FAMILIES.flatMap(typesOf).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** JSON with one instance type a line, so that a changed price is a changed line. */
export function catalogueText({ types, ...head }: Catalogue): string {
  const start = JSON.stringify(head, null, 2).replace(/\n\}$/, '');
  return `${start},\n  "types": [\n${types.map((type) => `    ${JSON.stringify(type)}`).join(',\n')}\n  ]\n}\n`;
}

if (require.main === module) {
  writeFileSync(cataloguePath(DEFAULT_PRICE_REGION), catalogueText(defaultCatalogue()));
}
