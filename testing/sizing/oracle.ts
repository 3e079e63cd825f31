/**
 * An independent brute force over the same catalogue, which counts up instances, workers, threads and joined requests one by one and
 * shares no code with lib/sizing but the cost of a run on the profiled machine. Written from the formulas, to disagree with the
 * product where that errs.
 */

import type { HttpCost } from '../../lib/model/package/profile';
import type { InstanceType, ServiceLevel } from '../../lib/sizing';
import type { RequestCost } from '../../lib/sizing/demand/service';
import { NETWORK_ZONES } from '../../lib/sizing/plan/zones';
import { besideCardMs, CARD_DOUBT, cardMs, slowdown, type Workload, yieldOf } from './machines';
import { dailyAnswers } from './oracle-day';
import { allBusy, meeting } from './oracle-nodes';
import { loads, shareOfWeek, weekOf } from './oracle-week';

export interface Answer {
  readonly instanceType: string;
  readonly instances: number;
  readonly usdPerMonth: number;
}

export interface Question extends Workload {
  readonly request: RequestCost;
  readonly modelBytes: number;
  /** Clients send one to `most` requests at once, at rates with a standard deviation of `swing`. */
  readonly arrivals: { readonly most: number; readonly swing: number };
}

/** A way to use a type: threads of a worker, requests that a run joins, and times there, in milliseconds. */
export interface Way {
  readonly threads: number;
  readonly joined: number;
  /** Of a run. */
  readonly times: readonly number[];
  /** From when a request comes behind so many others of its client, with no queue but them, until it is answered. */
  readonly answers: (others: number) => readonly number[];
  readonly mean: number;
  readonly squaredVariation: number;
  readonly cpu: number;
  /** Of a request that comes while hardly another does. */
  readonly lightCpu: number;
  readonly startSeconds: number;
  /** Of an instance that was stopped when it was ready. */
  readonly restartSeconds: number;
}

/** From the moment when a group wants an instance. */
export const comesIn = (q: Question, way: Way) => (q.serviceLevel.warmPool ? way.restartSeconds : way.startSeconds);

const restsKnown = new WeakMap<readonly number[], readonly number[]>();

/** What is left of a run for whoever comes while there is one, in 20 equally likely parts. */
export function restsOf(times: readonly number[]): readonly number[] {
  const rests = restsKnown.get(times) ?? restsBySearch(times);
  restsKnown.set(times, rests);
  return rests;
}

