/** Exhaustive search over instance type, zones, count, workers, threads and joined requests for the cheapest fleet of every type. */

import type { PriceBook } from '../bill/bill-of';
import type { Catalogue, InstanceType } from '../catalogue/catalogue';
import type { Demand } from '../demand/demand';
import { kept } from '../demand/kept';
import type { Candidacy, Constraint } from '../judgement/candidacy';
import { dailyFleet, highestTarget, lowestTarget, meanInstances, targetFor } from '../judgement/daily';
import { bounds, type FleetSize, MAXIMUM_INSTANCES, survivors, ZONES, zonesWhere } from '../judgement/fleet-size';
import { broken, candidacies, nearestMiss, surplusVcpus, utilisation } from '../judgement/judgement';
import { isLateAnyway, p99Ms } from '../judgement/lateness';
import { neededMiB, usableMiB } from '../judgement/memory';
import { leastWeekly, weeklyFleet } from '../judgement/weekly';
import { meanShare } from '../service-level/day';
import { leastHour } from '../service-level/purchase';
import { sustainedRate } from '../service-level/service-level';
import { leastOfInstances, leastUsd, mayGrow, usdOf } from './fleet-usd';

/** A fleet that keeps the service level. */
export interface Option {
  readonly candidate: Candidacy;
  readonly fleet: FleetSize;
  readonly usdPerMonth: number;
}

/** With a schedule as many as each of its loads takes. @param fleet with the instances of the peak */
function scheduled(candidate: Candidacy, fleet: FleetSize): FleetSize {
  const { schedule } = candidate.demand.serviceLevel;
  return schedule ? weeklyFleet(candidate, fleet, schedule) : fleet;
}

/** Most workers that fit in memory and on the cores; at least 1, which may be too many. */
export function mostWorkers({ demand, type, servers }: Candidacy): number {
  const usable = usableMiB(type);
  let workers = servers;
  while (workers > 1 && neededMiB(demand, workers) > usable) workers--;
  return workers;
}

/** Fewest instances that the bounds of availability and utilisation allow; those that may be lost come on top. */
function fewestBusy(candidate: Candidacy, workers: number): number {
  const { availability, requestsPerSecond } = candidate.demand.serviceLevel;
  const lost = availability === 'single' ? 0 : 1;
  const one = { instances: 1 + lost, zones: 1 + lost, workers }; // that is left
  return lost + Math.floor(utilisation(candidate, one, requestsPerSecond) / candidate.busiest);
}

/**
 * The smallest fleet of the type in these zones that keeps the service level. Another instance never makes a fleet worse, so
 * the count is found by bisection, after strides that double; nor does another worker that fits, so every instance has the
 * most.
 *
 * @param from it has at least so many instances, and fewer than `below`
 */
function smallest(candidate: Candidacy, spread: Omit<FleetSize, 'instances'>, from: number, below: number) {
  const fleet = (instances: number): FleetSize => ({ instances, ...spread });
  let [low, high] = [from, from];
  if (from < below - 1 && broken(candidate, fleet(from)) && broken(candidate, fleet(below - 1))) return undefined;
  for (let stride = 1; high < below && broken(candidate, fleet(high)); stride *= 2) {
    if (high === below - 1) return undefined;
    low = high + 1;
    high = Math.min(below - 1, high + stride);
  }
  if (high >= below) return undefined;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (broken(candidate, fleet(middle))) low = middle + 1;
    else high = middle;
  }
  return fleet(high);
}

/**
 * The cheapest of the fleets of a size and above: where CPU over the baseline is bought, another instance brings a baseline
 * of its own, which may cost less than buying it.
 */
function cheapestFrom(candidate: Candidacy, smallest: FleetSize, book: PriceBook): Option {
  const fleet = scheduled(candidate, smallest);
  let best: Option = { candidate, fleet, usdPerMonth: usdOf(candidate, fleet, book) };
  const { vCpus, baseline = 1, surplusUsdPerVcpuHour = 0 } = candidate.type;
  if (leastHour(candidate.type, candidate.demand.serviceLevel.purchase) >= baseline * vCpus * surplusUsdPerVcpuHour)
    return best;
  const { most } = bounds(candidate.demand.serviceLevel.availability, fleet.zones);
  for (let larger = fleet; surplusVcpus(candidate, larger) > 0 && larger.instances < most; ) {
    larger = scheduled(candidate, { ...larger, instances: larger.instances + 1 });
    const usdPerMonth = usdOf(candidate, larger, book);
    if (usdPerMonth < best.usdPerMonth) best = { candidate, fleet: larger, usdPerMonth };
  }
  return best;
}

