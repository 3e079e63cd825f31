/** Fleets that follow a schedule: at each of its loads as few instances as keep the service level. */
import {
  ahead,
  loadsOf,
  MINUTES_PER_STEP,
  type Schedule,
  STEPS_PER_WEEK,
  stepsBefore,
} from '../service-level/schedule';
import type { Candidacy } from './candidacy';
import { bounds, type FleetSize, type Weekly } from './fleet-size';
import { broken } from './judgement';
import { growthStartSeconds, startSeconds } from './start';

/** Health checks until the load balancer sends requests, and what EC2 Auto Scaling may be late by. */
const READY_SECONDS = 30 + 60;

/** From launch to the first request: a new instance, which a group may always have to launch. */
export const readySeconds = (candidate: Candidacy) => Math.ceil(startSeconds(candidate) + READY_SECONDS);

/** Steps of five minutes by which a group grows before it has to. */
const stepsEarly = (candidate: Candidacy) => stepsBefore(Math.ceil(growthStartSeconds(candidate) + READY_SECONDS));

export const minutesEarly = (candidate: Candidacy) => MINUTES_PER_STEP * stepsEarly(candidate);

interface Share {
  readonly load: number;
  /** Of the week. */
  readonly share: number;
}

const known = new WeakMap<Schedule, Map<number, readonly Share[]>>();

/** The loads that a fleet is there for over the week, the highest first. */
export function sharesOf(candidate: Candidacy, schedule: Schedule): readonly Share[] {
  const early = stepsEarly(candidate);
  const byEarly = known.get(schedule) ?? new Map<number, readonly Share[]>();
  known.set(schedule, byEarly);
  const there = byEarly.get(early);
  if (there) return there;
  const steps = new Map<number, number>();
  for (const load of ahead(loadsOf(schedule), early)) steps.set(load, (steps.get(load) ?? 0) + 1);
  const shares = [...steps].map(([load, count]) => ({ load, share: count / STEPS_PER_WEEK }));
  shares.sort((a, b) => b.load - a.load);
  byEarly.set(early, shares);
  return shares;
}

/** The fewest instances that carry a share of the peak. @param most of which it is known that they do */
function fewestFor(candidate: Candidacy, most: FleetSize, load: number): number {
  if (load === 0) return 0;
  let [low, high] = [bounds(candidate.demand.serviceLevel.availability, most.zones).fewest, most.instances];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (broken(candidate, { ...most, instances: middle }, load)) low = middle + 1;
    else high = middle;
  }
  return high;
}

/** The fleet over the week. @param fleet with the instances of its peak */
export function weeklyFleet(candidate: Candidacy, { weekly: _, ...fleet }: FleetSize, schedule: Schedule): FleetSize {
  const levels = sharesOf(candidate, schedule).map(({ load, share }) => {
    const instances = load === 1 ? fleet.instances : fewestFor(candidate, fleet, load);
    return { load, share, instances };
  });
  const weekly: Weekly = {
    levels,
    peak: fleet.instances,
    meanInstances: levels.reduce((sum, { share, instances }) => sum + share * instances, 0),
    fewest: Math.min(...levels.map(({ instances }) => instances)),
  };
  return { ...fleet, weekly };
}

/** Instances in the mean of a week of fleets of so many at the peak, at the least. @param lost of them, as may be */
export function leastWeekly(candidate: Candidacy, schedule: Schedule, peak: number, fewest: number): number {
  const lost = candidate.demand.serviceLevel.availability === 'single' ? 0 : 1;
  return sharesOf(candidate, schedule).reduce((sum, { load, share }) => {
    const least = load === 0 ? 0 : load === 1 ? peak : Math.max(fewest, lost + load * (peak - lost) - 1);
    return sum + share * least;
  }, 0);
}

/** Instances in steps of five minutes of a week. */
export function weeklySteps(candidate: Candidacy, weekly: Weekly, schedule: Schedule): number[] {
  const counts = new Map(weekly.levels.map(({ load, instances }) => [load, instances]));
  return ahead(loadsOf(schedule), stepsEarly(candidate)).map((load) => counts.get(load)!);
}
