/** A plan for a random target against the oracle and against the simulation. */
import { SlipwayError } from '../../lib/model/error';
import { loadCatalogue, type SizingPlan, sizingPlan } from '../../lib/sizing';
import { survivors } from '../../lib/sizing/fleet';
import { requestCost } from '../../lib/sizing/service';
import { referenceOf, transfer } from '../../lib/sizing/transfer';
import { HTTP_MS, manifestOf } from './fixtures';
import { oracle } from './oracle';
import type { RandomTarget } from './random-target';
import { ROUTINGS, type Routing, simulatedP99 } from './simulation';

/** Load balancer and TLS, milliseconds: what the simulation does not have and a client sees. */
const FRONT_DOOR_MS = 2;

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
  const answers = oracle({ ...target, request, everything: loadCatalogue('us-east-1').types });
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
 * Simulated p99 over the promised one, when the tolerated loss has happened, the peak is there, and the CPU is as slow as
 * the plan fears; undefined for workers of several threads and for GPUs, which the simulation does not know.
 */
export function latenessOf(
  target: RandomTarget,
  plan: SizingPlan,
  requests: number,
  random: () => number,
): Record<Routing, number> | undefined {
  if (plan.threadsPerWorker > 1 || plan.gpu) return undefined;
  const { law, runMs, profile, serviceLevel, catalogue, computeClass } = target;
  const type = catalogue.types.find(({ name }) => name === plan.choice.instanceType)!;
  const reference = referenceOf(profile.machine, computeClass, catalogue.types);
  const { dense } = profile;
  const operations = dense ? (dense.operationsPerRow * serviceLevel.rowsPerRequest) / dense.parameterBytes : 0;
  const memoryBound = dense !== undefined && dense.parameterBytes > 2 ** 25 && operations < 4;
  const { factor } = transfer(reference, type, computeClass, { memoryBound });
  const left = survivors(serviceLevel.availability, { instances: plan.choice.instances, zones: plan.zones });
  const p99 = (routing: Routing) =>
    simulatedP99(
      {
        instances: left,
        workers: plan.workersPerInstance,
        requestsPerSecond: serviceLevel.requestsPerSecond,
        requestsPerRun: plan.requestsPerRun,
        runMs: (share, requests) =>
          factor * (HTTP_MS * requests + runMs(requests * serviceLevel.rowsPerRequest) * law(share)),
        routing,
      },
      requests,
      random,
    ) + FRONT_DOOR_MS;
  return Object.fromEntries(ROUTINGS.map((routing) => [routing, p99(routing) / serviceLevel.p99Ms])) as Record<
    Routing,
    number
  >;
}