/**
 * The cheapest fleet of a type; at the same bill the one with fewer threads, then with fewer joined requests, then in fewer
 * zones. What a fleet costs does not depend on how many requests a run joins, so that joining is of use for fewer instances
 * alone.
 *
 * @param most USD a month; fleets that cost more are passed over
 */
function cheapest(
  demand: Demand,
  type: InstanceType,
  book: PriceBook,
  most = Number.POSITIVE_INFINITY,
): Option | undefined {
  const { availability, day, schedule, purchase } = demand.serviceLevel;
  if (purchase && type.spotUsdPerHour === undefined) return undefined;
  if (leastOfInstances(type, demand.serviceLevel) > most) return undefined;
  let best: Option | undefined;
  /** By zones, of the fleets with the same threads and fewer joined requests. */
  const found = new Map<number, number>();
  for (const candidate of candidacies(demand, type)) {
    const alone = candidate.mode.service.requests === 1;
    if (alone) found.clear();
    if (isLateAnyway(candidate)) continue;
    const workers = mostWorkers(candidate);
    const fewestForLoad = fewestBusy(candidate, workers);
    for (const zones of ZONES[availability]) {
      const bound = bounds(availability, zones);
      const from = Math.max(bound.fewest, fewestForLoad);
      // what joins carries more with as many instances, so that a group may have fewer of them at night
      const below = (alone || day || schedule ? undefined : found.get(zones)) ?? bound.most + 1;
      const mean = schedule // at the least
        ? leastWeekly(candidate, schedule, from, bound.fewest)
        : day
          ? Math.max(bound.fewest, (from - 1) * meanShare(day))
          : from;
      const limit = Math.min(most, best?.usdPerMonth ?? most);
      const isDear = Number.isFinite(limit) && leastUsd(candidate, zones, mean, book) > limit;
      const fleet = isDear ? undefined : smallest(candidate, { zones, workers }, from, below);
      found.set(zones, fleet?.instances ?? below);
      if (!fleet) continue;
      const running = schedule ? leastWeekly(candidate, schedule, fleet.instances, bound.fewest) : fleet.instances;
      if (leastUsd(candidate, zones, running, book) <= limit) {
        const option = cheapestFrom(candidate, fleet, book);
        if (!best || option.usdPerMonth < best.usdPerMonth) best = option;
      }
      const daily = cheapestDaily(candidate, fleet, book, Math.min(most, best?.usdPerMonth ?? most));
      if (daily) best = daily;
    }
  }
  return best;
}

/**
 * The cheapest fleet that follows the day, from one that carries the peak all day. The fewer instances it has at the least,
 * the more of them a loss takes, so that they grow at a lower target: fewer at night are more at noon.
 *
 * @param most USD a month; fleets that cost as much are passed over
 */
function cheapestDaily(candidate: Candidacy, fleet: FleetSize, book: PriceBook, most: number): Option | undefined {
  const { type, demand } = candidate;
  const { serviceLevel } = demand;
  // a type that is throttled beyond its baseline has no instances to spare
  if (!serviceLevel.day || (type.baseline !== undefined && type.surplusUsdPerVcpuHour === undefined)) return undefined;
  const { fewest } = bounds(serviceLevel.availability, fleet.zones);
  let best: Option | undefined;
  let target = highestTarget(candidate, fleet.workers);
  for (let minimum = fleet.instances - 1; minimum >= fewest; minimum--) {
    if (target < lowestTarget(candidate)) break;
    const mean = meanInstances(candidate, minimum, target); // with the target of more instances, which is no lower
    if (leastUsd(candidate, fleet.zones, mean, book) > (best?.usdPerMonth ?? most)) continue;
    const held = targetFor(candidate, fleet, minimum, target);
    if (held < lowestTarget(candidate)) break;
    const option = dailyFleet(candidate, fleet, minimum, held);
    target = held;
    if (option.instances > MAXIMUM_INSTANCES) break;
    if (!mayGrow(candidate, option, book)) continue; // it would be at its largest every day
    const usdPerMonth = usdOf(candidate, option, book);
    if (usdPerMonth < (best?.usdPerMonth ?? most)) best = { candidate, fleet: option, usdPerMonth };
  }
  return best;
}

