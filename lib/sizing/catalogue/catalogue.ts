/** The catalogue: EC2 instance types with specs, prices and the speed of their processors, kept in the repository. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SlipwayError } from '../../model/error';
import { readRegularFile } from '../../model/files/read-file';
import { MIB } from '../../model/units';
import { baselineOf } from './burstable';
import type { CatalogueFile, TypeRow } from './contents';
import { parseCatalogueFile } from './file';
import { type Gpu, gpuOf } from './gpus';
import { CATALOGUES } from './place';
import { creditUsdPerVcpuHour, familyOf, processorOf, type Speed } from './processors';

export type { Prices } from './contents';

/** An instance type that the search may choose: its price and the speed of its processor are known. */
export interface InstanceType {
  readonly name: string;
  readonly architecture: TypeRow['architecture'];
  /** Short name of the processor, e.g. `EPYC 9R14`. */
  readonly cpu: string;
  readonly vCpus: number;
  /** 2 where two vCPU share a core. */
  readonly threadsPerCore: number;
  readonly memoryMiB: number;
  /** Bandwidth that is always there, not the "up to" of the price list. */
  readonly networkGbps: number;
  /** Throughput to its volumes that is always there, MB/s. */
  readonly ebsMBps: number;
  /** Ids of the zones that offer it, ascending; none where that is not known. */
  readonly zones: readonly string[];
  /** What is paid. */
  readonly usdPerHour: number;
  /** On-demand, where something else is paid. @default - that is paid */
  readonly listUsdPerHour?: number;
  /** Dearest spot price over the zones when the catalogue was refreshed. */
  readonly spotUsdPerHour?: number;
  /** Whether nobody has seen its price in the region: it is reckoned from that of its predecessor there. @default false */
  readonly estimated?: boolean;
  /** Share of each vCPU that a burstable or flex type may use without end, 0 to 1. @default - all of it */
  readonly baseline?: number;
  /** Price of a vCPU-hour over the baseline. @default - it cannot be bought, or is not at the start (t2): the type is throttled */
  readonly surplusUsdPerVcpuHour?: number;
  /** Of one thread alone on its core, relative to other types. */
  readonly speed: Speed;
  /** Its units for products of small matrices, which the speed does not count. @default - none */
  readonly matrixUnits?: string;
  /** The family whose benchmarks these are, when it is a sibling with the same processor. */
  readonly measuredOn?: string;
  /** Its one GPU, where it has one that the handler can use. */
  readonly gpu?: Gpu;
}

/** Why types of the file are not searched, and how many. */
export interface LeftOut {
  /** With accelerators: with several, or of kinds that the handler cannot use, or where the model has nothing for them to do. */
  readonly accelerated: number;
  readonly withoutPrice: number;
  /** With a price, but nothing is known of the speed of their processors. */
  readonly withoutFactors: number;
}

export interface Catalogue
  extends Pick<CatalogueFile, 'region' | 'capturedAt' | 'spotCapturedAt' | 'sources' | 'estimated' | 'prices'> {
  readonly types: readonly InstanceType[];
  readonly leftOut: LeftOut;
}

/** The types of a file that can be searched, joined with what is known of their processors. */
export function catalogueOf({ types: rows, ...head }: CatalogueFile): Catalogue {
  const leftOut = { accelerated: 0, withoutPrice: 0, withoutFactors: 0 };
  const types: InstanceType[] = [];
  const estimated = new Set(head.estimated);
  for (const { cores, accelerator, usdPerHour, ...row } of rows) {
    const family = familyOf(row.name);
    const processor = processorOf(family);
    const gpu = accelerator && gpuOf(accelerator, row.architecture);
    if (accelerator && !gpu) leftOut.accelerated++;
    else if (usdPerHour === undefined) leftOut.withoutPrice++;
    else if (!processor) leftOut.withoutFactors++;
    else {
      const [baseline, surplus] = [baselineOf(row.name), creditUsdPerVcpuHour(family)];
      types.push({
        ...row,
        usdPerHour,
        threadsPerCore: row.vCpus / cores,
        ...processor,
        ...(estimated.has(family) && { estimated: true }),
        ...(baseline !== undefined && { baseline }),
        ...(surplus !== undefined && { surplusUsdPerVcpuHour: surplus }),
        ...(gpu && { gpu }),
      });
    }
  }
  return { ...head, types, leftOut };
}

