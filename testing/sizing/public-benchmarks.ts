/**
 * What public benchmarks say of the speeds in the catalogue: the speeds that fit them best, and how far a speed that was
 * fitted without a benchmark is off for it. That is what a plan does with a model that nobody has run elsewhere.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vendorOf } from '../../lib/sizing/catalogue/processors';

export const CLASSES = ['scalar', 'dense'] as const;
export type Class = (typeof CLASSES)[number];

/** How two processors are related: the rows of the table of margins. */
export const RELATIONS = ['processor', 'vendor', 'instructions', 'others'] as const;
export type Relation = (typeof RELATIONS)[number];

interface Result {
  readonly family: string;
  readonly cpu: string;
  /** What has a speed of its own: the processor, or a burstable family, whose cores are shared with other instances. */
  readonly kind: string;
  readonly score: number;
}

/** One benchmark on the families where it was run. */
export interface Workload {
  readonly name: string;
  readonly results: readonly Result[];
}

/** The logarithm of its speed by kind. */
type Speeds = ReadonlyMap<string, number>;

const ROUNDS = 60;
const BURSTABLE = /^t\d/;
/** The processor of m5. */
const UNIT = 'Xeon 8259CL';

const { abs, exp, log } = Math;

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (place - Math.floor(place)) * (high - low);
}

const median = (values: readonly number[]) => quantile(values, 0.5);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The benchmarks of a class, as they are in the file. */
export function workloads(computeClass: Class): Workload[] {
  const text = readFileSync(join(__dirname, 'public-benchmarks.csv'), 'utf8');
  const [header, ...rows] = text
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.split(','));
  return header!.flatMap((title, column) => {
    if (!title.startsWith(`${computeClass}/`)) return [];
    const results = rows.flatMap(([family, cpu, ...cells]) => {
      const score = Number(cells[column - 2]);
      const kind = BURSTABLE.test(family!) ? family! : cpu!;
      return score > 0 ? [{ family: family!, cpu: cpu!, kind, score }] : [];
    });
    return [{ name: title.slice(computeClass.length + 1), results }];
  });
}

/** Mean of the logarithms by kind, so that one with many families does not count more. */
function byKind({ results }: Workload): Map<string, number> {
  const kinds = [...new Set(results.map(({ kind }) => kind))];
  const scores = (kind: string) => results.filter((result) => result.kind === kind).map(({ score }) => log(score));
  return new Map(kinds.map((kind) => [kind, mean(scores(kind))]));
}

/** A benchmark that was run on fewer processors is held out always: it would move those alone that have it. */
const LEAST_PROCESSORS = 15;

/** Tukey's median polish: a result is the speed of the processor, times what the benchmark makes of it. */
function polish(some: readonly Workload[]): Speeds {
  const tables = some.map(byKind).filter(({ size }) => size >= LEAST_PROCESSORS);
  const kinds = [...new Set(tables.flatMap((table) => [...table.keys()]))];
  let speeds: Speeds = new Map(kinds.map((kind) => [kind, 0]));
  for (let round = 0; round < ROUNDS; round++) {
    const levels = tables.map((table) => median([...table].map(([kind, value]) => value - speeds.get(kind)!)));
    const left = (kind: string) =>
      tables.flatMap((table, i) => (table.has(kind) ? [table.get(kind)! - levels[i]!] : []));
    speeds = new Map(kinds.map((kind) => [kind, median(left(kind))]));
  }
  return speeds;
}

/** Speed of one thread alone on its core, by processor and by burstable family; that of m5 is 1. */
export function fittedSpeeds(computeClass: Class): ReadonlyMap<string, number> {
  const speeds = polish(workloads(computeClass));
  return new Map([...speeds].map(([kind, value]) => [kind, exp(value - speeds.get(UNIT)!)]));
}

const isArm = (cpu: string) => vendorOf(cpu) === 'AWS';

function relationOf(a: string, b: string): Relation {
  if (a === b) return 'processor';
  if (isArm(a) !== isArm(b)) return 'others';
  return vendorOf(a) === vendorOf(b) ? 'vendor' : 'instructions';
}

/** A benchmark carried over from one family to another. */
export interface Pair {
  readonly workload: string;
  readonly relation: Relation;
  /** The time that it takes over the time that was predicted: above 1 the prediction was too short. */
  readonly late: number;
}

/** Each benchmark, carried over from each family to each other, by speeds that were fitted without it. */
export function heldOut(computeClass: Class): Pair[] {
  const all = workloads(computeClass);
  return all.flatMap((workload) => {
    const speeds = polish(all.filter((other) => other !== workload));
    const known = workload.results.filter(({ kind }) => speeds.has(kind));
    return known.flatMap((from) =>
      known.flatMap((to) => {
        if (from === to) return [];
        const predicted = exp(speeds.get(to.kind)! - speeds.get(from.kind)!);
        const late = predicted / (to.score / from.score);
        return [{ workload: workload.name, relation: relationOf(from.cpu, to.cpu), late }];
      }),
    );
  });
}

export interface Errors {
  readonly pairs: number;
  readonly median: number;
  readonly p90: number;
}

/** How far predicted times are off, as shares of the measured ones. */
export function errorsOf(pairs: readonly Pair[]): Errors {
  const errors = pairs.map(({ late }) => abs(1 / late - 1));
  return { pairs: errors.length, median: median(errors), p90: quantile(errors, 0.9) };
}

/** The factor that 95 % of predictions are within. */
export const neededMargin = (pairs: readonly Pair[]) =>
  quantile(
    pairs.map(({ late }) => late),
    0.95,
  );

/**
 * Dense benchmarks that measure what the handler's dense work is, by the rule of decision 022: products that are added up, in
 * float32 or float64, by fused instructions of the widest vectors that a processor has.
 */
export const LIKE_OURS = /^(PassMark FMA|HPL|stress-ng fma)$/;

/** Whether a pair is of processors with the same instruction set. */
export const isAlike = ({ relation }: Pair) => relation !== 'others';

/**
 * Of `some`, each carried over from each family to each other processor, by pair.
 *
 * @param alike those with the same instruction set alone, or the others. @default - all
 */
function measuredRatios(some: readonly Workload[], alike?: boolean): number[][] {
  const byPair = new Map<string, number[]>();
  for (const { results } of some) {
    for (const from of results) {
      for (const to of results) {
        if (from.cpu === to.cpu) continue;
        if (alike !== undefined && (relationOf(from.cpu, to.cpu) !== 'others') !== alike) continue;
        const pair = `${from.family} ${to.family}`;
        byPair.set(pair, [...(byPair.get(pair) ?? []), to.score / from.score]);
      }
    }
  }
  return [...byPair.values()];
}

/**
 * What no speeds can exceed, were they fitted to these very results: the share of results that are predicted within an error.
 * For each two families the ratio is taken that is right for most benchmarks. Of two families with one benchmark that says
 * nothing, so they are left out.
 *
 * @param alike those with the same instruction set alone, or the others. @default - all
 */
export function mostWithin(some: readonly Workload[], error: number, alike?: boolean): number {
  const ratios = measuredRatios(some, alike).filter(({ length }) => length > 1);
  const right = ratios.map((measured) => {
    // the best ratio is at the upper end of what is right for one of them
    const counts = measured.map((score) => {
      const ratio = score / (1 + error);
      return measured.filter((other) => abs(other / ratio - 1) <= error + 1e-9).length;
    });
    return Math.max(...counts);
  });
  return right.reduce((sum, count) => sum + count, 0) / ratios.flat().length;
}
