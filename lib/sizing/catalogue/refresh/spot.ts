/** Spot prices of now, from the EC2 API of the user's account. */
import { type EC2Client, paginateDescribeSpotPriceHistory } from '@aws-sdk/client-ec2';

/** No instance was ever sold for less; an emulator's made-up price is. */
const LEAST_USD = 0.0005;

/** Dearest spot price of each type over the zones of the region, USD per hour. */
export async function spotPrices(client: EC2Client, now: Date): Promise<Map<string, number>> {
  const prices = new Map<string, number>();
  const asked = { StartTime: now, ProductDescriptions: ['Linux/UNIX'], MaxResults: 1000 };
  for await (const page of paginateDescribeSpotPriceHistory({ client }, asked)) {
    for (const { InstanceType: name, SpotPrice, ProductDescription } of page.SpotPriceHistory ?? []) {
      const usd = Number(SpotPrice);
      if (!name || ProductDescription !== 'Linux/UNIX' || !(usd >= LEAST_USD)) continue;
      prices.set(name, Math.max(usd, prices.get(name) ?? 0));
    }
  }
  return prices;
}
