/** What the instances of a fleet are launched with. */
import {
  type BlockDevice,
  CpuCredits,
  type IMachineImage,
  type InstanceType,
  type ISecurityGroup,
  type IVpc,
  LaunchTemplate,
  LaunchTemplateHttpTokens,
  type SubnetSelection,
  type UserData,
} from 'aws-cdk-lib/aws-ec2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { SizingPlan } from '../../sizing/plan/plan';

export interface LaunchOptions {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  readonly userData: UserData;
  readonly machineImage: IMachineImage;
  readonly instanceType: InstanceType;
  readonly role: IRole;
  readonly securityGroup: ISecurityGroup;
  readonly blockDevices: BlockDevice[];
}

const CREDITS = { unlimited: CpuCredits.UNLIMITED, standard: CpuCredits.STANDARD } as const;

/** The mode that the plan counts on: the default of an account may be another. Undefined for types without credits, which refuse one. */
const creditsOf = ({ creditMode }: Pick<SizingPlan, 'creditMode'>) => creditMode && CREDITS[creditMode];

export function launchTemplate(
  scope: Construct,
  { instanceType, machineImage, role, securityGroup, blockDevices, userData }: LaunchOptions,
  plan: Pick<SizingPlan, 'creditMode' | 'serviceLevel'>,
): LaunchTemplate {
  return new LaunchTemplate(scope, 'LaunchTemplate', {
    ...{ instanceType, machineImage, role, securityGroup, blockDevices, userData },
    httpTokens: LaunchTemplateHttpTokens.REQUIRED,
    httpPutResponseHopLimit: 1,
    detailedMonitoring: !plan.serviceLevel.leanMonitoring,
    cpuCredits: creditsOf(plan),
  });
}
