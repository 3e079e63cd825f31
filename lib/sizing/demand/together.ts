/** What several models ask of a fleet that serves all of them. */

import { burstsOf } from '../service-level/arrivals';
import { AVAILABILITIES, meanRate, type ServiceLevel } from '../service-level/service-level';
import type { Demand, DemandMember } from './demand';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const most = (values: readonly number[]) => Math.max(...values);

/** What all have alike; undefined where they differ. */
function alike<T>(values: readonly T[]): T | undefined {
  const [first] = values;
  return values.every((value) => JSON.stringify(value) === JSON.stringify(first)) ? first : undefined;
}

/** The requests of all, the shortest p99, the strictest availability; what a fleet has as one is that of the first. */
export function levelTogether(levels: readonly ServiceLevel[]): ServiceLevel {
  const { budgetUsdPerMonth: _, day: __, risePerMinute: ___, meanRequestsPerSecond: ____, ...own } = levels[0]!;
  const { ownCertificate: _____, predictive: ______, balancerNodes: _______, ...first } = own; // a fleet follows no day
  const names = levels.find((level) => level.names)?.names; // of the front door, which one with a name of its own does not know
  const means = levels.map(meanRate);
  const bursts = levels.map((level) => burstsOf(level.bursts));
  return {
    ...first,
    ...(names && { names }),
    requestsPerSecond: sum(levels.map((level) => level.requestsPerSecond)),
    ...(means.some((mean) => mean !== undefined) && {
      meanRequestsPerSecond: sum(levels.map((level, i) => means[i] ?? level.requestsPerSecond)),
    }),
    bursts: levels.every((level) => level.bursts === first.bursts)
      ? first.bursts
      : { dispersion: most(bursts.map(({ dispersion }) => dispersion)), swing: most(bursts.map(({ swing }) => swing)) },
    requestsPerConnection: alike(levels.map((level) => level.requestsPerConnection)),
    p99Ms: Math.min(...levels.map((level) => level.p99Ms)),
    rowsPerRequest: most(levels.map((level) => level.rowsPerRequest)),
    availability: AVAILABILITIES[most(levels.map(({ availability }) => AVAILABILITIES.indexOf(availability)))]!,
  };
}

/**
 * Memory of a worker whose model takes none, MiB: under requests most is what they leave to be collected, once for all models.
 * A profile of the example, a model of 2 kB, has 160 and 76; ten of it in one worker took 6 MiB more than one when they were
 * ready, and nothing more after 30,000 requests. Less is taken here, so that what is over it is at least what a model adds.
 */
const WITHOUT_MODEL = { loadedMiB: 150, loadPeakMiB: 65 } as const;
/** What any model adds: its signature, its queue, what is counted of it. */
const LEAST_MODEL_MIB = 4;

/** What a model adds to a worker that serves others, MiB. */
function addedMiB({ loadedMiB, loadPeakMiB }: Demand['memory']): number {
  return Math.max(LEAST_MODEL_MIB, loadedMiB - WITHOUT_MODEL.loadedMiB, loadPeakMiB - WITHOUT_MODEL.loadPeakMiB);
}

/** A worker with the model that takes most, and what each of the others adds. */
export function memoryTogether(memories: readonly Demand['memory'][]): Demand['memory'] {
  const added = memories.map(addedMiB);
  const others = sum(added) - most(added);
  const of = (key: keyof Demand['memory']) => most(memories.map((memory) => memory[key]));
  return {
    baseMiB: of('baseMiB'),
    loadedMiB: of('loadedMiB') + others,
    loadPeakMiB: of('loadPeakMiB') + others,
    sharedMiB: of('sharedMiB'),
  };
}

/** @param models each asked for by itself, of one stage */
export function demandTogether(models: readonly { readonly name: string; readonly demand: Demand }[]): Demand {
  const demands = models.map(({ demand }) => demand);
  const serviceLevel = levelTogether(demands.map((demand) => demand.serviceLevel));
  const members = models.map(({ name, demand }): DemandMember => {
    return { name, demand, share: demand.serviceLevel.requestsPerSecond / serviceLevel.requestsPerSecond };
  });
  const mean = (of: (demand: Demand) => number) => sum(members.map(({ demand, share }) => share * of(demand)));
  const [first] = demands as [Demand, ...Demand[]];
  return {
    serviceLevel,
    networkZones: first.networkZones,
    request: {
      ...first.request,
      joinable: [1],
      requestBytes: mean(({ request }) => request.requestBytes),
      answerBytes: mean(({ request }) => request.answerBytes),
    },
    reference: first.reference,
    computeClass: demands.some(({ computeClass }) => computeClass === 'gemm') ? 'gemm' : first.computeClass,
    memory: memoryTogether(demands.map(({ memory }) => memory)),
    modelBytes: sum(demands.map(({ modelBytes }) => modelBytes)),
    startMs: sum(demands.map(({ startMs }) => startMs)),
    members,
  };
}
