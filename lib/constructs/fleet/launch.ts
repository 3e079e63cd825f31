/** What the instances of a fleet are launched with. */
import {
  type BlockDevice,
  CpuCredits,
  type IMachineImage,
  type InstanceType,
  type ISecurityGroup,
  type IVpc,
  type SubnetSelection,
  type UserData,
} from 'aws-cdk-lib/aws-ec2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { SizingPlan } from '../../sizing/plan';

export interface LaunchOptions {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  readonly plan: SizingPlan;
  readonly userData: UserData;
  readonly machineImage: IMachineImage;
  readonly instanceType: InstanceType;
  readonly role: IRole;
  readonly securityGroup: ISecurityGroup;
  readonly blockDevices: BlockDevice[];
}

const CREDITS = { unlimited: CpuCredits.UNLIMITED, standard: CpuCredits.STANDARD } as const;

/** The mode that the plan counts on: the default of an account may be another. Undefined for types without credits, which refuse one. */
export const creditsOf = ({ creditMode }: SizingPlan) => creditMode && CREDITS[creditMode];
