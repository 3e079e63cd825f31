/**
 * The public price list of AWS: files that need no credentials. That of EC2 is hundreds of megabytes a region, so it is
 * read as it comes and left where the on-demand prices end.
 */
import { SlipwayError } from '../../../model/error';
import { JsonEntries } from './json-entries';
import { fits, type Offer, type OnDemandTerms, offerOf, type PriceList, type Product, type Wanted } from './offers';
import { INSTANCES } from './wanted';

const PUBLIC_PRICE_LIST = 'https://pricing.us-east-1.amazonaws.com';
const PUBLIC_PRICE_LIST_OF_CHINA = 'https://pricing.cn-northwest-1.amazonaws.com.cn';

/** Address of the public list that has a region. */
export function publicPriceList(region: string): string {
  return region.startsWith('cn-') ? PUBLIC_PRICE_LIST_OF_CHINA : PUBLIC_PRICE_LIST;
}

/** Nothing for so long ends a download. */
const STALLED_MS = 60_000;

interface RegionIndex {
  readonly regions?: Readonly<Record<string, { readonly currentVersionUrl?: string }>>;
}

export class PublicPrices implements PriceList {
  readonly source = 'AWS public price list';
  private published: string | undefined;

  private readonly base: string;

  /** @param base scheme and host of the list, and the folder of a mirror that has it in one */
  constructor(
    base: string = PUBLIC_PRICE_LIST,
    private readonly onProgress: (text: string) => void = () => {},
  ) {
    this.base = base.replace(/\/+$/, '');
  }

  async offers(region: string, service: string, wanted: readonly Wanted[]): Promise<Offer[]> {
    const index = await this.regionIndex(service);
    const path = index.regions?.[region]?.currentVersionUrl;
    if (path === undefined) {
      if (service !== INSTANCES.service) return []; // what is sold everywhere has no region; its price stays
      const known = Object.keys(index.regions ?? {}).sort();
      throw new SlipwayError(
        'E_REFRESH',
        `the price list has no region "${region}"; it has ${known.join(', ') || 'none'}`,
      );
    }
    const products = new Map<string, Product>();
    const offers: Offer[] = [];
    const entries = new JsonEntries(
      [['publicationDate'], ['products', '*'], ['terms', 'OnDemand', '*']],
      ['terms', 'OnDemand'],
      (path, value) => {
        const key = path.at(-1)!;
        if (path[0] === 'publicationDate')
          this.published = [this.published ?? '', String(value).slice(0, 10)].sort()[1];
        else if (path[0] === 'products') {
          if (wanted.some((one) => fits(value as Product, one))) products.set(key, value as Product);
        } else {
          const product = products.get(key);
          if (product) offers.push(offerOf(product, value as OnDemandTerms));
        }
      },
    );
    await this.read(path, entries);
    return offers;
  }

  publishedOn(): string | undefined {
    return this.published || undefined;
  }

  private async regionIndex(service: string): Promise<RegionIndex> {
    const path = `/offers/v1.0/aws/${service}/current/region_index.json`;
    try {
      return ((await (await this.get(path)).json()) ?? {}) as RegionIndex;
    } catch (cause) {
      throw this.broken(path, cause);
    }
  }

  private async read(path: string, entries: JsonEntries): Promise<void> {
    const stalled = new AbortController();
    let timer = setTimeout(() => stalled.abort(), STALLED_MS);
    let bytes = 0;
    let told = 0;
    try {
      const decoder = new TextDecoder();
      const { body } = await this.get(path, stalled.signal);
      for await (const piece of body as unknown as AsyncIterable<Uint8Array>) {
        clearTimeout(timer);
        timer = setTimeout(() => stalled.abort(), STALLED_MS);
        entries.write(decoder.decode(piece, { stream: true }));
        bytes += piece.length;
        if (bytes - told >= 50e6) this.onProgress(`${((told = bytes) / 1e6).toFixed(0)} MB of ${path}`);
        if (entries.finished) return;
      }
    } catch (cause) {
      throw this.broken(path, cause);
    } finally {
      clearTimeout(timer);
      stalled.abort(); // the rest is not wanted
    }
    throw this.broken(path, new Error('it ends in the middle'));
  }

  private async get(path: string, signal: AbortSignal = AbortSignal.timeout(STALLED_MS)): Promise<Response> {
    const response = await fetch(this.base + path, { signal });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return response;
  }

  private broken(path: string, cause: unknown): SlipwayError {
    if (SlipwayError.is(cause)) return cause;
    const { message, cause: deeper } = cause as Error & { cause?: { message?: string } };
    const reason = deeper?.message ? `${message}: ${deeper.message}` : message;
    return new SlipwayError(
      'E_REFRESH',
      `${this.base}${path} cannot be read (${reason}); try again, or check the network and the proxy`,
      { cause },
    );
  }
}
