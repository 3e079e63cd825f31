/**
 * The brute force for models that share fleets: every partition of them, and for each group every type, number of zones, of
 * instances and of workers. Written from the formulas, apart from lib/sizing, as `oracle.ts` is.
 */
import type { InstanceType, ServiceLevel } from '../../lib/sizing';
import { NETWORK_ZONES } from '../../lib/sizing/plan/zones';
import { slowdown, yieldOf } from './machines';
import {
  BELL_OF_FIVE,
  oracle,
  othersBefore,
  type Question,
  remaining,
  restsOf,
  used,
  usual,
  type Way,
  ways,
} from './oracle';

/** All ways to part a list. */
export function* partitions<T>([first, ...others]: readonly T[]): Generator<T[][]> {
  if (first === undefined) {
    yield [];
    return;
  }
  for (const parts of partitions(others)) {
    yield [[first], ...parts];
    for (const [i, part] of parts.entries()) yield [[first, ...part], ...parts.filter((_, k) => k !== i)];
  }
}

/** USD a month of the cheapest partition; infinite where none keeps all service levels. */
export function cheapestPartition(all: readonly Question[]): number {
  const known = new Map<string, number>();
  const cost = (group: readonly number[]) => {
    const key = [...group].sort().join();
    const found = known.get(key) ?? groupCost(group.map((i) => all[i]!));
    known.set(key, found);
    return found;
  };
  let least = Number.POSITIVE_INFINITY;
  for (const parts of partitions(all.map((_, i) => i))) {
    least = Math.min(
      least,
      parts.reduce((sum, part) => sum + cost(part), 0),
    );
  }
  return Math.round(100 * least) / 100;
}

function groupCost(group: readonly Question[]): number {
  if (group.length > 1) return cheapestTogether(group);
  return oracle(group[0]!)[0]?.usdPerMonth ?? Number.POSITIVE_INFINITY;
}

/** A model on a type: its requests take a run each, of one thread. */
interface Member {
  readonly q: Question;
  readonly way: Way;
  readonly slow: number;
}

const add = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

function strictest(group: readonly Question[]): ServiceLevel['availability'] {
  const asked = group.map(({ serviceLevel }) => serviceLevel.availability);
  return asked.includes('zone') ? 'zone' : asked.includes('instance') ? 'instance' : 'single';
}

function cheapestTogether(group: readonly Question[]): number {
  const availability = strictest(group);
  const { catalogue } = group[0]!;
  const subnets = NETWORK_ZONES[catalogue.region]!;
  let least = Number.POSITIVE_INFINITY;
  for (const t of catalogue.types) {
    if (t.gpu) continue;
    const members = group.map((q): Member => ({ q, way: ways(q, t)[0]!, slow: slowdown(q, t) }));
    const most = Math.min(...group.map((q) => Math.max(1, Math.floor((yieldOf(q, t) * t.vCpus) / t.threadsPerCore))));
    for (const zones of availability === 'zone' ? [2, 3] : [1]) {
      if (t.zones.length > 0 && t.zones.filter((zone) => subnets.includes(zone)).length < zones) continue;
      for (let n = availability === 'single' ? 1 : Math.max(2, zones); n <= 64; n++) {
        const left = remaining(availability, n, zones);
        let found = false;
        for (let workers = 1; workers <= most && !found; workers++) {
          found = keepsAll(members, t, availability, left, workers);
        }
        if (!found) continue;
        least = Math.min(least, billTogether(members, t, availability, n, zones));
        if (bought(members, t, n) === 0) break;
      }
    }
  }
  return least;
}

/** Requests a millisecond of all vCPUs together, and what they take. */
function mixed(
  members: readonly Member[],
  of: (q: Question) => number,
): { rate: number; way: Pick<Way, 'cpu' | 'lightCpu'> } {
  const rates = members.map(({ q }) => of(q) / 1000);
  const rate = add(rates);
  const mean = (what: (way: Way) => number) => add(members.map(({ way }, i) => (rates[i]! * what(way)) / rate));
  return { rate, way: { cpu: mean(({ cpu }) => cpu), lightCpu: mean(({ lightCpu }) => lightCpu) } };
}

