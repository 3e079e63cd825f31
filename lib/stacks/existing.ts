/** What a stage names and does not make. */
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import type { DomainConfig, NetworkConfig, StageConfig } from '../config/config';
import { acknowledge } from '../constructs/findings/acknowledge';
import { existingDoor } from '../constructs/front-door/existing-listener';
import type { PlaceDoor } from '../constructs/front-door/place';
import type { SharedFrontDoor } from '../constructs/front-door/shared-front-door';
import type { SharedName } from '../constructs/front-door/shared-name';

/** The name of an endpoint, its zones, and its certificate. */
export function domainProps(scope: Construct, domain: DomainConfig) {
  const first = nameProps(scope, domain);
  const names = (domain.names ?? []).map((further) => {
    // ids of what is imported are nowhere in a template
    const own = nameProps(new Construct(scope, `Name ${further.name}`), further);
    return further.covered ? { ...own, certificate: first.certificate } : own;
  });
  return { ...first, ...(names.length > 0 && { names }) };
}

function nameProps(scope: Construct, { name, zone, zoneId, certificate, privateZoneId }: Omit<DomainConfig, 'names'>) {
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

/**
 * What the models of a stage stand behind.
 *
 * @param made the front door of the stage; behind a listener of the user's their name, as far as it is made
 */
export function doorOf(
  scope: Construct,
  stage: StageConfig,
  made: SharedFrontDoor | SharedName | undefined,
): PlaceDoor {
  const { listener } = stage.endpoint;
  if (!listener) return made as SharedFrontDoor;
  const name = made as SharedName | undefined;
  return existingDoor(scope, listener, {
    domainName: stage.domain.name,
    ...(name && { certificate: name.certificate }),
    ...(name?.record && { record: name.record }),
  });
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
