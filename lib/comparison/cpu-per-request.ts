/** CPU time of a request, from how CPU use follows the traffic. */
import type { Observation } from './observation';

export interface CpuPerRequest {
  /** CPU milliseconds of a request. */
  readonly ms: number;
  /** CPU that is used without any request: system and agents, percent of an instance. */
  readonly idlePercent: number;
}

/** Periods without which a line is not drawn. */
const FEWEST = 12;
/** The busiest period must use at least so many points of CPU more than the quietest, else it is noise that is read. */
const LEAST_RISE = 5;
/** Share of the variance of CPU that the traffic must explain. */
const LEAST_FIT = 0.7;

/**
 * Least squares of CPU percent over requests a second and instance. The slope is what requests cost; what else runs on the
 * instance does not follow the traffic and stays in the intercept.
 *
 * @param vCpus of an instance
 * @returns undefined where the traffic varied too little, or explains too little
 */
export function cpuPerRequest(periods: readonly Observation[], vCpus: number): CpuPerRequest | undefined {
  const points = periods
    .filter(({ instances }) => instances > 0)
    .map(({ requestsPerSecond, instances, cpuPercent }) => [requestsPerSecond / instances, cpuPercent] as const);
  if (points.length < FEWEST) return undefined;
  const cpu = points.map(([, percent]) => percent);
  if (Math.max(...cpu) - Math.min(...cpu) < LEAST_RISE) return undefined;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanRate, meanCpu] = [mean(points.map(([rate]) => rate)), mean(cpu)];
  const products = (f: (rate: number, percent: number) => number) =>
    mean(points.map(([rate, percent]) => f(rate - meanRate, percent - meanCpu)));
  const [rates, both, cpus] = [products((r) => r * r), products((r, c) => r * c), products((_, c) => c * c)];
  if (rates === 0) return undefined;
  const slope = both / rates; // percent of an instance for each request a second
  if (slope <= 0 || both ** 2 / (rates * cpus) < LEAST_FIT) return undefined;
  return { ms: (slope / 100) * vCpus * 1000, idlePercent: Math.max(0, meanCpu - slope * meanRate) };
}
