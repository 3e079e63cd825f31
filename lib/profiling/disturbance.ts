/** What else the machine did while it was measured. */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { ComputeProfile } from '../model/package/profile';

export type Disturbance = NonNullable<ComputeProfile['machine']['disturbance']>;

/** Totals since some moment, seconds; `stolen` is 0 where the system does not tell. */
export interface Totals {
  /** All processors of the machine, whatever they did. */
  readonly processorSeconds: number;
  /** Of them, those in which a processor had something to do. */
  readonly busySeconds: number;
  /** In which the hypervisor gave it to others. */
  readonly stolenSeconds: number;
  /** CPU time of this process. */
  readonly ownSeconds: number;
  /** Times that this process had to leave a processor to another. */
  readonly switches: number;
}

/** The line of all processors in /proc/stat, which is in ticks like those of `os.cpus()`, a hundredth of a second each. */
function stolenSeconds(): number {
  try {
    return Number(/^cpu +(?:\d+ +){7}(\d+)/.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? 0) / 100;
  } catch {
    return 0; // not Linux
  }
}

export function totals(): Totals {
  let [all, idle] = [0, 0];
  for (const { times } of cpus()) {
    all += times.user + times.nice + times.sys + times.idle + times.irq;
    idle += times.idle;
  }
  const { userCPUTime, systemCPUTime, involuntaryContextSwitches } = process.resourceUsage();
  const stolen = stolenSeconds();
  return {
    processorSeconds: all / 1000 + stolen,
    busySeconds: (all - idle) / 1000,
    stolenSeconds: stolen,
    ownSeconds: (userCPUTime + systemCPUTime) / 1e6,
    switches: involuntaryContextSwitches,
  };
}

/** Share of the time of all processors that went into other programs than this one and one that had so much CPU time. */
export function othersBetween(before: Totals, after: Totals, itsSeconds = 0): number {
  const since = (key: keyof Totals) => after[key] - before[key];
  const others = since('busySeconds') + since('stolenSeconds') - since('ownSeconds') - itsSeconds;
  return Math.min(1, Math.max(0, others / Math.max(0.001, since('processorSeconds'))));
}

const hundredth = (share: number) => Number(share.toFixed(2));

/** What lay between two looks. */
export function disturbanceBetween(before: Totals, after: Totals): Disturbance {
  const since = (key: keyof Totals) => after[key] - before[key];
  return {
    others: hundredth(othersBetween(before, after)),
    stolen: hundredth(Math.min(1, since('stolenSeconds') / Math.max(0.001, since('processorSeconds')))),
    switchesPerSecond: Math.round(since('switches') / Math.max(0.001, since('ownSeconds'))),
  };
}
