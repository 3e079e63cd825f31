/** Whether a fleet of one instance type keeps the service level, and if not, what stands against it. */

import { LOADS } from '../../model/package/profile';
import { percent as percentOf } from '../../model/units';
import type { InstanceType } from '../catalogue/catalogue';
import type { Demand } from '../demand/demand';
import { servers, transfer } from '../demand/transfer';
import type { Prediction } from '../plan/plan';
import { momentsOf } from '../service-level/day';
import { busyRate, meanRate, sustainedRate } from '../service-level/service-level';
import type { Candidacy, Constraint } from './candidacy';
import { type FleetSize, lossText, survivors } from './fleet-size';
import { GPU_PROCESS_MIB, gpuMemoryMiB, onGpu, usableGpuMiB } from './gpu';
import { isTooLate, latest, p99Ms, rateAtWorker } from './lateness';
import { neededMiB, usableMiB } from './memory';
import { LONGEST_START_SECONDS, startSeconds } from './start';
import { candidaciesTogether, mostBusyWorkers } from './together';

const BUSIEST_SINGLE = 0.6;
/** Share of a burstable baseline that may be planned with. */
const BASELINE_SHARE = 0.8;
/** Share of the network baseline that may be planned with. */
const NETWORK_SHARE = 0.6;

/** A type in all the ways to use it: threads of a worker, and requests of a run; those with the fewest first. */
export function candidacies(asked: Demand, type: InstanceType): Candidacy[] {
  if (asked.members) return candidaciesTogether(asked, asked.members, type);
  const { serviceLevel, reference, computeClass, memoryBound, measuredEverywhere: measured } = asked;
  const demand = type.gpu ? withCuda(asked) : asked;
  const { modes, transfer: carried } = type.gpu
    ? onGpu(asked, type)
    : {
        modes: asked.request.modes,
        transfer: transfer(reference, type, computeClass, { measured, memoryBound }),
      };
  return modes.flatMap((mode) => {
    const most = servers(type, computeClass, mode.threads);
    if (most === 0) return [];
    const { samplesMs, variation } = mode.service;
    const median = samplesMs[samplesMs.length >> 1]! * carried.factor;
    const busiest = mostBusyWorkers(variation, serviceLevel.p99Ms <= 2 * median);
    return { demand, type, transfer: carried, mode, servers: most, busiest };
  });
}

/** The demand with what CUDA's libraries take of the memory of a process. */
function withCuda(demand: Demand): Demand {
  const { loadedMiB, loadPeakMiB, ...memory } = demand.memory;
  return {
    ...demand,
    memory: { ...memory, loadedMiB: loadedMiB + GPU_PROCESS_MIB, loadPeakMiB: loadPeakMiB + GPU_PROCESS_MIB },
  };
}

/** Highest busy share of the workers of a fleet; a VM that is all there is has no one to help it out. */
function mostBusy({ busiest }: Candidacy, { instances }: FleetSize): number {
  return instances === 1 ? Math.min(busiest, BUSIEST_SINGLE) : busiest;
}

/**
 * Busy share of the workers of the instances that are left, when every run has as many requests as it may. What a shadow takes
 * counts as if they did it: so there is always a processor for both.
 */
export function utilisation(candidate: Candidacy, fleet: FleetSize, requestsPerSecond: number): number {
  const { meanMs, requests } = candidate.mode.service;
  return rateAtWorker(candidate, fleet, requestsPerSecond) * (meanMs / requests + shadowMs(candidate));
}

/** CPU time of the shadow for each request, milliseconds of the profiled machine. */
export const shadowMs = ({ demand }: Pick<Candidacy, 'demand'>) => demand.shadow?.cpuMs ?? 0;

/**
 * Busy share of the vCPUs of so many instances that have much to do. Runs are not kept waiting until they are full: joined
 * requests take as much CPU as those that have a run of their own, as long as there is CPU.
 *
 * @param instances those that share the load
 */
export function cpuShare(candidate: Candidacy, instances: number, requestsPerSecond: number): number {
  const { mode, transfer, type } = candidate;
  const cpuMs = (mode.cpuMs + shadowMs(candidate)) * transfer.factor;
  return Math.min(1, ((requestsPerSecond / 1000 / instances) * cpuMs) / type.vCpus);
}

/**
 * Busy share of the vCPUs at any load; it is this that burstable types are credited and charged for. The CPU time of a second
 * goes through what was measured at light load and at a busy one, in straight lines from nothing on; beyond, each request
 * takes what it takes when it is busy.
 *
 * @param instances those that share the load
 */
