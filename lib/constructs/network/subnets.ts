/** Which subnets of a network instances and load balancers stand in. */
import type { ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import { SlipwayError } from '../../model/error';
import { loadBalancerZones } from '../../sizing/plan/endpoint-parts';

/** Where instances stand. */
export function privateSubnets(vpc: IVpc): ISubnet[] {
  return vpc.isolatedSubnets.length > 0 ? vpc.isolatedSubnets : vpc.privateSubnets;
}

/** Of a load balancer for fleets in so many zones. */
export function entranceSubnets(vpc: IVpc, internal: boolean, zones: readonly string[], fleetZones: number): ISubnet[] {
  const [kind, subnets] = internal
    ? (['private', privateSubnets(vpc)] as const)
    : (['public', vpc.publicSubnets] as const);
  return subnetsIn(zones, kind, subnets, loadBalancerZones(fleetZones));
}

/** Those in these zones; of a network that is not ours, whose zones have names, the first. */
export function subnetsIn(zones: readonly string[], kind: string, subnets: ISubnet[], count: number): ISubnet[] {
  const placed = zones.flatMap((zone) => subnets.find(({ availabilityZone }) => availabilityZone === zone) ?? []);
  if (placed.length === count) return placed;
  if (subnets.length < count) {
    throw new SlipwayError(
      'E_CONFIG',
      `the network has ${subnets.length} ${kind} subnets, but the endpoint needs ${count}, one in each zone; add subnets, or lower the availability`,
    );
  }
  return subnets.slice(0, count);
}
