/** How much more traffic a fleet carries, and which one would be next. */

import { usd } from '../model/units';
import type { Catalogue } from './catalogue/catalogue';
import type { Demand } from './demand/demand';
import { dailyFleet } from './judgement/daily';
import { broken, explain } from './judgement/judgement';
import { weeklyFleet } from './judgement/weekly';
import type { Growth } from './plan/plan';
import { usdOf } from './search/fleet-usd';
import { candidateOf } from './search/rounded';
import { affordable, type Option } from './search/search';

/** The demand with another peak; the mean grows alike. */
function withPeak(demand: Demand, requestsPerSecond: number): Demand {
  const { requestsPerSecond: peak, meanRequestsPerSecond: mean } = demand.serviceLevel; // that of a day follows
  const meanRequestsPerSecond = mean && (mean * requestsPerSecond) / peak;
  return { ...demand, serviceLevel: { ...demand.serviceLevel, requestsPerSecond, meanRequestsPerSecond } };
}

/** How far the traffic may grow until the fleet breaks a constraint, or its bill the budget. */
export function growthOf({ candidate, fleet }: Option, demand: Demand, catalogue: Catalogue, carries: number): Growth {
  const { requestsPerSecond, budgetUsdPerMonth = Number.POSITIVE_INFINITY } = demand.serviceLevel;
  const at = (peak: number) => ({ ...candidate, demand: withPeak(candidate.demand, peak) });
  /** At another peak it has other numbers over the day, or over the week. */
  const grown = (peak: number) => {
    const { schedule } = demand.serviceLevel;
    if (schedule) return weeklyFleet(at(peak), fleet, schedule);
    return fleet.daily ? dailyFleet(at(peak), fleet, fleet.daily.minimum, fleet.daily.target) : fleet;
  };
  const usdPerMonth = (peak: number) => usdOf(at(peak), grown(peak), catalogue);
  let upTo = Math.max(requestsPerSecond, carries);
  if (usdPerMonth(upTo) > budgetUsdPerMonth) {
    // of whole numbers, which what is asked need not be
    let [within, over] = [Math.floor(requestsPerSecond), Math.ceil(upTo)];
    while (over - within > 1) {
      const middle = Math.floor((within + over) / 2);
      if (usdPerMonth(middle) <= budgetUsdPerMonth) within = middle;
      else over = middle;
    }
    upTo = Math.max(requestsPerSecond, within);
  }
  const beyond = at(upTo + 1);
  const constraint = broken(beyond, fleet);
  const bill = usdPerMonth(upTo + 1);
  const bound = constraint
    ? explain(beyond, fleet, constraint)
    : bill > budgetUsdPerMonth && `budget: ${usd(bill)} USD/month, ${budgetUsdPerMonth} allowed`;
  const next = affordable(withPeak(demand, upTo + 1), catalogue, candidate.type);
  return { upToRequestsPerSecond: upTo, ...(bound && { bound }), ...(next && { next: candidateOf(next) }) };
}
