/** Whether the answers of a fleet come in time: of its model, or of each of the models that it serves. */

import { kept } from '../demand/kept';
import { isLate, isLateAlone, responseQuantile } from '../demand/queue';
import type { Service } from '../demand/service-time';
import {
  type Arrivals,
  arrivalsAt,
  type Balancing,
  type Bursts,
  burstsOf,
  type SharedQueue,
} from '../service-level/arrivals';
import type { Candidacy, Line } from './candidacy';
import { type FleetSize, survivors } from './fleet-size';

/** Over the predicted p99, for what the queueing model does not see. */
export const LATENCY_MARGIN = 1.15;
/** Load balancer and TLS, milliseconds. */
export const FRONT_DOOR_MS = 2;
/** Share of requests that may be later than the service level says. */
const LATE_SHARE = 0.01;

/**
 * Workers of the instances that are left. Each has a queue of its own, since connections, not requests, are dealt out to the
 * processes of an instance.
 */
function queues({ demand }: Candidacy, fleet: FleetSize): number {
  return survivors(demand.serviceLevel.availability, fleet) * fleet.workers;
}

/** Requests per millisecond of the profiled machine at one worker. */
export function rateAtWorker(candidate: Candidacy, fleet: FleetSize, requestsPerSecond: number): number {
  return (requestsPerSecond / 1000 / queues(candidate, fleet)) * candidate.transfer.factor;
}

/** Those of a fleet, or the requests of the one model. */
function linesOf({ lines, mode, demand: { serviceLevel } }: Candidacy): readonly Line[] {
  if (lines) return lines;
  return [{ service: mode.service, share: 1, bursts: burstsOf(serviceLevel.bursts), p99Ms: serviceLevel.p99Ms }];
}

/**
 * The nodes of the load balancer, if they are known, and the workers of an instance. Where requests share runs, or models a
 * fleet, routing is reckoned as if it were random, which it never is better than.
 */
function balancingOf({ lines, mode, demand: { serviceLevel } }: Candidacy, fleet: FleetSize): Balancing | undefined {
  const { balancerNodes: nodes, availability } = serviceLevel;
  if (nodes === undefined || lines || mode.service.requests > 1) return undefined;
  const instances = survivors(availability, fleet);
  return instances > 1 ? { instances, workers: fleet.workers, nodes } : undefined;
}

/** Fleets of different instances with as many workers are told apart by it. */
const routingKey = (balancing: Balancing | undefined) =>
  balancing ? `${balancing.nodes} ${balancing.workers}` : 'random';

/** How requests of a line come to one of so many workers. */
function arrivalsAtWorker({ lines }: Candidacy, line: Line, count: number): Arrivals {
  if (!lines) return arrivalsAt(line.bursts, count);
  const swing = Math.max(...lines.map(({ bursts }) => bursts.swing)); // as if all rose at once
  const work = lines.map(({ share, service }) => share * service.meanMs);
  const whole = work.reduce((sum, one) => sum + one, 0);
  let spreadMs = 0;
  for (const [i, { service, bursts }] of lines.entries()) {
    const dispersion = 1 + (bursts.dispersion - 1) / count;
    spreadMs += (work[i]! / whole) * service.meanMs * (dispersion + service.variation);
  }
  return {
    ...arrivalsAt({ ...line.bursts, swing }, count),
    shared: {
      work: whole / (line.share * line.service.meanMs),
      spreadMs,
      rests: restsOf(lines, work, whole),
    },
  };
}

/** Models that take as long have theirs together. */
function restsOf(lines: readonly Line[], work: readonly number[], whole: number): SharedQueue['rests'] {
  const shares = new Map<Service, { share: number; restsMs: Float64Array }>();
  for (const [i, { service, restsMs }] of lines.entries()) {
    const found = kept(shares, service, () => ({ share: 0, restsMs: restsMs! }));
    found.share += work[i]! / whole;
  }
  return [...shares.values()];
}

/** What is allowed of a line: its own, or what a fleet is asked for where that is more. */
const allowedMs = ({ demand: { serviceLevel } }: Candidacy, { p99Ms }: Line) => Math.max(p99Ms, serviceLevel.p99Ms);

/** The latency that is left for the worker, in milliseconds of the profiled machine. */
function limitMs(candidate: Candidacy, line: Line): number {
  return (allowedMs(candidate, line) - FRONT_DOOR_MS) / LATENCY_MARGIN / candidate.transfer.factor;
}

const newMap = () => new Map();

/** What is known to do, and what not: in between nobody has looked. */
interface Known {
  does: number;
  fails: number;
}

type ByNumbers<V> = Map<number, Map<number, V>>;

/** Of a service, bursts and a limit. */
interface Judged {
  /** By requests per millisecond of the profiled machine, of all models: numbers of queues, the more the better. */
  readonly queues: Map<number, Known>;
  /** By the number of queues: requests per millisecond, the fewer the better. */
  readonly rates: Map<number, Known>;
}

