/** Load on servers that live at the same time, visited in turn, so that what disturbs the machine disturbs them alike. */
import { fork } from 'node:child_process';
import type { Load, LoadResult } from './load-client';
import { cpuMicrosecondsBetween } from './process-tree';
import type { Server, ServerName } from './servers';

export interface Visit {
  /** CPU time of the server for each answer. */
  readonly cpuMicroseconds: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Client {
  load(load: Load): Promise<LoadResult>;
  close(): void;
}

export function startClient(script: string): Client {
  const child = fork(script, { execArgv: [] });
  return {
    load: (load) =>
      new Promise((resolve, reject) => {
        child.once('message', ({ result, error }: { result?: LoadResult; error?: string }) =>
          result ? resolve(result) : reject(new Error(error)),
        );
        child.send(load);
      }),
    close: () => child.disconnect(),
  };
}

export async function visit(client: Client, server: Server, load: Omit<Load, 'port' | 'path'>): Promise<Visit> {
  const before = server.cpuTime();
  const began = performance.now();
  const { requests, quantiles } = await client
    .load({ ...load, port: server.port, path: server.path })
    .catch((cause) => {
      throw new Error(`${server.name}: ${(cause as Error).message}`, { cause });
    });
  const seconds = (performance.now() - began) / 1000;
  return {
    cpuMicroseconds: cpuMicrosecondsBetween(before, server.cpuTime()) / requests,
    requestsPerSecond: requests / seconds,
    p50Ms: quantiles[0],
    p99Ms: quantiles[2],
  };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;

/** Visits of each server, one in each round. */
export type Rounds = ReadonlyMap<ServerName, readonly Visit[]>;

export function typical(visits: readonly Visit[]): Visit {
  const of = (value: (visit: Visit) => number) => median(visits.map(value));
  return {
    cpuMicroseconds: of((visit) => visit.cpuMicroseconds),
    requestsPerSecond: of((visit) => visit.requestsPerSecond),
    p50Ms: of((visit) => visit.p50Ms),
    p99Ms: of((visit) => visit.p99Ms),
  };
}

/** Median over the rounds of what one server has over what the other has; undefined when either was not there. */
export function ratio(
  rounds: Rounds,
  of: ServerName,
  to: ServerName,
  value: (visit: Visit) => number,
): number | undefined {
  const [above, below] = [rounds.get(of), rounds.get(to)];
  if (!above || !below) return undefined;
  return median(above.map((visit, round) => value(visit) / value(below[round]!)));
}
