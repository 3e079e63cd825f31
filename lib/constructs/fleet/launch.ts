/** What the instances of a fleet are launched with. */
import type {
  BlockDevice,
  IMachineImage,
  InstanceType,
  ISecurityGroup,
  IVpc,
  SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { SizingPlan } from '../../sizing/plan';
import type { Boot } from '../boot/boot';

export interface LaunchOptions {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  readonly plan: SizingPlan;
  readonly boot: Boot;
  readonly machineImage: IMachineImage;
  readonly instanceType: InstanceType;
  readonly role: IRole;
  readonly securityGroup: ISecurityGroup;
  readonly blockDevices: BlockDevice[];
}
