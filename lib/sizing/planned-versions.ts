/** What a plan says of versions that are served side by side: what each takes of the instances. */
import { memoryTogether } from './demand/together';
import { type VersionRequest, versionCosts } from './demand/versions';
import { neededMiB } from './judgement/memory';
import type { PlannedVersion } from './plan/plan';
import { engineOf } from './planned-shadow';
import { decimals } from './search/rounded';
import type { Option } from './search/search';

export function plannedVersions({ candidate, fleet }: Option, versions: readonly VersionRequest[]): PlannedVersion[] {
  const { serviceLevel, memory } = candidate.demand;
  const own = versions[0]!.profile; // shares are the same whatever machine they are of
  const costs = versionCosts(versions, own, serviceLevel);
  const work = costs.map(({ weight, times, cost }) => weight * times * cost.modes[0].cpuMs);
  const all = work.reduce((total, ms) => total + ms, 0);
  const needMiB = (some: readonly VersionRequest[]) =>
    neededMiB(
      { memory: some === versions ? memory : memoryTogether(some.map(({ profile }) => profile.memory)), modelBytes: 0 },
      fleet.workers,
    );
  return versions.map(({ name, weight, profile, manifest }, i) => ({
    name,
    modelSha256: manifest.model.sha256,
    engine: engineOf(profile),
    weight,
    cpuShare: decimals(work[i]! / all, 4),
    memoryMiB: Math.max(0, Math.ceil(needMiB(versions) - needMiB(versions.filter((_, other) => other !== i)))),
  }));
}
