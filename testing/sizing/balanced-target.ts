/** Random targets behind a load balancer of stated nodes, on small types, where p99 decides how many instances there are. */
import { type RandomTarget, randomTarget } from './random-target';

/** Times of a request for which the simulation takes seconds, and waiting is more than what the front door takes. */
const TIMES = { shortestMs: 0.3, longestMs: 80 } as const;
const MOST_VCPUS = 8;
const SMALL_MODEL = { baseMiB: 60, loadedMiB: 120, loadPeakMiB: 130, sharedMiB: 50 } as const;

export function balancedTarget(random: () => number): RandomTarget {
  const pick = <T>(...values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const between = (low: number, high: number) => low * (high / low) ** random();
  for (;;) {
    const { profile, serviceLevel, catalogue, modelBytes, ...target } = randomTarget(random, 4);
    const { rowsPerRequest: rows, bursts } = serviceLevel;
    const ms = target.runMs(rows, 1) + target.httpMs(rows);
    if (profile.dense || ms < TIMES.shortestMs || ms > TIMES.longestMs) continue;
    return {
      ...target,
      modelBytes: Math.min(modelBytes, 5e7),
      profile: { ...profile, startMs: 1000, memory: SMALL_MODEL },
      catalogue: { ...catalogue, types: catalogue.types.filter(({ vCpus, gpu }) => vCpus <= MOST_VCPUS && !gpu) },
      serviceLevel: {
        ...(bursts && { bursts }),
        rowsPerRequest: rows,
        balancerNodes: pick(2, 3, 5, 8, 12),
        availability: pick('single', 'instance', 'zone'),
        requestsPerSecond: Number(((500 / ms) * between(2, 25)).toPrecision(3)),
        p99Ms: Number((2 + 1.15 * ms * between(2, 9)).toPrecision(3)),
      },
    };
  }
}

/** The same where nobody states how many nodes there are. */
export function withoutNodes({ serviceLevel, ...target }: RandomTarget): RandomTarget {
  const { balancerNodes: _, ...level } = serviceLevel;
  return { ...target, serviceLevel: level };
}
