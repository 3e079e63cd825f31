/** The catalogue that ships, from specs as AWS describes them and the prices that were typed in. `npm run proof:catalog` makes and checks it. */
import { DEFAULT_REGION } from '../catalogue';
import { CATALOGUE_VERSION, type CatalogueFile, type TypeRow } from '../file';
import { familyOf } from '../processors';
import { TYPED_IN } from '../sources';
import { CAPTURED_AT, PRICE_SOURCE, shippedUsdPerHour } from './instance-prices';
import { PRICES } from './prices';

/** Where the specs come from. */
const SPEC_SOURCE = 'EC2 DescribeInstanceTypes and DescribeInstanceTypeOfferings of us-east-1, as moto 5.2.1 has them';

/** @param specs types of us-east-1, without prices */
export function shippedCatalogue(specs: readonly TypeRow[]): CatalogueFile {
  const xlarge = new Map(
    specs.filter(({ name }) => name.endsWith('.xlarge')).map(({ name, memoryMiB }) => [familyOf(name), memoryMiB]),
  );
  return {
    schemaVersion: CATALOGUE_VERSION,
    region: DEFAULT_REGION,
    capturedAt: CAPTURED_AT,
    sources: [PRICE_SOURCE, SPEC_SOURCE, ...TYPED_IN],
    prices: PRICES,
    types: specs.map((spec) => {
      const usdPerHour = shippedUsdPerHour(spec, xlarge.get(familyOf(spec.name)));
      return { ...spec, ...(usdPerHour !== undefined && { usdPerHour }) };
    }),
  };
}
