/** What a stage names and does not make. */
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { DomainConfig, NetworkConfig } from '../config/config';
import { acknowledge } from '../constructs/acknowledge';

/** The name of an endpoint, its zones, and its certificate. */
export function domainProps(scope: Construct, { name, zone, zoneId, certificate, privateZoneId }: DomainConfig) {
  return {
    domainName: name,
    hostedZone:
      zone && zoneId
        ? HostedZone.fromHostedZoneAttributes(scope, 'Zone', { zoneName: zone, hostedZoneId: zoneId })
        : undefined,
    privateZone: privateZoneId
      ? HostedZone.fromHostedZoneAttributes(scope, 'PrivateZone', { zoneName: name, hostedZoneId: privateZoneId })
      : undefined,
    certificate: certificate ? Certificate.fromCertificateArn(scope, 'Certificate', certificate) : undefined,
  };
}

export function existingNetwork(scope: Construct, network: NetworkConfig): IVpc {
  const vpc = Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: network.vpcId,
    availabilityZones: [...network.availabilityZones],
    ...(network.publicSubnetIds && { publicSubnetIds: [...network.publicSubnetIds] }),
    privateSubnetIds: [...network.privateSubnetIds],
  });
  for (const subnet of [...vpc.publicSubnets, ...vpc.privateSubnets]) {
    acknowledge(subnet, '@aws-cdk/aws-ec2:noSubnetRouteTableId', 'no route is added to a network that is not ours');
  }
  return vpc;
}
