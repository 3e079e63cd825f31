/** The network of one stage. */
import { CrossStackReferences, ReferenceStrength, Stack, type StackProps } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { Network } from '../constructs/network';
import { regionZones } from './zones';

export interface NetworkStackProps extends StackProps {
  /** Availability zones of the fleet. */
  readonly zones: number;
}

export class NetworkStack extends Stack {
  readonly vpc: IVpc;

  constructor(scope: Construct, id: string, props: NetworkStackProps) {
    super(scope, id, props);
    this.vpc = new Network(this, 'Network', { zones: props.zones }).vpc;
    // CloudFormation refuses to remove a network that an endpoint still uses
    CrossStackReferences.of(this.vpc).produce(ReferenceStrength.STRONG);
  }

  /** Without asking AWS, also when account and region are known. */
  override get availabilityZones(): string[] {
    return regionZones();
  }
}
