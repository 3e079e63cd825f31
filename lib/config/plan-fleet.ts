/** The plan of a fleet of slipway.yaml. */
import { SlipwayError } from '../model/error';
import type { SizingRequest } from '../sizing';
import { type FleetPlan, fleetPlan } from '../sizing/fleet-plan';
import type { SlipwayConfig, StageConfig } from './config';
import { atPath } from './located';

/** A model of a stage, with what was measured of it. */
export interface MeasuredModel extends Pick<SizingRequest, 'profile' | 'manifest'> {
  readonly stage: StageConfig;
}

/**
 * Size a fleet.
 *
 * @param members all models of one fleet
 * @throws SlipwayError E_INFEASIBLE with the line of the fleet when no instances keep the service levels of all, or with that
 *   of a budget
 */
export function planFleet(config: SlipwayConfig, members: readonly MeasuredModel[]): FleetPlan {
  const [{ stage }] = members as readonly [MeasuredModel, ...MeasuredModel[]];
  const { name } = stage.fleet!;
  const measured = members.map((member) => ({
    name: member.stage.place!.name,
    profile: member.profile,
    manifest: member.manifest,
    serviceLevel: member.stage.serviceLevel,
  }));
  try {
    return fleetPlan(name, measured, { region: stage.region, zones: stage.zones });
  } catch (error) {
    if (!SlipwayError.is(error) || error.code !== 'E_INFEASIBLE') throw error;
    throw atPath(config, ['stages', stage.name, 'fleets', name], error);
  }
}
