/** What AWS sells, as both of its price lists tell it: products with attributes, and terms with a price. */

/** A product and its on-demand price. */
export interface Offer {
  readonly productFamily: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Price of the first tier that is not free; in dollars; undefined where it is sold in no money that is known. */
  readonly usd: number | undefined;
}

/** A product of a price list: the fields that are read, any of which may be missing. */
export interface Product {
  readonly sku?: string;
  readonly productFamily?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** The on-demand terms of one product. */
export type OnDemandTerms = Readonly<
  Record<
    string,
    {
      readonly priceDimensions?: Readonly<
        Record<string, { readonly beginRange?: string; readonly pricePerUnit?: Readonly<Record<string, string>> }>
      >;
    }
  >
>;

/** The China regions are sold in yuan: plans are made in dollars at this rate, in the middle of what it was in 2024 to 2026. */
export const CNY_PER_USD = 7.1;

function usdOf(price: Readonly<Record<string, string>> = {}): number {
  return price.USD !== undefined ? Number(price.USD) : Number(price.CNY) / CNY_PER_USD;
}

export function offerOf({ productFamily = '', attributes = {} }: Product, terms: OnDemandTerms | undefined): Offer {
  const dimensions = Object.values(terms ?? {}).flatMap(({ priceDimensions = {} }) => Object.values(priceDimensions));
  const [first] = dimensions
    .map(({ beginRange, pricePerUnit }) => ({ from: Number(beginRange ?? 0), usd: usdOf(pricePerUnit) }))
    .filter(({ usd }) => usd > 0)
    .sort((a, b) => a.from - b.from);
  return { productFamily, attributes, usd: first?.usd };
}

/** A part of a price list: a service, and what its products must be. */
export interface Wanted {
  readonly service: string;
  /** Attributes that are also understood as filters of `GetProducts`. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly productFamily?: string;
  /** Usage type without the prefix of the region, where attributes alone do not tell. */
  readonly usage?: string;
  /** Attribute that holds the region. @default 'regionCode' */
  readonly regionAttribute?: string;
  /** Units of the list in one of the catalogue. @default 1 */
  readonly units?: number;
}

/** `EU-`, `USE2-` or `eu-west-1-` before a usage type; us-east-1 has none, or `us-east-1-`. `TS-` is a trust store, and no region. */
const REGION_PREFIX = /^((?!TS-)[A-Z]{2,4}\d*-|[a-z]{2}(-[a-z]+)+-\d-)/;

export function fits({ productFamily, attributes }: Product, wanted: Wanted): boolean {
  return (
    (wanted.productFamily === undefined || productFamily === wanted.productFamily) &&
    (wanted.usage === undefined || attributes?.usagetype?.replace(REGION_PREFIX, '') === wanted.usage) &&
    Object.entries(wanted.attributes).every(([name, value]) => attributes?.[name] === value)
  );
}

/** One of the price lists of AWS. */
export interface PriceList {
  /** For messages and for the file, e.g. `AWS price list service`. */
  readonly source: string;
  /**
   * All offers of one service that fit any of the wanted.
   *
   * @throws SlipwayError E_REFRESH when the list cannot be had, or is damaged
   */
  offers(region: string, service: string, wanted: readonly Wanted[]): Promise<Offer[]>;
  /** Date of the list, `YYYY-MM-DD`, once offers were read. */
  publishedOn(): string | undefined;
}
