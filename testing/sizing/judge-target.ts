/** A plan for a random target against the oracle and against the simulation. */
import { SlipwayError } from '../../lib/model/error';
import { type SizingPlan, sizingPlan } from '../../lib/sizing';
import { requestCost } from '../../lib/sizing/demand/service';
import { manifestOf } from './examples';
import { besideCardMs, CARD_DOUBT, cardMs, slowdown } from './machines';
import { oracle, remaining } from './oracle';
import type { RandomTarget } from './random-target';
import { ROUTINGS, SHAPES, type SimulatedFleet, simulatedP99 } from './simulation';

/** Load balancer and TLS, milliseconds: what the simulation does not have and a client sees. */
export const FRONT_DOOR_MS = 2;

export function planFor(target: RandomTarget): SizingPlan | undefined {
  const { profile, serviceLevel, modelBytes, catalogue, computeClass } = target;
  try {
    return sizingPlan({
      profile,
      manifest: manifestOf(computeClass, modelBytes),
      serviceLevel,
      region: 'us-east-1',
      catalogue,
    });
  } catch (error) {
    if (SlipwayError.is(error) && error.code === 'E_INFEASIBLE') return undefined;
    throw error;
  }
}

/** What the oracle says against the plan, or undefined when they agree. */
export function disagreement(target: RandomTarget, plan: SizingPlan | undefined): string | undefined {
  const { profile, serviceLevel } = target;
  const request = requestCost(profile, serviceLevel.rowsPerRequest);
  const answers = oracle({ ...target, request });
  if (!plan) return answers.length === 0 ? undefined : `infeasible, but the oracle has ${JSON.stringify(answers[0])}`;
  const { instanceType, instances, usdPerMonth } = plan.choice;
  const same = answers.some(
    (one) => one.instanceType === instanceType && one.instances === instances && one.usdPerMonth === usdPerMonth,
  );
  return same
    ? undefined
    : `${instances} x ${instanceType}, ${usdPerMonth}, but the oracle has ${JSON.stringify(answers)}`;
}

/**
 * How long a worker is busy with so many requests, as the model is and not as the profile shows it. HTTP takes its time on
 * one thread; of a run on a card all else varies as it does on the profiled processor.
 */
export function runOf(target: RandomTarget, plan: SizingPlan): SimulatedFleet['runMs'] {
  const { law, runMs, httpMs, serviceLevel, catalogue } = target;
  const { rowsPerRequest } = serviceLevel;
  const type = catalogue.types.find(({ name }) => name === plan.choice.instanceType)!;
  if (!type.gpu) {
    const slower = slowdown(target, type);
    const wallMs = (requests: number) => runMs(requests * rowsPerRequest, plan.threadsPerWorker);
    return (share, requests) => slower * (httpMs(rowsPerRequest) * requests + wallMs(requests) * law(share));
  }
  const { around, http } = besideCardMs(target, type);
  const wallMs = (requests: number) => cardMs(target, type, requests * rowsPerRequest) + around * requests;
  return (share, requests) => CARD_DOUBT * (http * requests + wallMs(requests) * law(share));
}

/** What a plan is simulated with: any routing, or, where it counts on nodes of a load balancer, as many, and fewer. */
export const JUDGED = [...ROUTINGS, 'least outstanding, stated nodes', 'least outstanding, 2 nodes'] as const;
export type Judged = (typeof JUDGED)[number];

/**
 * Simulated p99 over the promised one, when the tolerated loss has happened, the peak is there, and the CPU or the card is as
 * slow as the plan fears.
 */
export function latenessOf(
  target: RandomTarget,
  plan: SizingPlan,
  requests: number,
  random: () => number,
): Partial<Record<Judged, number>> {
  const { requestsPerSecond, p99Ms, availability } = target.serviceLevel;
  const fleet = {
    instances: remaining(availability, plan.choice.instances, plan.zones),
    workers: plan.workersPerInstance,
    requestsPerSecond,
    requestsPerRun: plan.requestsPerRun,
    runMs: runOf(target, plan),
    bursts: { ...target.arrivals, shape: SHAPES[Math.floor(random() * SHAPES.length)]! },
  };
  const ratio = (how: Pick<SimulatedFleet, 'routing' | 'nodes' | 'keepsNode'>) =>
    (simulatedP99({ ...fleet, ...how }, requests, random) + FRONT_DOOR_MS) / p99Ms;
  const { balancerNodes } = target.serviceLevel;
  if (balancerNodes === undefined) {
    return Object.fromEntries(ROUTINGS.map((routing) => [routing, ratio({ routing })]));
  }
  const throughNodes = (nodes: number) => ratio({ routing: 'least outstanding', nodes, keepsNode: random() < 0.5 });
  return {
    'least outstanding, stated nodes': throughNodes(balancerNodes),
    'least outstanding, 2 nodes': throughNodes(2),
  };
}
