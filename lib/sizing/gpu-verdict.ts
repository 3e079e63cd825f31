/** Whether a GPU serves, or would. */
import type { InstanceType } from './catalogue/catalogue';
import { gpuMemoryMiB } from './judgement/gpu';
import { GPU_LIBRARY, GPU_MACHINE_IMAGE } from './plan/gpu-image';
import type { GpuVerdict, PlannedGpu } from './plan/plan';
import { candidateOf, roundedPrediction } from './search/rounded';
import type { Option } from './search/search';

/** What serves on a GPU: library and image, by which the stacks build the instances. */
export function plannedGpu({ demand }: Option['candidate'], { gpu }: InstanceType): PlannedGpu | undefined {
  if (!gpu) return undefined;
  const needMiB = Math.ceil(gpuMemoryMiB(demand.gpu!.work, demand.serviceLevel.rowsPerRequest));
  return { name: gpu.name, memoryMiB: gpu.memoryMiB, needMiB, library: GPU_LIBRARY, machineImage: GPU_MACHINE_IMAGE };
}

/** Whether a GPU would do, beside the fleet that was chosen. */
export function gpuVerdict(found: readonly Option[], types: readonly InstanceType[]): GpuVerdict {
  const ofKind = (withGpu: boolean) => found.find(({ candidate }) => (candidate.type.gpu !== undefined) === withGpu);
  const fleetOf = (option: Option | undefined) =>
    option && { ...candidateOf(option), predicted: roundedPrediction(option) };
  return {
    types: types.filter(({ gpu }) => gpu).length,
    withGpu: fleetOf(ofKind(true)),
    withoutGpu: fleetOf(ofKind(false)),
  };
}
