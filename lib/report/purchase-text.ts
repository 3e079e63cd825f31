/** How the instances of a plan are bought, in words. */
import { usd } from '../model/units';
import type { SizingPlan } from '../sizing/plan/plan';

type Bought = Pick<SizingPlan, 'purchase' | 'choice' | 'serviceLevel'>;

/** What remains when all Spot instances go at once. */
function withoutSpot({ purchase, serviceLevel }: Bought): string {
  const { onDemand, spot, carriesWithoutSpot } = purchase!;
  if (spot === 0) return 'the base is as large as the fleet, so that only what it grows beyond its peak is Spot';
  const peak = serviceLevel.requestsPerSecond;
  if (carriesWithoutSpot >= peak) {
    return 'the service level is kept when all Spot instances go at once, as long as nothing else is lost';
  }
  const left =
    onDemand === 0
      ? 'nobody answers'
      : `those on demand carry ${carriesWithoutSpot} of ${peak} requests/s within the service level`;
  return `the service level is not kept when all Spot instances go at once: ${left}, until others are there; a larger onDemandBase keeps it`;
}

/** In sentences; undefined where all are on demand. */
export function purchaseText(plan: Bought): string | undefined {
  const { purchase, choice } = plan;
  if (!purchase) return undefined;
  const { onDemand, spot, types, allOnDemand } = purchase;
  const [first, ...others] = types.map(({ instanceType }) => instanceType);
  const of =
    others.length > 0
      ? `${first}, and as Spot also ${others.join(', ')}, which are worth as much`
      : `${first} alone: no other type is worth as much, so that all Spot instances may be taken back together`;
  const saves = allOnDemand
    ? `. All on demand it would be ${allOnDemand.instances} x ${allOnDemand.instanceType} for ${usd(allOnDemand.usdPerMonth)} USD/month, ${costs(allOnDemand.usdPerMonth - choice.usdPerMonth)}`
    : '';
  return `at the peak ${onDemand} on demand and ${spot} as Spot, of ${of}; ${withoutSpot(plan)}${saves}`;
}

const costs = (more: number) => `${usd(Math.abs(more))} ${more < 0 ? 'less' : 'more'}`;

/** What moves the price of Spot, as a phrase; undefined where there is none. */
export function spotDoubt({ purchase, catalogue, region }: Pick<SizingPlan, 'purchase' | 'catalogue' | 'region'>) {
  if (!purchase || purchase.spot === 0) return undefined;
  const prices = purchase.types.map(({ spotUsdPerHour }) => spotUsdPerHour);
  const between =
    prices.length > 1 ? `${Math.min(...prices)} to ${Math.max(...prices)} USD an hour` : `${prices[0]} USD an hour`;
  const of = catalogue.spotCapturedAt ?? catalogue.capturedAt;
  return (
    `Spot prices move, and are those of ${of}, ${between}: the bill has that of ${purchase.types[0].instanceType}, ` +
    `and its range the cheapest and the dearest. Better: "slipway catalog refresh --region ${region}" before a decision`
  );
}
