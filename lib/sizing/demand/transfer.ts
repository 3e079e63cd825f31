/**
 * CPU time on the profiled machine -> CPU time on an instance type, by the kind of arithmetic that dominates.
 *
 * The largest error of a plan is made here, so the time is raised by an uncertainty factor, which the plan shows. Matrix
 * units (AMX and the like) are not counted: code that uses them runs faster than is planned.
 */
import type { ComputeClass } from '../../model/package/manifest';
import type { ComputeProfile } from '../../model/package/profile';
import type { InstanceType } from '../catalogue/catalogue';
import { memoryBandwidth, processorNamed, vendorOf } from '../catalogue/processors';
import { kept } from './kept';
import { REFERENCE_CPU, REFERENCE_KERNELS } from './reference-cpu';

/**
 * What two threads of one core do together, relative to one alone. Geekbench 6 of all threads over its single-core score and
 * the cores is 1.1 to 1.5 for integer workloads and 0.9 to 1.2 for networks on Xeon and EPYC, and just below 1 where a vCPU is
 * a core (Spare Cores inspector data, 2026-08).
 */
const SMT_YIELD: Record<ComputeClass, number> = { scalar: 1.3, tree: 1.3, gemm: 1 };

/** Speed of one thread alone on its core, relative to other types in the same class of arithmetic. */
export const threadSpeed = ({ speed }: InstanceType, computeClass: ComputeClass) =>
  computeClass === 'gemm' ? speed.dense : speed.scalar;

function smtYield(type: InstanceType, computeClass: ComputeClass): number {
  return type.threadsPerCore > 1 ? SMT_YIELD[computeClass] : 1;
}

/**
 * Workers of so many threads that can be busy at once at full speed: the cores, and what their second threads add. None
 * when the type has fewer cores than a worker has threads.
 */
export function servers(type: InstanceType, computeClass: ComputeClass, threads = 1): number {
  if (type.gpu) return 1; // requests take turns on the GPU
  const cores = type.vCpus / type.threadsPerCore;
  if (threads > cores) return threads === 1 ? 1 : 0;
  return Math.max(1, Math.floor((cores * smtYield(type, computeClass)) / threads));
}

function coreBandwidth({ cpu, threadsPerCore }: InstanceType): number | undefined {
  const ofVcpu = memoryBandwidth(cpu);
  return ofVcpu && ofVcpu * threadsPerCore;
}

/** Where the CPU time was measured. */
export interface Reference {
  /** The catalogue's name of the processor, when it is one of the catalogue. */
  readonly cpu?: string;
  readonly vendor?: string;
  readonly architecture: ComputeProfile['machine']['architecture'];
  readonly speed: number;
  /** Bandwidth to memory of a core when all of them read, relative to others. @default - nobody has measured it */
  readonly bandwidth?: number;
  /** What was assumed about it, as a sentence. */
  readonly assumption: string;
}

/** The reference kernel that stands for a class of arithmetic. */
const KERNEL = { scalar: 'treeMs', tree: 'treeMs', gemm: 'denseMs' } as const satisfies Record<
  ComputeClass,
  keyof typeof REFERENCE_KERNELS
>;

/**
 * Recognise the machine that was profiled. The speed of one that the catalogue does not know is that of the reference
 * processor, times what its reference kernel says.
 *
 * @param types all types whose processors are known, not only those that may be chosen
 */
export function referenceOf(
  machine: ComputeProfile['machine'],
  computeClass: ComputeClass,
  types: readonly InstanceType[],
): Reference {
  const cpu = processorNamed(machine.cpuModel, [...new Set(types.map((type) => type.cpu))]);
  // of several families with the processor the fastest, so that the plan errs to the safe side
  const speed = Math.max(
    ...types.filter((type) => type.cpu === (cpu ?? REFERENCE_CPU)).map((type) => threadSpeed(type, computeClass)),
  );
  const bandwidth = coreBandwidth(types.find((type) => type.cpu === (cpu ?? REFERENCE_CPU))!);
  const kernel = KERNEL[computeClass];
  const slower = machine.kernels[kernel] / REFERENCE_KERNELS[kernel];
  return {
    ...(cpu !== undefined && { cpu }),
    vendor: vendorOf(machine.cpuModel),
    architecture: machine.architecture,
    speed: cpu === undefined ? speed / slower : speed,
    ...(bandwidth !== undefined && { bandwidth }),
    assumption:
      cpu !== undefined
        ? `profiled on ${cpu}`
        : `profiled on "${machine.cpuModel}", which is not in the catalogue; its reference kernel takes ${slower.toFixed(2)} times as long as on ${REFERENCE_CPU}`,
  };
}

