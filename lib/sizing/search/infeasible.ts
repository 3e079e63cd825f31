/** What to say when nothing in the catalogue keeps the service level: which constraint, and the nearest that would do. */
import { SlipwayError } from '../../model/error';
import { usd } from '../../model/units';
import type { Catalogue, InstanceType } from '../catalogue/catalogue';
import type { Demand } from '../demand/demand';
import type { RequestCost } from '../demand/service';
import type { Candidacy, Constraint } from '../judgement/candidacy';
import { bounds, type FleetSize, zonesWhere } from '../judgement/fleet-size';
import { candidacies, explain, nearestMiss } from '../judgement/judgement';
import { p99Ms } from '../judgement/lateness';
import { choiceText, loosened, restricted } from '../service-level/restriction';
import type { Availability, ServiceLevel } from '../service-level/service-level';
import { best, mostWorkers, type Option, some } from './search';

/** Slowest p99 and highest rate divisor that are tried as relaxations. */
const SLOWEST_MS = 60_000;
const STEPS = 12;

/** The searches, by a changed service level. */
interface Searches {
  /** The cheapest fleet. */
  readonly search: (change: Partial<ServiceLevel>) => Option | undefined;
  /** Whether there is one. */
  readonly does: (change: Partial<ServiceLevel>) => boolean;
}

const fleetText = ({ fleet, candidate }: Option) => `${fleet.instances} x ${candidate.type.name}`;

/** Two significant digits, away from the side that fails. */
function rounded(value: number, direction: 'up' | 'down'): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  const count = direction === 'up' ? Math.ceil(value / unit) : Math.floor(value / unit);
  return Number((count * unit).toPrecision(2));
}

/** The value between one that works and one that fails, in equal steps of ratio, nearest to the failing one. */
function nearest(works: number, fails: number, holds: (value: number) => boolean): number {
  for (let step = 0; step < STEPS; step++) {
    const middle = Math.sqrt(works * fails);
    if (holds(middle)) works = middle;
    else fails = middle;
  }
  return works;
}

/** The next weaker promises. */
const OTHER_AVAILABILITIES: Record<Availability, readonly Availability[]> = {
  zone: ['instance', 'single'],
  instance: ['single'],
  single: [],
};

/** Service levels near the asked one that can be kept within the budget, each with one number relaxed. */
function relaxations(serviceLevel: ServiceLevel, { search, does }: Searches): string[] {
  const found: string[] = [];
  const tell = (change: Partial<ServiceLevel>, text: string) => {
    const option = search(change);
    if (option) found.push(`${text}: ${fleetText(option)}, ${usd(option.usdPerMonth)} USD/month`);
    return option !== undefined;
  };
  const { p99Ms: p99, requestsPerSecond: rate, meanRequestsPerSecond: mean, rowsPerRequest: rows } = serviceLevel;
  if (serviceLevel.budgetUsdPerMonth !== undefined) {
    const option = search({ budgetUsdPerMonth: undefined });
    if (option) tell({ budgetUsdPerMonth: undefined }, `a budget of ${usd(option.usdPerMonth)} USD/month`);
  }
  if (p99 < SLOWEST_MS && does({ p99Ms: SLOWEST_MS })) {
    const holds = (p99Ms: number) => does({ p99Ms });
    const relaxed = rounded(nearest(SLOWEST_MS, p99, holds), 'up');
    tell({ p99Ms: relaxed }, `p99 of ${relaxed} ms`);
  }
  const at = (requestsPerSecond: number): Partial<ServiceLevel> => ({
    requestsPerSecond,
    ...(mean !== undefined && { meanRequestsPerSecond: Math.min(mean, requestsPerSecond) }),
  });
  const least = rate / 1e4;
  if (does(at(least))) {
    const relaxed = rounded(
      nearest(least, rate, (value) => does(at(value))),
      'down',
    );
    const all = mean !== undefined && mean > relaxed; // a mean is never above the peak
    tell(at(relaxed), `${relaxed} requests/s${all ? ', at the peak and in the mean' : ''}`);
  }
  if (mean !== undefined && does({ meanRequestsPerSecond: mean / 1e4 })) {
    const holds = (value: number) => does({ meanRequestsPerSecond: value });
    const relaxed = rounded(nearest(mean / 1e4, mean, holds), 'down');
    tell({ meanRequestsPerSecond: relaxed }, `${relaxed} requests/s in the mean`);
  }
  if (rows > 1 && does({ rowsPerRequest: 1 })) {
    let [works, fails] = [1, rows];
    while (fails - works > 1) {
      const middle = Math.floor((works + fails) / 2);
      if (does({ rowsPerRequest: middle })) works = middle;
      else fails = middle;
    }
    tell({ rowsPerRequest: works }, `${works} ${works === 1 ? 'row' : 'rows'} in a request`);
  }
  for (const [name, instances] of serviceLevel.instances ? loosened(serviceLevel.instances) : []) {
    if (tell({ instances }, `without ${name}`)) break;
  }
  for (const availability of OTHER_AVAILABILITIES[serviceLevel.availability]) {
    if (tell({ availability }, `availability ${availability}`)) break;
  }
  return found;
}

