/** The plan of several models on one fleet: what they have as one, and what is each one's own. */
import { SlipwayError } from '../model/error';
import type { SizingRequest } from './demand/demand';
import { sizingPlan } from './make-plan';
import type { SizingPlan } from './plan';
import { AVAILABILITIES, meanRate, type ServiceLevel } from './service-level';

export interface FleetModel {
  readonly name: string;
  /**
   * The plan of the fleet with what is the model's own in its place: service level, prediction, queue and deadline, thresholds
   * of its alarms, and as its cost the lines that are there for this model alone.
   */
  readonly plan: SizingPlan;
  /** Share of the fleet's CPU time that it takes at the peak; those of all models are 1. */
  readonly cpuShare: number;
  /** Its turns among those of the others while several wait: a whole number of at least 1. */
  readonly weight: number;
  /** Its own lines, and its share of those of the fleet. */
  readonly usdPerMonth: number;
}

export interface FleetPlan {
  readonly name: string;
  /**
   * Instances, workers, memory, scaling and thresholds of alarms of the group. Its service level has the requests of all
   * models, the shortest p99 and the strictest availability, its cost the lines that are there once.
   */
  readonly plan: SizingPlan;
  /** In the order of slipway.yaml. */
  readonly models: readonly FleetModel[];
  /** All lines. */
  readonly usdPerMonth: number;
}

/** A model as it is planned for a fleet. */
export interface FleetMember extends Pick<SizingRequest, 'profile' | 'manifest' | 'serviceLevel'> {
  readonly name: string;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/**
 * Size a fleet.
 *
 * @throws SlipwayError E_INFEASIBLE when no fleet keeps the service levels of all
 */
export function fleetPlan(
  name: string,
  members: readonly FleetMember[],
  where: Pick<SizingRequest, 'region' | 'zones' | 'catalogue'>,
): FleetPlan {
  const levels = members.map(({ serviceLevel }) => serviceLevel);
  const work = ({ profile, serviceLevel }: FleetMember) =>
    serviceLevel.requestsPerSecond * profile.batches[0]!.cpuMs * serviceLevel.rowsPerRequest;
  const heaviest = members.reduce((one, other) => (work(other) > work(one) ? other : one));
  const means = levels.map(meanRate);
  const strictest = Math.max(...levels.map(({ availability }) => AVAILABILITIES.indexOf(availability)));
  const { budgetUsdPerMonth: _, day: __, ...first } = heaviest.serviceLevel;
  const serviceLevel: ServiceLevel = {
    ...first,
    requestsPerSecond: sum(levels.map((level) => level.requestsPerSecond)),
    ...(means.some((mean) => mean !== undefined) && {
      meanRequestsPerSecond: sum(levels.map((level, i) => means[i] ?? level.requestsPerSecond)),
    }),
    p99Ms: Math.min(...levels.map((level) => level.p99Ms)),
    rowsPerRequest: Math.max(...levels.map((level) => level.rowsPerRequest)),
    availability: AVAILABILITIES[strictest]!,
  };
  const plan = sizingPlan({ profile: heaviest.profile, manifest: heaviest.manifest, serviceLevel, ...where });
  const whole = sum(members.map(work));
  if (!(whole > 0)) throw new SlipwayError('E_USAGE', 'a fleet has a model');
  return {
    name,
    plan,
    models: members.map((member) => {
      const cpuShare = work(member) / whole;
      const own = { ...plan, serviceLevel: member.serviceLevel, modelSha256: member.profile.modelSha256 };
      return {
        name: member.name,
        plan: { ...own, cost: { ...plan.cost, lines: [], usdPerMonth: 0 } },
        cpuShare,
        weight: Math.max(1, Math.round(1000 * cpuShare)),
        usdPerMonth: cpuShare * plan.cost.usdPerMonth,
      };
    }),
    usdPerMonth: plan.cost.usdPerMonth,
  };
}
