/** What the model of a plan says of its fleet at a load that was measured, and the plan that follows from what was measured. */
import { SlipwayError } from '../model/error';
import type { ComputeProfile } from '../model/package/profile';
import { demandOf, type SizingRequest } from './demand/demand-of';
import { threadSpeed } from './demand/transfer';
import type { Candidacy } from './judgement/candidacy';
import type { FleetSize } from './judgement/fleet-size';
import { candidacies, creditedShare, shadowMs } from './judgement/judgement';
import { FRONT_DOOR_MS, LATENCY_MARGIN, p99Ms } from './judgement/lateness';
import type { SizingPlan } from './plan/plan';

/** A value with and without what the plan adds for what it does not know. */
export interface Range {
  readonly likely: number;
  readonly cautious: number;
}

export interface Expectation {
  /** Of the answer as the load balancer sees it: `likely` in the handler alone, `cautious` with margins and front door. */
  readonly p99Ms: Range;
  /** Mean of the instances, the handler alone. */
  readonly cpuPercent: Range;
}

/** The planned way to use the planned type, by the rate of the whole fleet; without one at the planned peak. */
function plannedCandidacies(request: SizingRequest, plan: SizingPlan): (requestsPerSecond?: number) => Candidacy {
  const { demand, catalogue } = demandOf(plan.shadow?.group ? { ...request, shadow: undefined } : request);
  const type = catalogue.types.find(({ name }) => name === plan.choice.instanceType);
  if (!type)
    throw new SlipwayError('E_CONFIG', `the catalogue has no ${plan.choice.instanceType}, which the plan chose`);
  return (requestsPerSecond = demand.serviceLevel.requestsPerSecond) => {
    // all instances that were there: nothing is lost
    const serviceLevel = { ...demand.serviceLevel, availability: 'single' as const, requestsPerSecond };
    return candidacies({ ...demand, serviceLevel }, type).find(
      ({ mode }) => mode.threads === plan.threadsPerWorker && mode.service.requests === plan.requestsPerRun,
    )!;
  };
}

/**
 * @param requestsPerSecond of the whole fleet
 * @param instances that served them
 */
export type Expect = (requestsPerSecond: number, instances: number) => Expectation;

/** What a plan expects at any load. @param request that the plan was made from */
export function expectationsOf(request: SizingRequest, plan: SizingPlan): Expect {
  const candidacyAt = plannedCandidacies(request, plan);
  return (requestsPerSecond, instances) => {
    const cautious = candidacyAt(requestsPerSecond);
    const { factor, uncertainty } = cautious.transfer;
    const likely: Candidacy = { ...cautious, transfer: { ...cautious.transfer, factor: factor / uncertainty } };
    const fleet: FleetSize = { instances, zones: plan.zones, workers: plan.workersPerInstance };
    const cpu = (candidate: Candidacy) => 100 * creditedShare(candidate, instances, requestsPerSecond);
    return {
      p99Ms: {
        likely: (p99Ms(likely, fleet) - FRONT_DOOR_MS) / LATENCY_MARGIN,
        cautious: p99Ms(cautious, fleet),
      },
      cpuPercent: { likely: cpu(likely), cautious: cpu(cautious) },
    };
  };
}

/** CPU milliseconds of a mean request on the planned instance type, without the factor for what is not known. */
export function likelyRequestCpuMs(request: SizingRequest, plan: SizingPlan): number {
  const candidate = plannedCandidacies(request, plan)();
  const { transfer, mode } = candidate;
  return (mode.cpuMs + shadowMs(candidate)) * (transfer.factor / transfer.uncertainty);
}

/**
 * The profile as it would have come out on the deployed instance type, so that a plan made from it is no longer unsure of
 * the processor.
 *
 * @param cpuMs of a mean request on the deployed type, HTTP included
 */
export function measuredProfile(request: SizingRequest, plan: SizingPlan, cpuMs: number): ComputeProfile {
  const candidate = plannedCandidacies(request, plan)();
  const { mode, type } = candidate;
  const { profile } = request;
  const machine = { ...profile.machine, cpuModel: type.cpu, architecture: type.architecture };
  // a plan takes a profiled processor to be as fast as in its fastest family, which the deployed type need not be of
  const { reference, computeClass } = demandOf({ ...request, profile: { ...profile, machine } }).demand;
  const slower = reference.speed / threadSpeed(type, computeClass);
  const factor = cpuMs / slower / (mode.cpuMs + shadowMs(candidate));
  return {
    ...profile,
    machine,
    batches: profile.batches.map((batch) => ({
      ...batch,
      cpuMs: batch.cpuMs * factor,
      wallMsQuantiles: batch.wallMsQuantiles.map((ms) => ms * factor),
    })),
    http: profile.http.map(({ cpuMs: busy, lightCpuMs: light, ...cost }) => ({
      ...cost,
      cpuMs: busy * factor,
      ...(light !== undefined && { lightCpuMs: light * factor }),
    })),
    threads: profile.threads.map((cost) => ({ ...cost, cpuMs: cost.cpuMs * factor, wallMs: cost.wallMs * factor })),
  };
}