export function creditedShare(candidate: Candidacy, instances: number, requestsPerSecond: number): number {
  const { cpuMs, lightCpuMs } = candidate.mode;
  const busy = cpuShare(candidate, instances, requestsPerSecond);
  const times = (lightCpuMs + shadowMs(candidate)) / (cpuMs + shadowMs(candidate));
  const slope = Math.max(0, LOADS.busy - LOADS.light * times) / (LOADS.busy - LOADS.light);
  const between = LOADS.light * times + (busy - LOADS.light) * slope;
  return Math.min(1, Math.max(busy, Math.min(times * busy, between)));
}

/** CPU over the baseline of a burstable type that has to be bought when nothing is lost, vCPUs; none for other types. */
export function surplusVcpus(candidate: Candidacy, { instances, daily, weekly }: FleetSize): number {
  const { type, demand } = candidate;
  const { baseline } = type;
  if (baseline === undefined || type.surplusUsdPerVcpuHour === undefined) return 0;
  const { serviceLevel } = demand;
  const over = (count: number, requestsPerSecond: number) => {
    const share = creditedShare(candidate, count, requestsPerSecond) / BASELINE_SHARE;
    return Math.max(0, Math.min(1, share) - baseline) * type.vCpus * count;
  };
  // an instance that is taken away leaves what it has earned, so that nothing is carried from one hour into another
  if (weekly) {
    const more = instances - weekly.peak;
    return weekly.levels.reduce((sum, { load, share, instances: count }) => {
      return sum + (count === 0 ? 0 : share * over(count + more, load * busyRate(serviceLevel)));
    }, 0);
  }
  if (!daily) return over(instances, sustainedRate(serviceLevel));
  const moments = momentsOf(serviceLevel.day!);
  return (
    moments.reduce((sum, { rate }, i) => sum + over(daily.steps[i]!, rate * serviceLevel.requestsPerSecond), 0) /
    moments.length
  );
}

function bitsPerSecond({ demand: { request, serviceLevel } }: Candidacy, fleet: FleetSize, requestsPerSecond: number) {
  const bytes = request.requestBytes + request.answerBytes;
  return (8 * bytes * requestsPerSecond) / survivors(serviceLevel.availability, fleet);
}

/**
 * The first constraint that a fleet breaks, or undefined when it keeps the service level.
 *
 * @param times multiplies the traffic of the service level, peak and mean alike
 */
export function broken(candidate: Candidacy, fleet: FleetSize, times = 1): Constraint | undefined {
  const { demand, type } = candidate;
  const { serviceLevel } = demand;
  const peak = serviceLevel.requestsPerSecond * times;
  if (type.zones.length > 0 && fleet.zones > type.zones.length) return 'zones';
  if (neededMiB(demand, fleet.workers) > usableMiB(type)) return 'memory';
  if (type.gpu && gpuMemoryMiB(demand.gpu!.work, serviceLevel.rowsPerRequest) > usableGpuMiB(type.gpu)) return 'gpu';
  if (startSeconds(candidate) > LONGEST_START_SECONDS) return 'start';
  if (utilisation(candidate, fleet, peak) > mostBusy(candidate, fleet)) return 'utilisation';
  if (isTooLate(candidate, fleet, peak)) return 'p99';
  if (type.baseline !== undefined && type.surplusUsdPerVcpuHour === undefined) {
    // Throttled beyond its baseline. With the mean given, the worst day is a square wave: all of it at the peak, then
    // nothing. What is then spent over the baseline is earned back exactly when the mean is within it, so the mean alone
    // decides. Where credits can be bought (t3, t3a, t4g) nothing is throttled, and the bill has their price.
    const left = survivors(serviceLevel.availability, fleet);
    const share = creditedShare(candidate, left, busyRate(serviceLevel) * times);
    if (share > BASELINE_SHARE * type.baseline) return 'burst';
  }
  if (bitsPerSecond(candidate, fleet, peak) > NETWORK_SHARE * type.networkGbps * 1e9) return 'network';
  return undefined;
}

/**
 * Of the ways to use a type the one that comes nearest with a fleet that does not do in any: where the workers are too busy,
 * the next with more joined requests.
 *
 * @param ways with the same threads
 */
export function nearestMiss(
  ways: readonly Candidacy[],
  fleetOf: (candidate: Candidacy) => FleetSize,
): { candidate: Candidacy; fleet: FleetSize; constraint: Constraint } | undefined {
  const misses = ways.flatMap((candidate) => {
    const fleet = fleetOf(candidate);
    const constraint = broken(candidate, fleet);
    return constraint ? [{ candidate, fleet, constraint }] : [];
  });
  return misses.find(({ constraint }) => constraint !== 'utilisation') ?? misses.at(-1);
}

