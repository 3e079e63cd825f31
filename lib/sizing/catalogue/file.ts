/**
 * The file of a region's catalogue: JSON with one instance type a line as an array, so that a changed price is a changed
 * line and more than a thousand types take about 100 kB.
 */
import { z } from 'zod';
import { SlipwayError } from '../../model/error';

export const CATALOGUE_VERSION = 2;

/** Accelerators of an instance: how many of what, and the memory of one in MiB. A part of a card counts as 1. */
export interface Accelerator {
  readonly count: number;
  readonly name: string;
  readonly memoryMiB: number;
}

/** An instance type as AWS describes it. */
export interface TypeRow {
  readonly name: string;
  readonly architecture: 'x86_64' | 'arm64';
  readonly vCpus: number;
  readonly cores: number;
  readonly memoryMiB: number;
  /** Baseline bandwidth of its first network card. */
  readonly networkGbps: number;
  /** Baseline throughput to its volumes, MB/s; 0 where it has no bandwidth of its own for them. */
  readonly ebsMBps: number;
  /** Ids of the zones that offer it, ascending; none where that is not known. */
  readonly zones: readonly string[];
  /** On-demand, Linux. @default - not known */
  readonly usdPerHour?: number;
  readonly spotUsdPerHour?: number;
  readonly accelerator?: Accelerator;
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

export interface CatalogueFile {
  readonly schemaVersion: typeof CATALOGUE_VERSION;
  readonly region: string;
  /** Date of the instance prices, `YYYY-MM-DD`. */
  readonly capturedAt: string;
  readonly sources: readonly string[];
  readonly prices: Prices;
  /** Ascending by name. */
  readonly types: readonly TypeRow[];
}

/** Cells of a line, in this order; empty ones at its end are left out. */
const COLUMNS = [
  'name',
  'architecture',
  'vCpus',
  'cores',
  'memoryMiB',
  'networkGbps',
  'ebsMBps',
  'zones',
  'usdPerHour',
  'spotUsdPerHour',
  'accelerator',
] as const;

/** A zone id ends in its number, e.g. `use1-az4`; the cell holds the numbers of all zones, e.g. `1246`. */
const ZONE_ID = /^([a-z0-9]+-az)(\d)$/;

const positive = z.number().positive();
const price = z.number().nonnegative();
const whole = z.number().int().positive();

const rowSchema = z
  .tuple([
    z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/),
    z.enum(['x86_64', 'arm64']),
    whole,
    whole,
    whole,
    positive,
    z.number().nonnegative(),
    z.string().regex(/^1?2?3?4?5?6?7?8?9?$/, 'must be the digits of the zones, ascending, each once'),
    positive.nullable().optional(),
    positive.nullable().optional(),
    z.tuple([whole, z.string(), whole]).optional(),
  ])
  .refine(([, , vCpus, cores]) => cores <= vCpus, 'must not have more cores than vCPUs');

const fileSchema = z.strictObject({
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
  zonePrefix: z.string(),
  columns: z.tuple(COLUMNS.map((name) => z.literal(name)) as [z.ZodLiteral<string>, ...z.ZodLiteral<string>[]]),
  types: z
    .array(rowSchema)
    .min(1)
    .superRefine((rows, context) => {
      // a merge of two refreshed files keeps both lines of a type, and a plan would take the cheaper
      const names = rows.map(([name]) => name);
      const twice = names.filter((name, i) => names.indexOf(name) !== i);
      if (twice.length > 0) context.addIssue(`must have each type once, has ${[...new Set(twice)].join(', ')} twice`);
    }),
});

type Cells = z.infer<typeof rowSchema>;

function rowOf([name, architecture, vCpus, cores, ...rest]: Cells, zonePrefix: string): TypeRow {
  const [memoryMiB, networkGbps, ebsMBps, zones, usdPerHour, spotUsdPerHour, accelerator] = rest;
  return {
    name,
    architecture,
    vCpus,
    cores,
    memoryMiB,
    networkGbps,
    ebsMBps,
    zones: [...zones].map((number) => zonePrefix + number),
    ...(usdPerHour && { usdPerHour }),
    ...(spotUsdPerHour && { spotUsdPerHour }),
    ...(accelerator && {
      accelerator: { count: accelerator[0], name: accelerator[1], memoryMiB: accelerator[2] },
    }),
  };
}

/**
 * Read the text of a catalogue.
 *
 * @param source name of the file, for messages
 * @throws SlipwayError E_FILE when it is not JSON or not of the form of a catalogue
 */
export function parseCatalogueFile(text: string, source: string): CatalogueFile {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new SlipwayError('E_FILE', `${source}: is not JSON (${(cause as Error).message}); restore the file`);
  }
  const result = fileSchema.safeParse(document);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => `/${issue.path.map(String).join('/')}: ${issue.message}`);
    throw new SlipwayError('E_FILE', `${source}: is not a catalogue of instance types; restore the file`, {
      problems: problems.slice(0, 20),
    });
  }
  const { zonePrefix, columns: _, types, ...head } = result.data;
  return { ...head, types: types.map((cells) => rowOf(cells, zonePrefix)) };
}

function cellsOf({ accelerator, zones, ...row }: TypeRow): unknown[] {
  const cells: unknown[] = COLUMNS.map((column) => {
    if (column === 'zones') return zones.map((id) => ZONE_ID.exec(id)![2]).join('');
    if (column === 'accelerator') return accelerator && [accelerator.count, accelerator.name, accelerator.memoryMiB];
    return row[column] ?? null;
  });
  while (cells.at(-1) === null || cells.at(-1) === undefined) cells.pop();
  return cells;
}

/** The text of a catalogue: the same for the same content, whatever the order of its types. */
export function catalogueText({ types, ...head }: CatalogueFile): string {
  const sorted = [...types].sort((a, b) => (a.name < b.name ? -1 : 1));
  const [zone] = sorted.flatMap(({ zones }) => zones);
  const zonePrefix = zone === undefined ? '' : ZONE_ID.exec(zone)![1];
  const start = JSON.stringify(head, null, 2).replace(/\n\}$/, '');
  const lines = sorted.map((type) => `    ${JSON.stringify(cellsOf(type))}`);
  return (
    `${start},\n  "zonePrefix": ${JSON.stringify(zonePrefix)},\n  "columns": ${JSON.stringify(COLUMNS)},\n` +
    `  "types": [\n${lines.join(',\n')}\n  ]\n}\n`
  );
}

/** Whether a zone id is one of an ordinary availability zone: not of a local zone or of Wavelength. */
export const isZoneId = (id: string) => ZONE_ID.test(id);
