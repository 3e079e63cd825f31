/**
 * What a request costs on a GPU, which nobody has measured: a roofline. A run takes as long as its arithmetic and as moving its
 * parameters and results, one after the other, at the share of the data sheet's figures that is reached in practice; every
 * operator has to be started; and the processor parses the request and writes the answer as before.
 *
 * Shares, passes and the start are those that eight published runs of ONNX Runtime on a T4 have (MiniLM, RoBERTa base and large,
 * in 16 and 32 bits; the benchmarks of ELS-RD/transformer-deploy, commit 07b342e): it gives 0.75 to 1.15 times their times
 * (test/sizing/gpu.test.ts).
 */
import type { DenseWork } from '../../model/package/profile';
import { MIB } from '../../model/units';
import type { InstanceType } from '../catalogue/catalogue';
import type { Gpu } from '../catalogue/gpus';
import type { Demand } from '../demand/demand';
import { MOST_JOINED, type Mode, worthJoining } from '../demand/service';
import { serviceOf } from '../demand/service-time';
import { type Transfer, transfer } from '../demand/transfer';

/** Share of the peak operations. Units for 16 bits wait more often. */
const REACHED_OPERATIONS = { float16: 0.3, float32: 0.5, float64: 0.5 } as const;
/** Share of the peak bandwidth, the low end of 50 to 75 %; 53 to 76 % were measured for language models on T4, A10G, L4 and L40S. */
const REACHED_BANDWIDTH = 0.5;
/** To copy a request to the GPU, its answer back, and to notice that it is done, milliseconds. */
const ROUND_TRIP_MS = 0.1;
/** To start one operator of the graph as ONNX Runtime runs it, milliseconds. */
const START_OPERATOR_MS = 0.006;
/** A result is written and read, and once more by what is done to it: bias, activation, normalisation. */
const PASSES = 4;
/** The times of a data sheet are no measurement. */
const UNCERTAINTY = 1.3;

/** CUDA's context, its libraries and the buffers of matrix products, MiB of GPU memory: 0.8 to 1.2 GiB, rounded up. */
const CONTEXT_MIB = 1.3 * 1024;
/** A result is there while the next is made of it. */
const KEPT = 2;
/** Fragmentation of the memory for parameters. */
const PARAMETERS_FACTOR = 1.05;
/** Share of the GPU's memory that may be planned with. */
const USABLE_SHARE = 0.9;

/** What a run takes, milliseconds. */
export function gpuMs({ teraOperations, gigabytesPerSecond }: Gpu, work: DenseWork, rows: number): number {
  const operations = work.operationsPerRow * rows;
  const bytes = work.parameterBytes + PASSES * work.activationBytesPerRow * rows;
  const computing = operations / (teraOperations[work.precision] * 1e9 * REACHED_OPERATIONS[work.precision]);
  const moving = bytes / (gigabytesPerSecond * 1e6 * REACHED_BANDWIDTH);
  return ROUND_TRIP_MS + START_OPERATOR_MS * work.nodes + computing + moving;
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
  const results = (KEPT * work.activationBytesPerRow * rows * MOST_JOINED) / MIB;
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
    return { threads: 1, service: serviceOf(samples, requests), cpuMs: meanMs, lightCpuMs: meanMs };
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
