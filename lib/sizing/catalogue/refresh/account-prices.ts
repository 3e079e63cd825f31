/** The price list service of AWS (`GetProducts`), with the user's credentials. */
import { type Filter, type PricingClient, paginateGetProducts } from '@aws-sdk/client-pricing';
import { fits, type Offer, type OnDemandTerms, offerOf, type PriceList, type Product, type Wanted } from './offers';

const PAGE = 100; // the most that GetProducts gives at once

interface PriceListItem {
  readonly product?: Product;
  readonly terms?: { readonly OnDemand?: OnDemandTerms };
  readonly publicationDate?: string;
}

function filtersOf(region: string, { attributes, productFamily, regionAttribute = 'regionCode' }: Wanted): Filter[] {
  const exact = { [regionAttribute]: region, ...(productFamily && { productFamily }), ...attributes };
  return Object.entries(exact).map(([Field, Value]) => ({ Type: 'TERM_MATCH', Field, Value }));
}

export class AccountPrices implements PriceList {
  readonly source = 'AWS price list service (GetProducts)';
  private published: string | undefined;

  constructor(private readonly client: PricingClient) {}

  async offers(region: string, service: string, wanted: readonly Wanted[]): Promise<Offer[]> {
    const offers: Offer[] = [];
    for (const one of wanted) {
      const asked = { ServiceCode: service, Filters: filtersOf(region, one), MaxResults: PAGE };
      for await (const page of paginateGetProducts({ client: this.client }, asked)) {
        for (const text of page.PriceList ?? []) {
          const { product = {}, terms, publicationDate } = JSON.parse(String(text)) as PriceListItem;
          if (!fits(product, one)) continue;
          this.published = [this.published ?? '', publicationDate?.slice(0, 10) ?? ''].sort().at(-1);
          offers.push(offerOf(product, terms?.OnDemand));
        }
      }
    }
    return offers;
  }

  publishedOn(): string | undefined {
    return this.published || undefined;
  }
}
