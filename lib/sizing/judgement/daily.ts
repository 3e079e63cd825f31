/**
 * Fleets that grow and shrink over the day. A group adds instances when each has more than its target to do. Until these
 * answer, those that are there carry what the rate has risen to meanwhile.
 */
import { momentsOf, steepestRise } from '../service-level/day';
import type { Candidacy } from './candidacy';
import type { Daily, FleetSize } from './fleet-size';
import { broken, shadowMs } from './judgement';
import { growthStartSeconds } from './start';

/**
 * Three datapoints of a minute: what target tracking wants to see before a group grows (EC2 Auto Scaling user guide, 2026-07).
 * The first of them begins with the next minute.
 */
const ALARM_SECONDS = 60 + 180;
/** CloudWatch has a datapoint so long after its minute. */
const METRIC_SECONDS = 60;
/** Health checks that an instance passes before it gets requests, two of ten seconds, and what deals them out. */
const READY_SECONDS = 30;

/** Targets of a group, in percent of CPU or in requests a minute. */
const LEAST_CPU_PERCENT = 10;
const MOST_CPU_PERCENT = 70;

/** A group shrinks below this share of its target. */
const SHRINKS_BELOW = 0.9;

/** From the moment when a group has too much to do until its new instances answer. */
export const growSeconds = (candidate: Candidacy): number =>
  ALARM_SECONDS + METRIC_SECONDS + growthStartSeconds(candidate) + READY_SECONDS;

/** Requests a second by which the rate rises at the most while a group grows. */
function riseWhileGrowing(candidate: Candidacy): number {
  const { day, risePerMinute, requestsPerSecond } = candidate.demand.serviceLevel;
  const perMinute = Math.max(risePerMinute ?? 0, steepestRise(day!) * requestsPerSecond);
  return (perMinute * growSeconds(candidate)) / 60;
}

const joins = ({ mode }: Candidacy) => mode.service.requests > 1;

/** Requests a second of an instance at one percent of CPU; where requests are joined, at one request a minute. */
function rateOfTarget(candidate: Candidacy): number {
  const { mode, transfer, type } = candidate;
  return joins(candidate) ? 1 / 60 : (10 * type.vCpus) / ((mode.cpuMs + shadowMs(candidate)) * transfer.factor);
}

/** The highest target that the limit of utilisation allows a fleet that loses nothing. */
export function highestTarget(candidate: Candidacy, workers: number): number {
  const { mode, transfer, busiest } = candidate;
  const { meanMs, requests } = mode.service;
  const requestMs = (meanMs / requests + shadowMs(candidate)) * transfer.factor;
  const target = Math.floor((1000 * workers * busiest) / requestMs / rateOfTarget(candidate));
  return joins(candidate) ? target : Math.min(MOST_CPU_PERCENT, target);
}

export const lowestTarget = (candidate: Candidacy): number => (joins(candidate) ? 1 : LEAST_CPU_PERCENT);

/**
 * Whether groups of `minimum` instances and more keep the service level until they have grown. Of the counts above it the
 * next ones are the hardest: the loss of a zone takes the most of a count that is one above a multiple of the zones.
 *
 * @param enough instances that carry the peak
 */
function carriesItsRise(candidate: Candidacy, enough: FleetSize, minimum: number, target: number): boolean {
  const { requestsPerSecond: peak } = candidate.demand.serviceLevel;
  const each = target * rateOfTarget(candidate);
  const rise = riseWhileGrowing(candidate);
  for (let instances = minimum; instances < Math.min(enough.instances, minimum + enough.zones); instances++) {
    const rate = Math.min(peak, each * instances + rise);
    if (broken(candidate, { ...enough, instances }, rate / peak)) return false;
  }
  return true;
}

/**
 * The highest target with which a group of so many instances at the least keeps the service level.
 *
 * @param most it is no higher
 * @returns below `lowestTarget` where there is none
 */
export function targetFor(candidate: Candidacy, enough: FleetSize, minimum: number, most: number): number {
  const holds = (target: number) => carriesItsRise(candidate, enough, minimum, target);
  if (holds(most)) return most;
  let [works, fails] = [lowestTarget(candidate) - 1, most];
  while (fails - works > 1) {
    const middle = (works + fails) >> 1;
    if (holds(middle)) works = middle;
    else fails = middle;
  }
  return works;
}

/** How many instances a group has at a share of the peak. */
function counter(candidate: Candidacy, minimum: number, target: number): (share: number) => number {
  const each = (target * rateOfTarget(candidate)) / candidate.demand.serviceLevel.requestsPerSecond;
  return (share) => Math.max(minimum, Math.ceil(share / each), Math.floor(share / each / SHRINKS_BELOW));
}

/** Instances of a group over the day in the mean: that of `dailyFleet`, for less. */
export function meanInstances(candidate: Candidacy, minimum: number, target: number): number {
  const count = counter(candidate, minimum, target);
  let sum = 0;
  const moments = momentsOf(candidate.demand.serviceLevel.day!);
  for (const { lately } of moments) sum += count(lately);
  return sum / moments.length;
}

/**
 * A fleet that follows the day.
 *
 * @param enough instances that carry the peak
 */
export function dailyFleet(candidate: Candidacy, enough: FleetSize, minimum: number, target: number): FleetSize {
  const count = counter(candidate, minimum, target);
  const steps = momentsOf(candidate.demand.serviceLevel.day!).map(({ lately }) => count(lately));
  const peak = count(1);
  const rise = riseWhileGrowing(candidate);
  const each = target * rateOfTarget(candidate);
  const daily: Daily = {
    minimum,
    target,
    peak,
    steps,
    meanInstances: meanInstances(candidate, minimum, target),
    hardest: Array.from({ length: enough.zones }, (_, i) => minimum + i)
      .filter((instances) => instances < enough.instances)
      .map((instances) => ({
        instances,
        requestsPerSecond: Math.min(candidate.demand.serviceLevel.requestsPerSecond, each * instances + rise),
      })),
    growSeconds: growSeconds(candidate),
    rise,
    pending: Math.ceil(((rise / growSeconds(candidate)) * (growthStartSeconds(candidate) + READY_SECONDS)) / each),
  };
  return { ...enough, instances: peak, daily };
}