const nothingJudged = (): Judged => ({ queues: new Map(), rates: new Map() });
const noQueuesKnown = (): Known => ({ does: Number.POSITIVE_INFINITY, fails: -1 });
const noRatesKnown = (): Known => ({ does: -1, fails: Number.POSITIVE_INFINITY });

/**
 * Most types share their processor with others, so that limits and rates are the same for many. How late a model of a fleet is
 * depends on the work of all, not on its own part.
 */
const judged = new WeakMap<Service, Map<Bursts, Map<string, Map<number, Judged>>>>();

/** 99th percentiles in milliseconds of the profiled machine, by service, bursts, routing, queues and requests per millisecond. */
const quantiles = new WeakMap<Service, Map<Bursts, Map<string, ByNumbers<number>>>>();

/** Whether more requests of any model than may be are late on any number of instances, at whatever rate. */
export function isLateAnyway(candidate: Candidacy): boolean {
  return linesOf(candidate).some((line) => isLateAlone(line.service, limitMs(candidate, line), LATE_SHARE));
}

/**
 * Whether more requests of any model than may be are late at so many requests a second. More queues are never worse: to each
 * come fewer requests, and fewer at once.
 */
export function isTooLate(candidate: Candidacy, fleet: FleetSize, requestsPerSecond: number): boolean {
  return linesOf(candidate).some((line) => isLineLate(candidate, line, fleet, requestsPerSecond));
}

function isLineLate(candidate: Candidacy, line: Line, fleet: FleetSize, requestsPerSecond: number): boolean {
  const { service, bursts, share } = line;
  const limit = limitMs(candidate, line);
  if (isLateAlone(service, limit, LATE_SHARE)) return true;
  const count = queues(candidate, fleet);
  const balancing = balancingOf(candidate, fleet);
  const rate = (requestsPerSecond / 1000) * candidate.transfer.factor; // of all models: which part is this one's, the service says
  const { queues: byRate, rates: byCount } = kept(
    kept(kept(kept(judged, service, newMap), bursts, newMap), routingKey(balancing), newMap),
    limit,
    nothingJudged,
  );
  const counts = kept(byRate, rate, noQueuesKnown);
  if (count >= counts.does) return false;
  if (count <= counts.fails) return true;
  const rates = kept(byCount, count, noRatesKnown);
  const isLateWith = (arrivals: Arrivals) => isLate(service, 1, (rate / count) * share, limit, LATE_SHARE, arrivals);
  const isLateAtRate = () => {
    const arrivals = arrivalsAtWorker(candidate, line, count);
    return isLateWith(arrivals) && !(balancing && !isLateWith({ ...arrivals, balancing }));
  };
  const late = rate >= rates.fails || (rate > rates.does && isLateAtRate());
  counts[late ? 'fails' : 'does'] = count;
  if (late) rates.fails = Math.min(rates.fails, rate);
  else rates.does = Math.max(rates.does, rate);
  return late;
}

/** A 99th percentile of the latency at the load balancer, margin included, and what is allowed, milliseconds. */
export interface Lateness {
  /** Of the model. @default - there is one */
  readonly name?: string;
  readonly p99Ms: number;
  readonly allowedMs: number;
}

/** Of each model. */
export function latenesses(candidate: Candidacy, fleet: FleetSize): Lateness[] {
  const { demand, transfer: carried } = candidate;
  const count = queues(candidate, fleet);
  return linesOf(candidate).map((line) => {
    const { service, share, name } = line;
    const rate = rateAtWorker(candidate, fleet, demand.serviceLevel.requestsPerSecond);
    const balancing = balancingOf(candidate, fleet);
    const bursts = kept(kept(quantiles, service, newMap), line.bursts, newMap);
    const response = kept(kept(kept(bursts, routingKey(balancing), newMap), count, newMap), rate, () => {
      const quantile = (arrivals: Arrivals) => responseQuantile(service, 1, rate * share, 1 - LATE_SHARE, arrivals);
      const arrivals = arrivalsAtWorker(candidate, line, count);
      return balancing ? Math.min(quantile(arrivals), quantile({ ...arrivals, balancing })) : quantile(arrivals);
    });
    return {
      ...(name !== undefined && { name }),
      p99Ms: LATENCY_MARGIN * (response * carried.factor) + FRONT_DOOR_MS,
      allowedMs: allowedMs(candidate, line),
    };
  });
}

/** Of the model that comes nearest to what is allowed. */
export function latest(candidate: Candidacy, fleet: FleetSize): Lateness {
  const share = ({ p99Ms, allowedMs }: Lateness) => p99Ms / allowedMs;
  return latenesses(candidate, fleet).reduce((one, other) => (share(other) > share(one) ? other : one));
}

export const p99Ms = (candidate: Candidacy, fleet: FleetSize) => latest(candidate, fleet).p99Ms;
