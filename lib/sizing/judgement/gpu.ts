/**
 * What a request costs on a GPU, which nobody has measured: the roofline. A run takes as long as its arithmetic or as
 * reading its parameters, whichever is longer, at the share of the data sheet's figures that is reached in practice; every
 * operator has to be started; and the processor parses the request and writes the answer as before.
 */
import type { DenseWork } from '../../model/package/profile';
import { MIB } from '../../model/units';
import type { InstanceType } from '../catalogue/catalogue';
import type { Gpu } from '../catalogue/gpus';
import type { Demand } from '../demand/demand';
import { serviceOf } from '../demand/queue';
import { MOST_JOINED, type Mode, worthJoining } from '../demand/service';
import { type Transfer, transfer } from '../demand/transfer';

/** Share of the peak operations, the low end of 30 to 50 % that large matrix products reach. */
const REACHED_OPERATIONS = 0.3;
/** Share of the peak bandwidth, the low end of 50 to 75 %; 53 to 76 % were measured for language models on T4, A10G, L4 and L40S. */
const REACHED_BANDWIDTH = 0.5;
/** To copy a request to the GPU, its answer back, and to notice that it is done, milliseconds. */
const ROUND_TRIP_MS = 0.1;
/** To start one operator, milliseconds. */
const START_OPERATOR_MS = 0.01;
/** A result is written once and read once. */
const PASSES = 2;
/** The times of a data sheet are no measurement. */
const UNCERTAINTY = 1.3;

/** CUDA's context, its libraries and the buffers of matrix products, MiB of GPU memory: 0.8 to 1.2 GiB, rounded up. */
const CONTEXT_MIB = 1.3 * 1024;
/** Fragmentation of the memory for parameters. */
const PARAMETERS_FACTOR = 1.05;
/** Share of the GPU's memory that may be planned with. */
const USABLE_SHARE = 0.9;

/** What a run takes, milliseconds. */
export function gpuMs({ teraOperations, gigabytesPerSecond }: Gpu, work: DenseWork, rows: number): number {
  const operations = work.operationsPerRow * rows;
  const bytes = work.parameterBytes + PASSES * work.activationBytesPerRow * rows;
  const computing = operations / (teraOperations[work.precision] * 1e9 * REACHED_OPERATIONS);
  const reading = bytes / (gigabytesPerSecond * 1e6 * REACHED_BANDWIDTH);
  return ROUND_TRIP_MS + START_OPERATOR_MS * work.nodes + Math.max(computing, reading);
}

/** CPU time of a request beside the engine on the profiled machine: a straight line through what was measured. */
function hostMs({ host }: DenseWork, rows: number): number {
  const [few, many] = [host[0]!, host.at(-1)!];
  if (few.rows === many.rows) return (few.cpuMs * rows) / few.rows;
  const slope = Math.max(0, (many.cpuMs - few.cpuMs) / (many.rows - few.rows));
  return few.cpuMs + slope * (rows - few.rows);
}

/** Memory of the GPU that serving takes, MiB. */
export function gpuMemoryMiB(work: DenseWork, rows: number): number {
  const results = (PASSES * work.activationBytesPerRow * rows * MOST_JOINED) / MIB;
  return (PARAMETERS_FACTOR * work.parameterBytes) / MIB + results + CONTEXT_MIB;
}

export const usableGpuMiB = (gpu: Gpu) => USABLE_SHARE * gpu.memoryMiB;

/** Memory that the CUDA libraries take in the process besides, MiB. */
export const GPU_PROCESS_MIB = 1024;

/**
 * Runs on a type with a GPU, in milliseconds of that type, and how sure that is. Their times vary as they do on the profiled
 * processor. The processor waits for the GPU, so that all of it is CPU time.
 */
export function onGpu(
  { gpu: asked, request, serviceLevel }: Demand,
  type: InstanceType,
): { modes: readonly Mode[]; transfer: Transfer } {
  const { work, host } = asked!;
  const rows = serviceLevel.rowsPerRequest;
  const around = transfer(host, type, 'scalar');
  const besideMs = (request.httpMs + hostMs(work, rows)) * (around.factor / around.uncertainty);
  const { service: shape } = request.modes[0];
  const modes = request.joinable.map((requests): Mode => {
    const meanMs = requests * besideMs + gpuMs(type.gpu!, work, requests * rows);
    const samples = shape.samplesMs.map((sample) => (sample * meanMs) / shape.meanMs);
    return { threads: 1, service: serviceOf(samples, requests), cpuMs: meanMs };
  });
  return {
    modes: worthJoining(modes),
    transfer: {
      factor: UNCERTAINTY,
      uncertainty: UNCERTAINTY,
      reason: `computed from the data sheet of the ${type.gpu!.name}: nothing was measured on it`,
    },
  };
}
