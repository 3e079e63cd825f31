/** Which fleets a stage would best have, as lines of slipway.yaml. */
import { cheapestPacking, groupCosts, type PackedModel } from '../sizing/packing';
import type { StageConfig } from './config';
import { differing, type FleetDocument, fleetsOf, mostTogether } from './fleets';
import type { MeasuredEndpoint } from './plan-groups';

export interface FleetProposal {
  /** As `fleets` of the stage would have it. */
  readonly fleets: FleetDocument;
  /** USD a month that it costs less than now; none where some model cannot be served as it is now. */
  readonly savesUsdPerMonth?: number;
}

/** Cents that are no reason to move a model. */
const NOTHING = 0.005;

/** @param endpoints all of a stage @returns undefined where no other fleets would cost less */
export function proposedFleets(endpoints: readonly MeasuredEndpoint[]): FleetProposal | undefined {
  const [{ stage: first }] = endpoints as readonly [MeasuredEndpoint, ...MeasuredEndpoint[]];
  const models = endpoints.map(({ stage, profile, manifest, shadow, versions }): PackedModel => {
    const { serviceLevel, isolate = false } = stage;
    return { name: stage.place!.name, profile, manifest, shadow, versions, serviceLevel, isolate };
  });
  const modelNamed = (name: string) => models.find((model) => model.name === name)!;
  const stageOf = ({ name }: PackedModel) => endpoints.find(({ stage }) => stage.place!.name === name)!.stage;
  const costs = groupCosts({ region: first.region, zones: first.zones }, (one, other) => {
    return differing(stageOf(one), stageOf(other)) === undefined;
  });
  const cost: typeof costs = (group) => {
    const tried = group.some((model) => stageOf(model).endpoint.rollout !== undefined);
    return group.length > mostTogether(tried) ? Number.POSITIVE_INFINITY : costs(group);
  };
  const stages = endpoints.map(({ stage }) => stage);
  const now = fleetsOf({ stages }, first.name).map((group) => group.map(({ place }) => place!.name));
  const costsNow = now.reduce((sum, group) => sum + cost(group.map(modelNamed)), 0);
  const { groups, usdPerMonth } = cheapestPacking(models, cost);
  if (!Number.isFinite(usdPerMonth) || costsNow - usdPerMonth <= NOTHING) return undefined;
  return {
    fleets: named(
      groups.filter(({ length }) => length > 1),
      stages,
    ),
    ...(Number.isFinite(costsNow) && { savesUsdPerMonth: Math.round(100 * (costsNow - usdPerMonth)) / 100 }),
  };
}

/** A fleet keeps the name of one that has a model of it; others are called `shared`. */
function named(groups: readonly (readonly string[])[], stages: readonly StageConfig[]): FleetDocument {
  const taken = new Set(stages.map(({ place }) => place!.name));
  const fleets: Record<string, readonly string[]> = {};
  for (const group of groups) {
    const before = stages.find(({ place, fleet }) => fleet && group.includes(place!.name) && !taken.has(fleet.name));
    let name = before?.fleet?.name ?? 'shared';
    for (let i = 2; taken.has(name); i++) name = `shared-${i}`;
    taken.add(name);
    fleets[name] = group;
  }
  return fleets;
}

/** The lines of slipway.yaml, indented by so many spaces. */
export function fleetLines(fleets: FleetDocument, indent = 0): string {
  const space = ' '.repeat(indent);
  const each = Object.entries(fleets);
  if (each.length === 0) return `${space}fleets: {}\n`;
  return `${space}fleets:\n${each.map(([name, models]) => `${space}  ${name}: [${models.join(', ')}]\n`).join('')}`;
}
