/** Which machine image a plan boots. */
import type { SizingPlan } from './plan';

/** The public SSM parameter with the id of the newest image: that with the driver of the GPU, or Amazon Linux 2023. */
export function imageParameter({ gpu, choice }: Pick<SizingPlan, 'gpu' | 'choice'>): string {
  return gpu?.machineImage ?? `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${choice.architecture}`;
}