function restsBySearch(times: readonly number[]): number[] {
  // the moment is any moment of all runs, so the chance that more than x is left is the sum of what runs exceed x by, over all
  const total = times.reduce((a, b) => a + b);
  return Array.from({ length: 20 }, (_, i) => {
    let [low, high] = [0, times[times.length - 1]!];
    for (let step = 0; step < 60; step++) {
      const middle = (low + high) / 2;
      let more = 0;
      for (const time of times) if (time > middle) more += time - middle;
      if (more / total > 1 - (2 * i + 1) / 40) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  });
}

/** 200 sums of one of each, the middles of as many equal parts of all sums. */
function added(some: readonly number[], others: readonly number[]): number[] {
  const all = new Float64Array(some.length * others.length);
  for (let i = 0; i < all.length; i++) all[i] = some[i % some.length]! + others[Math.floor(i / some.length)]!;
  all.sort();
  return some.map((_, i) => all[Math.floor(((2 * i + 1) * others.length) / 2)]!);
}

const inARowOf = new WeakMap<readonly number[], (readonly number[])[]>();

/** So many runs one after the other. */
function inARow(times: readonly number[], count: number): readonly number[] {
  const known = inARowOf.get(times) ?? [times];
  inARowOf.set(times, known);
  known[count - 1] ??= added(inARow(times, count - 1), times);
  return known[count - 1]!;
}

/**
 * Until the answer of a request behind so many others. With runs of one request it is there for the last of as many runs.
 * Else it waits for what is left of a run, or, where nobody was there, for the one that the first of the others began.
 */
function answersBehind(times: readonly number[], joined: number, others: number): readonly number[] {
  if (joined === 1) return inARow(times, others + 1);
  const busy = added(inARow(times, Math.floor(others / joined) + 1), restsOf(times));
  if (others === 0) return busy;
  const idle = inARow(times, 1 + Math.floor((others + joined - 1) / joined));
  return busy.map((ms, i) => (ms > idle[i]! ? ms : idle[i]!));
}

function remembered(answers: (others: number) => readonly number[]): (others: number) => readonly number[] {
  const known: (readonly number[])[] = [];
  return (others) => {
    known[others] ??= answers(others);
    return known[others]!;
  };
}

const answersOf = new WeakMap<object, (others: number) => readonly number[]>();

/** The same for a mode of the request, on the profiled machine. */
function unscaledAnswers({ service }: RequestCost['modes'][number]): (others: number) => readonly number[] {
  const times = Array.from(service.samplesMs);
  const answers = answersOf.get(service) ?? remembered((others) => answersBehind(times, service.requests, others));
  answersOf.set(service, answers);
  return answers;
}

/** With ever more requests in a run, until that no longer saves a fifth of what each takes. */
function worthwhile(all: readonly Way[]): Way[] {
  const kept: Way[] = [];
  for (const way of all) {
    const last = kept[kept.length - 1];
    if (!last) kept.push(way);
    else if (way.mean / way.joined <= 0.8 * (last.mean / last.joined))
      kept.push({ ...way, cpu: last.cpu, lightCpu: last.lightCpu });
  }
  return kept;
}

/** The ways to use a card, with the processor before and after. */
function gpuWays(q: Question, t: InstanceType): Way[] {
  const measured = Math.max(...q.profile.batches.map(({ rows }) => rows));
  const numbers = [1, 2, 4, 8, 16].filter(
    (joined) => joined === 1 || joined * q.serviceLevel.rowsPerRequest <= measured,
  );
  return worthwhile(numbers.map((joined) => gpuWay(q, t, joined)));
}

function gpuWay(q: Question, t: InstanceType, joined: number): Way {
  const { around, http } = besideCardMs(q, t);
  const mean = CARD_DOUBT * (cardMs(q, t, joined * q.serviceLevel.rowsPerRequest) + joined * (around + http));
  const shape = q.request.modes[0].service;
  const times = Array.from(shape.samplesMs, (ms) => (ms / shape.meanMs) * mean);
  const mega = q.modelBytes / 1e6;
  const loaded = mega / Math.min(125, t.ebsMBps) + 0.0052 * q.profile.startMs;
  const startSeconds = 300 + mega / Math.min(50, t.networkGbps * 125, t.ebsMBps, 125) + loaded;
  return {
    threads: 1,
    joined,
    times,
    answers: remembered((others) => answersBehind(times, joined, others)),
    mean,
    squaredVariation: shape.variation,
    cpu: mean,
    lightCpu: mean,
    startSeconds,
    restartSeconds: 180 + loaded,
  };
}

function fitsCard(q: Question, t: InstanceType): boolean {
  const { dense } = q.profile;
  const results = 32 * q.serviceLevel.rowsPerRequest * dense!.activationBytesPerRow;
  return (1.05 * dense!.parameterBytes + results) / 2 ** 20 + 1331.2 <= 0.9 * t.gpu!.memoryMiB;
}

/** Of a request without its run, in proportion between sizes and beyond them. */
function httpMs(q: Question, of: (cost: HttpCost) => number): number {
  const { rowsPerRequest: rows } = q.serviceLevel;
  const { http } = q.profile;
  let i = 1;
  while (i < http.length - 1 && http[i]!.rows < rows) i++;
  const [a, b] = [http[i - 1]!, http[i]!];
  const step = (of(b) - of(a)) / (b.rows - a.rows);
  return of(b) + (rows > b.rows ? Math.max(0, step) : step) * (rows - b.rows);
}

const busyHttpMs = (q: Question) => httpMs(q, ({ cpuMs }) => cpuMs);
const lightHttpMs = (q: Question) => httpMs(q, ({ cpuMs, lightCpuMs }) => lightCpuMs ?? cpuMs);

export function ways(q: Question, t: InstanceType): Way[] {
  if (t.gpu) return fitsCard(q, t) ? gpuWays(q, t) : [];
  const slow = slowdown(q, t);
  const mega = q.modelBytes / 1e6;
  const network = t.networkGbps * 125;
  const volume = Math.min(125, t.ebsMBps || network / 2);
  const loaded = mega / volume + 0.004 * slow * q.profile.startMs;
  const startSeconds = 150 + mega / Math.min(50, network, volume) + loaded;
  return q.request.modes.map((mode) => {
    const { threads, service, cpuMs } = mode;
    const woken = lightHttpMs(q) - busyHttpMs(q);
    const times = Array.from(service.samplesMs, (ms) => ms * slow);
    const mean = times.reduce((a, b) => a + b) / times.length;
    const squares = times.reduce((a, b) => a + (b - mean) * (b - mean), 0) / times.length;
    const answers = remembered((others) => unscaledAnswers(mode)(others).map((ms) => ms * slow));
    const squaredVariation = squares / (mean * mean);
    return {
      threads,
      joined: service.requests,
      times,
      answers,
      mean,
      squaredVariation,
      cpu: cpuMs * slow,
      lightCpu: (cpuMs + woken) * slow,
      startSeconds,
      restartSeconds: 60 + loaded,
    };
  });
}

/** Looked up once, which is faster under jest. */
const { exp } = Math;

const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);

