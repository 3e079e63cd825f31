/** Which machine image a plan boots. */
import type { SizingPlan } from './plan';

/** Amazon Linux 2023 is released about every two weeks, and an image is deprecated after 90 days. */
export const OLD_IMAGE_DAYS = 60;

/** The public SSM parameter with the id of the newest image: that with the driver of the GPU, or Amazon Linux 2023. */
export function imageParameter({ gpu, choice }: Pick<SizingPlan, 'gpu' | 'choice'>): string {
  return gpu?.machineImage ?? `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${choice.architecture}`;
}
