/** The versions that a plan counts, as phrases. */
import { percent } from '../model/units';
import type { SizingPlan } from '../sizing/plan/plan';

const one = ({ name, weight }: NonNullable<SizingPlan['versions']>[number]) => `${name} on ${percent(weight)}`;

/** What each version gets and takes; undefined where the model is served alone. */
export function servedVersionsText({ versions }: Pick<SizingPlan, 'versions'>): string | undefined {
  if (!versions) return undefined;
  const each = versions.map((version) => {
    const { cpuShare, memoryMiB } = version;
    return `${one(version)} of the requests (${percent(cpuShare, 1)} of their CPU time, ${memoryMiB} MiB an instance)`;
  });
  return `${each.join(', ')}. Whoever asks for one by name is counted as if the weights had decided`;
}

/** Their names, weights and packages, for a difference. */
export function namedVersionsText(versions: SizingPlan['versions']): string {
  return versions?.map((each) => `${one(each)} (${each.modelSha256.slice(0, 12)})`).join(', ') ?? 'one';
}