/** How likely it is that a request has so many of its client before it at the same one of the queues. */
export function othersBefore(most: number, queues: number): number[] {
  const likely = new Array<number>(most).fill(0);
  for (let sent = 1; sent <= most; sent++) {
    for (let place = 0; place < sent; place++) {
      // of all requests as many stand at this place of a group of this size as at any place of any group
      const some = 2 / (most * (most + 1));
      for (let here = 0; here <= place; here++) {
        const there = place - here;
        likely[here]! += (some * choose(place, here) * (queues - 1) ** there) / queues ** place;
      }
    }
  }
  return likely;
}

/** Weights, and how many standard deviations from the mean. */
export const BELL_OF_FIVE = [
  [1, 2],
  [4, 1],
  [6, 0],
  [4, -1],
  [1, -2],
] as const;

/**
 * Whether more of the answers than `share` come after the limit; requests come in groups of as many as a run joins, at rates
 * that are those of a bell of five.
 */
function late(
  q: Question,
  way: Way,
  queues: number,
  requestsPerMs: number,
  limit: number,
  share: number,
  fewest?: Fewest,
): boolean {
  const { answers, mean, squaredVariation, joined } = way;
  const { most, swing } = q.arrivals;
  const before = othersBefore(most, queues);
  const clumping = 1 + (2 * (most - 1)) / 3 / queues; // variance over mean of those that come to one queue
  const spacing = joined === 1 ? clumping : Math.min(clumping, clumping / joined + squaredVariation);
  let all = 0;
  for (const [weight, deviations] of BELL_OF_FIVE) {
    const swung = 1 + deviations * swing;
    const busy = ((requestsPerMs * swung) / joined) * mean;
    let here = 1;
    if (busy < 1) {
      // one server a queue: the probability of waiting is the utilisation
      const rate = (2 * (1 - busy)) / mean / (spacing + squaredVariation);
      here = 0;
      const queue = fewest && busy <= 0.85 ? chosenQueue(fewest, way, busy, most, queues) : undefined;
      for (const [others, likely] of before.entries()) {
        if (likely < 1e-12) continue;
        const times = answers(others);
        let sum = 0;
        if (queue) for (const s of times) sum += queue(limit - s);
        else for (const s of times) sum += limit < s ? 1 : busy * exp(rate * (s - limit));
        here += (likely * sum) / times.length;
        if (all + ((weight * swung) / 16) * here > share) return true;
      }
    }
    if (deviations === 2 && here <= share) return false;
    all += ((weight * swung) / 16) * here;
    if (all > share) return true;
  }
  return false;
}

/** Instances of so many workers each, behind so many nodes that choose the one with the fewest of their own. */
interface Fewest {
  readonly instances: number;
  readonly workers: number;
  readonly nodes: number;
}