/** Cheaper first; at the same bill lower p99, then smaller uncertainty, then the name. */
function compare(a: Option, b: Option): number {
  return (
    a.usdPerMonth - b.usdPerMonth ||
    p99Ms(a.candidate, a.fleet) - p99Ms(b.candidate, b.fleet) ||
    a.candidate.transfer.uncertainty - b.candidate.transfer.uncertainty ||
    (a.candidate.type.name < b.candidate.type.name ? -1 : 1)
  );
}

/** The demand of a week that is as busy all the time. */
export function withoutSchedule(demand: Demand): Demand {
  const { schedule, ...level } = demand.serviceLevel;
  if (!schedule) return demand;
  return { ...demand, serviceLevel: { ...level, meanRequestsPerSecond: sustainedRate(demand.serviceLevel) } };
}

/** The demand of who buys all instances on demand. */
export function withoutSpot(demand: Demand): Demand {
  const { purchase: _, ...serviceLevel } = demand.serviceLevel;
  return { ...demand, serviceLevel };
}

/** The demand of who has instances terminated that are not needed. */
export function withoutWarmPool(demand: Demand): Demand {
  const { warmPool: _, ...serviceLevel } = demand.serviceLevel;
  return { ...demand, serviceLevel };
}

/** The demand of a day of which the mean is known and no more. */
export function withoutDay(demand: Demand): Demand {
  const { day, risePerMinute: _, predictive: __, ...level } = demand.serviceLevel;
  if (!day) return demand;
  return { ...demand, serviceLevel: { ...level, meanRequestsPerSecond: sustainedRate(demand.serviceLevel) } };
}

/**
 * The cheapest fleet of every type that has one, cheapest first. Fleets that follow the day take long to find: they are looked
 * for where they may cost less than the cheapest that does not.
 */
export function options(demand: Demand, types: readonly InstanceType[], book: PriceBook): Option[] {
  const steadily = withoutDay(demand);
  const steady = types
    .map((type) => cheapest(steadily, type, book))
    .filter((option) => option !== undefined)
    .sort(compare);
  const [first] = steady;
  if (!first || !demand.serviceLevel.day) return steady;
  const cheaper = (all: Option) => {
    const daily = cheapest(demand, all.candidate.type, book, first.usdPerMonth);
    return daily && compare(daily, all) < 0 ? daily : all;
  };
  return steady.map(cheaper).sort(compare);
}

/** Some options, the cheapest first. */
class Leading {
  readonly found: Option[] = [];

  constructor(private readonly count: number) {}

  /** What costs more than this is none of them. */
  get most(): number {
    return this.found[this.count - 1]?.usdPerMonth ?? Number.POSITIVE_INFINITY;
  }

  /** In place of another of its type that it is better than. */
  take(option: Option | undefined): void {
    if (!option || option.usdPerMonth > this.most) return;
    const { found, count } = this;
    const same = found.findIndex(({ candidate }) => candidate.type === option.candidate.type);
    if (same >= 0) {
      if (compare(option, found[same]!) >= 0) return;
      found.splice(same, 1);
    }
    let place = found.length;
    while (place > 0 && compare(option, found[place - 1]!) < 0) place--;
    found.splice(place, 0, option);
    found.length = Math.min(found.length, count);
  }
}

/** The first of `options`, for less: types that cannot be among them are passed over. */
export function leading(demand: Demand, types: readonly InstanceType[], book: PriceBook, count: number): Option[] {
  const steadily = withoutDay(demand);
  const best = new Leading(count);
  for (const type of inOrder(types, undefined)) best.take(cheapest(steadily, type, book, best.most));
  const [first] = best.found;
  if (!first || !demand.serviceLevel.day) return best.found;
  for (const type of inOrder(types, first.candidate.type)) {
    best.take(cheapest(demand, type, book, Math.min(first.usdPerMonth, best.most)));
  }
  return best.found;
}

/** By price, but one that is likely to be the answer first: then most others are passed over. */
function inOrder(types: readonly InstanceType[], likely: InstanceType | undefined): readonly InstanceType[] {
  const sorted = kept(byPrice, types, () => [...types].sort((a, b) => a.usdPerHour - b.usdPerHour));
  return likely && types.includes(likely) ? [likely, ...sorted.filter((type) => type !== likely)] : sorted;
}

const byPrice = new WeakMap<readonly InstanceType[], readonly InstanceType[]>();

/**
 * The cheapest fleet of all types: the first of `options`, for less, since types whose instances alone cost more are passed over.
 *
 * @param likely a type that may well be the answer
 */