export interface Transfer {
  /** Time on the type over time on the profiled machine, the uncertainty included. */
  readonly factor: number;
  /** The uncertainty alone. */
  readonly uncertainty: number;
  readonly reason: string;
}

export interface TransferOptions {
  /** Whether to reckon as if the model had been profiled on the type itself. @default false */
  readonly measured?: boolean;
  /** Whether the time goes into reading parameters from memory rather than into arithmetic. @default false */
  readonly memoryBound?: boolean;
}

/** A search asks for each type of every way to change what is asked. */
const carried = new WeakMap<Reference, WeakMap<InstanceType, Map<string, Transfer>>>();

/** How CPU time is carried over from the reference to a type. */
export function transfer(
  reference: Reference,
  type: InstanceType,
  computeClass: ComputeClass,
  options: TransferOptions = {},
): Transfer {
  const { measured = false, memoryBound = false } = options;
  const byType = kept(carried, reference, () => new WeakMap<InstanceType, Map<string, Transfer>>());
  const known = kept(byType, type, () => new Map<string, Transfer>());
  return kept(known, `${computeClass} ${measured} ${memoryBound}`, () =>
    transferOf(reference, type, computeClass, { measured, memoryBound }),
  );
}

function transferOf(
  reference: Reference,
  type: InstanceType,
  computeClass: ComputeClass,
  { measured, memoryBound }: Required<TransferOptions>,
): Transfer {
  const { margin, relation } = measured ? SAME_PROCESSOR : relate(reference, type);
  const uncertainty = MARGINS[margin][computeClass === 'gemm' ? 'gemm' : 'scalar'];
  // bandwidth alone is a poor measure of speed, so it only ever makes a type slower
  const bandwidth = coreBandwidth(type);
  const reading = memoryBound && reference.bandwidth && bandwidth ? reference.bandwidth / bandwidth : 0;
  return {
    factor: Math.max(reference.speed / threadSpeed(type, computeClass), reading) * uncertainty,
    uncertainty,
    reason: `${reference.assumption}; ${relation}`,
  };
}

/**
 * Factors that a time is raised by: what 95 % of pairs of families stay within, when a benchmark is carried over by speeds
 * that were fitted without it (`npm run bench:sizing`).
 */
export const MARGINS = {
  processor: { scalar: 1.13, gemm: 1.11 },
  vendor: { scalar: 1.27, gemm: 1.57 },
  instructions: { scalar: 1.27, gemm: 1.68 },
  others: { scalar: 1.38, gemm: 2.03 },
} as const;

/** How sure a time is that was carried over, and why, as a phrase. */
interface Relation {
  readonly margin: keyof typeof MARGINS;
  readonly relation: string;
}

/** What remains when the profiled processor is the one that will serve. */
const SAME_PROCESSOR: Relation = { margin: 'processor', relation: 'the same processor runs it' };

function relate(reference: Reference, { cpu, architecture, measuredOn }: InstanceType): Relation {
  if (reference.cpu === cpu && measuredOn === undefined) return SAME_PROCESSOR;
  if (reference.architecture !== architecture) {
    const relation = `${cpu} has another instruction set: profile on an ${architecture} machine to plan tighter`;
    return { margin: 'others', relation };
  }
  if (reference.cpu !== undefined && reference.vendor === vendorOf(cpu)) {
    return { margin: 'vendor', relation: `${cpu} is of the same vendor and instruction set` };
  }
  const relation = `${cpu} has the same instruction set: profile on this processor to plan tighter`;
  return { margin: 'instructions', relation };
}