/** Share of those that wait for longer: for the rest of a run, for further ones at the worker, and for what the fleet cannot do. */
function chosenQueue({ instances, workers, nodes }: Fewest, way: Way, busy: number, most: number, queues: number) {
  const { mean, squaredVariation, times } = way;
  const { somebody, howMany } = meeting(instances, workers, nodes, busy);
  const full = allBusy(instances * workers, busy);
  const waits = Math.max(somebody, full);
  const others = 1 + (howMany - 1) * (1 + squaredVariation / 2);
  const clumpsHere = 1 + (2 * (most - 1)) / 3 / queues;
  const one = 1 / (others * mean * Math.max(1, (clumpsHere + squaredVariation) / 2));
  const all = (2 * instances * workers * (1 - busy)) / mean / (1 + (2 * (most - 1)) / 3 + squaredVariation);
  const [again, whole] = [1 - 1 / others, full / waits];
  /** Of the sum of two waits, of which each is there by itself. */
  const longer = (ms: number) => {
    if (ms < 0) return 1;
    const [a, b] = [exp(-one * ms), exp(-all * ms)];
    return again * (1 - whole) * a + (1 - again) * whole * b + (again * whole * (all * a - one * b)) / (all - one);
  };
  const rests = restsOf(times);
  return (ms: number) => {
    let sum = 0;
    for (const rest of rests) sum += longer(ms - rest);
    return (1 - waits) * (ms < 0 ? 1 : 0) + (waits * sum) / rests.length;
  };
}

export function keeps(
  q: Question,
  t: InstanceType,
  way: Way,
  left: number,
  workers: number,
  peak = q.serviceLevel.requestsPerSecond,
): boolean {
  const { serviceLevel: level, profile } = q;
  const { times, mean, squaredVariation, joined } = way;
  const requestsPerMs = peak / 1000 / left / workers;
  const busy = (requestsPerMs / joined) * mean;
  let allowed = 0.75;
  if (Math.sqrt(squaredVariation) > 0.8 || level.p99Ms <= 2 * times[100]!) allowed = 0.65;
  if (level.availability === 'single' && left === 1) allowed = Math.min(allowed, 0.6);
  if (busy > allowed) return false;

  if (t.baseline && !t.surplusUsdPerVcpuHour) {
    const onAverage = usual(level) / (level.schedule ? shareOfWeek(level) : 1);
    const average = ((onAverage / level.requestsPerSecond) * peak) / 1000 / left;
    if (used(way, average / t.vCpus) > 0.8 * t.baseline) return false;
  }
  const { requestBytes, answerBytes } = q.request;
  if ((8 * (requestBytes + answerBytes) * peak) / left / 1e9 > 0.6 * t.networkGbps) return false;
  if (way.startSeconds > 1800) return false;

  const { baseMiB, sharedMiB } = profile.memory;
  const cuda = t.gpu ? 1024 : 0;
  const [loadedMiB, loadPeakMiB] = [profile.memory.loadedMiB + cuda, profile.memory.loadPeakMiB + cuda];
  const each = Math.max(1.1 * (loadedMiB - sharedMiB) + 48 + 32, loadPeakMiB - sharedMiB);
  const primary = workers > 1 ? Math.max(0, baseMiB - sharedMiB) + 32 : 0;
  const need = sharedMiB + workers * each + primary + q.modelBytes / 4 / 2 ** 20;
  const kept = Math.max(200, 0.06 * t.memoryMiB) + (t.architecture === 'arm64' ? 64 : 0);
  if (need > t.memoryMiB - kept - 400) return false;
  const limit = (level.p99Ms - 2) / 1.15;
  if (!late(q, way, left * workers, requestsPerMs, limit, 0.01)) return true;
  const { balancerNodes: nodes } = level;
  if (nodes === undefined || joined > 1 || left === 1) return false;
  return !late(q, way, left * workers, requestsPerMs, limit, 0.01, { instances: left, workers, nodes });
}

/** Instances that are there when what may be lost is. */
export function remaining(availability: ServiceLevel['availability'], n: number, zones: number): number {
  return { single: n, instance: n - 1, zone: Math.floor((n * (zones - 1)) / zones) }[availability];
}

/** The rate all day. */
export function usual(level: ServiceLevel): number {
  const { day, schedule, requestsPerSecond } = level;
  const { meanRequestsPerSecond = schedule ? requestsPerSecond * shareOfWeek(level) : requestsPerSecond } = level;
  return day ? (requestsPerSecond * day.reduce((a, b) => a + b)) / 24 : meanRequestsPerSecond;
}

/**
 * Share of a vCPU that so many requests a millisecond use: at a tenth of it each takes what it does at light load, from 0.6 on
 * what it does under load, and in between the vCPU does not go down.
 */
