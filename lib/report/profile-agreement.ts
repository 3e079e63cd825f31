/** Whether two profiles of one model on one machine say the same. */
import type { ComputeProfile } from '../model/package/profile';
import { doubts, driftOf } from '../model/package/profile-doubts';
import { microseconds, percent } from '../model/units';

/** Relative difference up to which two runs agree, where the windows of one do not differ by more. */
const AGREEMENT = 0.1;

export type Comparison =
  /** They cannot be compared; `why` says what is different. */
  | { readonly kind: 'other'; readonly why: string }
  /** What differs by more than noise, each as a phrase; none when they agree, and the largest difference. */
  | { readonly kind: 'same machine'; readonly moved: readonly string[]; readonly largest: number };

const change = (ratio: number) => `${ratio > 1 ? '+' : ''}${percent(ratio - 1)}`;

/** Compare a new profile with the one that was there. */
export function compareProfiles(before: ComputeProfile, now: ComputeProfile): Comparison {
  if (before.modelSha256 !== now.modelSha256) return { kind: 'other', why: 'of another model' };
  for (const [key, what] of [
    ['cpuModel', 'another processor'],
    ['architecture', 'another architecture'],
    ['vCpus', 'another number of processors'],
    ['node', 'another Node.js'],
    ['engine', 'another engine'],
  ] as const) {
    const [a, b] = [before.machine[key], now.machine[key]];
    if (a !== b) return { kind: 'other', why: `of ${what} (${a}, now ${b})` };
  }
  const us = (ms: number) => `${microseconds(ms)} us`;
  const mib = (value: number) => `${value.toFixed(0)} MiB`;
  const compared: [what: string, a: number, b: number, shown: (value: number) => string][] = [
    ['memory', before.memory.loadedMiB, now.memory.loadedMiB, mib], // whose noise is less
  ];
  for (const { rows, cpuMs } of now.http.slice(1)) {
    const old = before.http.find((cost) => cost.rows === rows);
    if (old) compared.push([`CPU of HTTP for ${rows} ${rows === 1 ? 'row' : 'rows'}`, old.cpuMs, cpuMs, us]);
  }
  for (const { rows, cpuMs } of now.batches) {
    const old = before.batches.find((batch) => batch.rows === rows);
    if (old) compared.push([`CPU of ${rows} ${rows === 1 ? 'row' : 'rows'}`, old.cpuMs, cpuMs, us]);
  }
  const noise = Math.max(AGREEMENT, before.machine.spread, now.machine.spread);
  const noiseOfCpu = Math.max(noise, driftOf(before.machine), driftOf(now.machine));
  const differences = compared.map(([, a, b]) => Math.abs(b / a - 1));
  return {
    kind: 'same machine',
    moved: compared.flatMap(([what, a, b, shown], i) =>
      differences[i]! > (i === 0 ? noise : noiseOfCpu) ? [`${what} ${shown(a)} -> ${shown(b)} (${change(b / a)})`] : [],
    ),
    largest: Math.max(...differences),
  };
}

/**
 * Whether the profile that was there stays: the new one says the same of the same machine, and knows no more. So a model that
 * is profiled again keeps its fleet.
 */
export function staysAsItWas(before: ComputeProfile, now: ComputeProfile): boolean {
  const comparison = compareProfiles(before, now);
  const largest = ({ batches }: ComputeProfile) => Math.max(...batches.map(({ rows }) => rows));
  return (
    comparison.kind === 'same machine' &&
    comparison.moved.length === 0 &&
    doubts(before).length <= doubts(now).length &&
    largest(before) >= largest(now) / 2 // where throughput is flat it is chance which size ends the search
  );
}
