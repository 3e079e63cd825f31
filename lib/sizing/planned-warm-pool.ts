/** What a plan says of a group with a warm pool. */
import type { Catalogue } from './catalogue/catalogue';
import type { Demand } from './demand/demand';
import { restartSeconds, startSeconds } from './judgement/start';
import type { PlannedWarmPool } from './plan/plan';
import { warmPoolOf } from './search/fleet-usd';
import { candidateOf } from './search/rounded';
import { affordable, type Option, withoutWarmPool } from './search/search';

/** @returns undefined where none is asked for, or the fleet has as many instances at all times */
export function plannedWarmPool(
  { candidate, fleet }: Option,
  demand: Demand,
  catalogue: Catalogue,
): PlannedWarmPool | undefined {
  const pool = warmPoolOf(candidate, fleet);
  if (!pool) return undefined;
  const { instances, daily, weekly } = fleet;
  const fewest = daily ? daily.minimum + instances - daily.peak : weekly!.fewest;
  const without = affordable(withoutWarmPool(demand), catalogue);
  return {
    prepared: pool.prepared,
    stopped: pool.prepared - fewest,
    startSeconds: Math.ceil(restartSeconds(candidate)),
    launchSeconds: Math.ceil(startSeconds(candidate)),
    ...(without && { without: candidateOf(without) }),
  };
}
