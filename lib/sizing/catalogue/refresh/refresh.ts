/** Renews the catalogue of a region. Nothing is written before everything has been read and makes sense. */
import { existsSync } from 'node:fs';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { SlipwayError } from '../../../model/error';
import { readRegularFile } from '../../../model/files/read-file';
import { replaceFile } from '../../../model/files/replace-file';
import { catalogueOf, cataloguePath, type LeftOut, MAXIMUM_BYTES, readCatalogue, regionOfFile } from '../catalogue';
import { CATALOGUE_VERSION, type CatalogueFile, type Prices, type TypeRow } from '../contents';
import { catalogueText, parseCatalogueFile } from '../file';
import { familyOf, isKnown } from '../processors';
import { TYPED_IN } from '../sources';
import { changesBetween } from './changes';
import { CNY_PER_USD, fits, type Offer, type PriceList } from './offers';
import { describeTypes } from './specs';
import { spotPrices } from './spot';
import type { SpotSavings } from './spot-advisor';
import { INSTANCES, OTHERS, SERVICES } from './wanted';

export interface RefreshRequest {
  readonly region: string;
  readonly prices: PriceList;
  /** The EC2 API of the region. @default - specs and zones are those of the present file */
  readonly ec2?: EC2Client;
  /** What spot saves, where the EC2 API is not asked for its prices. @default - there are no spot prices */
  readonly spot?: SpotSavings;
  /** File to write. @default - where `slipway plan` looks for the region */
  readonly path?: string;
  readonly now?: Date;
  readonly onProgress?: (text: string) => void;
}

export interface Refreshed {
  readonly path: string;
  /** Region of the catalogue that it was compared with. */
  readonly comparedWith: string;
  readonly changes: readonly string[];
  /** What stayed as it was, and why. */
  readonly notes: readonly string[];
  /** Types that plans may choose from now on, and those they may not. */
  readonly types: number;
  readonly leftOut: LeftOut;
}

/** A new list with fewer prices than this share of the old one is taken to be broken off. */
const WHOLE_SHARE = 0.5;
/** A price of anything but an instance that moves by more than this is taken to be of another unit. */
const SAME_UNIT = 5;
/** Nor do prices of instances all move by as much at once. */
const SAME_MONEY = 1.5;

function present(region: string, path: string | undefined): { file: CatalogueFile; comparedWith: string } {
  const comparedWith = regionOfFile(region);
  const source = cataloguePath(comparedWith);
  const own = path !== undefined && readIfThere(path);
  if (own) {
    const file = parseCatalogueFile(own, path);
    return { file, comparedWith: file.region }; // a copy of another region's has no zones of this one
  }
  return { file: parseCatalogueFile(readCatalogue(comparedWith), source), comparedWith };
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readRegularFile(path, MAXIMUM_BYTES).toString('utf8') : undefined;
}

interface OtherPrices {
  readonly prices: Prices;
  /** Those that nobody has seen in the region. */
  readonly estimated: readonly string[];
  /** Those that the list has. */
  readonly renewed: ReadonlySet<string>;
}

/** @param inRegion whether the old prices are of this region, so that one that is not renewed is no estimate */
function otherPrices(before: CatalogueFile, inRegion: boolean, offers: readonly Offer[], notes: string[]): OtherPrices {
  const estimated: string[] = [];
  const listed = new Set<string>();
  const renewed = Object.entries(OTHERS).map(([name, wanted]) => {
    const old = before.prices[name as keyof Prices];
    const found = offers.filter((offer) => fits(offer, wanted) && offer.usd !== undefined).map(({ usd }) => usd!);
    const usd = rounded(Math.max(...found) * (wanted.units ?? 1)); // of several products of one name the dearest
    if (found.length === 0) notes.push(`${name}: not in the price list, stays ${old} USD`);
    else if (usd > old * SAME_UNIT || usd < old / SAME_UNIT) {
      notes.push(`${name}: the price list has ${usd} USD, which must be for something else; stays ${old} USD`);
    } else {
      listed.add(name);
      return [name, usd];
    }
    if (!inRegion || before.estimated?.includes(name)) estimated.push(name);
    return [name, old];
  });
  estimated.push(...keptEstimates(before, inRegion));
  return { prices: { ...before.prices, ...Object.fromEntries(renewed) }, estimated, renewed: listed };
}

