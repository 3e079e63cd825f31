/**
 * The file of a region's catalogue: JSON with one instance type a line as an array, so that a changed price is a changed
 * line. Specs are the same in every region and stand in one file for all (`types.json`); a region's own file has
 * those that are not there, or not alike.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { SlipwayError } from '../../model/error';
import { readRegularFile } from '../../model/files/read-file';
import { MIB } from '../../model/units';
import { CATALOGUE_VERSION, type CatalogueFile, type Prices, type TypeRow } from './contents';

/** Cells of a line of specs, in this order; empty ones at its end are left out. */
const SPEC_COLUMNS = [
  'name',
  'architecture',
  'vCpus',
  'cores',
  'memoryMiB',
  'networkGbps',
  'ebsMBps',
  'accelerator',
] as const;

/** Cells of a line of a region, likewise. */
const COLUMNS = ['name', 'zones', 'usdPerHour', 'spotUsdPerHour'] as const;

/** A zone id ends in its number, e.g. `use1-az4`; the cell holds the numbers of all zones, e.g. `1246`. */
const ZONE_ID = /^([a-z0-9]+-az)(\d)$/;

const positive = z.number().positive();
const price = z.number().nonnegative();
const whole = z.number().int().positive();
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const typeName = z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/);

const specSchema = z
  .tuple([
    typeName,
    z.enum(['x86_64', 'arm64']),
    whole,
    whole,
    whole,
    positive,
    z.number().nonnegative(),
    z.tuple([whole, z.string(), whole]).optional(),
  ])
  .refine(([, , vCpus, cores]) => cores <= vCpus, 'must not have more cores than vCPUs');

const offerSchema = z.tuple([
  typeName,
  z.string().regex(/^1?2?3?4?5?6?7?8?9?$/, 'must be the digits of the zones, ascending, each once'),
  positive.nullable().optional(),
  positive.optional(),
]);

type SpecCells = z.infer<typeof specSchema>;
type OfferCells = z.infer<typeof offerSchema>;

/** A merge of two refreshed files keeps both lines of a type, and a plan would take the cheaper. */
function onceEach(rows: readonly (readonly [string, ...unknown[]])[], context: z.RefinementCtx): void {
  const names = rows.map(([name]) => name);
  const seen = new Set<string>();
  const twice = names.filter((name) => seen.size === seen.add(name).size);
  if (twice.length > 0) context.addIssue(`must have each type once, has ${[...new Set(twice)].join(', ')} twice`);
}

const literals = <T extends readonly string[]>(names: T) =>
  z.tuple(names.map((name) => z.literal(name)) as [z.ZodLiteral<string>, ...z.ZodLiteral<string>[]]);

const PRICE_NAMES = [
  'loadBalancerHour',
  'loadBalancerCapacityUnitHour',
  'networkLoadBalancerHour',
  'networkLoadBalancerCapacityUnitHour',
  'publicAddressHour',
  'interfaceEndpointHour',
  'interfaceEndpointGB',
  'volumeGiBMonth',
  'alarmMonth',
  'metricMonth',
  'dashboardMonth',
  'logGiB',
  'encryptionKeyMonth',
  'storageGiBMonth',
  'dataOutGB',
  'hostedZoneMonth',
  'natGatewayHour',
  'natGatewayGB',
  'firewallMonth',
  'firewallRuleMonth',
  'firewallMillion',
  'trustStoreHour',
  'keyMillion',
  'httpApiMillion',
  'cloudFrontMillion',
  'cloudFrontGB',
  'cloudFrontOriginGB',
  'functionMillion',
  'functionGBSecond',
] as const satisfies readonly (keyof Prices)[];

const fileSchema = z.strictObject({
  schemaVersion: z.literal(CATALOGUE_VERSION),
  region: z.string(),
  capturedAt: date,
  spotCapturedAt: date.optional(),
  sources: z.array(z.string()).min(1),
  estimated: z.array(z.string()).optional(),
  prices: z.strictObject(
    Object.fromEntries(PRICE_NAMES.map((name) => [name, price])) as Record<keyof Prices, typeof price>,
  ),
  zonePrefix: z.string(),
  specColumns: literals(SPEC_COLUMNS),
  specs: z.array(specSchema).superRefine(onceEach),
  columns: literals(COLUMNS),
  types: z.array(offerSchema).min(1).superRefine(onceEach),
});

const sharedSchema = z.strictObject({
  schemaVersion: z.literal(CATALOGUE_VERSION),
  source: z.string(),
  specColumns: literals(SPEC_COLUMNS),
  specs: z.array(specSchema).superRefine(onceEach),
});

/** Path of the specs that all regions share. */
export const SHARED_SPECS = join(__dirname, 'types.json');
const MAXIMUM_SHARED_BYTES = 4 * MIB;

let shared: ReadonlyMap<string, SpecCells> | undefined;

