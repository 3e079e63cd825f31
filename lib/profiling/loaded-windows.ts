/**
 * Statistics of windows under requests that come at random. Unlike requests in a row they can be too cheap as well as too dear:
 * a processor that other programs keep awake wakes the handler for less. Those of the host take time without being seen. So
 * windows count in which other programs of the machine did about as little, and of them the half that took least.
 */
import { intervalOverTime, spreadOf, thirds } from './windows';

export interface LoadedWindow {
  /** CPU time of a request, milliseconds. */
  readonly cpuMs: number;
  /** Of it, beyond its batch. */
  readonly beyondMs: number;
  /** Share of the processors' time that other programs had. */
  readonly others: number;
}

/** Fewest windows that say something: two for each part. */
export const FEWEST = 6;
/** What other programs may have more than in the quietest window, as a share of the processors. */
const ALIKE = 0.05;
const PARTS = 3;

/** Windows that can be compared, in the order in which they were measured. */
export function alike<T extends LoadedWindow>(windows: readonly T[]): readonly T[] {
  const others = windows.map((window) => window.others).sort((a, b) => a - b);
  const most = Math.max((others[0] ?? 0) + ALIKE, others[Math.min(FEWEST, others.length) - 1] ?? 0);
  return windows.filter((window) => window.others <= most);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function cheaperHalf(windows: readonly LoadedWindow[]): readonly LoadedWindow[] {
  return [...windows].sort((a, b) => a.cpuMs - b.cpuMs).slice(0, Math.ceil(windows.length / 2));
}

/** What a request takes: the mean of the cheaper half. */
export function costOf(windows: readonly LoadedWindow[]): Pick<LoadedWindow, 'cpuMs' | 'beyondMs'> {
  const kept = cheaperHalf(alike(windows));
  return { cpuMs: mean(kept.map(({ cpuMs }) => cpuMs)), beyondMs: mean(kept.map(({ beyondMs }) => beyondMs)) };
}

/**
 * By how much the answers of three measurements differ that are a third as long: every third window is one of them. A
 * measurement as long as the whole differs by less. 1 where there are too few.
 */
export function repeatsWithin(windows: readonly LoadedWindow[]): number {
  const some = alike(windows);
  if (some.length < FEWEST) return 1;
  const parts = Array.from({ length: PARTS }, (_, part) => some.filter((_window, i) => i % PARTS === part));
  const costs = parts.map((part) => mean(cheaperHalf(part).map(({ cpuMs }) => cpuMs)));
  return spreadOf(costs);
}

/**
 * By how much another measurement may differ: as `repeatsWithin`, and also for what changed from one third of the time to the
 * next, which measurements whose windows take turns have in common.
 */
export function differsBy(windows: readonly LoadedWindow[]): number {
  const some = alike(windows);
  if (some.length < FEWEST) return 1;
  const costs = thirds(some).map((part) => mean(cheaperHalf(part).map(({ cpuMs }) => cpuMs)));
  return Math.max(repeatsWithin(windows), intervalOverTime(costs));
}
