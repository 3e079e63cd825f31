/** The values of an instance as its kernel has them: processors, memory, root volume, boot. Nothing is kept between two looks. */
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';

/** What processors do, by the columns of /proc/stat (proc_stat(5)). */
export const CPU_MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;

export type CpuMode = (typeof CPU_MODES)[number];

export interface InstanceValues {
  /** Seconds of all processors together since the boot, by what they did. */
  readonly cpuSeconds: Readonly<Record<CpuMode, number>>;
  /** Mean over a minute of the threads that run or wait for a processor or a disk. */
  readonly load1: number;
  /** Threads that there are. */
  readonly threads: number;
  /** Seconds since 1970 at which the kernel started. */
  readonly bootTimeSeconds: number;
  readonly memoryBytes: number;
  /** What programs could still get without swapping. */
  readonly memoryAvailableBytes: number;
  /** The root file system. */
  readonly diskBytes: number;
  /** What it has left for programs that are not root's. */
  readonly diskAvailableBytes: number;
}

/** Linux counts in hundredths of a second, whatever the kernel's own clock is (USER_HZ, proc_stat(5)). */
const TICKS_PER_SECOND = 100;

const KIB = 1024;

/** Where the kernel tells of itself. */
const PROC = '/proc';

export interface Places {
  /** @default '/proc' */
  readonly proc?: string;
  /** A path on the volume that is looked at. @default '/' */
  readonly volume?: string;
}

/** @returns undefined where there is no Linux to ask */
export async function instanceValues({ proc = PROC, volume = '/' }: Places = {}): Promise<InstanceValues | undefined> {
  try {
    const [stat, memory, load] = ['stat', 'meminfo', 'loadavg'].map((name) =>
      readFileSync(`${proc}/${name}`, 'latin1'),
    );
    const disk = await statfs(volume);
    const ticks = /^cpu +(.*)$/m.exec(stat!)![1]!.split(' ');
    const kib = (name: string) => Number(new RegExp(`^${name}: *(\\d+)`, 'm').exec(memory!)![1]);
    const [load1, , , scheduled] = load!.split(' ');
    return {
      cpuSeconds: Object.fromEntries(
        CPU_MODES.map((mode, i) => [mode, Number(ticks[i] ?? 0) / TICKS_PER_SECOND]),
      ) as Record<CpuMode, number>,
      load1: Number(load1),
      threads: Number(scheduled!.split('/')[1]),
      bootTimeSeconds: Number(/^btime (\d+)/m.exec(stat!)![1]),
      memoryBytes: kib('MemTotal') * KIB,
      memoryAvailableBytes: kib('MemAvailable') * KIB,
      diskBytes: disk.blocks * disk.bsize,
      diskAvailableBytes: disk.bavail * disk.bsize,
    };
  } catch {
    return undefined;
  }
}

/** Share of the memory that is in use, percent. */
export function memoryPercent({ memoryBytes, memoryAvailableBytes }: InstanceValues): number {
  return 100 * (1 - memoryAvailableBytes / memoryBytes);
}

/** Share of the root file system that is in use, percent. */
export function diskPercent({ diskBytes, diskAvailableBytes }: InstanceValues): number {
  return 100 * (1 - diskAvailableBytes / diskBytes);
}

/** Share of the time between two looks in which processors worked, or wanted to and the host did not let them, percent. */
export function cpuPercent(before: InstanceValues, after: InstanceValues): number {
  const passed = (modes: readonly CpuMode[]) =>
    modes.reduce((sum, mode) => sum + after.cpuSeconds[mode] - before.cpuSeconds[mode], 0);
  const all = passed(CPU_MODES);
  return all > 0 ? 100 * (1 - passed(['idle', 'iowait']) / all) : 0;
}