/** What is predicted for a fleet that keeps the service level. */
export function predict(candidate: Candidacy, fleet: FleetSize): Prediction {
  const { demand } = candidate;
  const peak = demand.serviceLevel.requestsPerSecond;
  const busy = utilisation(candidate, fleet, peak);
  let holds = 1;
  let breaks = 1 + 1 / busy; // more than all workers can do
  for (let step = 0; step < 30; step++) {
    const times = (holds + breaks) / 2;
    if (broken(candidate, fleet, times)) breaks = times;
    else holds = times;
  }
  // a fleet that grows is latest just before it has grown
  const late = (fleet.daily?.hardest ?? []).map(({ instances, requestsPerSecond }) => {
    const level = { ...demand.serviceLevel, requestsPerSecond };
    return p99Ms({ ...candidate, demand: { ...demand, serviceLevel: level } }, { ...fleet, instances });
  });
  return {
    p99Ms: Math.max(p99Ms(candidate, fleet), ...late),
    utilisation: busy,
    memoryMiB: neededMiB(demand, fleet.workers),
    maximumRequestsPerSecond: Math.max(peak, Math.floor(holds * peak)),
  };
}

type Text = (value: number, digits: number) => string;

const rate: Text = (gbps, digits) =>
  gbps < 1 ? `${(gbps * 1000).toFixed(digits)} Mbit/s` : `${gbps.toFixed(1 + digits)} Gbit/s`;
const percent = (share: number, digits = 0) => percentOf(share, digits + (share < 0.1 ? 1 : 0));
const fixed: Text = (value, digits) => value.toFixed(digits);

const MOST_DIGITS = 6;

/** A value and the limit that it is over, with as many digits as it takes to see that it is: some are over by a hair. */
function apart(value: number, limit: number, text: Text, digits = 0): [value: string, limit: string] {
  const texts: [string, string] = [text(value, digits), text(limit, digits)];
  return texts[0] === texts[1] && digits < MOST_DIGITS ? apart(value, limit, text, digits + 1) : texts;
}

/** Why a fleet does not keep the service level, as a phrase. */
export function explain(candidate: Candidacy, fleet: FleetSize, constraint: Constraint): string {
  const { demand, type } = candidate;
  const { serviceLevel } = demand;
  const peak = serviceLevel.requestsPerSecond;
  const lost = lossText(serviceLevel.availability);
  switch (constraint) {
    case 'zones':
      return `zones: offered in ${type.zones.length === 1 ? 'one zone' : `${type.zones.length} zones`}, ${fleet.zones} needed`;
    case 'start': {
      const [seconds] = apart(startSeconds(candidate), LONGEST_START_SECONDS, fixed);
      return `start: the model takes ${seconds} s to come to an instance with ${type.ebsMBps} MB/s to its volume, ${LONGEST_START_SECONDS} s allowed`;
    }
    case 'memory': {
      const need = neededMiB(demand, fleet.workers);
      const usable = usableMiB(type);
      const left = usable > 0 ? `${Math.floor(usable)} MiB usable` : 'and system and agents leave none';
      return `memory: ${Math.ceil(need)} MiB needed, ${left}`;
    }
    case 'gpu': {
      const need = gpuMemoryMiB(demand.gpu!.work, serviceLevel.rowsPerRequest);
      return `memory of its ${type.gpu!.name}: ${Math.ceil(need)} MiB needed, ${Math.floor(usableGpuMiB(type.gpu!))} MiB usable`;
    }
    case 'utilisation': {
      const [busy, most] = apart(utilisation(candidate, fleet, peak), mostBusy(candidate, fleet), percent);
      return `utilisation: workers ${busy} busy${lost}, ${most} allowed`;
    }
    case 'p99': {
      const { name, p99Ms: late, allowedMs } = latest(candidate, fleet);
      const [p99] = apart(late, allowedMs, fixed, 1);
      return `p99: ${p99} ms${name === undefined ? '' : ` of ${name}`}${lost}, ${allowedMs} ms allowed`;
    }
    case 'burst': {
      const mean = meanRate(serviceLevel);
      const left = survivors(serviceLevel.availability, fleet);
      const used = creditedShare(candidate, left, mean ?? peak);
      const [share, most] = apart(used, BASELINE_SHARE * type.baseline!, percent);
      const allowed = `${most} of its ${percent(type.baseline!)} baseline allowed`;
      return mean === undefined
        ? `burstable: CPU ${share} at the peak${lost} and no mean rate given, ${allowed}`
        : `burstable: mean CPU ${share}${lost}, ${allowed}`;
    }
    case 'network': {
      const gbps = bitsPerSecond(candidate, fleet, peak) / 1e9;
      const [used, most] = apart(gbps, NETWORK_SHARE * type.networkGbps, rate);
      return `network: ${used}${lost}, ${most} allowed, ${percent(NETWORK_SHARE)} of its baseline`;
    }
  }
}