export function used({ cpu, lightCpu }: Way, requests: number): number {
  const [nominal, tenth] = [requests * cpu, (0.1 / cpu) * lightCpu];
  if (nominal <= 0.1) return requests * lightCpu;
  if (nominal >= 0.6) return Math.max(nominal, tenth > 0.6 ? tenth : 0);
  const weight = (nominal - 0.1) / 0.5;
  return Math.max(nominal, tenth > 0.6 ? tenth : (1 - weight) * tenth + weight * 0.6);
}

/** vCPUs that are bought over the baseline. */
export function surplus(q: Question, t: InstanceType, way: Way, n: number, rate = usual(q.serviceLevel)): number {
  if (!t.baseline || !t.surplusUsdPerVcpuHour) return 0;
  const busyVcpus = n * t.vCpus * used(way, rate / 1000 / n / t.vCpus);
  return Math.max(0, Math.min(n * t.vCpus, busyVcpus / 0.8) - n * t.vCpus * t.baseline);
}

/** Metrics that keep alarms quiet while nobody is there: of two alarms of hosts and of one of zones, and of six of errors. */
function quiet(level: ServiceLevel): number {
  if (!level.schedule || !loads(level).includes(0)) return 0;
  return (level.availability === 'zone' ? 9 : 8) + (level.schedule.wake ? 2 : 0);
}

/** Of so many the ones on demand: the base, and as few of the others as are no less than their share. */
export function keptOnDemand({ purchase }: ServiceLevel, n: number): number {
  if (!purchase) return n;
  let count = Math.min(n, purchase.onDemandBase);
  const others = n - count;
  for (let more = 0; 100 * more < others * (100 - purchase.spotPercent); more++) count++;
  return count;
}

/** Seconds for which a boot is waited for, in whole minutes. */
function patience(launchSeconds: number): number {
  const twice = 2.5 * Math.ceil(launchSeconds / 30) * 30;
  return Math.ceil(Math.max(600, Math.min(3600, twice)) / 60) * 60;
}

/** @param bought vCPUs over the baseline. @param onDemand in the mean, of so many in the mean. @param pool of a group with a warm pool, what is stopped in the mean. @param woken in the mean, by requests. @returns undefined where the budget has no room for one more, and must have */
export function monthly(
  q: Question,
  t: InstanceType,
  n: number,
  zones: number,
  bought: (instances: number) => number,
  mustGrow = false,
  peak = n,
  onDemand = (instances: number) => keptOnDemand(q.serviceLevel, instances),
  pool: { readonly stopped: number; readonly launchSeconds: number } = { stopped: 0, launchSeconds: 0 },
  woken = 0,
): number | undefined {
  const { prices: p } = q.catalogue;
  const { serviceLevel: level } = q;
  const door = level.sharedDoor ? 0 : 1; // of all models of a stage
  const rate = usual(level);
  const hour = rate * 3600;
  const opened = hour / (level.requestsPerConnection ?? 10);
  const volume = Math.max(8, Math.ceil((t.gpu ? 75 : 6) + (2 * q.modelBytes) / 2 ** 30));
  const units = Math.max(opened / 3600 / 25, (hour * (q.request.requestBytes + q.request.answerBytes)) / 1e9);
  const [answers, handshakes] = [(hour * 730 * q.request.answerBytes) / 1e9, (opened * 730 * 4800) / 1e9];
  const total = (alarms: number, scheduled: number, instances = scheduled + woken) =>
    [
      onDemand(scheduled) * t.usdPerHour * 730,
      woken * t.usdPerHour * 730,
      level.purchase ? (scheduled - onDemand(scheduled)) * t.spotUsdPerHour! * 730 : 0,
      bought(instances) * (t.surplusUsdPerVcpuHour ?? 0) * 730,
      instances * volume * p.volumeGiBMonth,
      level.warmPool ? pool.stopped * volume * p.volumeGiBMonth : 0,
      level.warmPool ? ((4 * pool.stopped * patience(pool.launchSeconds)) / 3600) * t.usdPerHour : 0,
      door * p.loadBalancerHour * 730,
      units * p.loadBalancerCapacityUnitHour * 730,
      door * Math.max(2, zones) * p.publicAddressHour * 730,
      ...{
        endpoints: [door * zones * p.interfaceEndpointHour * 730, 0.3 * instances * p.interfaceEndpointGB],
        ipv6: [],
        nat: [
          door * zones * p.natGatewayHour * 730,
          door * zones * p.publicAddressHour * 730,
          0.3 * instances * p.natGatewayGB,
        ],
        existing: [],
      }[level.egress ?? 'endpoints'],
      answers * p.dataOutGB,
      handshakes * p.dataOutGB,
      ((hour * 730 * 300) / 2 ** 30) * p.storageGiBMonth,
      alarms * p.alarmMonth,
      5 * p.alarmMonth,
      7 * instances * p.metricMonth,
      2 * p.metricMonth,
      (Math.min(24, instances) / 24) * p.metricMonth, // told once a day by each
      level.availability === 'zone' ? zones * p.metricMonth : 0,
      level.purchase ? p.metricMonth : 0,
      5 * p.metricMonth,
      p.dashboardMonth,
      p.encryptionKeyMonth,
      level.hostedZone ? door * p.hostedZoneMonth : 0,
      0.2 * instances * p.logGiB,
      ...(level.freeTier
        ? [
            -Math.min(100, answers + handshakes) * p.dataOutGB,
            -10 * p.alarmMonth,
            -10 * p.metricMonth,
            -p.dashboardMonth,
            -Math.min(5, 0.2 * instances) * p.logGiB,
          ]
        : []),
    ].reduce((sum, usd) => sum + Math.floor(Math.round(usd * 1e8) / 1e6 + 0.5), 0) / 100;
  // alarms of credits that are bought, and of each zone that may be lost
  const further =
    (t.surplusUsdPerVcpuHour === undefined ? 0 : 1) +
    (level.availability === 'zone' ? zones : 0) +
    quiet(level) +
    (level.purchase ? 1 : 0);
  // a group that the budget lets grow has three more: two by which it scales, one of its size
  const grows = peak > 1 && total(39 + further, n + 1) <= (level.budgetUsdPerMonth ?? Number.POSITIVE_INFINITY);
  return mustGrow && !grows ? undefined : total((grows ? 39 : 36) + further, n);
}

