/** What is counted of a shadow: the handler counts, its log and `/metrics` carry it, `slipway shadow` adds it up. */
import type { Label, Method } from '../rows/signature';

/** Event of the log line that has the counts of a minute. */
export const SHADOW_EVENT = 'shadow';

/** One row that was answered differently. */
export interface ShadowDifference {
  readonly requestId: string;
  /** Index of the row in its request. */
  readonly row: number;
  readonly output: Method;
  /** Of numbers the largest of the row; 1 for another label. `null` where one of them is not a number. */
  readonly difference: number | null;
  readonly served: Label | readonly Label[];
  readonly shadow: Label | readonly Label[];
  /** The row itself, only where it was asked for. */
  readonly values?: Readonly<Record<string, Label | null>>;
}

export interface OutputCounts {
  /** Rows that were compared. */
  readonly rows: number;
  /** Of them those with the same label, or a number within the tolerance. */
  readonly agreeing: number;
  /** Of all differences of numbers. */
  readonly sumOfDifferences: number;
  readonly largest: number;
}

export interface ShadowCounts {
  /** Requests that were picked. */
  readonly requests: number;
  /** Rows of those that were dropped: the queue was full, or the shadow was not there. */
  readonly droppedRows: number;
  /** Rows that the shadow answered. */
  readonly rows: number;
  /** Of them those that agree in every output that was compared. */
  readonly agreeingRows: number;
  /** Rows that it would have refused, with 422. */
  readonly refusedRows: number;
  /** Rows whose run failed. */
  readonly failedRows: number;
  /** Times that its process ended, or was ended since it did not answer. */
  readonly restarts: number;
  /** CPU time of its process since it was ready, and time of its runs, milliseconds. */
  readonly cpuMs: number;
  readonly runMs: number;
  readonly outputs: Readonly<Partial<Record<Method, OutputCounts>>>;
  /** Rows by the label that was served and that of the shadow. */
  readonly confusion: readonly (readonly [served: string, shadow: string, rows: number])[];
  /** The largest differences first. */
  readonly largest: readonly ShadowDifference[];
}

export const NO_COUNTS: ShadowCounts = {
  requests: 0,
  droppedRows: 0,
  rows: 0,
  agreeingRows: 0,
  refusedRows: 0,
  failedRows: 0,
  restarts: 0,
  cpuMs: 0,
  runMs: 0,
  outputs: {},
  confusion: [],
  largest: [],
};

/** Differences that are kept. */
export const KEPT_DIFFERENCES = 10;

/** Pairs of labels that are counted by themselves; rows of further ones are counted together, by whether the labels agree. */
export const KEPT_PAIRS = 100;
const OTHER_LABEL = '(other)';
const ANOTHER_LABEL = '(another)';

const SUMS = [
  'requests',
  'droppedRows',
  'rows',
  'agreeingRows',
  'refusedRows',
  'failedRows',
  'restarts',
  'cpuMs',
  'runMs',
] as const;

const size = ({ difference }: ShadowDifference) => difference ?? Number.POSITIVE_INFINITY;

/** The largest of many differences; of equal ones those that came first. */
export function largestOf(differences: readonly ShadowDifference[]): ShadowDifference[] {
  return [...differences]
    .sort((a, b) => (size(b) > size(a) ? 1 : size(b) < size(a) ? -1 : 0))
    .slice(0, KEPT_DIFFERENCES);
}

/** What two counts are together. */
export function addCounts(some: ShadowCounts, others: ShadowCounts): ShadowCounts {
  const sums = Object.fromEntries(SUMS.map((name) => [name, some[name] + others[name]]));
  const outputs: Partial<Record<Method, OutputCounts>> = { ...some.outputs };
  for (const [method, counts] of Object.entries(others.outputs) as [Method, OutputCounts][]) {
    const before = outputs[method];
    outputs[method] = before
      ? {
          rows: before.rows + counts.rows,
          agreeing: before.agreeing + counts.agreeing,
          sumOfDifferences: before.sumOfDifferences + counts.sumOfDifferences,
          largest: Math.max(before.largest, counts.largest),
        }
      : counts;
  }
  const confusion = new Map(some.confusion.map(([served, shadow, rows]) => [JSON.stringify([served, shadow]), rows]));
  for (const [served, shadow, rows] of others.confusion) countPair(confusion, served, shadow, rows);
  return {
    ...(sums as Pick<ShadowCounts, (typeof SUMS)[number]>),
    outputs,
    confusion: pairsOf(confusion),
    largest: largestOf([...some.largest, ...others.largest]),
  };
}

/** Count rows of a pair of labels, by itself or among the others. */
export function countPair(pairs: Map<string, number>, served: string, shadow: string, rows = 1): void {
  const own = JSON.stringify([served, shadow]);
  const other = JSON.stringify([OTHER_LABEL, served === shadow ? OTHER_LABEL : ANOTHER_LABEL]);
  const key = pairs.has(own) || pairs.size < KEPT_PAIRS ? own : other;
  pairs.set(key, (pairs.get(key) ?? 0) + rows);
}

export function pairsOf(pairs: ReadonlyMap<string, number>): [string, string, number][] {
  return [...pairs].map(([key, rows]) => [...(JSON.parse(key) as [string, string]), rows]);
}
