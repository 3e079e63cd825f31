/** What versions of one model ask of a fleet that serves all of them: each request is one of some version's. */
import type { Manifest } from '../../model/package/manifest';
import type { ComputeProfile } from '../../model/package/profile';
import type { ServiceLevel } from '../service-level/service-level';
import type { Demand } from './demand';
import { type Mode, type RequestCost, requestCost } from './service';
import { type Service, serviceOf } from './service-time';
import { memoryTogether } from './together';

/** One of several versions of a model. */
export interface VersionRequest {
  readonly name: string;
  /** Share of the requests, 0 to 1; those of all are 1. */
  readonly weight: number;
  readonly profile: ComputeProfile;
  readonly manifest: Manifest;
}

/** A request of it, in milliseconds of the machine on which the model of the endpoint was profiled. */
interface WeighedCost {
  readonly weight: number;
  readonly times: number;
  readonly cost: RequestCost;
}

/** Times by which work of one profile takes longer on the machine of another, by the reference kernel of its arithmetic. */
export function carriedOver(from: VersionRequest, to: ComputeProfile): number {
  const kernel = from.manifest.computeClass === 'gemm' ? 'denseMs' : 'treeMs';
  return to.machine.kernels[kernel] / from.profile.machine.kernels[kernel];
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** CPU time of a request of each version, weighed, milliseconds on the machine of the first profile. */
export function versionCosts(
  versions: readonly VersionRequest[],
  own: ComputeProfile,
  level: ServiceLevel,
): readonly WeighedCost[] {
  return versions.map((version) => ({
    weight: version.weight,
    times: carriedOver(version, own),
    cost: requestCost(version.profile, level.rowsPerRequest, version.manifest.batch, level),
  }));
}

/**
 * Equally likely times of a request of any version: as many as each has, each the mean of its part of all of them, so that a
 * version that is rare and slow is counted in full.
 */
function mixed(services: readonly { readonly weight: number; readonly service: Service }[], times: readonly number[]) {
  const all = services
    .flatMap(({ weight, service: { samplesMs } }, i) =>
      Array.from(samplesMs, (ms) => ({ ms: ms * times[i]!, mass: weight / samplesMs.length })),
    )
    .filter(({ mass }) => mass > 0)
    .sort((a, b) => a.ms - b.ms);
  const count = services[0]!.service.samplesMs.length;
  const cell = sum(all.map(({ mass }) => mass)) / count;
  const samples = new Float64Array(count);
  let [next, left] = [0, all[0]!.mass];
  for (let i = 0; i < count; i++) {
    for (let wanted = cell; wanted > 0; ) {
      const taken = next === all.length - 1 ? wanted : Math.min(wanted, left);
      samples[i]! += (taken / cell) * all[next]!.ms;
      wanted -= taken;
      left -= taken;
      if (left > 0 || next === all.length - 1) continue;
      next++;
      left = all[next]!.mass;
    }
  }
  return serviceOf(samples);
}

/** Each version has runs of its own: requests of several are not counted on to share one. */
export function requestTogether(costs: readonly WeighedCost[]): RequestCost {
  const mean = (of: (cost: RequestCost) => number) =>
    sum(costs.map(({ weight, times, cost }) => weight * times * of(cost)));
  const bytes = (of: (cost: RequestCost) => number) => sum(costs.map(({ weight, cost }) => weight * of(cost)));
  const alone = (cost: RequestCost, threads: number) =>
    cost.modes.find((mode) => mode.threads === threads && mode.service.requests === 1);
  const modes = costs[0]!.cost.modes
    .filter(({ service }) => service.requests === 1)
    .flatMap(({ threads }): Mode[] => {
      const each = costs.map(({ cost }) => alone(cost, threads));
      if (each.includes(undefined)) return [];
      const of = (value: (mode: Mode) => number) =>
        sum(costs.map(({ weight, times }, i) => weight * times * value(each[i]!)));
      return [
        {
          threads,
          service: mixed(
            costs.map(({ weight }, i) => ({ weight, service: each[i]!.service })),
            costs.map(({ times }) => times),
          ),
          cpuMs: of(({ cpuMs }) => cpuMs),
          lightCpuMs: of(({ lightCpuMs }) => lightCpuMs),
        },
      ];
    });
  return {
    modes: modes as unknown as RequestCost['modes'], // one thread is a mode of every model
    joinable: [1],
    httpMs: mean(({ httpMs }) => httpMs),
    requestBytes: bytes(({ requestBytes }) => requestBytes),
    answerBytes: bytes(({ answerBytes }) => answerBytes),
  };
}

/** @param demand of the model of the endpoint as if it were alone; all versions are loaded by each worker */
export function withVersions(demand: Demand, versions: readonly VersionRequest[], own: ComputeProfile): Demand {
  const { gpu: _none, ...rest } = demand;
  return {
    ...rest,
    versions: versions.length,
    request: requestTogether(versionCosts(versions, own, demand.serviceLevel)),
    memory: memoryTogether(versions.map(({ profile }) => profile.memory)),
    modelBytes: sum(versions.map(({ manifest }) => manifest.model.bytes)),
    startMs: sum(versions.map((version) => version.profile.startMs * carriedOver(version, own))),
  };
}