/** The catalogue for a model that has nothing for a GPU to do. */
export function withoutGpus(catalogue: Catalogue): Catalogue {
  const types = catalogue.types.filter(({ gpu }) => !gpu);
  const accelerated = catalogue.leftOut.accelerated + catalogue.types.length - types.length;
  return { ...catalogue, types, leftOut: { ...catalogue.leftOut, accelerated } };
}

/**
 * Read a catalogue.
 *
 * @param source name of the file, for messages
 * @throws SlipwayError E_FILE when it is not JSON or not of the form of a catalogue
 */
export function parseCatalogue(text: string, source: string): Catalogue {
  return catalogueOf(parseCatalogueFile(text, source));
}

/** Bytes of a catalogue at most; that of a large region has a hundred thousand. */
export const MAXIMUM_BYTES = 64 * MIB;

/** The region that is planned for where none is named. */
export const DEFAULT_REGION = 'us-east-1';

/** Regions of whose prices nothing is known here, and the region that stands in: the nearest one, of the same cloud if it has one. */
const STAND_INS: Readonly<Record<string, string>> = {
  'cn-northwest-1': 'cn-north-1',
  'eusc-de-east-1': 'eu-central-1',
  'me-west-1': 'me-central-1',
};

/** Path of the catalogue of a region. */
export function cataloguePath(region: string): string {
  return join(CATALOGUES, `${region}.json`);
}

/** The regions that have a catalogue, ascending. */
export function catalogueRegions(): string[] {
  const files = readdirSync(CATALOGUES).filter((name) => name.endsWith('.json'));
  return files.map((name) => basename(name, '.json')).sort();
}

/** The region whose file is read for a region: its own where there is one, else that which stands in. */
export function regionOfFile(region: string): string {
  const own = basename(region) === region && existsSync(cataloguePath(region));
  return own ? region : (STAND_INS[region] ?? DEFAULT_REGION);
}

/**
 * Text of the catalogue of a region.
 *
 * @throws SlipwayError E_FILE when it cannot be read
 */
export function readCatalogue(region: string): string {
  const path = cataloguePath(region);
  try {
    return readRegularFile(path, MAXIMUM_BYTES).toString('utf8');
  } catch (cause) {
    if (!SlipwayError.is(cause)) throw cause;
    throw new SlipwayError(cause.code, `${cause.message}; restore the file`, { cause });
  }
}

const loaded = new Map<string, Catalogue>();

/**
 * The catalogue for a region: the region's own file where there is one, else that of the region which stands in. `region` of the result says whose prices and types they are.
 *
 * @throws SlipwayError E_FILE when the file is damaged or cannot be read
 */
export function loadCatalogue(region: string): Catalogue {
  const source = regionOfFile(region);
  let catalogue = loaded.get(source);
  if (!catalogue) {
    catalogue = parseCatalogue(readCatalogue(source), cataloguePath(source));
    loaded.set(source, catalogue);
  }
  return catalogue;
}

/** SHA-256 of what a catalogue says, whatever the order of its types, and whatever is paid of its prices. */
export function catalogueDigest(catalogue: Catalogue): string {
  const types = [...catalogue.types]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ listUsdPerHour, ...type }) => ({ ...type, usdPerHour: listUsdPerHour ?? type.usdPerHour }));
  return createHash('sha256')
    .update(JSON.stringify({ ...catalogue, types }))
    .digest('hex');
}