/** Requests a second of all alike: the peak's shares of them, at what goes on all day. */
function allDay(members: readonly Member[]): (q: Question) => number {
  const peak = add(members.map(({ q }) => q.serviceLevel.requestsPerSecond));
  const day = add(members.map(({ q }) => usual(q.serviceLevel)));
  return (q) => (q.serviceLevel.requestsPerSecond * day) / peak;
}

function busyVcpus(members: readonly Member[], t: InstanceType, instances: number): number {
  const { rate, way } = mixed(members, allDay(members));
  return used(way as Way, rate / instances / t.vCpus);
}

function bought(members: readonly Member[], t: InstanceType, n: number): number {
  if (!t.baseline || !t.surplusUsdPerVcpuHour) return 0;
  return Math.max(0, Math.min(1, busyVcpus(members, t, n) / 0.8) - t.baseline) * t.vCpus * n;
}

function keepsAll(
  members: readonly Member[],
  t: InstanceType,
  availability: ServiceLevel['availability'],
  left: number,
  workers: number,
): boolean {
  const { baseMiB, sharedMiB, loadedMiB, loadPeakMiB } = memoryOf(members);
  const each = Math.max(1.1 * (loadedMiB - sharedMiB) + 48 + 32, loadPeakMiB - sharedMiB);
  const primary = workers > 1 ? Math.max(0, baseMiB - sharedMiB) + 32 : 0;
  const bytes = add(members.map(({ q }) => q.modelBytes));
  const kept = Math.max(200, 0.06 * t.memoryMiB) + (t.architecture === 'arm64' ? 64 : 0);
  if (sharedMiB + workers * each + primary + bytes / 4 / 2 ** 20 > t.memoryMiB - kept - 400) return false;

  const network = t.networkGbps * 125;
  const volume = Math.min(125, t.ebsMBps || network / 2);
  const starting = add(members.map(({ q, slow }) => slow * q.profile.startMs));
  if (150 + bytes / 1e6 / Math.min(50, network, volume) + bytes / 1e6 / volume + 0.004 * starting > 1800) return false;

  const rates = members.map(({ q }) => q.serviceLevel.requestsPerSecond / 1000 / left / workers);
  const busy = add(members.map(({ way }, i) => rates[i]! * way.mean));
  const rate = add(rates);
  const mean = busy / rate;
  const squares = add(members.map(({ way }, i) => (rates[i]! / rate) * way.mean ** 2 * (1 + way.squaredVariation)));
  const tight = members.some(({ q, way }) => q.serviceLevel.p99Ms <= 2 * way.times[100]!);
  let allowed = squares / mean ** 2 - 1 > 0.64 || tight ? 0.65 : 0.75;
  if (availability === 'single' && left === 1) allowed = Math.min(allowed, 0.6);
  if (busy > allowed) return false;

  if (t.baseline && !t.surplusUsdPerVcpuHour && busyVcpus(members, t, left) > 0.8 * t.baseline) return false;
  const bits = add(
    members.map(({ q: { request, serviceLevel: level } }) => {
      return 8 * (request.requestBytes + request.answerBytes) * level.requestsPerSecond;
    }),
  );
  if (bits / left / 1e9 > 0.6 * t.networkGbps) return false;
  return members.every((member) => !isLate(members, member, rates, left * workers));
}

/** The largest of all, and what each other one takes over a worker without a model. */
function memoryOf(members: readonly Member[]) {
  const all = members.map(({ q }) => q.profile.memory);
  const own = all.map(({ loadedMiB, loadPeakMiB }) => Math.max(4, loadedMiB - 150, loadPeakMiB - 65));
  const others = add(own) - Math.max(...own);
  return {
    baseMiB: Math.max(...all.map(({ baseMiB }) => baseMiB)),
    sharedMiB: Math.max(...all.map(({ sharedMiB }) => sharedMiB)),
    loadedMiB: Math.max(...all.map(({ loadedMiB }) => loadedMiB)) + others,
    loadPeakMiB: Math.max(...all.map(({ loadPeakMiB }) => loadPeakMiB)) + others,
  };
}

const { exp } = Math;

