/** All that the search looked at, for whoever wants to see it: every type's cheapest fleet, and how the chosen one takes load. */

import type { SizingRequest } from '../demand/demand-of';
import { utilisation } from '../judgement/judgement';
import { p99Ms } from '../judgement/lateness';
import type { Candidate } from '../plan/plan';
import { burstsOf } from '../service-level/arrivals';
import { candidateOf } from './rounded';
import { type Option, options } from './search';
import { placed } from './shadow-group';

export interface SurveyedFleet extends Candidate {
  /** At the peak, while the tolerated loss lasts. */
  readonly p99Ms: number;
  /** Whether no other is both cheaper and faster. */
  readonly onFrontier: boolean;
}

export interface LoadPoint {
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  /** Busy share of the workers, 0 to 1. */
  readonly utilisation: number;
}

export interface Survey {
  /** The cheapest fleet of every type that keeps the service level, cheapest first; the first is the plan's choice. */
  readonly fleets: readonly SurveyedFleet[];
  /** The chosen fleet, the tolerated loss included, from an idle one to where its queues no longer end. */
  readonly load: readonly LoadPoint[];
}

const LOAD_POINTS = 60;
/** Share of what the workers can do at which the curve ends: beyond it waiting grows without bound. */
const END_OF_LOAD = 0.97;

/** Those that are faster than all cheaper ones are on the frontier. @param options cheapest first */
function surveyed(options: readonly Option[]): SurveyedFleet[] {
  let fastest = Number.POSITIVE_INFINITY;
  return options.map((option) => {
    const latency = p99Ms(option.candidate, option.fleet);
    const onFrontier = latency < fastest;
    if (onFrontier) fastest = latency;
    return { ...candidateOf(option), p99Ms: latency, onFrontier };
  });
}

function loadOf({ candidate, fleet }: Option): LoadPoint[] {
  const { serviceLevel } = candidate.demand;
  const highest = 1 + 2 * burstsOf(serviceLevel.bursts).swing; // of the rates within a peak
  const full = serviceLevel.requestsPerSecond / utilisation(candidate, fleet, serviceLevel.requestsPerSecond) / highest;
  return Array.from({ length: LOAD_POINTS }, (_, i) => {
    const requestsPerSecond = (full * END_OF_LOAD * (i + 1)) / LOAD_POINTS;
    const asked = { ...candidate.demand, serviceLevel: { ...serviceLevel, requestsPerSecond } };
    return {
      requestsPerSecond,
      p99Ms: p99Ms({ ...candidate, demand: asked }, fleet),
      utilisation: utilisation(candidate, fleet, requestsPerSecond),
    };
  });
}

/**
 * The search behind `sizingPlan(request)`, which must have found a plan.
 *
 * @throws SlipwayError E_USAGE for a service level that makes no sense
 */
export function survey(request: SizingRequest): Survey {
  const { demand, catalogue } = placed(request);
  const found = options(demand, catalogue.types, catalogue);
  return {
    fleets: surveyed(found),
    load: found.length > 0 ? loadOf(found[0]!) : [],
  };
}
