/** The network of one stage. */
import { Stack, type StackProps } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { Network, type NetworkProps, zoneName } from '../constructs/network';

export interface NetworkStackProps extends StackProps, NetworkProps {}

export class NetworkStack extends Stack {
  readonly vpc: IVpc;
  /** Of the interface endpoints. */
  readonly services: ISecurityGroup;

  constructor(scope: Construct, id: string, props: NetworkStackProps) {
    super(scope, id, props);
    const network = new Network(this, 'Network', props);
    this.vpc = network.vpc;
    this.services = network.services;
    // exported whether used or not: an endpoint that leaves a zone must not need the export gone first
    this.exportValue(this.vpc.vpcId);
    this.exportValue(this.services.securityGroupId);
    for (const subnet of [...this.vpc.publicSubnets, ...this.vpc.isolatedSubnets]) this.exportValue(subnet.subnetId);
    for (const subnet of this.vpc.isolatedSubnets) this.exportValue(zoneName(subnet));
  }

  /** Of no concern, and so not asked of AWS: subnets are placed by ids of zones. */
  override get availabilityZones(): string[] {
    return [];
  }
}
