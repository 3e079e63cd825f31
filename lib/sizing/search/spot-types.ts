/** Types that may stand in for that of a fleet: Spot is taken back less often where several can be launched. */
import { creditModeOf } from '../catalogue/burstable';
import type { Catalogue, InstanceType } from '../catalogue/catalogue';
import type { Candidacy } from '../judgement/candidacy';
import type { FleetSize } from '../judgement/fleet-size';
import { broken, candidacies, surplusVcpus } from '../judgement/judgement';
import { startSeconds } from '../judgement/start';
import { mostWorkers, type Option } from './search';

/** As AWS advises: be flexible across ten types (EC2 user guide, best practices for Spot, 2026-07). */
export const MOST_SPOT_TYPES = 10;

/** Steps in which the time is that the health check leaves for a start. */
const GRACE_STEP_SECONDS = 30;
const graceOf = (candidate: Candidacy) => Math.ceil(startSeconds(candidate) / GRACE_STEP_SECONDS);

/** What the template and the handler are told once for all instances, and so must be true of each type. */
function isAlike(type: InstanceType, choice: InstanceType): boolean {
  return (
    type.architecture === choice.architecture &&
    type.vCpus === choice.vCpus && // by the CPU of which the group grows, and alarms
    type.memoryMiB >= choice.memoryMiB &&
    type.gpu?.name === choice.gpu?.name &&
    creditModeOf(type.name) === creditModeOf(choice.name) &&
    (type.zones.length === 0 || choice.zones.every((zone) => type.zones.includes(zone)))
  );
}

/** Whether a fleet of the other type keeps the service level with as many instances, whatever the time of the day or the week. */
function keepsAll(candidate: Candidacy, fleet: FleetSize): boolean {
  const { requestsPerSecond: peak } = candidate.demand.serviceLevel;
  const { daily, weekly, ...size } = fleet;
  const loads = [
    { instances: fleet.instances, times: 1 },
    ...(daily?.hardest ?? []).map(({ instances, requestsPerSecond }) => ({
      instances,
      times: requestsPerSecond / peak,
    })),
    ...(weekly?.levels ?? []).map(({ load, instances }) => ({ instances, times: load })),
  ];
  return loads.every(({ instances, times }) => times === 0 || !broken(candidate, { ...size, instances }, times));
}

/** What CPU over the baseline costs an hour. */
const surplusUsd = (candidate: Candidacy, fleet: FleetSize) =>
  surplusVcpus(candidate, fleet) * (candidate.type.surplusUsdPerVcpuHour ?? 0);

/**
 * Types of equal worth, by their Spot price: none that costs as Spot what the choice costs on demand, and none on which less is
 * promised than on the choice.
 */
export function standIns({ candidate, fleet }: Option, { types }: Pick<Catalogue, 'types'>): InstanceType[] {
  const { type: choice, mode, demand } = candidate;
  const does = (type: InstanceType) => {
    if (type === choice || type.spotUsdPerHour === undefined || type.spotUsdPerHour >= choice.usdPerHour) return false;
    if (!isAlike(type, choice)) return false;
    const same = candidacies(demand, type).find(
      (one) => one.mode.threads === mode.threads && one.mode.service.requests === mode.service.requests,
    );
    return (
      same !== undefined &&
      mostWorkers(same) >= fleet.workers &&
      graceOf(same) <= graceOf(candidate) &&
      surplusUsd(same, fleet) <= surplusUsd(candidate, fleet) &&
      keepsAll(same, fleet)
    );
  };
  return types
    .filter(does)
    .sort((a, b) => a.spotUsdPerHour! - b.spotUsdPerHour! || (a.name < b.name ? -1 : 1))
    .slice(0, MOST_SPOT_TYPES - 1);
}