/** Prices that no list is asked for, and that nobody has seen in the region; the others of them cost the same everywhere. */
function keptEstimates({ prices, estimated = [] }: CatalogueFile, inRegion: boolean): string[] {
  const kept = Object.keys(prices).filter((name) => !(name in OTHERS));
  return kept.filter((name) => estimated.includes(name) || (!inRegion && /^cloudFront/.test(name)));
}

const KEPT = 'hosted zones, WAF and requests to keys: ';

/** What the file before said of prices that are as they were. @param renewed names of those that are not */
function keptSources({ sources }: CatalogueFile, renewed: ReadonlySet<string>): string[] {
  const others = sources.find((text) => /^AWS .* of other services/.test(text));
  const said = (topic: string) => sources.filter((text) => text.startsWith(`${topic}: `));
  const apis = said('HTTP APIs and CloudFront');
  return [
    ...sources.filter((text) => text.startsWith(KEPT)),
    ...(renewed.has('httpApiMillion') ? apis.map((text) => text.replace('HTTP APIs and ', '')) : apis),
    ...said('CloudFront'),
    ...(renewed.has('functionMillion') && renewed.has('functionGBSecond') ? [] : said('Lambda (arm64)')),
    ...(others === undefined ? [] : [KEPT + others]),
  ];
}

/** As many digits as a price has; a million of a price of one has more by the way that computers count. */
const rounded = (usd: number) => Number(usd.toPrecision(12));

