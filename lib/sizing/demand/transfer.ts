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
import { REFERENCE_CPU, REFERENCE_KERNELS } from './reference-cpu';

/**
 * What two threads of one core do together, relative to one alone. All-thread over one-thread floating point runs give
 * 0.96 to 1.02 on recent Xeon and EPYC; code that waits for memory and branches gains more.
 */
const SMT_YIELD: Record<ComputeClass, number> = { scalar: 1.3, tree: 1.3, gemm: 1 };

/**
 * What PassMark gains from second threads, of which matrix products gain nothing: its result on the cores of such a type is
 * that much too high for them. Against measured prefills of language models this halves the error (independent review,
 * 2026-11).
 */
const PASSMARK_SMT_GAIN = 1.3;

/** vCPUs of the size whose benchmarks are in the catalogue. */
const BENCHMARKED_VCPUS = 4;

/** Speed of one thread alone on its core, relative to other types in the same class of arithmetic. */
export function threadSpeed(type: InstanceType, computeClass: ComputeClass): number {
  const whole = computeClass === 'gemm' ? type.factors.passmarkMulti : type.factors.gb6Multi;
  const cores = BENCHMARKED_VCPUS / type.threadsPerCore;
  const gain = type.threadsPerCore > 1 && computeClass === 'gemm' ? PASSMARK_SMT_GAIN : smtYield(type, computeClass);
  return whole / cores / gain;
}

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

/** How CPU time is carried over from the reference to a type. */
export function transfer(
  reference: Reference,
  type: InstanceType,
  computeClass: ComputeClass,
  { measured = false, memoryBound = false }: TransferOptions = {},
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
 * Factors that a time is raised by. Dense: what 95 % of 22,868 pairs of processor and workload stay within (prefill of five
 * language models and object detection, families of Spare Cores, 2026-08). Scalar: 5 % of pairs run below 0.7 times with the
 * same instruction set, 12 to 21 % with another.
 */
const MARGINS = {
  processor: { scalar: 1.05, gemm: 1.23 },
  vendor: { scalar: 1.15, gemm: 2.95 },
  instructions: { scalar: 1.3, gemm: 2.75 },
  others: { scalar: 1.5, gemm: 2.57 },
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
