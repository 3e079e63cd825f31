/** Random models that share a fleet, the plan for it, and how late each of them is in the simulation. */
import { SlipwayError } from '../../lib/model/error';
import { requestCost } from '../../lib/sizing/demand/service';
import { type FleetMember, type FleetPlan, fleetPlan } from '../../lib/sizing/fleet-plan';
import { cheapestPacking, groupCosts } from '../../lib/sizing/packing';
import { FIXED_CATALOGUE, manifestOf } from './examples';
import { type SimulatedSharing, simulatedSharing } from './fleet-simulation';
import { FRONT_DOOR_MS, runOf } from './judge-target';
import { remaining } from './oracle';
import { cheapestPartition } from './oracle-fleets';
import { type RandomTarget, randomTarget } from './random-target';
import { SHAPES } from './simulation';

export interface RandomFleet {
  readonly targets: readonly RandomTarget[];
  readonly members: readonly FleetMember[];
}

/** The most requests a second of a model, so that the simulation of one that has few does not need millions of the others. */
const MOST_APART = 30;

/** Models of one catalogue and availability, each with traffic, p99 and law of its own. */
export function randomFleet(random: () => number, models: number, types: number): RandomFleet {
  const [first, ...others] = Array.from({ length: models }, () => randomTarget(random, types)) as [RandomTarget];
  const few = first.catalogue.types.filter(({ gpu }) => !gpu);
  const catalogue = { ...FIXED_CATALOGUE, types: few };
  const base = Number((0.5 * 100 ** random()).toPrecision(2));
  const targets = [first, ...others].map(({ profile, serviceLevel, ...target }, i): RandomTarget => {
    const { dense: _, ...measured } = profile;
    const { budgetUsdPerMonth: __, day: ___, risePerMinute: ____, freeTier: _____, ...asked } = serviceLevel;
    const { balancerNodes: ______, ...level } = asked; // of a model by itself
    const requestsPerSecond = Number((base * MOST_APART ** random()).toPrecision(2));
    const mean = level.meanRequestsPerSecond;
    const share = mean === undefined ? undefined : mean / level.requestsPerSecond;
    return {
      ...target,
      catalogue,
      profile: { ...measured, modelSha256: `${i}`.repeat(64).slice(0, 64) },
      modelBytes: Math.min(target.modelBytes, 1e9),
      serviceLevel: {
        ...level,
        requestsPerSecond,
        ...(share !== undefined && { meanRequestsPerSecond: requestsPerSecond * share }),
        availability: first.serviceLevel.availability,
        sharedDoor: true,
      },
    };
  });
  return { targets, members: targets.map(memberOf) };
}

/** Models each of which can be served by itself: others decide nothing. */
export function servableFleet(random: () => number, models: number, types: number): RandomFleet {
  for (;;) {
    const { targets, members } = randomFleet(random, 3 * models, types);
    const cost = groupCosts({ region: 'us-east-1', catalogue: targets[0]!.catalogue });
    const some = members.flatMap((member, i) => (Number.isFinite(cost([member])) ? [i] : [])).slice(0, models);
    if (some.length < models) continue;
    return { targets: some.map((i) => targets[i]!), members: some.map((i) => members[i]!) };
  }
}

/** What the brute force says of the cheapest packing; undefined where it agrees, to the cent. */
export function packingDisagreement({ targets, members }: RandomFleet): string | undefined {
  const cost = groupCosts({ region: 'us-east-1', catalogue: targets[0]!.catalogue });
  const { usdPerMonth, groups } = cheapestPacking(members, cost);
  const expected = cheapestPartition(
    targets.map((target) => ({ ...target, request: requestCost(target.profile, target.serviceLevel.rowsPerRequest) })),
  );
  return usdPerMonth === expected ? undefined : `${usdPerMonth} of ${JSON.stringify(groups)}, and there is ${expected}`;
}

const memberOf = ({ profile, serviceLevel, computeClass, modelBytes }: RandomTarget, i: number): FleetMember => ({
  name: `m${i}`,
  profile,
  serviceLevel,
  manifest: manifestOf(computeClass, modelBytes),
});

export function planForFleet({ members, targets }: RandomFleet): FleetPlan | undefined {
  try {
    return fleetPlan('all', members, { region: 'us-east-1', catalogue: targets[0]!.catalogue });
  } catch (error) {
    if (SlipwayError.is(error) && error.code === 'E_INFEASIBLE') return undefined;
    throw error;
  }
}

/** Simulated p99 over the promised one of each model, when the tolerated loss has happened and the CPU is as slow as is feared. */
export function latenessesOf(
  { targets }: RandomFleet,
  { plan, models }: FleetPlan,
  discipline: SimulatedSharing['discipline'],
  requests: number,
  random: () => number,
): number[] {
  const left = remaining(plan.serviceLevel.availability, plan.choice.instances, plan.zones);
  const fleet: SimulatedSharing = {
    workers: left * plan.workersPerInstance,
    discipline,
    models: targets.map((target, i) => {
      const runMs = runOf(target, plan);
      const shape = SHAPES[Math.floor(random() * SHAPES.length)]!;
      return {
        requestsPerSecond: target.serviceLevel.requestsPerSecond,
        weight: models[i]!.weight,
        runMs: (share) => runMs(share, 1),
        bursts: { ...target.arrivals, shape },
      };
    }),
  };
  return simulatedSharing(fleet, requests, random).map(
    (ms, i) => (ms + FRONT_DOOR_MS) / targets[i]!.serviceLevel.p99Ms,
  );
}
