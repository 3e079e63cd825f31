/** How the prediction of a plan held, and whether the fleet should be another one. */
import { SlipwayError } from '../model/error';
import { type Cost, type SizingPlan, type SizingRequest, sizingPlan } from '../sizing';
import { type Expectation, expectationsOf, likelyRequestCpuMs, measuredProfile } from '../sizing/expectation';
import { type CpuPerRequest, cpuPerRequest } from './cpu-per-request';
import type { Observation, Observations } from './observation';

/** A period of the load that the plan is for, beside what the plan says of that load. */
export interface ComparedPeriod extends Observation {
  readonly expected: Expectation;
}

export interface NextPlan {
  readonly instanceType: string;
  readonly instances: number;
  readonly usdPerMonth: number;
  readonly binding: string;
}

export interface Comparison {
  readonly observations: Observations;
  /** The busiest periods within the planned traffic, busiest first. */
  readonly busiest: readonly ComparedPeriod[];
  /** Periods with more traffic than was planned for. */
  readonly overPeak: number;
  /** Of the periods within the planned traffic: those whose p99 was over the cautious prediction, or the service level. */
  readonly overPrediction: number;
  readonly overServiceLevel: number;
  readonly withinPeak: number;
  /** Absent where the traffic varied too little to tell, and where requests are joined. */
  readonly cpu?: CpuPerRequest & { readonly predictedMs: number };
  /** Planned again from the measured CPU time; absent where that is not known, or no fleet would do (see `nextProblem`). */
  readonly next?: NextPlan;
  readonly nextProblem?: string;
  readonly current: { readonly usdPerMonth: Cost['usdPerMonth']; readonly memoryLimitPercent: number };
}

/** Periods that are shown. */
const SHOWN = 5;
/** Share of the periods whose p99 may be over the cautious prediction before it counts as missed: it is a percentile. */
export const TOLERATED_SHARE = 0.05;

/** Whether the prediction held: hardly any period within the planned traffic was slower than it said. */
export function held({ overPrediction, withinPeak }: Comparison): boolean {
  return overPrediction <= TOLERATED_SHARE * withinPeak;
}

/**
 * @param request and the plan made from it, of the stage that was observed
 * @throws SlipwayError E_UNREACHABLE when there was no request in the time that was looked at
 */
export function compare(request: SizingRequest, plan: SizingPlan, observations: Observations): Comparison {
  const { serviceLevel } = plan;
  const served = observations.periods.filter(({ requestsPerSecond }) => requestsPerSecond > 0);
  if (served.length === 0) {
    throw new SlipwayError(
      'E_UNREACHABLE',
      `no request reached the endpoint from ${observations.from} to ${observations.until}; look further back with --days, or send it some`,
    );
  }
  const within = served.filter(({ requestsPerSecond }) => requestsPerSecond <= serviceLevel.requestsPerSecond);
  const expect = expectationsOf(request, plan);
  const compared = within.map(
    (period): ComparedPeriod => ({
      ...period,
      expected: expect(period.requestsPerSecond, Math.max(1, period.instances)),
    }),
  );
  // joined requests take the less CPU the more of them there are: its slope would take a busy fleet for a fast processor
  const cpu = plan.requestsPerRun > 1 ? undefined : cpuPerRequest(served, plan.choice.vCpus);
  return {
    observations,
    busiest: compared.sort((a, b) => b.requestsPerSecond - a.requestsPerSecond).slice(0, SHOWN),
    withinPeak: within.length,
    overPeak: served.length - within.length,
    overPrediction: compared.filter(({ p99Ms, expected }) => p99Ms > expected.p99Ms.cautious).length,
    overServiceLevel: compared.filter(({ p99Ms }) => p99Ms > serviceLevel.p99Ms).length,
    ...(cpu && {
      cpu: { ...cpu, predictedMs: likelyRequestCpuMs(request, plan) },
      ...planAgain(request, plan, cpu.ms),
    }),
    current: {
      usdPerMonth: plan.cost.usdPerMonth,
      memoryLimitPercent: (100 * plan.memoryLimitMiB) / plan.choice.memoryMiB,
    },
  };
}

function planAgain(
  request: SizingRequest,
  plan: SizingPlan,
  cpuMs: number,
): Pick<Comparison, 'next'> | Pick<Comparison, 'nextProblem'> {
  try {
    const { choice, cost, binding } = sizingPlan({ ...request, profile: measuredProfile(request, plan, cpuMs) });
    const { instanceType, instances } = choice;
    return { next: { instanceType, instances, usdPerMonth: cost.usdPerMonth, binding } };
  } catch (error) {
    if (!SlipwayError.is(error) || error.code !== 'E_INFEASIBLE') throw error;
    return { nextProblem: [error.message, ...error.problems].join('; ') };
  }
}
