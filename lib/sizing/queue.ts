/**
 * Response times of a queue: the tail of the waiting time (Erlang C with the Allen-Cunneen correction) convolved with
 * measured service samples. Against simulation it is right within -4 to +17 % for a coefficient of variation up to 0.3,
 * and too high, never too low, where requests are dealt out in turn or to the least busy instance.
 */

/**
 * Probability that a request must wait in an M/M/c queue.
 *
 * @param servers c, at least 1
 * @param load offered load in Erlang, arrival rate times mean service time
 * @returns 0 to 1; 1 when the load is more than the servers can do
 */
export function erlangC(servers: number, load: number): number {
  if (load >= servers) return 1;
  let blocking = 1; // Erlang B by its recursion, which does not overflow
  for (let k = 1; k <= servers; k++) blocking = (load * blocking) / (k + load * blocking);
  const utilisation = load / servers;
  return blocking / (1 - utilisation * (1 - blocking));
}

/** Service times of one request. */
export interface Service {
  /** Equally likely service times, milliseconds, ascending. */
  readonly samplesMs: Float64Array;
  readonly meanMs: number;
  /** Squared coefficient of variation: variance over squared mean. */
  readonly variation: number;
}

export function serviceOf(samplesMs: Float64Array): Service {
  let sum = 0;
  for (const sample of samplesMs) sum += sample;
  const meanMs = sum / samplesMs.length;
  let squares = 0;
  for (const sample of samplesMs) squares += (sample - meanMs) ** 2;
  return { samplesMs, meanMs, variation: squares / samplesMs.length / meanMs ** 2 };
}

/** Poisson arrivals: squared coefficient of variation of the time between two requests. */
const ARRIVAL_VARIATION = 1;

/** Probability that a request of a given service time takes longer than `limitMs`, or undefined for an unstable queue. */
function lateness({ meanMs, variation }: Service, servers: number, requestsPerMs: number, limitMs: number) {
  const load = requestsPerMs * meanMs;
  if (load >= servers) return undefined;
  const wait = erlangC(servers, load);
  const decay = (2 * (servers / meanMs - requestsPerMs)) / (ARRIVAL_VARIATION + variation);
  return (sample: number) => (sample > limitMs ? 1 : wait * Math.exp(-decay * (limitMs - sample)));
}

/**
 * Share of requests that take longer than `limitMs`, waiting included.
 *
 * @param servers servers behind one queue
 * @param requestsPerMs arrival rate at that queue
 * @returns 0 to 1; 1 for a queue that is not stable
 */
export function lateShare(service: Service, servers: number, requestsPerMs: number, limitMs: number): number {
  const late = lateness(service, servers, requestsPerMs, limitMs);
  if (!late) return 1;
  let sum = 0;
  for (const sample of service.samplesMs) sum += late(sample);
  return sum / service.samplesMs.length;
}

/** Whether more than `share` of the requests take longer than `limitMs`; quicker than `lateShare` where it is clear. */
export function isLate(
  service: Service,
  servers: number,
  requestsPerMs: number,
  limitMs: number,
  share: number,
): boolean {
  const late = lateness(service, servers, requestsPerMs, limitMs);
  if (!late) return true;
  const { samplesMs } = service;
  if (late(samplesMs.at(-1)!) <= share) return false;
  if (late(samplesMs[0]!) > share) return true;
  return lateShare(service, servers, requestsPerMs, limitMs) > share;
}

/**
 * The response time that a share `quantile` of the requests stays within, milliseconds; infinite for a queue that is not
 * stable.
 */
export function responseQuantile(service: Service, servers: number, requestsPerMs: number, quantile: number): number {
  if (requestsPerMs * service.meanMs >= servers) return Number.POSITIVE_INFINITY;
  const late = 1 - quantile;
  let low = 0;
  let high = service.samplesMs.at(-1)!;
  while (isLate(service, servers, requestsPerMs, high, late)) high *= 2;
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (isLate(service, servers, requestsPerMs, middle, late)) low = middle;
    else high = middle;
  }
  return high;
}
