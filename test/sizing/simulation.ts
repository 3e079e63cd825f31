/**
 * A discrete-event simulation of a fleet, request by request: Poisson arrivals, a load balancer that deals requests out to
 * instances, and in each instance to workers with a queue of their own. It shares no formula with lib/sizing.
 */

/** Numbers in (0, 1), the same in every run (Park and Miller's minimal standard). */
export function generator(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** How the load balancer chooses an instance. */
export type Routing = 'random' | 'round robin' | 'least outstanding';
export const ROUTINGS: readonly Routing[] = ['random', 'round robin', 'least outstanding'];

/** A service time in milliseconds from a number in (0, 1): the quantile function of its law. */
export type Law = (share: number) => number;

export interface SimulatedFleet {
  readonly instances: number;
  readonly workers: number;
  readonly requestsPerSecond: number;
  readonly law: Law;
  readonly routing: Routing;
}

/** 99th percentile of the response times, milliseconds, after a tenth of the requests has warmed the queues up. */
export function simulatedP99(fleet: SimulatedFleet, requests: number, random: () => number): number {
  const { instances, workers, requestsPerSecond, law, routing } = fleet;
  const free = new Float64Array(instances * workers);
  /** Ends of the requests that an instance has not answered, for each in any order. */
  const pending: number[][] = Array.from({ length: instances }, () => []);
  const responses = new Float64Array(requests);
  let now = 0;
  for (let i = 0; i < requests; i++) {
    now += (-Math.log(random()) * 1000) / requestsPerSecond;
    let instance = 0;
    if (routing === 'random') instance = Math.floor(random() * instances);
    else if (routing === 'round robin') instance = i % instances;
    else {
      const turn = Math.floor(random() * instances); // among equals any
      let least = Number.POSITIVE_INFINITY;
      for (let k = 0; k < instances; k++) {
        const candidate = (turn + k) % instances;
        const left = pending[candidate]!.filter((end) => end > now);
        pending[candidate] = left;
        if (left.length < least) [least, instance] = [left.length, candidate];
      }
    }
    // a connection belongs to a worker for good, so the worker does not depend on who is busy
    const worker = instance * workers + Math.floor(random() * workers);
    const end = Math.max(now, free[worker]!) + law(random());
    free[worker] = end;
    if (routing === 'least outstanding') pending[instance]!.push(end);
    responses[i] = end - now;
  }
  const settled = responses.subarray(Math.floor(requests / 10)).sort();
  return settled[Math.floor(settled.length * 0.99)]!;
}
