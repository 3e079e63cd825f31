/** Exhaustive search over type, zones, count and workers for the cheapest fleet of every type. */
import type { InstanceType, Prices } from './catalogue/catalogue';
import { bill } from './cost';
import { bounds, survivors, ZONES } from './fleet';
import {
  broken,
  type Candidacy,
  type Constraint,
  candidacy,
  type Demand,
  type Fleet,
  p99Ms,
  tooSlow,
} from './judgement';
import { handlerMiB, usableMiB, volumeGiB } from './memory';
import type { Cost } from './plan';

/** A fleet that keeps the service level. */
export interface Option {
  readonly candidate: Candidacy;
  readonly fleet: Fleet;
  readonly cost: Cost;
}

export function billOf(candidate: Candidacy, fleet: Fleet, prices: Prices): Cost {
  const { demand, type } = candidate;
  const { serviceLevel, request } = demand;
  const { instances, zones } = fleet;
  return bill({ prices, type, instances, zones, volumeGiB: volumeGiB(demand.modelBytes), serviceLevel, request });
}

/** Most workers that fit in memory and on the cores; at least 1, which may be too many. */
export function mostWorkers({ demand, type, servers }: Candidacy): number {
  const usable = usableMiB(type);
  let workers = servers;
  while (workers > 1 && handlerMiB(demand.memory, workers, demand.modelBytes) > usable) workers--;
  return workers;
}

/** The smallest fleet of the type in these zones with these workers that keeps the service level. */
function smallest(candidate: Candidacy, zones: number, workers: number): Fleet | undefined {
  const { serviceLevel } = candidate.demand;
  const { fewest, most } = bounds(serviceLevel.availability, zones);
  for (let instances = fewest; instances <= most; instances++) {
    const fleet = { instances, zones, workers };
    const constraint = broken(candidate, fleet);
    if (!constraint) return fleet;
    if (constraint === 'memory') return undefined;
  }
  return undefined;
}

/** The cheapest fleet of a type; the one with more workers, then fewer zones, where the bill is the same. */
export function cheapest(demand: Demand, type: InstanceType, prices: Prices): Option | undefined {
  const candidate = candidacy(demand, type);
  if (tooSlow(candidate)) return undefined;
  let best: Option | undefined;
  for (const zones of ZONES[demand.serviceLevel.availability]) {
    for (let workers = mostWorkers(candidate); workers >= 1; workers--) {
      const fleet = smallest(candidate, zones, workers);
      if (!fleet) continue;
      if (best && best.fleet.zones === zones && best.fleet.instances <= fleet.instances) continue;
      const cost = billOf(candidate, fleet, prices);
      if (!best || cost.usdPerMonth < best.cost.usdPerMonth) best = { candidate, fleet, cost };
    }
  }
  return best;
}

/** Cheaper first; at the same bill lower p99, then smaller uncertainty, then the name. */
function compare(a: Option, b: Option): number {
  return (
    a.cost.usdPerMonth - b.cost.usdPerMonth ||
    p99Ms(a.candidate, a.fleet) - p99Ms(b.candidate, b.fleet) ||
    a.candidate.transfer.uncertainty - b.candidate.transfer.uncertainty ||
    (a.candidate.type.name < b.candidate.type.name ? -1 : 1)
  );
}

/** The cheapest fleet of every type that has one, cheapest first. */
export function options(demand: Demand, types: readonly InstanceType[], prices: Prices): Option[] {
  return types
    .map((type) => cheapest(demand, type, prices))
    .filter((option) => option !== undefined)
    .sort(compare);
}

/** A fleet of a type that costs less than `usdPerMonth` and does not do. */
export interface Failure {
  readonly candidate: Candidacy;
  readonly fleet: Fleet;
  readonly constraint: Constraint;
  readonly cost: Cost;
}

/** The strongest fleet of a type below a price that fails, if any fleet of it is that cheap. */
export function strongestBelow(
  demand: Demand,
  type: InstanceType,
  prices: Prices,
  usdPerMonth: number,
): Failure | undefined {
  const candidate = candidacy(demand, type);
  const { availability } = demand.serviceLevel;
  const workers = mostWorkers(candidate);
  let strongest: Failure | undefined;
  for (const zones of ZONES[availability]) {
    const { fewest, most } = bounds(availability, zones);
    for (let instances = fewest; instances <= most; instances++) {
      const fleet = { instances, zones, workers };
      const cost = billOf(candidate, fleet, prices);
      if (cost.usdPerMonth >= usdPerMonth) break;
      const left = survivors(availability, fleet);
      if (strongest && left <= survivors(availability, strongest.fleet)) continue;
      const constraint = broken(candidate, fleet);
      if (constraint) strongest = { candidate, fleet, constraint, cost };
    }
  }
  return strongest;
}