/** The cheapest fleets, all that cost the same; none when nothing keeps the service level within its budget. */
export function oracle(q: Question): Answer[] {
  const { availability, budgetUsdPerMonth = Number.POSITIVE_INFINITY } = q.serviceLevel;
  const answers: Answer[] = [];
  const subnets = NETWORK_ZONES[q.catalogue.region]!;
  for (const t of q.catalogue.types) {
    if (q.serviceLevel.purchase && t.spotUsdPerHour === undefined) continue;
    const cores = t.vCpus / t.threadsPerCore;
    for (const way of ways(q, t)) {
      if (way.threads > cores && way.threads > 1) continue;
      const most = t.gpu ? 1 : Math.max(1, Math.floor((yieldOf(q, t) * cores) / way.threads));
      for (const zones of availability === 'zone' ? [3, 2] : [1]) {
        if (t.zones.length > 0 && t.zones.filter((zone) => subnets.includes(zone)).length < zones) continue;
        let first = true;
        for (let n = 1; n <= 64; n++) {
          const left = remaining(availability, n, zones);
          if (availability !== 'single' && n < Math.max(2, zones)) continue;
          let found = false;
          for (let workers = 1; workers <= most && !found; workers++) found = keeps(q, t, way, left, workers);
          if (!found) continue;
          const week = q.serviceLevel.schedule
            ? weekOf(q, t, way, { n, zones, most }, (count) => remaining(availability, count, zones))
            : undefined;
          const usdPerMonth = week
            ? monthly(
                q,
                t,
                week.instances,
                zones,
                () => week.bought,
                false,
                n,
                () => week.onDemand,
                { stopped: n - week.instances, launchSeconds: way.startSeconds },
                week.woken,
              )!
            : monthly(q, t, n, zones, (instances) => surplus(q, t, way, instances))!;
          answers.push({ instanceType: t.name, instances: n, usdPerMonth });
          if (first && q.serviceLevel.day) answers.push(...dailyAnswers(q, t, way, n, zones, most));
          first = false;
          if ((week?.bought ?? surplus(q, t, way, n)) === 0) break; // from here on every instance only costs
        }
      }
    }
  }
  const least = Math.min(...answers.map(({ usdPerMonth }) => usdPerMonth));
  return least > budgetUsdPerMonth ? [] : answers.filter(({ usdPerMonth }) => usdPerMonth === least);
}