interface Obstacle {
  readonly candidate: Candidacy;
  readonly fleet: FleetSize;
  readonly constraint: Constraint;
}

/** What stands against the largest fleet of each type. */
function obstacles(demand: Demand, types: readonly InstanceType[]): Obstacle[] {
  const { availability } = demand.serviceLevel;
  return types.flatMap((type) => {
    const zones = zonesWhere(availability, type.zones.length).at(-1)!;
    const instances = bounds(availability, zones).most;
    const ways = candidacies(demand, type).filter(({ mode }) => mode.threads === 1);
    return nearestMiss(ways, (candidate) => ({ instances, zones, workers: mostWorkers(candidate) })) ?? [];
  });
}

/** The obstacle of the type that comes nearest, among those of the constraint that stops most types. */
function mainObstacle(all: readonly Obstacle[]): Obstacle {
  const counts = new Map<Constraint, number>();
  for (const { constraint } of all) counts.set(constraint, (counts.get(constraint) ?? 0) + 1);
  const [most] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a)); // of as many the one that comes first
  const distance = ({ candidate, fleet }: Obstacle) =>
    most === 'memory'
      ? -candidate.type.memoryMiB
      : most === 'p99'
        ? p99Ms(candidate, fleet)
        : candidate.transfer.factor / candidate.servers;
  return all.filter(({ constraint }) => constraint === most).reduce((a, b) => (distance(b) < distance(a) ? b : a));
}

/**
 * The error for a service level that cannot be kept.
 *
 * @param cheapestOverBudget what would do but for the budget
 * @param requestOf cost of a request of another number of rows
 */
export function infeasible(
  demand: Demand,
  { catalogue, unrestricted }: { readonly catalogue: Catalogue; readonly unrestricted: Catalogue },
  cheapestOverBudget: Option | undefined,
  requestOf: (rows: number) => RequestCost,
): SlipwayError {
  const { serviceLevel } = demand;
  const { types } = catalogue;
  const changed = (change: Partial<ServiceLevel>) => {
    const level = { ...serviceLevel, ...change };
    const { rowsPerRequest } = level;
    const request = rowsPerRequest === serviceLevel.rowsPerRequest ? demand.request : requestOf(rowsPerRequest);
    const allowed = 'instances' in change ? restricted(unrestricted, change.instances).types : types;
    return { asked: { ...demand, serviceLevel: level, request }, allowed };
  };
  let worked: InstanceType | undefined; // and is tried first the next time
  const search: Searches['search'] = (change) => {
    const { asked, allowed } = changed(change);
    const found = best(asked, allowed, catalogue, worked);
    const { budgetUsdPerMonth = Number.POSITIVE_INFINITY } = asked.serviceLevel;
    return found && found.usdPerMonth <= budgetUsdPerMonth ? found : undefined;
  };
  const does: Searches['does'] = (change) => {
    const { asked, allowed } = changed(change);
    const found = some(asked, allowed, catalogue, worked);
    if (found) worked = found.candidate.type;
    return found !== undefined;
  };
  const problems = relaxations(serviceLevel, { search, does });
  const { shadow, shadowGroup, ...alone } = demand;
  const withoutShadow = (shadow || shadowGroup) && best(alone, types, catalogue);
  if (withoutShadow && withoutShadow.usdPerMonth <= (serviceLevel.budgetUsdPerMonth ?? Number.POSITIVE_INFINITY)) {
    problems.push(`without the shadow: ${fleetText(withoutShadow)}, ${usd(withoutShadow.usdPerMonth)} USD/month`);
  }
  const end = problems.length > 0 ? '; one of these would do' : '; no single change of the service level would do';
  if (cheapestOverBudget) {
    const { usdPerMonth } = search({ budgetUsdPerMonth: undefined }) ?? cheapestOverBudget; // with room to grow
    return new SlipwayError(
      'E_INFEASIBLE',
      `the budget of ${usd(serviceLevel.budgetUsdPerMonth!)} USD/month is too small: the cheapest fleet that keeps the service level, ` +
        `${fleetText(cheapestOverBudget)}, costs ${usd(usdPerMonth)} USD/month${end}`,
      { problems },
    );
  }
  if (types.length === 0) {
    const { instances } = serviceLevel;
    const [key, said] = instances ? ['instances', choiceText(instances)] : ['zones', demand.networkZones.join(', ')];
    return new SlipwayError(
      'E_INFEASIBLE',
      `${key}: none of the ${unrestricted.types.length} types of ${unrestricted.region} is left (${said})${end}`,
      { problems },
    );
  }
  const { candidate, fleet, constraint } = mainObstacle(obstacles(demand, types));
  return new SlipwayError(
    'E_INFEASIBLE',
    `no fleet of up to ${fleet.instances} instances of any type in the catalogue keeps the service level; the nearest, ` +
      `${candidate.type.name}, fails on ${explain(candidate, fleet, constraint)}${end}`,
    { problems },
  );
}
