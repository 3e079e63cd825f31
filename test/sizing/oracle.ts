/**
 * An independent brute force over the same catalogue, which counts up instances, workers, threads and joined requests one by one and
 * shares no code with lib/sizing but the cost of a run on the profiled machine. Written from the formulas, to disagree with the
 * product where that errs.
 */

import type { ComputeProfile } from '../../lib/model/profile';
import type { Catalogue, InstanceType, ServiceLevel } from '../../lib/sizing';
import type { RequestCost } from '../../lib/sizing/service';

export interface Answer {
  readonly instanceType: string;
  readonly instances: number;
  readonly usdPerMonth: number;
}

export interface Question {
  readonly profile: ComputeProfile;
  readonly request: RequestCost;
  readonly modelBytes: number;
  readonly serviceLevel: ServiceLevel;
  readonly catalogue: Catalogue;
  /** All types there are, with the processor that was profiled among them. */
  readonly everything: readonly InstanceType[];
  readonly computeClass?: 'scalar' | 'gemm';
}

/** A way to use a type: threads of a worker, requests that a run joins, and times there, in milliseconds. */
interface Way {
  readonly threads: number;
  readonly joined: number;
  /** Of a run. */
  readonly times: readonly number[];
  /** From when a request comes, with no queue but the run before, until it is answered. */
  readonly answers: readonly number[];
  readonly mean: number;
  readonly squaredVariation: number;
  readonly cpu: number;
  readonly startSeconds: number;
}

/** What the second threads of the cores add. */
const yieldOf = (q: Question, t: InstanceType) => (t.threadsPerCore === 1 ? 1 : q.computeClass === 'gemm' ? 1 : 1.3);

/** Speed of a core: the benchmark of the xlarge over its cores, without what second threads add. */
function coreSpeed(q: Question, t: InstanceType): number {
  const whole = q.computeClass === 'gemm' ? t.factors.passmarkMulti : t.factors.gb6Multi;
  return whole / (4 / t.threadsPerCore) / yieldOf(q, t);
}

/** All profiles of the oracle come from an EPYC 9R14. */
function slowdown(q: Question, t: InstanceType): number {
  const reference = Math.max(...q.catalogue.types.filter((x) => x.cpu === 'EPYC 9R14').map((x) => coreSpeed(q, x)));
  const doubt = t.cpu === 'EPYC 9R14' ? 1.05 : t.cpu.startsWith('EPYC') ? 1.15 : t.cpu.startsWith('Xeon') ? 1.3 : 1.5;
  let slower = reference / coreSpeed(q, t);
  const { dense } = q.profile;
  if (dense && dense.parameterBytes > 32 * 2 ** 20) {
    const share = BANDWIDTH[t.cpu] ?? Number.POSITIVE_INFINITY;
    const perByte = (dense.operationsPerRow * q.serviceLevel.rowsPerRequest) / dense.parameterBytes;
    if (perByte < 4) slower = Math.max(slower, 1.3 / (share * t.threadsPerCore));
  }
  return slower * doubt;
}

/** Of a vCPU of each processor, relative to m5. */
const BANDWIDTH: Readonly<Record<string, number>> = {
  'Xeon 8259CL': 0.94,
  'Xeon 8124M': 1,
  'Xeon 8375C': 1.1,
  'Xeon 8488C': 0.93,
  'Xeon 6975P-C': 1.5,
  'EPYC 7571': 0.92,
  'EPYC 7R13': 1.4,
  'EPYC 9R14': 1.3,
  'EPYC 9R45': 2,
  Graviton2: 2.5,
  Graviton3: 3.9,
  Graviton4: 3.7,
};

/** What a card does: thousand million bytes and million million operations a second, the latter in halves, singles, doubles. */
const CARDS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  T4: [320, 65, 8.1, 0.25],
  A10G: [600, 70, 31.2, 0.49],
  L4: [300, 121, 30.3, 0.47],
  L40S: [864, 362, 91.6, 1.43],
  H100: [3350, 989, 67, 34],
};