function sharedSpecs(): ReadonlyMap<string, SpecCells> {
  shared ??= new Map(
    parsed(sharedSchema, readRegularFile(SHARED_SPECS, MAXIMUM_SHARED_BYTES).toString('utf8'), SHARED_SPECS).specs.map(
      (cells) => [cells[0], cells],
    ),
  );
  return shared;
}

function rowOf([, zones, usdPerHour, spotUsdPerHour]: OfferCells, spec: SpecCells, zonePrefix: string): TypeRow {
  const [name, architecture, vCpus, cores, memoryMiB, networkGbps, ebsMBps, accelerator] = spec;
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

function parsed<T>(schema: z.ZodType<T>, text: string, source: string): T {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new SlipwayError('E_FILE', `${source}: is not JSON (${(cause as Error).message}); restore the file`);
  }
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  throw notACatalogue(
    source,
    result.error.issues.map((issue) => `/${issue.path.map(String).join('/')}: ${issue.message}`),
  );
}

function notACatalogue(source: string, problems: readonly string[]): SlipwayError {
  return new SlipwayError('E_FILE', `${source}: is not a catalogue of instance types; restore the file`, {
    problems: problems.slice(0, 20),
  });
}

/**
 * Read the text of a catalogue.
 *
 * @param source name of the file, for messages
 * @throws SlipwayError E_FILE when it is not JSON or not of the form of a catalogue
 */
export function parseCatalogueFile(text: string, source: string): CatalogueFile {
  const { zonePrefix, columns: _, specColumns: __, specs, types, ...head } = parsed(fileSchema, text, source);
  const own = new Map(specs.map((cells) => [cells[0], cells]));
  const unknown: string[] = [];
  const rows = types.flatMap((cells) => {
    const spec = own.get(cells[0]) ?? sharedSpecs().get(cells[0]);
    if (spec) return [rowOf(cells, spec, zonePrefix)];
    unknown.push(cells[0]);
    return [];
  });
  if (unknown.length > 0) {
    throw notACatalogue(source, [
      `/types: ${unknown.slice(0, 5).join(', ')} have no specs, here or in ${SHARED_SPECS}`,
    ]);
  }
  return { ...head, types: rows };
}

function trimmed(cells: readonly unknown[]): string {
  const left = [...cells];
  while (left.at(-1) === null || left.at(-1) === undefined) left.pop();
  return JSON.stringify(left);
}

function specText({ accelerator, ...row }: TypeRow): string {
  return trimmed(
    SPEC_COLUMNS.map((column) =>
      column === 'accelerator'
        ? accelerator && [accelerator.count, accelerator.name, accelerator.memoryMiB]
        : (row[column] ?? null),
    ),
  );
}

function offerText({ zones, ...row }: TypeRow): string {
  const digits = zones.map((id) => ZONE_ID.exec(id)![2]).join('');
  return trimmed(COLUMNS.map((column) => (column === 'zones' ? digits : (row[column] ?? null))));
}

const byName = (a: TypeRow, b: TypeRow) => (a.name < b.name ? -1 : 1);
const lines = (texts: readonly string[]) =>
  texts.length === 0 ? '[]' : `[\n${texts.map((text) => `    ${text}`).join(',\n')}\n  ]`;

/**
 * The text of a catalogue: the same for the same content, whatever the order of its types.
 *
 * @param alone whether it has the specs of all its types, rather than of those alone that the shared ones lack
 */
export function catalogueText({ types, ...head }: CatalogueFile, alone = false): string {
  const sorted = [...types].sort(byName);
  const [zone] = sorted.flatMap(({ zones }) => zones);
  const zonePrefix = zone === undefined ? '' : ZONE_ID.exec(zone)![1];
  const own = sorted.filter((type) => {
    const known = alone ? undefined : sharedSpecs().get(type.name);
    return !known || JSON.stringify(known) !== specText(type);
  });
  const start = JSON.stringify(head, null, 2).replace(/\n\}$/, '');
  return (
    `${start},\n  "zonePrefix": ${JSON.stringify(zonePrefix)},\n` +
    `  "specColumns": ${JSON.stringify(SPEC_COLUMNS)},\n  "specs": ${lines(own.map(specText))},\n` +
    `  "columns": ${JSON.stringify(COLUMNS)},\n  "types": ${lines(sorted.map(offerText))}\n}\n`
  );
}

/** The text of the specs that all regions share. @param source where they come from */
export function sharedSpecsText(types: readonly TypeRow[], source: string): string {
  const start = JSON.stringify({ schemaVersion: CATALOGUE_VERSION, source }, null, 2).replace(/\n\}$/, '');
  const specs = lines([...types].sort(byName).map(specText));
  return `${start},\n  "specColumns": ${JSON.stringify(SPEC_COLUMNS)},\n  "specs": ${specs}\n}\n`;
}

/** Whether a zone id is one of an ordinary availability zone: not of a local zone or of Wavelength. */
export const isZoneId = (id: string) => ZONE_ID.test(id);
