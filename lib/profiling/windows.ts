/**
 * Statistics of measuring windows: many short runs of the same work, apart from each other in time, so that a disturbed one
 * shows. What else a machine does only ever makes work take longer, by caches and cores that it has to share, so the windows
 * that took least count. When several of them agree, that is what the work takes; their range is the interval of the result.
 */
import { FULL_SAMPLES } from '../model/package/profile-doubts';

/** What one window measured. */
export interface Window {
  /** Mean CPU time of one run, user and system, milliseconds. */
  readonly cpuMs: number;
  /** Wall time of every run, milliseconds. */
  readonly wallMs: readonly number[];
}

/** Windows that count, the quietest, and how closely they must agree. */
export const WINDOWS = 5;
export const AGREEMENT = 0.03;

/** Points of a quantile function from 0 to 1, both included. */
const QUANTILES = 21;

const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b);

/** The middle value; the mean of the two middle ones where there are two. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Evenly spaced quantiles of the values, linear between the nearest two. */
export function quantiles(values: readonly number[]): number[] {
  const sorted = ascending(values);
  return Array.from({ length: QUANTILES }, (_, i) => {
    const place = (i * (sorted.length - 1)) / (QUANTILES - 1);
    const below = Math.floor(place);
    const low = sorted[below]!;
    return low + (place - below) * (sorted[Math.min(below + 1, sorted.length - 1)]! - low);
  });
}

/** Largest relative difference: 0.1 = 10 %. */
export const spreadOf = (values: readonly number[]): number =>
  (Math.max(...values) - Math.min(...values)) / median(values);

/** The windows that took least CPU time, as many as count. */
export function quietest(windows: readonly Window[]): readonly Window[] {
  return [...windows].sort((a, b) => a.cpuMs - b.cpuMs).slice(0, WINDOWS);
}

/** How far those that count differ. */
export const intervalOf = (windows: readonly Window[]): number => spreadOf(quietest(windows).map(({ cpuMs }) => cpuMs));

/** Parts of a measurement that lie apart in time. */
const PARTS = 3;
/** Half of the interval of 95 % of a mean of three, over their range: Student's t with two degrees of freedom. */
const OF_RANGE = 1.47;

/** The parts of what was measured, each a third of the time that it took. */
export function thirds<T>(measured: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: PARTS }, (_, part) =>
    measured.slice(Math.floor((part * measured.length) / PARTS), Math.floor(((part + 1) * measured.length) / PARTS)),
  );
}

/** How sure a result is that is the mean of these, one of each third of the time. */
export const intervalOverTime = (costs: readonly number[]): number => OF_RANGE * spreadOf(costs);

/** Whether there are enough, and those that count agree. */
export const agree = (windows: readonly Window[]): boolean =>
  windows.length >= WINDOWS && intervalOf(windows) <= AGREEMENT;

/**
 * Quantiles of the wall time: at each point the median over the windows. A stall in one window is the machine's and is
 * dropped; one that comes back in every window is the model's and stays. Where there are too few runs to tell these apart,
 * all of them count.
 */
export function wallQuantiles(windows: readonly Window[]): number[] {
  const all = windows.flatMap(({ wallMs }) => wallMs);
  if (all.length < FULL_SAMPLES) return quantiles(all);
  const each = windows.map(({ wallMs }) => quantiles(wallMs));
  return Array.from({ length: QUANTILES }, (_, i) => median(each.map((points) => points[i]!)));
}
