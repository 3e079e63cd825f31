/**
 * The load, from a process of its own: fixed bytes over kept connections, and no more of HTTP than finding the end of an
 * answer, so that the client costs little beside what it measures.
 *
 * Closed: each connection sends the next request when the last one is answered. Open: requests are due at fixed times
 * whether the others are answered or not, and their latency counts from when they were due.
 */
import { Connection, requestBytes } from '../../lib/profiling/connection';

export interface Load {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly connections: number;
  readonly milliseconds: number;
  /** Requests that are due each second; absent for closed load. */
  readonly rate?: number;
  /** Whether they are due at random (Poisson) instead of evenly. @default false */
  readonly poisson?: boolean;
}

export interface LoadResult {
  /** Answered with 200. */
  readonly requests: number;
  /** Latencies in milliseconds at the quantiles 0.5, 0.9 and 0.99. */
  readonly quantiles: readonly [number, number, number];
  /**
   * Median over the seconds of the run of the 99th percentile of the requests that were due in each: what the server does
   * while nobody takes the processor away from it. Of an open load; else that of the whole run.
   */
  readonly steadyP99Ms: number;
  /** CPU time of the client, microseconds. */
  readonly clientMicroseconds: number;
}

/** When a request was due, in whole seconds of the run, and how long it took. */
type Sample = readonly [second: number, ms: number];

async function closed(load: Load, bytes: Buffer, connections: readonly Connection[]): Promise<Sample[]> {
  const times: Sample[] = [];
  const until = performance.now() + load.milliseconds;
  const work = async (connection: Connection) => {
    for (let now = performance.now(); now < until; ) {
      await connection.ask(bytes);
      const next = performance.now();
      times.push([0, next - now]);
      now = next;
    }
  };
  await Promise.all(connections.map(work));
  return times;
}

async function open(load: Load, bytes: Buffer, rate: number, connections: readonly Connection[]): Promise<Sample[]> {
  const times: Sample[] = [];
  const idle = [...connections];
  const due: number[] = [];
  const begin = performance.now();
  const total = Math.floor((rate * load.milliseconds) / 1000);
  const gap = () => ((load.poisson ? -Math.log(1 - Math.random()) : 1) * 1000) / rate;
  let next = begin;
  let failure: Error | undefined;
  const send = () => {
    while (due.length > 0 && idle.length > 0) {
      const [at, connection] = [due.shift()!, idle.pop()!];
      connection.ask(bytes).then(
        () => {
          times.push([Math.floor((at - begin) / 1000), performance.now() - at]);
          idle.push(connection);
          send();
        },
        (error: Error) => {
          failure = error;
        },
      );
    }
  };
  for (let sent = 0; (sent < total || times.length < total) && failure === undefined; ) {
    const now = performance.now();
    if (now - begin > 2 * load.milliseconds)
      throw new Error(`port ${load.port} does not keep up with ${rate} requests/s`);
    for (; sent < total && next <= now; sent++, next += gap()) due.push(next);
    send();
    const wait = sent < total ? next - now : 1;
    // a timer is late by up to a millisecond
    await new Promise((resolve) => (wait > 2 ? setTimeout(resolve, wait - 1) : setImmediate(resolve)));
  }
  if (failure) throw failure;
  return times;
}

async function run(load: Load): Promise<LoadResult> {
  const bytes = requestBytes(load.path, load.body);
  const connections = Array.from({ length: load.connections }, () => new Connection(load.port));
  const before = process.cpuUsage();
  const samples = await (load.rate === undefined
    ? closed(load, bytes, connections)
    : open(load, bytes, load.rate, connections));
  const { user, system } = process.cpuUsage(before);
  for (const connection of connections) connection.close();
  const times = ascending(samples.map(([, ms]) => ms));
  const seconds: number[][] = [];
  for (const [second, ms] of samples) (seconds[second] ??= []).push(ms);
  const p99s = ascending(seconds.flatMap((some) => quantile(ascending(some), 0.99)));
  return {
    requests: times.length,
    quantiles: [quantile(times, 0.5), quantile(times, 0.9), quantile(times, 0.99)],
    steadyP99Ms: quantile(p99s, 0.5),
    clientMicroseconds: user + system,
  };
}

const ascending = (values: number[]) => values.sort((a, b) => a - b);
const quantile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;

process.on('message', (load: Load) => {
  run(load).then(
    (result) => process.send!({ result }),
    (error: Error) => process.send!({ error: error.message }),
  );
});
