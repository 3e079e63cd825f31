/** Random targets: a model, what it must keep, and a small catalogue. */
import type { ComputeProfile, DenseWork, ThreadCost } from '../../lib/model/package/profile';
import type { Catalogue, ServiceLevel } from '../../lib/sizing';
import { dayOf } from '../../lib/sizing/service-level/day';
import { FIXED_CATALOGUE, steadyProfile } from './examples';
import type { Law, SimulatedBursts } from './simulation';

/** The middle 99.9 % of a normal law, by Tukey's lambda: enough for service times. */
const normal = (share: number) => 4.91 * (share ** 0.14 - (1 - share) ** 0.14);

/** Laws of service times with mean 1, about: steady, light-tailed, heavy-tailed, and two kinds of requests. */
export const LAWS: Readonly<Record<string, Law>> = {
  steady: () => 1,
  light: (share) => 1 + 0.2 * normal(share),
  heavy: (share) => Math.exp(0.8 * normal(share) - 0.32),
  bursty: (share) => (share < 0.93 ? 0.6 : 6.3),
};

/** Rows of the runs that the profile of a model has measured of which further rows cost little. */
const LADDER = [1, 2, 4, 8, 16, 32];

/** Share of the slowest request that a profile of thousands of runs sees. */
const SLOWEST = 0.9995;

/** @param runMs typical time of a run of so many rows */
function profileOf(
  law: Law,
  runMs: (rows: number) => number,
  measured: readonly number[],
  change: Partial<ComputeProfile>,
): ComputeProfile {
  const quantiles = Array.from({ length: 21 }, (_, i) => law(Math.min(SLOWEST, Math.max(1 - SLOWEST, i / 20))));
  const draws = Array.from({ length: 10_000 }, (_, i) => law((i + 0.5) / 10_000));
  const mean = draws.reduce((a, b) => a + b) / draws.length;
  const batches = measured.map((rows) => ({
    rows,
    samples: 600,
    cpuMs: runMs(rows) * mean,
    wallMsQuantiles: quantiles.map((value) => runMs(rows) * value),
  }));
  return steadyProfile(runMs(1), { ...change, batches });
}

/** Typical wall time of a run of so many rows with so many threads on the profiled machine, milliseconds. */
type RunMs = (rows: number, threads: number) => number;

/** What threads bring to runs of so many rows. */
function scanOf(runMs: RunMs, rows: number): ThreadCost[] {
  const cpuMs = runMs(rows, 1) * 1.05;
  return [1, 2, 4].map((threads) => ({ threads, rows, cpuMs, wallMs: runMs(rows, threads) }));
}

