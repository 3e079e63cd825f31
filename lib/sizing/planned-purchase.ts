/** What a plan says of a fleet that is not all on demand. */
import type { Catalogue, InstanceType } from './catalogue/catalogue';
import type { Demand } from './demand/demand';
import { broken } from './judgement/judgement';
import type { PlannedPurchase, SpotType } from './plan/plan';
import { candidateOf } from './search/rounded';
import { affordable, type Option, withoutSpot } from './search/search';
import { standIns } from './search/spot-types';
import { onDemandOf } from './service-level/purchase';

const spotType = ({ name, spotUsdPerHour }: InstanceType): SpotType => ({
  instanceType: name,
  spotUsdPerHour: spotUsdPerHour!,
});

/** Requests a second that so many instances carry within the service level, when no other loss has to be borne; up to the peak. */
function carriedBy({ candidate, fleet }: Option, instances: number): number {
  if (instances === 0) return 0;
  const { serviceLevel } = candidate.demand;
  const { requestsPerSecond: peak } = serviceLevel;
  const alone = {
    ...candidate,
    demand: { ...candidate.demand, serviceLevel: { ...serviceLevel, availability: 'single' as const } },
  };
  const { daily: _, weekly: __, ...size } = fleet;
  const holds = (times: number) => !broken(alone, { ...size, zones: 1, instances }, times);
  if (holds(1)) return peak;
  let [low, high] = [0, 1];
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return Math.floor(low * peak);
}

/** @param option with Spot in it, of the demand, which has a purchase */
export function plannedPurchase(option: Option, demand: Demand, catalogue: Catalogue): PlannedPurchase {
  const { instances } = option.fleet;
  const onDemand = onDemandOf(demand.serviceLevel.purchase!, instances);
  const allOnDemand = affordable(withoutSpot(demand), catalogue);
  return {
    onDemand,
    spot: instances - onDemand,
    types: [spotType(option.candidate.type), ...standIns(option, catalogue).map(spotType)],
    carriesWithoutSpot: carriedBy(option, onDemand),
    ...(allOnDemand && { allOnDemand: candidateOf(allOnDemand) }),
  };
}

/** Cheapest and dearest of the types, USD an hour. */
export function spotRange({ types }: PlannedPurchase): { readonly low: number; readonly high: number } {
  const prices = types.map(({ spotUsdPerHour }) => spotUsdPerHour);
  return { low: Math.min(...prices), high: Math.max(...prices) };
}