/** Whether more than one in a hundred requests of a model comes late, behind the rest of any run and all that waits. */
function isLate(members: readonly Member[], { q, way }: Member, rates: readonly number[], queues: number): boolean {
  const limit = (q.serviceLevel.p99Ms - 2) / 1.15;
  const work = members.map((member, i) => rates[i]! * member.way.mean);
  const busyAtPeak = add(work);
  const varies = members.map((member, i) => {
    const clumping = 1 + (2 * (member.q.arrivals.most - 1)) / 3 / queues;
    return (work[i]! / busyAtPeak) * member.way.mean * (clumping + member.way.squaredVariation);
  });
  const before = othersBefore(q.arrivals.most, queues);
  const swing = Math.max(...members.map((member) => member.q.arrivals.swing));
  let all = 0;
  for (const [weight, deviations] of BELL_OF_FIVE) {
    const swung = 1 + deviations * swing;
    const busy = busyAtPeak * swung;
    if (busy >= 1) return true;
    const rate = (2 * (1 - busy)) / add(varies);
    const behindRun = Math.min(1, 1.25 * busy);
    let here = 0;
    for (const [others, likely] of before.entries()) {
      if (likely < 1e-9) continue;
      const times = way.answers(others);
      let sum = 0;
      for (const s of times) if (s > limit) sum += 1 - behindRun;
      for (const [i, member] of members.entries()) {
        const rests = restsOf(member.way.times);
        const part = (behindRun * work[i]!) / busyAtPeak / rests.length;
        for (const rest of rests) {
          for (const s of times) sum += part * (rest + s > limit ? 1 : busy * exp(rate * (rest + s - limit)));
        }
      }
      here += (likely * sum) / times.length;
    }
    all += ((weight * swung) / 16) * here;
    if (all > 0.01) return true;
  }
  return false;
}

const inCents = (lines: readonly number[]) =>
  lines.reduce((sum, usd) => sum + Math.floor(Math.round(usd * 1e8) / 1e6 + 0.5), 0) / 100;

function billTogether(
  members: readonly Member[],
  t: InstanceType,
  availability: ServiceLevel['availability'],
  n: number,
  zones: number,
): number {
  const { prices: p } = members[0]!.q.catalogue;
  const { egress = 'endpoints' } = members[0]!.q.serviceLevel;
  const bytes = add(members.map(({ q }) => q.modelBytes));
  const through = { endpoints: p.interfaceEndpointGB, nat: p.natGatewayGB, ipv6: 0, existing: 0 }[egress];
  // of 36 alarms' metrics 21 are each model's; the certificate is that of the front door, and so is once
  const alarms =
    15 + (n > 1 ? 3 : 0) + (t.surplusUsdPerVcpuHour === undefined ? 0 : 1) + (availability === 'zone' ? zones : 0);
  const once = inCents([
    n * t.usdPerHour * 730,
    bought(members, t, n) * (t.surplusUsdPerVcpuHour ?? 0) * 730,
    n * Math.max(8, Math.ceil(6 + (2 * bytes) / 2 ** 30)) * p.volumeGiBMonth,
    0.3 * n * through,
    alarms * p.alarmMonth,
    5 * p.alarmMonth,
    7 * n * p.metricMonth,
    2 * p.metricMonth,
    (Math.min(24, n) / 24) * p.metricMonth, // told once a day by each
    availability === 'zone' ? zones * p.metricMonth : 0,
    5 * p.metricMonth,
    p.dashboardMonth,
    p.encryptionKeyMonth,
    0.2 * n * p.logGiB,
  ]);
  const own = members.map(({ q: { serviceLevel: level, request } }) => {
    const hour = usual(level) * 3600;
    const opened = hour / (level.requestsPerConnection ?? 10);
    const units = Math.max(opened / 3600 / 25, (hour * (request.requestBytes + request.answerBytes)) / 1e9);
    return inCents([
      units * p.loadBalancerCapacityUnitHour * 730,
      ((hour * 730 * request.answerBytes) / 1e9) * p.dataOutGB,
      ((opened * 730 * 4800) / 1e9) * p.dataOutGB,
      ((hour * 730 * 300) / 2 ** 30) * p.storageGiBMonth,
      21 * p.alarmMonth,
    ]);
  });
  return once + add(own);
}