/** A model of matrix products: so many operations in so many milliseconds that a core did 5 to 50 thousand million a second. */
function denseWork(random: () => number, parameterBytes: number, ms: number): DenseWork {
  const pick = <T>(...values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const cpuMs = 0.2 * ms * 10 ** (-2 * random());
  return {
    precision: pick('float16', 'float32', 'float64'),
    operationsPerRow: ms * 1e6 * 5 * 10 ** random(),
    parameterBytes,
    activationBytesPerRow: 1e3 * 10 ** (3 * random()),
    nodes: 1 + Math.floor(200 * random()),
    host: pick(
      [{ rows: 1, cpuMs }],
      [
        { rows: 1, cpuMs },
        { rows: 64, cpuMs: 64 * cpuMs * random() },
      ],
    ),
  };
}

/** A night, a day and what is between them, from one hour to the next; or hours of any kind. */
function randomDay(random: () => number): number[] {
  if (random() < 0.3) return dayOf(Array.from({ length: 24 }, random)) as number[];
  const [night, wakes, lasts] = [random() ** 2, Math.floor(24 * random()), 2 + Math.floor(14 * random())];
  const rises = 1 + Math.floor(6 * random());
  return dayOf(
    Array.from({ length: 24 }, (_, hour) => {
      const since = (hour - wakes + 24) % 24;
      const share = since <= lasts ? Math.min(1, since / rises) : Math.max(0, 1 - (since - lasts) / rises);
      return night + (1 - night) * share;
    }),
  ) as number[];
}

export interface RandomTarget {
  readonly law: Law;
  readonly lawName: string;
  readonly runMs: RunMs;
  /** CPU time that HTTP adds to a request of so many rows, milliseconds. */
  readonly httpMs: (rows: number) => number;
  readonly profile: ComputeProfile;
  readonly serviceLevel: ServiceLevel;
  readonly modelBytes: number;
  readonly catalogue: Catalogue;
  readonly computeClass: 'scalar' | 'gemm';
  /** How requests come, as the service level states it. */
  readonly arrivals: Pick<SimulatedBursts, 'most' | 'swing'>;
}

/** What the names of bursts mean, and others by their numbers. */
const ARRIVALS = [
  { bursts: 'none', most: 1, swing: 0 },
  { bursts: undefined, most: 3, swing: 0.1 },
  { bursts: 'usual', most: 3, swing: 0.1 },
  { bursts: 'strong', most: 7, swing: 0.25 },
  { bursts: { dispersion: 11 / 3, swing: 0 }, most: 5, swing: 0 },
  { bursts: { dispersion: 1, swing: 0.3 }, most: 1, swing: 0.3 },
] as const;

/** @param types how many the catalogue has */
export function randomTarget(random: () => number, types: number): RandomTarget {
  const pick = <T>(...values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const between = (low: number, high: number) => low * (high / low) ** random();
  const all = FIXED_CATALOGUE;
  const small = all.types.filter(({ vCpus, gpu }) => vCpus <= 32 && !gpu);
  const chosen = new Map([['c7a.medium', small.find(({ name }) => name === 'c7a.medium')!]]); // the profiled processor
  while (chosen.size < types) {
    const type = pick(...small);
    chosen.set(type.name, random() < 0.1 ? { ...type, zones: type.zones.slice(0, pick(1, 2)) } : type);
  }
  const lawName = pick(...Object.keys(LAWS));
  const computeClass = pick('scalar', 'gemm');
  const counted = computeClass === 'gemm' && random() < 0.6;
  const ms = counted ? between(0.3, 600) : between(0.02, 60); // what a GPU is worth is decided among the large ones
  const loadedMiB = between(70, 4000);
  // what a run takes whatever its rows: nothing, or so much that further rows cost little
  const scanned = random() < 0.55; // of models that threads help, most gain from joined requests too
  const fixed = scanned ? pick(0, 0.5, 0.95, 0.95) : pick(0, 0.3, 0.7, 0.95);
  // of a run of one row so much is serial, where threads are no help; of many rows as much, or less
  const serial = pick(0.05, 0.3, 0.6);
  const fewer = pick(0, 0.5);
  const runMs: RunMs = (rows, threads) => {
    const alone = serial / rows ** fewer;
    return ms * (fixed + (1 - fixed) * rows) * (alone + (1 - alone) / threads);
  };
  const [emptyMs, rowMs] = [between(0.01, 0.3), pick(0, between(0.0001, 0.01))];
  const httpMs = (rows: number) => emptyMs + rowMs * rows;
  const woken = Math.max(0, httpMs(1) * pick(0, 1, 3, 10) + ms * pick(0, 0.5));
  const measured = counted || scanned ? pick([1, 2], LADDER, LADDER) : pick([1, 2], [1, 2, 4, 8], LADDER);
  const profile = profileOf(LAWS[lawName]!, (rows) => runMs(rows, 1), measured, {
    ...(scanned && { threads: [1, measured.at(-1)!].flatMap((rows) => scanOf(runMs, rows)) }),
    memory: { baseMiB: 60, loadedMiB, loadPeakMiB: loadedMiB * between(0.9, 1.6), sharedMiB: between(1, 50) },
    http: [0, 1, 32].map((rows) => ({
      rows,
      cpuMs: httpMs(rows),
      ...(woken > 0 && { lightCpuMs: httpMs(rows) + woken }),
    })),
    startMs: between(100, 30_000),
  });
  const tight = scanned && random() < 0.3 ? between(1, 4) : between(2, 30); // so tight that threads are needed
  const requestsPerSecond = Number(between(0.5, 20_000).toPrecision(3));
  const { bursts, ...arrivals } = pick<(typeof ARRIVALS)[number]>(...ARRIVALS);
  const serviceLevel: ServiceLevel = {
    requestsPerSecond,
    ...(bursts && { bursts }),
    ...(random() < 0.5 && { meanRequestsPerSecond: requestsPerSecond * random() }),
    rowsPerRequest: pick(1, 1, 2, 5),
    p99Ms: Number((2.5 + tight * ms * between(0.3, 3)).toPrecision(3)),
    availability: pick('single', 'instance', 'zone'),
    ...(random() < 0.2 && { budgetUsdPerMonth: between(60, 3000) }),
  };
  const modelBytes = Math.round(pick(between(1e3, 1e8), between(1e8, 1e9), between(1e9, 6e10)));
  const dense = counted ? denseWork(random, modelBytes, ms) : undefined;
  const asked = {
    ...(random() < 0.5 && { requestsPerConnection: pick(1, 2, 100) }),
    ...(random() < 0.3 && { freeTier: true }),
    ...(random() < 0.3 && { hostedZone: true }),
    ...(random() < 0.3 && { balancerNodes: pick(2, 3, 5, 12) }),
  };
  const { meanRequestsPerSecond: _, ...withoutMean } = serviceLevel;
  const day = random() < 0.6 ? randomDay(random) : undefined;
  const daily = day && { day, ...(random() < 0.4 && { risePerMinute: requestsPerSecond * 0.1 * random() ** 3 }) };
  const withGpu = all.types.filter(({ gpu }) => gpu);
  for (let i = 0; dense && i < types; i++) chosen.set(`GPU ${i}`, pick(...withGpu));
  return {
    law: LAWS[lawName]!,
    lawName,
    runMs,
    httpMs,
    profile: { ...profile, ...(dense && { dense }) },
    serviceLevel: { ...(daily ? withoutMean : serviceLevel), ...asked, ...daily },
    modelBytes,
    catalogue: { ...all, types: [...new Set(chosen.values())] },
    computeClass,
    arrivals,
  };
}
