import { WORK_SECONDS } from './deployment';

/** How a new package comes to all requests. */
export interface Rollout {
  /** Percent of the requests, one after the other, that a group beside the main one serves first; each is watched. */
  readonly shares: readonly number[];
  /** How long each share is watched, seconds. */
  readonly holdSeconds: number;
  /** Greatest share of answers, 0 to 1, in which a shadow may differ. @default - differences are no reason */
  readonly mostChanged?: number;
}

/** Metrics come late, and a share needs time until its instances are healthy. */
export const SETTLE_SECONDS = 120;

/** Longest that a rollout may take, instances and all; sessions of those who deploy, and patience, end. */
export const LONGEST_ROLLOUT_SECONDS = 6 * 3600;

/** The most that it takes, when each share needs instances that take as long as they may. @param bootSeconds of an instance */
export function longestSeconds({ shares, holdSeconds }: Rollout, bootSeconds: number): number {
  return shares.length * (bootSeconds + holdSeconds + SETTLE_SECONDS);
}

/** What a run of the function that judges has for a canary, a little less than it stops by itself after. */
const RUN_SECONDS = WORK_SECONDS - 30;

/** Runs that it takes at most, each a resource of the stack. @param bootSeconds of an instance */
export const canaryRuns = (rollout: Rollout, bootSeconds: number) =>
  Math.ceil(longestSeconds(rollout, bootSeconds) / RUN_SECONDS);

/** Instances that the second group may have beside a main one of so many. */
export function rolloutInstances({ shares }: Rollout, instances: number): number {
  return Math.max(1, Math.ceil((Math.max(...shares) / 100) * instances));
}

/** Until an instance serves, as a rule; what it may take at most is in the plan. */
const USUAL_START_SECONDS = 300;

/** What a rollout usually takes. */
export function rolloutSeconds({ shares, holdSeconds }: Rollout): number {
  return shares.length * (holdSeconds + SETTLE_SECONDS) + USUAL_START_SECONDS;
}
