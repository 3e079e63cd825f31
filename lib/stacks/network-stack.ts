/** The network of one stage. */
import { Stack, type StackProps } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { type EncryptionOptions, encryptionKey } from '../constructs/encryption/encryption-key';
import { Network, type NetworkProps, zoneName } from '../constructs/network/network';
import { OWN_KEY } from '../model/stage/encryption';

export interface NetworkStackProps extends StackProps, Omit<NetworkProps, 'key'>, EncryptionOptions {}

export class NetworkStack extends Stack {
  readonly vpc: IVpc;
  /** Of the interface endpoints. */
  readonly services: ISecurityGroup;
  /** That the stage encrypts with: the lowest stack that uses it has it. */
  readonly key?: IKey;

  constructor(scope: Construct, id: string, props: NetworkStackProps) {
    super(scope, id, props);
    this.key = encryptionKey(this, props.encryptionKey);
    const network = new Network(this, 'Network', { ...props, ...(this.key && { key: this.key }) });
    this.vpc = network.vpc;
    this.services = network.services;
    // exported whether used or not: an endpoint that leaves a zone must not need the export gone first
    this.exportValue(this.vpc.vpcId);
    this.exportValue(this.services.securityGroupId);
    if (this.key && props.encryptionKey === OWN_KEY) this.exportValue(this.key.keyArn);
    for (const subnet of [...this.vpc.publicSubnets, ...this.vpc.isolatedSubnets]) this.exportValue(subnet.subnetId);
    for (const subnet of this.vpc.isolatedSubnets) this.exportValue(zoneName(subnet));
  }

  /** Of no concern, and so not asked of AWS: subnets are placed by ids of zones. */
  override get availabilityZones(): string[] {
    return [];
  }
}