/** Spot prices of the types that have one, USD per hour. */
async function spotOf(
  { region, ec2, spot, now = new Date() }: RefreshRequest,
  hourly: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, number>> {
  if (ec2) return spotPrices(ec2, now);
  const prices = new Map<string, number>();
  for (const [name, saved] of (await spot?.savings(region)) ?? []) {
    const usd = hourly.get(name);
    if (usd !== undefined) prices.set(name, Number((usd * (1 - saved)).toPrecision(3)));
  }
  return prices;
}

/**
 * Renew the catalogue of a region and say what changed.
 *
 * @throws SlipwayError E_REFRESH when AWS refuses or what it answers is not whole, E_FILE when the file cannot be written;
 *   the old file then stays as it is
 */
export async function refreshCatalogue(request: RefreshRequest): Promise<Refreshed> {
  const { region, prices: list, ec2, now = new Date(), onProgress = () => {} } = request;
  const { file: before, comparedWith } = present(region, request.path);
  const inRegion = comparedWith === region;
  const notes: string[] = [];

  onProgress(
    ec2 ? `instance types of ${region}` : `specs of ${before.types.length} types as they are in ${comparedWith}`,
  );
  const specs: readonly TypeRow[] = ec2
    ? await describeTypes(ec2, (name) => isKnown(familyOf(name)))
    : before.types.map(({ usdPerHour: _, spotUsdPerHour: __, ...spec }) => (inRegion ? spec : { ...spec, zones: [] }));
  if (!ec2 && inRegion) notes.push('zones: those of the old catalogue; refresh with credentials to renew them');

  const offers: Offer[] = [];
  for (const service of SERVICES) {
    const wanted = [INSTANCES, ...Object.values(OTHERS)].filter((one) => one.service === service);
    onProgress(`prices of ${service}`);
    offers.push(...(await list.offers(region, service, wanted)));
  }
  const hourly = new Map<string, number>();
  for (const offer of offers) {
    const name = offer.attributes.instanceType;
    if (name !== undefined && offer.usd !== undefined && fits(offer, INSTANCES)) hourly.set(name, offer.usd);
  }

  onProgress('spot prices');
  const spot = await spotOf(request, hourly);
  if (spot.size === 0) notes.push('spot prices: none that can be true');

  const types = specs
    .filter(({ name }) => ec2 || hourly.has(name)) // what has no price in the region is not sold there
    .map((spec) => {
      const [usdPerHour, spotUsdPerHour] = [hourly.get(spec.name), spot.get(spec.name)];
      return { ...spec, ...(usdPerHour && { usdPerHour }), ...(spotUsdPerHour && { spotUsdPerHour }) };
    });
  const known = new Set(specs.map(({ name }) => name));
  const unknown = [...hourly.keys()].filter((name) => !known.has(name));
  if (unknown.length > 0 && !ec2) {
    notes.push(`${unknown.length} types have a price but no specs here; refresh with credentials to have them`);
  }
  requireWhole(before, types);
  if (inRegion) requireSameMoney(before, types);
  const { prices, estimated, renewed } = otherPrices(before, inRegion, offers, notes);
  const after: CatalogueFile = {
    schemaVersion: CATALOGUE_VERSION,
    region,
    capturedAt: list.publishedOn() ?? now.toISOString().slice(0, 10),
    ...(spot.size > 0 && { spotCapturedAt: now.toISOString().slice(0, 10) }),
    sources: [
      `${list.source}, Linux on-demand, ${region}${region.startsWith('cn-') ? `; CNY at ${CNY_PER_USD} to the USD` : ''}`,
      ...(spot.size > 0 ? [ec2 ? 'EC2 DescribeSpotPriceHistory' : request.spot!.source] : []),
      ec2
        ? `EC2 DescribeInstanceTypes and DescribeInstanceTypeOfferings of ${region}`
        : `specs: ${before.sources.find((text) => text.includes('DescribeInstanceTypes'))}`.replace(
            /^(specs: )+/,
            'specs: ',
          ),
      ...TYPED_IN,
      ...keptSources(before, renewed),
    ],
    ...(estimated.length > 0 && { estimated }),
    prices,
    types,
  };
  const text = catalogueText(after);
  const { types: searched, leftOut } = catalogueOf(parseCatalogueFile(text, 'the new catalogue'));
  const path = request.path ?? cataloguePath(region);
  replaceFile(path, text, { folders: true });
  return { path, comparedWith, changes: changesBetween(before, after), notes, types: searched.length, leftOut };
}

function requireWhole(before: CatalogueFile, types: readonly TypeRow[]): void {
  const priced = (rows: readonly TypeRow[]) => rows.filter(({ usdPerHour }) => usdPerHour !== undefined).length;
  const [old, renewed] = [priced(before.types), priced(types)];
  if (renewed >= WHOLE_SHARE * old) return;
  throw new SlipwayError(
    'E_REFRESH',
    `only ${renewed} types have a price, ${old} had one before: the answers are not whole, so the old catalogue stays; try again`,
  );
}

/** @throws SlipwayError when most prices moved alike: they are of another unit, or in other money */
function requireSameMoney(before: CatalogueFile, types: readonly TypeRow[]): void {
  const old = new Map(before.types.map(({ name, usdPerHour }) => [name, usdPerHour]));
  const moved = types
    .flatMap(({ name, usdPerHour }) => {
      const was = old.get(name);
      return usdPerHour !== undefined && was !== undefined ? [usdPerHour / was] : [];
    })
    .sort((a, b) => a - b);
  const median = moved[moved.length >> 1] ?? 1;
  if (median <= SAME_MONEY && median >= 1 / SAME_MONEY) return;
  throw new SlipwayError(
    'E_REFRESH',
    `in the middle, prices are ${median.toFixed(2)} times what they were, which cannot be, so the old catalogue stays; try again`,
  );
}
