/** What instances start from where no image is named. */
import { type IMachineImage, MachineImage, OperatingSystemType } from 'aws-cdk-lib/aws-ec2';
import { imageParameter } from '../../sizing/plan/machine-image';
import type { SizingPlan } from '../../sizing/plan/plan';

/** An SSM parameter that CloudFormation reads when it deploys; synthesis reads nothing. */
export function newestAmazonLinux(plan: Pick<SizingPlan, 'gpu' | 'choice'>): IMachineImage {
  return MachineImage.fromSsmParameter(imageParameter(plan), { os: OperatingSystemType.LINUX });
}
