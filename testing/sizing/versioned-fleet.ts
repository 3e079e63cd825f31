/** Random fleets of which one model has two versions, the plan for them, and how late each model is in the simulation. */
import type { FleetPlan } from '../../lib/sizing/fleet-plan';
import { manifestOf } from './examples';
import { simulatedSharing } from './fleet-simulation';
import { FRONT_DOOR_MS, runOf } from './judge-target';
import { remaining } from './oracle';
import { type RandomFleet, randomFleet } from './random-fleet';
import type { RandomTarget } from './random-target';
import { SHAPES } from './simulation';

export interface VersionedFleet extends RandomFleet {
  /** The second version of the first model, and its share of the requests. */
  readonly second: { readonly target: RandomTarget; readonly weight: number };
}

/** @param models of which the first has two versions of different laws and costs, asked alike */
export function versionedFleet(random: () => number, models: number, types: number): VersionedFleet {
  const { targets, members } = randomFleet(random, models + 1, types);
  const [own, other, ...others] = targets as [RandomTarget, RandomTarget, ...RandomTarget[]];
  const [member, , ...beside] = members as [(typeof members)[number], ...typeof members];
  const weight = [0.5, 0.1, 0.02][Math.floor(3 * random())]!;
  const target = { ...other, serviceLevel: own.serviceLevel, arrivals: own.arrivals };
  const versions = [own, target].map(({ profile, computeClass, modelBytes }, i) => ({
    name: `${i + 1}`,
    weight: i === 0 ? 1 - weight : weight,
    profile,
    manifest: manifestOf(computeClass, modelBytes),
  }));
  return {
    targets: [own, ...others],
    members: [{ ...member, versions }, ...beside],
    second: { target, weight },
  };
}

/** Simulated p99 over the promised one of each model: chance decides by the weights which version answers a request. */
export function versionedLatenesses(
  { targets, second }: VersionedFleet,
  { plan, models }: FleetPlan,
  requests: number,
  random: () => number,
): number[] {
  const left = remaining(plan.serviceLevel.availability, plan.choice.instances, plan.zones);
  const other = runOf(second.target, plan);
  const fleet = {
    workers: left * plan.workersPerInstance,
    discipline: 'fair' as const,
    models: targets.map((target, i) => {
      const run = runOf(target, plan);
      const shape = SHAPES[Math.floor(random() * SHAPES.length)]!;
      return {
        requestsPerSecond: target.serviceLevel.requestsPerSecond,
        weight: models[i]!.weight,
        runMs: (share: number) => (i === 0 && random() < second.weight ? other(share, 1) : run(share, 1)),
        bursts: { ...target.arrivals, shape },
      };
    }),
  };
  return simulatedSharing(fleet, requests, random).map(
    (ms, i) => (ms + FRONT_DOOR_MS) / targets[i]!.serviceLevel.p99Ms,
  );
}
