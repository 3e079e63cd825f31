/** The plan of a fleet of slipway.yaml. */
import { SlipwayError } from '../model/error';
import { percent, usd } from '../model/units';
import type { SizingRequest } from '../sizing';
import { type FleetModel, type FleetPlan, fleetPlan } from '../sizing/fleet-plan';
import type { SlipwayConfig, StageConfig } from './config';
import { atPath } from './located';

/** A model of a stage, with what was measured of it. */
export interface MeasuredModel extends Pick<SizingRequest, 'profile' | 'manifest' | 'versions'> {
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
    versions: member.versions,
    serviceLevel: member.stage.serviceLevel,
  }));
  let planned: FleetPlan;
  try {
    planned = fleetPlan(name, measured, { region: stage.region, zones: stage.zones });
  } catch (error) {
    if (!SlipwayError.is(error) || error.code !== 'E_INFEASIBLE') throw error;
    throw atPath(config, ['stages', stage.name, 'fleets', name], error);
  }
  for (const model of planned.models) requireBudget(config, name, model);
  return planned;
}

/** A model pays its own lines, and its part of the fleet's. */
function requireBudget(config: SlipwayConfig, fleet: string, model: FleetModel): void {
  const { name, usdPerMonth, cpuShare, plan } = model;
  const { budgetUsdPerMonth: budget } = plan.serviceLevel;
  if (budget === undefined || usdPerMonth <= budget) return;
  const error = new SlipwayError(
    'E_INFEASIBLE',
    `the budget of ${budget} USD/month cannot be kept on fleet ${fleet}: ${name} costs ${usd(plan.cost.usdPerMonth)} USD/month by itself, and ${usd(usdPerMonth - plan.cost.usdPerMonth)} as its ${percent(cpuShare)} of the fleet's work; take it out of the fleet, or raise its budget to ${usd(usdPerMonth)} USD/month`,
  );
  throw atPath(config, ['models', name, 'budget'], error);
}