/**
 * 200 times until the answer for a request that comes during a run and has to wait for its end. The moment at which it comes
 * is any moment of all runs, so the chance that more than x is left is the sum of what runs exceed x by, over that of all.
 */
function behindARun(times: readonly number[]): number[] {
  const total = times.reduce((a, b) => a + b);
  const left = Array.from({ length: 20 }, (_, i) => {
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
  const both = left.flatMap((rest) => times.map((time) => rest + time)).sort((a, b) => a - b);
  return times.map((_, i) => both[20 * i + 10]!);
}

const answersOf = new WeakMap<object, number[]>();

/** The same for a mode of the request; a run of one request is not waited for. */
function unscaledAnswers({ service }: RequestCost['modes'][number]): readonly number[] {
  const times = Array.from(service.samplesMs);
  if (service.requests === 1) return times;
  const answers = answersOf.get(service) ?? behindARun(times);
  answersOf.set(service, answers);
  return answers;
}

/** With ever more requests in a run, until that no longer saves a fifth of what each takes. */
function worthwhile(all: readonly Way[]): Way[] {
  const kept: Way[] = [];
  for (const way of all) {
    const last = kept[kept.length - 1];
    if (!last) kept.push(way);
    else if (way.mean / way.joined <= 0.8 * (last.mean / last.joined)) kept.push({ ...way, cpu: last.cpu });
  }
  return kept;
}

/** The ways to use a card: half of its bandwidth, 30 % of its arithmetic, and the processor before and after. */
function gpuWays(q: Question, t: InstanceType): Way[] {
  const measured = Math.max(...q.profile.batches.map(({ rows }) => rows));
  const numbers = [1, 2, 4, 8, 16].filter(
    (joined) => joined === 1 || joined * q.serviceLevel.rowsPerRequest <= measured,
  );
  return worthwhile(numbers.map((joined) => gpuWay(q, t, joined)));
}

function gpuWay(q: Question, t: InstanceType, joined: number): Way {
  const { dense } = q.profile;
  const [bandwidth, half, single, double] = CARDS[t.gpu!.name]!;
  const operations = { float16: half, float32: single, float64: double }[dense!.precision];
  const each = q.serviceLevel.rowsPerRequest;
  const rows = each * joined;
  const arithmetic = (rows * dense!.operationsPerRow) / (0.3 * operations * 1e12);
  const traffic = (dense!.parameterBytes + 2 * rows * dense!.activationBytesPerRow) / (0.5 * bandwidth * 1e9);
  const onCard = 1000 * Math.max(arithmetic, traffic) + 0.1 + dense!.nodes / 100;
  const [first, last] = [dense!.host[0]!, dense!.host[dense!.host.length - 1]!];
  const step = first === last ? first.cpuMs : Math.max(0, (last.cpuMs - first.cpuMs) / (last.rows - first.rows));
  // scalar code, carried over by Geekbench from the fastest family with the processor that was profiled
  const speed = (x: InstanceType) => (x.factors.gb6Multi * x.threadsPerCore) / 4 / (x.threadsPerCore > 1 ? 1.3 : 1);
  const reference = Math.max(...q.everything.filter((x) => x.cpu === 'EPYC 9R14').map(speed));
  const beside = joined * (first.cpuMs + step * (each - 1) + 0.03) * (reference / speed(t));
  const mean = 1.3 * (onCard + beside);
  const shape = q.request.modes[0].service;
  const times = Array.from(shape.samplesMs, (ms) => (ms / shape.meanMs) * mean);
  const mega = q.modelBytes / 1e6;
  const startSeconds = 300 + mega / Math.min(50, t.networkGbps * 125, t.ebsMBps, 125) + mega / Math.min(125, t.ebsMBps);
  return {
    threads: 1,
    joined,
    times,
    answers: joined === 1 ? times : behindARun(times),
    mean,
    squaredVariation: shape.variation,
    cpu: mean,
    startSeconds: startSeconds + 0.0052 * q.profile.startMs,
  };
}

function fitsCard(q: Question, t: InstanceType): boolean {
  const { dense } = q.profile;
  const results = 32 * q.serviceLevel.rowsPerRequest * dense!.activationBytesPerRow;
  return (1.05 * dense!.parameterBytes + results) / 2 ** 20 + 1331.2 <= 0.9 * t.gpu!.memoryMiB;
}

function ways(q: Question, t: InstanceType): Way[] {
  if (t.gpu) return fitsCard(q, t) ? gpuWays(q, t) : [];
  const slow = slowdown(q, t);
  const mega = q.modelBytes / 1e6;
  const network = t.networkGbps * 125;
  const volume = Math.min(125, t.ebsMBps || network / 2);
  const startSeconds = 150 + mega / Math.min(50, network, volume) + mega / volume + 0.004 * slow * q.profile.startMs;
  return q.request.modes.map((mode) => {
    const { threads, service, cpuMs } = mode;
    const times = Array.from(service.samplesMs, (ms) => ms * slow);
    const mean = times.reduce((a, b) => a + b) / times.length;
    const squares = times.reduce((a, b) => a + (b - mean) * (b - mean), 0) / times.length;
    const answers = unscaledAnswers(mode).map((ms) => ms * slow);
    const squaredVariation = squares / (mean * mean);
    return {
      threads,
      joined: service.requests,
      times,
      answers,
      mean,
      squaredVariation,
      cpu: cpuMs * slow,
      startSeconds,
    };
  });
}

/** Share of the answers that come after the limit; a request in groups of as many as a run joins. */
function lateShare({ answers, mean, squaredVariation, joined }: Way, requestsPerMs: number, limit: number): number {
  const busy = (requestsPerMs / joined) * mean;
  if (busy >= 1) return 1;
  // one server a queue: the probability of waiting is the utilisation
  const spacing = joined === 1 ? 1 : Math.min(1, 1 / joined + squaredVariation);
  const rate = (2 * (1 - busy)) / mean / (spacing + squaredVariation);
  const late = answers.map((s) => (limit < s ? 1 : busy * Math.exp(rate * (s - limit))));
  return late.reduce((a, b) => a + b) / late.length;
}

function keeps(q: Question, t: InstanceType, way: Way, left: number, workers: number): boolean {
  const { serviceLevel: level, profile } = q;
  const { times, mean, squaredVariation, joined } = way;
  const requestsPerMs = level.requestsPerSecond / 1000 / left / workers;
  const busy = (requestsPerMs / joined) * mean;
  let allowed = 0.75;
  if (Math.sqrt(squaredVariation) > 0.8 || level.p99Ms <= 2 * times[100]!) allowed = 0.65;
  if (level.availability === 'single' && left === 1) allowed = Math.min(allowed, 0.6);
  if (busy > allowed) return false;

  const limit = (level.p99Ms - 2) / 1.15;
  if (lateShare(way, requestsPerMs, limit) > 0.01) return false;

  if (t.baseline && !t.surplusUsdPerVcpuHour) {
    const average = (level.meanRequestsPerSecond ?? level.requestsPerSecond) / 1000 / left;
    if ((average * way.cpu) / t.vCpus > 0.8 * t.baseline) return false;
  }
  const { requestBytes, answerBytes } = q.request;
  if ((8 * (requestBytes + answerBytes) * level.requestsPerSecond) / left / 1e9 > 0.6 * t.networkGbps) return false;
  if (way.startSeconds > 1800) return false;

  const { baseMiB, sharedMiB } = profile.memory;
  const cuda = t.gpu ? 1024 : 0;
  const [loadedMiB, loadPeakMiB] = [profile.memory.loadedMiB + cuda, profile.memory.loadPeakMiB + cuda];
  const each = Math.max(1.1 * (loadedMiB - sharedMiB) + 48 + 32, loadPeakMiB - sharedMiB);
  const primary = workers > 1 ? Math.max(0, baseMiB - sharedMiB) + 32 : 0;
  const need = sharedMiB + workers * each + primary + q.modelBytes / 4 / 2 ** 20;
  const kept = Math.max(200, 0.06 * t.memoryMiB) + (t.architecture === 'arm64' ? 64 : 0);
  return need <= t.memoryMiB - kept - 400;
}

/** vCPUs that are bought over the baseline. */
function surplus({ serviceLevel: level }: Question, t: InstanceType, way: Way, n: number): number {
  if (!t.baseline || !t.surplusUsdPerVcpuHour) return 0;
  const busyVcpus = ((level.meanRequestsPerSecond ?? level.requestsPerSecond) / 1000) * way.cpu;
  return Math.max(0, Math.min(n * t.vCpus, busyVcpus / 0.8) - n * t.vCpus * t.baseline);
}

function monthly(q: Question, t: InstanceType, way: Way, n: number, zones: number): number {
  const { prices: p } = q.catalogue;
  const rate = q.serviceLevel.meanRequestsPerSecond ?? q.serviceLevel.requestsPerSecond;
  const hour = rate * 3600;
  const volume = Math.max(8, Math.ceil((t.gpu ? 75 : 6) + (2 * q.modelBytes) / 2 ** 30));
  const units = Math.max(rate / 250, (hour * (q.request.requestBytes + q.request.answerBytes)) / 1e9);
  return (
    [
      n * t.usdPerHour * 730,
      surplus(q, t, way, n) * (t.surplusUsdPerVcpuHour ?? 0) * 730,
      n * volume * p.volumeGiBMonth,
      p.loadBalancerHour * 730,
      units * p.loadBalancerCapacityUnitHour * 730,
      Math.max(2, zones) * p.publicAddressHour * 730,
      3 * zones * p.interfaceEndpointHour * 730,
      ((hour * 730 * q.request.answerBytes) / 1e9) * p.dataOutGB,
      ((hour * 730 * 300) / 2 ** 30) * p.storageGiBMonth,
      13 * p.alarmMonth,
      7 * n * p.metricMonth,
      (2 * n + 2) * p.metricMonth,
      4 * p.metricMonth,
      p.dashboardMonth,
      p.encryptionKeyMonth,
      0.2 * n * p.logGiB,
    ].reduce((sum, usd) => sum + Math.floor(usd * 100 + 0.5 + 1e-7), 0) / 100
  );
}

/** The cheapest fleets, all that cost the same; none when nothing keeps the service level within its budget. */
export function oracle(q: Question): Answer[] {
  const { availability, budgetUsdPerMonth = Number.POSITIVE_INFINITY } = q.serviceLevel;
  const answers: Answer[] = [];
  for (const t of q.catalogue.types) {
    const cores = t.vCpus / t.threadsPerCore;
    for (const way of ways(q, t)) {
      if (way.threads > cores && way.threads > 1) continue;
      const most = t.gpu ? 1 : Math.max(1, Math.floor((yieldOf(q, t) * cores) / way.threads));
      for (const zones of availability === 'single' ? [1] : availability === 'zone' ? [3, 2] : [2]) {
        if (t.zones.length > 0 && t.zones.length < zones) continue;
        for (let n = 1; n <= 64; n++) {
          const left = { single: n, instance: n - 1, zone: Math.floor((n * (zones - 1)) / zones) }[availability];
          if (availability !== 'single' && n < Math.max(2, zones)) continue;
          let found = false;
          for (let workers = 1; workers <= most && !found; workers++) found = keeps(q, t, way, left, workers);
          if (!found) continue;
          answers.push({ instanceType: t.name, instances: n, usdPerMonth: monthly(q, t, way, n, zones) });
          if (surplus(q, t, way, n) === 0) break; // from here on every instance only costs
        }
      }
    }
  }
  const least = Math.min(...answers.map(({ usdPerMonth }) => usdPerMonth));
  return least > budgetUsdPerMonth ? [] : answers.filter(({ usdPerMonth }) => usdPerMonth === least);
}
