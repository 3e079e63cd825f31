/** Statistics of measuring windows: several short runs of the same work, so that a disturbed one shows. */
import { FULL_SAMPLES } from '../model/package/profile-doubts';

/** What one window measured. */
export interface Window {
  /** Mean CPU time of one run, user and system, milliseconds. */
  readonly cpuMs: number;
  /** Wall time of every run, milliseconds. */
  readonly wallMs: readonly number[];
}

/** Windows that must agree, and how closely. */
export const WINDOWS = 3;
export const AGREEMENT = 0.1;

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

/** Largest relative difference of the CPU times of the windows: 0.1 = 10 %. */
export function spreadOf(windows: readonly Window[]): number {
  const times = windows.map(({ cpuMs }) => cpuMs);
  return (Math.max(...times) - Math.min(...times)) / median(times);
}

/** The consecutive windows that agree best. */
export function steadiest(windows: readonly Window[]): readonly Window[] {
  let best = windows.slice(0, WINDOWS);
  for (let start = 1; start + WINDOWS <= windows.length; start++) {
    const some = windows.slice(start, start + WINDOWS);
    if (spreadOf(some) < spreadOf(best)) best = some;
  }
  return best;
}

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
