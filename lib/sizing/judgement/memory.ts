/** Memory and disk of an instance. Every worker is a process of its own that loads the model for itself. */
import { GARBAGE_MIB } from '../../model/instance/handler-settings';
import type { ComputeProfile } from '../../model/package/profile';
import { MIB } from '../../model/units';
import type { InstanceType } from '../catalogue/catalogue';
import type { Demand } from '../demand/demand';

/** Allowances in MiB. */
const OPERATING_SYSTEM = 250;
const AGENT = 150; // the log shipper, whose limit is 96, and the SSM agent
const ARM_CONTIGUOUS = 64; // reserved by the arm64 kernel
/** What the hypervisor and the kernel keep: 1.7 to 5.3 % measured over EC2 types, so 6 % is more than the worst. */
const KEPT_SHARE = 0.06;
const KEPT_LEAST = 200;
/** A worker over what was measured of one under requests. */
const GROWTH = 1.1;
/** And when as many requests wait as may: their bodies, and the rows that were in them. */
export const IN_FLIGHT_MIB = 48;
/** The process that hands connections to the workers has a heap of its own. */
const PRIMARY_MIB = 32;
/** Share of the model file that the page cache should be able to hold. */
const CACHED_SHARE = 0.25;

/** Memory that the handler may use on an instance, MiB. */
export function usableMiB(type: InstanceType): number {
  const kept = Math.max(KEPT_SHARE * type.memoryMiB, KEPT_LEAST);
  const arm = type.architecture === 'arm64' ? ARM_CONTIGUOUS : 0;
  return type.memoryMiB - arm - kept - OPERATING_SYSTEM - AGENT;
}

/**
 * Memory that the handler needs with `workers` workers, MiB; all of them may load at the same time. Code and mapped files
 * are in memory once, whatever the number of workers.
 */
export function handlerMiB(memory: ComputeProfile['memory'], workers: number, modelBytes: number): number {
  const { sharedMiB } = memory;
  const worker = Math.max(
    (memory.loadedMiB - sharedMiB) * GROWTH + IN_FLIGHT_MIB + GARBAGE_MIB,
    memory.loadPeakMiB - sharedMiB,
  );
  const primary = workers > 1 ? Math.max(0, memory.baseMiB - sharedMiB) + PRIMARY_MIB : 0;
  return sharedMiB + workers * worker + primary + (CACHED_SHARE * modelBytes) / MIB;
}

/** What a shadow's process needs beyond its model: rows that wait, theirs and the worker's. */
const SHADOW_QUEUE_MIB = 8;

/** Memory of the handler, MiB, with a shadow's process for each worker where there is a shadow. */
export function neededMiB(
  { memory, modelBytes, shadow }: Pick<Demand, 'memory' | 'modelBytes' | 'shadow'>,
  workers: number,
): number {
  const served = handlerMiB(memory, workers, modelBytes);
  if (shadow === undefined) return served;
  const { loadedMiB, loadPeakMiB, sharedMiB } = shadow.memory;
  const process = Math.max((loadedMiB - sharedMiB) * GROWTH + SHADOW_QUEUE_MIB, loadPeakMiB - sharedMiB);
  // the code of Node.js is there already; that of another engine is not
  return served + workers * process + Math.max(0, sharedMiB - memory.sharedMiB);
}

/** Share over the need at which systemd stops the handler rather than let the instance run out of memory. */
const LIMIT_RESERVE = 1.25;

/** Hard limit of the handler on an instance, MiB, a multiple of 16. */
export function memoryLimitMiB(type: InstanceType, needMiB: number): number {
  return Math.floor(Math.min(usableMiB(type), needMiB * LIMIT_RESERVE) / 16) * 16;
}

/** The root snapshot of Amazon Linux 2023 is this large; operating system, runtime and handler take about 4 GiB of it. */
const VOLUME_LEAST_GIB = 8;
const SYSTEM_GIB = 6;
/** The root snapshot of the image with NVIDIA's driver and CUDA (2026-09). */
const GPU_SYSTEM_GIB = 75;

/** Root volume in GiB: two versions of the model side by side while an update runs. */
export function volumeGiB(modelBytes: number, type: InstanceType): number {
  const system = type.gpu ? GPU_SYSTEM_GIB : SYSTEM_GIB;
  return Math.max(VOLUME_LEAST_GIB, Math.ceil(system + (2 * modelBytes) / (1024 * MIB)));
}
