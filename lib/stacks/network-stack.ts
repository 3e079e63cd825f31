/** The network of one stage. */
import { Stack, type StackProps } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { Network } from '../constructs/network';
import { regionZones } from './zones';

export interface NetworkStackProps extends StackProps {
  /** Availability zones of the fleet. */
  readonly zones: number;
  /** Whether instances read parameters of SSM. @default false */
  readonly parameters?: boolean;
  /** @default - that of `Network` */
  readonly cidr?: string;
}

export class NetworkStack extends Stack {
  readonly vpc: IVpc;
  /** Of the interface endpoints. */
  readonly services: ISecurityGroup;

  constructor(scope: Construct, id: string, props: NetworkStackProps) {
    super(scope, id, props);
    const { zones, parameters, cidr } = props;
    const network = new Network(this, 'Network', { zones, parameters, cidr });
    this.vpc = network.vpc;
    this.services = network.services;
    // exported whether used or not: an endpoint that leaves a zone must not need the export gone first
    this.exportValue(this.vpc.vpcId);
    this.exportValue(this.services.securityGroupId);
    for (const subnet of [...this.vpc.publicSubnets, ...this.vpc.isolatedSubnets]) this.exportValue(subnet.subnetId);
  }

  /** Without asking AWS, also when account and region are known. */
  override get availabilityZones(): string[] {
    return regionZones(this.region);
  }
}
