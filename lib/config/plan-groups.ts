/** The plans of all models of a stage: of those by themselves, and of fleets. */
import type { SizingPlan, SizingRequest } from '../sizing';
import type { FleetPlan } from '../sizing/fleet-plan';
import type { SlipwayConfig, StageConfig } from './config';
import { fleetsOf } from './fleets';
import { planFleet } from './plan-fleet';
import { planStage } from './plan-stage';

/** An endpoint of a stage, with what was measured of its model. */
export interface MeasuredEndpoint extends Pick<SizingRequest, 'profile' | 'manifest' | 'shadow' | 'versions'> {
  readonly stage: StageConfig;
}

/** What stands on one group of instances. */
export interface PlannedGroup {
  /** @default - one model has the instances to itself */
  readonly fleet?: FleetPlan;
  /** Each with its plan, which is its part of that of the fleet. */
  readonly endpoints: readonly { readonly stage: StageConfig; readonly plan: SizingPlan }[];
}

/**
 * @param endpoints all of a stage
 * @throws SlipwayError E_INFEASIBLE with the line of the key that cannot be kept
 */
export function planGroups(config: SlipwayConfig, endpoints: readonly MeasuredEndpoint[]): PlannedGroup[] {
  const stages = endpoints.map(({ stage }) => stage);
  const measuredOf = (stage: StageConfig) => endpoints.find((endpoint) => endpoint.stage === stage)!;
  return fleetsOf({ stages }, stages[0]!.name).map((group) => {
    if (!group[0]!.fleet) {
      const { stage, ...measured } = measuredOf(group[0]!);
      return { endpoints: [{ stage, plan: planStage(config, stage, measured) }] };
    }
    const fleet = planFleet(config, group.map(measuredOf));
    return { fleet, endpoints: group.map((stage, i) => ({ stage, plan: fleet.models[i]!.plan })) };
  });
}

/** Plans whose bills have each line of the groups once. */
export const billedPlans = (groups: readonly PlannedGroup[]): SizingPlan[] =>
  groups.flatMap(({ fleet, endpoints }) => [...(fleet ? [fleet.plan] : []), ...endpoints.map(({ plan }) => plan)]);