export function best(
  demand: Demand,
  types: readonly InstanceType[],
  book: PriceBook,
  likely?: InstanceType,
): Option | undefined {
  let found: Option | undefined;
  for (const type of inOrder(types, likely)) {
    const option = cheapest(demand, type, book, found?.usdPerMonth);
    if (option && (!found || compare(option, found) < 0)) found = option;
  }
  return found;
}

/** The cheapest fleets of types that have one for no more than `most`, cheapest first. */
export function optionsUpTo(demand: Demand, types: readonly InstanceType[], book: PriceBook, most: number): Option[] {
  return types
    .map((type) => cheapest(demand, type, book, most))
    .filter((option): option is Option => option !== undefined && option.usdPerMonth <= most)
    .sort(compare);
}

/** Any fleet within the budget; of `best` it has no more than that there is one. @param likely as there */
export function some(
  demand: Demand,
  types: readonly InstanceType[],
  book: PriceBook,
  likely?: InstanceType,
): Option | undefined {
  const { budgetUsdPerMonth = Number.POSITIVE_INFINITY } = demand.serviceLevel;
  for (const type of inOrder(types, likely)) {
    const option = cheapest(demand, type, book, budgetUsdPerMonth);
    if (option && option.usdPerMonth <= budgetUsdPerMonth) return option;
  }
  return undefined;
}

/** The cheapest fleet of all types, if the budget allows it. @param likely as of `best` */
export function affordable(
  demand: Demand,
  catalogue: PriceBook & Pick<Catalogue, 'types'>,
  likely?: InstanceType,
): Option | undefined {
  const choice = best(demand, catalogue.types, catalogue, likely);
  const { budgetUsdPerMonth = Number.POSITIVE_INFINITY } = demand.serviceLevel;
  return choice && choice.usdPerMonth <= budgetUsdPerMonth ? choice : undefined;
}

/** A fleet of a type that costs less than `usdPerMonth` and does not do. */
export interface Failure {
  readonly candidate: Candidacy;
  readonly fleet: FleetSize;
  readonly constraint: Constraint;
  readonly usdPerMonth: number;
}

/** The last whole number of which a value that never falls is below a limit; less than `first` where there is none. */
function lastBelow(of: (count: number) => number, limit: number, first: number, last: number): number {
  let [below, over] = [first - 1, last + 1];
  while (over - below > 1) {
    const middle = (below + over) >> 1;
    if (of(middle) < limit) below = middle;
    else over = middle;
  }
  return below;
}

/** The strongest fleet of a type below a price that fails, if any fleet of it is that cheap. */
export function strongestBelow(
  demand: Demand,
  type: InstanceType,
  book: PriceBook,
  usdPerMonth: number,
): Failure | undefined {
  const { availability, schedule, purchase } = demand.serviceLevel;
  if (purchase && type.spotUsdPerHour === undefined) return undefined;
  if (leastOfInstances(type, demand.serviceLevel) > usdPerMonth) return undefined;
  let strongest: Failure | undefined;
  const all = candidacies(demand, type);
  for (const candidate of all.filter(({ mode }) => mode.service.requests === 1)) {
    const ways = all.filter(({ mode }) => mode.threads === candidate.mode.threads);
    const workers = mostWorkers(candidate);
    for (const zones of zonesWhere(availability, type.zones.length)) {
      const { fewest, most } = bounds(availability, zones);
      let below: { fleet: FleetSize; usdPerMonth: number } | undefined;
      // from the most that what they cost at the least allows
      const least = (instances: number) => {
        const mean = schedule ? leastWeekly(candidate, schedule, instances, fewest) : instances;
        return leastUsd(candidate, zones, mean, book);
      };
      for (let instances = lastBelow(least, usdPerMonth, fewest, most); instances >= fewest && !below; instances--) {
        const fleet = scheduled(candidate, { instances, zones, workers });
        const usd = usdOf(candidate, fleet, book);
        if (usd < usdPerMonth) below = { fleet, usdPerMonth: usd };
      }
      if (!below) continue;
      const { fleet, usdPerMonth: usd } = below;
      const left = survivors(availability, fleet);
      if (strongest && left <= survivors(availability, strongest.fleet)) continue;
      const miss = nearestMiss(ways, () => fleet);
      if (miss) strongest = { ...miss, usdPerMonth: usd };
    }
  }
  return strongest;
}
