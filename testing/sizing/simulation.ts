/**
 * A discrete-event simulation of a fleet, request by request: clients that send one or several requests at once, at a rate that
 * may rise and fall, a load balancer that deals requests out to instances, and in each instance to workers with a queue of their own. A worker that is free takes what waits, as much as
 * one run may have, and waits for nothing. It shares no formula with lib/sizing.
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

/** How the rate of ten seconds lies around the peak: anywhere alike, or high and low in turn. */
export type Shape = 'even' | 'two rates';
export const SHAPES: readonly Shape[] = ['even', 'two rates'];

/** Clients that send one to `most` requests at once, each number as often, at a rate that has a standard deviation. */
export interface SimulatedBursts {
  readonly most: number;
  /** As a share of the peak. */
  readonly swing: number;
  readonly shape: Shape;
}

/** Stretches of one rate in a simulation; so many that what they have in common with a law is not chance. */
const STRETCHES = 40;

/** The rates of all stretches, in random order: their mean is 1, their standard deviation `swing`. */
export function stretches({ swing, shape }: SimulatedBursts, random: () => number): number[] {
  const rates = Array.from({ length: STRETCHES }, (_, i) =>
    shape === 'two rates'
      ? 1 + (i % 2 === 0 ? swing : -swing)
      : 1 + swing * Math.sqrt(3) * ((2 * i + 1) / STRETCHES - 1),
  );
  for (let i = rates.length - 1; i > 0; i--) {
    const k = Math.floor(random() * (i + 1));
    [rates[i], rates[k]] = [rates[k]!, rates[i]!];
  }
  return rates;
}

export interface SimulatedFleet {
  readonly instances: number;
  readonly workers: number;
  readonly requestsPerSecond: number;
  /** Most requests that a run answers. @default 1 */
  readonly requestsPerRun?: number;
  /** Milliseconds of a run of so many requests, by a number in (0, 1). */
  readonly runMs: (share: number, requests: number) => number;
  readonly routing: Routing;
  /** Nodes of the load balancer, each of which knows its own requests alone. @default 1 */
  readonly nodes?: number;
  /** Whether all requests of a client come through the same node, as those over one connection do. @default false */
  readonly keepsNode?: boolean;
  /** @default - one request at a time, at the same rate always */
  readonly bursts?: SimulatedBursts;
}

/** 99th percentile of the response times, milliseconds, after a tenth of the requests has warmed the queues up. */
export function simulatedP99(fleet: SimulatedFleet, requests: number, random: () => number): number {
  const {
    instances,
    workers,
    requestsPerSecond,
    requestsPerRun = 1,
    runMs,
    routing,
    nodes = 1,
    keepsNode = false,
  } = fleet;
  const free = new Float64Array(instances * workers);
  /** Requests that wait, by worker. */
  const waiting: number[][] = Array.from(free, () => []);
  /** Ends of the requests of an instance that are in a run, in any order, by the node that sent them. */
  const running: number[][][] = Array.from({ length: instances }, () => Array.from({ length: nodes }, () => []));
  const nodeOf = new Uint8Array(requests);
  const arrivals = new Float64Array(requests);
  const responses = new Float64Array(requests);
  const instanceOf = (worker: number) => Math.floor(worker / workers);

  const run = (worker: number, at: number) => {
    const taken = waiting[worker]!.splice(0, requestsPerRun);
    const end = at + runMs(random(), taken.length);
    free[worker] = end;
    for (const request of taken) {
      responses[request] = end - arrivals[request]!;
      if (routing === 'least outstanding') running[instanceOf(worker)]![nodeOf[request]!]!.push(end);
    }
  };
  const advance = (worker: number, until: number) => {
    while (waiting[worker]!.length > 0 && free[worker]! <= until) run(worker, free[worker]!);
  };
  const outstanding = (instance: number, now: number, node: number) => {
    let count = 0;
    for (let worker = instance * workers; worker < (instance + 1) * workers; worker++) {
      advance(worker, now);
      const { length } =
        nodes === 1 ? waiting[worker]! : waiting[worker]!.filter((request) => nodeOf[request] === node);
      count += length;
    }
    const own = running[instance]![node]!.filter((end) => end > now);
    running[instance]![node] = own;
    return count + own.length;
  };

  const { bursts = { most: 1, swing: 0, shape: 'even' } } = fleet;
  const rates = stretches(bursts, random);
  const wholeMs = (requests * 1000) / requestsPerSecond;
  const meanAtOnce = (1 + bursts.most) / 2;
  let now = 0;
  let together = 0; // of the client that sends now
  for (let i = 0; i < requests; i++) {
    const first = together === 0;
    if (first) {
      together = 1 + Math.floor(random() * bursts.most);
      const rate = rates[Math.min(STRETCHES - 1, Math.floor((now / wholeMs) * STRETCHES))]!;
      now += (-Math.log(random()) * 1000 * meanAtOnce) / (requestsPerSecond * rate);
    }
    together--;
    if (nodes > 1) nodeOf[i] = keepsNode && !first ? nodeOf[i - 1]! : Math.floor(random() * nodes);
    let instance = 0;
    if (routing === 'random') instance = Math.floor(random() * instances);
    else if (routing === 'round robin') instance = i % instances;
    else {
      const turn = Math.floor(random() * instances); // among equals any
      let least = Number.POSITIVE_INFINITY;
      for (let k = 0; k < instances; k++) {
        const candidate = (turn + k) % instances;
        const count = outstanding(candidate, now, nodeOf[i]!);
        if (count < least) [least, instance] = [count, candidate];
      }
    }
    // a connection belongs to a worker for good, so the worker does not depend on who is busy
    const worker = instance * workers + Math.floor(random() * workers);
    advance(worker, now);
    arrivals[i] = now;
    waiting[worker]!.push(i);
    if (free[worker]! <= now) run(worker, now);
  }
  for (let worker = 0; worker < free.length; worker++) advance(worker, Number.POSITIVE_INFINITY);
  const settled = responses.subarray(Math.floor(requests / 10)).sort();
  return settled[Math.floor(settled.length * 0.99)]!;
}
