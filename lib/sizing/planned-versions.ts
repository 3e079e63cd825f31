/** What a plan says of versions that are served side by side: what each takes of the instances. */
import type { Demand } from './demand/demand';
import { memoryTogether } from './demand/together';
import { type VersionRequest, versionCosts } from './demand/versions';
import { neededMiB } from './judgement/memory';
import type { PlannedVersion } from './plan/plan';
import { engineOf } from './planned-shadow';
import { decimals } from './search/rounded';
import type { ServiceLevel } from './service-level/service-level';

/**
 * @param workers of an instance
 * @param beside what other models of a fleet take of a worker
 */
export function plannedVersions(
  versions: readonly VersionRequest[],
  serviceLevel: ServiceLevel,
  workers: number,
  beside: readonly Demand['memory'][] = [],
): PlannedVersion[] {
  const own = versions[0]!.profile; // shares are the same whatever machine they are of
  const costs = versionCosts(versions, own, serviceLevel);
  const work = costs.map(({ weight, times, cost }) => weight * times * cost.modes[0].cpuMs);
  const all = work.reduce((total, ms) => total + ms, 0);
  const needMiB = (some: readonly VersionRequest[]) => {
    const own = memoryTogether(some.map(({ profile }) => profile.memory));
    return neededMiB({ memory: memoryTogether([...beside, own]), modelBytes: 0 }, workers);
  };
  return versions.map(({ name, weight, profile, manifest }, i) => ({
    name,
    modelSha256: manifest.model.sha256,
    engine: engineOf(profile),
    weight,
    cpuShare: decimals(work[i]! / all, 4),
    memoryMiB: Math.max(0, Math.ceil(needMiB(versions) - needMiB(versions.filter((_, other) => other !== i)))),
  }));
}
