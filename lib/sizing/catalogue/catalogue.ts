/** The catalogue: EC2 instance types with specs, prices and CPU factors, kept in the repository. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SlipwayError } from '../../model/error';

export const CATALOGUE_VERSION = 1;

export type Architecture = 'x86_64' | 'arm64';

/** Results of CPU benchmarks on the xlarge size (4 vCPU) of a family, relative to m5.xlarge. */
export interface CpuFactors {
  readonly gb6SingleThread: number;
  /** All threads of the xlarge size together, as are the two below. */
  readonly gb6Multi: number;
  readonly passmarkSingleThread: number;
  readonly passmarkMulti: number;
  readonly coremark: number;
}

export interface InstanceType {
  readonly name: string;
  readonly architecture: Architecture;
  /** Short name of the processor, e.g. `EPYC 9R14`. */
  readonly cpu: string;
  readonly vCpus: number;
  /** 2 where two vCPU share a core. */
  readonly threadsPerCore: number;
  readonly memoryMiB: number;
  /** Bandwidth that is always there; a lower bound for the size. */
  readonly networkGbps: number;
  readonly usdPerHour: number;
  /** Share of each vCPU that a burstable or flex type may use without end, 0 to 1. @default - all of it */
  readonly baseline?: number;
  readonly factors: CpuFactors;
}

/** Unit prices in USD. */
export interface Prices {
  readonly loadBalancerHour: number;
  readonly loadBalancerCapacityUnitHour: number;
  readonly publicAddressHour: number;
  /** One interface endpoint in one zone. */
  readonly interfaceEndpointHour: number;
  readonly volumeGiBMonth: number;
  readonly alarmMonth: number;
  /** One custom metric; detailed monitoring is billed by it too. */
  readonly metricMonth: number;
  readonly dashboardMonth: number;
  readonly logGiB: number;
  readonly encryptionKeyMonth: number;
  readonly storageGiBMonth: number;
  readonly dataOutGB: number;
}

export interface Catalogue {
  readonly schemaVersion: typeof CATALOGUE_VERSION;
  /** Region whose prices these are. */
  readonly region: string;
  /** Date of the instance prices, `YYYY-MM-DD`. */
  readonly capturedAt: string;
  readonly sources: readonly string[];
  readonly prices: Prices;
  readonly types: readonly InstanceType[];
}

const positive = z.number().positive();
const price = z.number().nonnegative();

const catalogueSchema: z.ZodType<Catalogue> = z.strictObject({
  schemaVersion: z.literal(CATALOGUE_VERSION),
  region: z.string(),
  capturedAt: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  sources: z.array(z.string()).min(1),
  prices: z.strictObject({
    loadBalancerHour: price,
    loadBalancerCapacityUnitHour: price,
    publicAddressHour: price,
    interfaceEndpointHour: price,
    volumeGiBMonth: price,
    alarmMonth: price,
    metricMonth: price,
    dashboardMonth: price,
    logGiB: price,
    encryptionKeyMonth: price,
    storageGiBMonth: price,
    dataOutGB: price,
  }),
  types: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9-]+\.[a-z0-9]+$/),
        architecture: z.enum(['x86_64', 'arm64']),
        cpu: z.string(),
        vCpus: z.number().int().positive(),
        threadsPerCore: z.number().int().min(1).max(2),
        memoryMiB: z.number().int().positive(),
        networkGbps: positive,
        usdPerHour: positive,
        baseline: z.number().positive().max(1).optional(),
        factors: z.strictObject({
          gb6SingleThread: positive,
          gb6Multi: positive,
          passmarkSingleThread: positive,
          passmarkMulti: positive,
          coremark: positive,
        }),
      }),
    )
    .min(1),
});

/**
 * Read a catalogue.
 *
 * @param source name of the file, for messages
 * @throws SlipwayError E_FILE when it is not JSON or not of the form of a catalogue
 */
export function parseCatalogue(text: string, source: string): Catalogue {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new SlipwayError('E_FILE', `${source}: is not JSON (${(cause as Error).message}); restore the file`);
  }
  const result = catalogueSchema.safeParse(document);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `/${issue.path.map(String).join('/')}: ${issue.message}`);
  throw new SlipwayError('E_FILE', `${source}: is not a catalogue of instance types; restore the file`, { problems });
}

/** Region of the catalogue that ships. */
export const DEFAULT_PRICE_REGION = 'us-east-1';

/** Path of the catalogue of a region. */
export function cataloguePath(region: string): string {
  return join(__dirname, `${region}.json`);
}

const loaded = new Map<string, Catalogue>();

/**
 * The catalogue for a region: the region's own file where the repository has one, else that of us-east-1, the only one
 * that ships. `region` of the result says whose prices and types they are.
 *
 * @throws SlipwayError E_FILE when the file is damaged
 */
export function loadCatalogue(region: string): Catalogue {
  const own = /^[a-z0-9-]+$/.test(region) && existsSync(cataloguePath(region));
  const source = own ? region : DEFAULT_PRICE_REGION;
  let catalogue = loaded.get(source);
  if (!catalogue) {
    catalogue = parseCatalogue(readFileSync(cataloguePath(source), 'utf8'), cataloguePath(source));
    loaded.set(source, catalogue);
  }
  return catalogue;
}

/** SHA-256 of what a catalogue says, whatever the order of its types. */
export function catalogueDigest(catalogue: Catalogue): string {
  const types = [...catalogue.types].sort((a, b) => (a.name < b.name ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify({ ...catalogue, types }))
    .digest('hex');
}
