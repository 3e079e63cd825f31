/**
 * GPUs that the handler's library can use (ONNX Runtime's CUDA provider, x86-64): facts typed in by hand, since
 * DescribeInstanceTypes tells their name, number and memory alone.
 *
 * Bandwidth and operations are those of the makers' data sheets (NVIDIA T4, A10G, L4, L40S, H100 SXM; read 2026-11), dense,
 * without sparsity, of ordinary cores for 32 and 64 bits: TensorFloat-32 is switched off, since it keeps three digits. Nobody
 * has verified them on EC2; what is reached of them is in lib/sizing/judgement/gpu.ts.
 */
import type { DenseWork } from '../../model/package/profile';
import type { Accelerator } from './contents';

export interface Gpu {
  readonly name: string;
  /** Memory of a whole one as EC2 describes it, MiB. */
  readonly memoryMiB: number;
  /** Bandwidth of its memory, GB/s. */
  readonly gigabytesPerSecond: number;
  /** Peak, in 10^12 operations a second. */
  readonly teraOperations: Readonly<Record<DenseWork['precision'], number>>;
}

export const GPU_SOURCE = 'data sheets of NVIDIA T4, A10G, L4, L40S and H100 (bandwidth, operations), 2026-11';

const gpu = (
  name: string,
  memoryMiB: number,
  gigabytesPerSecond: number,
  float16: number,
  float32: number,
  float64: number,
): Gpu => ({ name, memoryMiB, gigabytesPerSecond, teraOperations: { float16, float32, float64 } });

const GPUS: readonly Gpu[] = [
  gpu('T4', 16_384, 320, 65, 8.1, 0.25),
  gpu('A10G', 22_888, 600, 70, 31.2, 0.49),
  gpu('L4', 22_888, 300, 121, 30.3, 0.47),
  gpu('L40S', 45_776, 864, 362, 91.6, 1.43),
  gpu('H100', 81_920, 3350, 989, 67, 34),
];

/**
 * The GPU of an instance type, or undefined where the handler cannot use it. Types with several are left out: for each GPU
 * they cost more than as many types with one, and a model that needs more than one is none that Slipway serves. So are
 * parts of a GPU (g6f), whose share of the bandwidth nobody tells.
 */
export function gpuOf(accelerator: Accelerator, architecture: 'x86_64' | 'arm64'): Gpu | undefined {
  if (accelerator.count !== 1 || architecture !== 'x86_64') return undefined;
  return GPUS.find(({ name, memoryMiB }) => name === accelerator.name && memoryMiB <= accelerator.memoryMiB);
}
