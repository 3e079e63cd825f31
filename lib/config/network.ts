/** The network of a stage: one that is made, or `network` of slipway.yaml, which is there. */
import { z } from 'zod';
import { callerProblem } from '../aws/addresses';
import { LIMITS } from '../aws/limits';
import { regionOfZone } from '../aws/regions';
import { type Egress, NO_SESSIONS_OVER_IPV6 } from '../sizing/service-level/egress';
import { edgeOf } from '../sizing/service-level/front-door';
import type { StageMistake } from './mistake';
import type { StageDocument } from './schema';
import { distinct, text } from './value-forms';

const TWO_ZONES = 'must name at least two zones: a load balancer needs two';

/** Ids of the zones of a network that is made. */
export const zonesSchema = distinct(text(LIMITS.networkZone), 2, TWO_ZONES).max(3, 'must name at most three zones');

export const networkSchema = z.strictObject({
  vpcId: text(LIMITS.vpc),
  availabilityZones: distinct(text(LIMITS.zone), 2, TWO_ZONES),
  publicSubnetIds: distinct(
    text(LIMITS.subnet),
    2,
    'must name at least two subnets: a load balancer needs two',
  ).optional(),
  privateSubnetIds: distinct(text(LIMITS.subnet), 1, 'must name a subnet for each zone'),
});

export type NetworkDocument = z.infer<typeof networkSchema>;

/** The way out of the network. */
export const egressOf = ({ egress, network }: StageDocument): Egress => egress ?? (network ? 'existing' : 'endpoints');

/** What does not go with the network of a stage, or with its way out. */
export function networkMistakes(stage: StageDocument): StageMistake[] {
  const { network, zones, cidr, internal = false, listener, availability, region } = stage;
  const mistakes: StageMistake[] = [];
  const at = (path: string[], message: string) => mistakes.push([path, message]);
  if (network && zones !== undefined) {
    at(['zones'], `are of a network that is made, and this stage uses ${network.vpcId}; leave one of both out`);
  }
  if (network && cidr !== undefined) {
    at(['cidr'], `is of a network that is made, and this stage uses ${network.vpcId}; leave one of both out`);
  }
  const edge = edgeOf(stage);
  const callers = edge || listener ? undefined : callerProblem(stage);
  if (callers !== undefined) at(['allowFrom'], callers);
  if (stage.zonalShift && availability === 'single') {
    at(
      ['zonalShift'],
      'leaves a zone for others, and availability: single has instances in one; take zone, or leave it out',
    );
  }
  const inside = internal || edge !== undefined;
  if (inside && !listener && network && network.privateSubnetIds.length < 2) {
    at(
      ['network', 'privateSubnetIds'],
      'must name subnets in two zones: a load balancer without public addresses stands in them',
    );
  }
  mistakes.push(...egressMistakes(stage));
  if (network) mistakes.push(...subnetMistakes(network, region, inside || listener !== undefined));
  return mistakes;
}

function egressMistakes(stage: StageDocument): StageMistake[] {
  const { network, allowTo, sessionManager } = stage;
  const egress = egressOf(stage);
  const mistakes: StageMistake[] = [];
  const at = (path: string[], message: string) => mistakes.push([path, message]);
  if (network && egress !== 'existing') {
    at(
      ['egress'],
      `is ${egress}, of a network that is made, and this stage uses ${network.vpcId}, whose ways out are its own; take egress: existing`,
    );
  }
  if (!network && egress === 'existing') {
    at(
      ['egress'],
      'is existing, which is the way out of a network that is there: name it as network, or take endpoints, ipv6 or nat',
    );
  }
  if (allowTo && (egress === 'ipv6' || egress === 'nat')) {
    at(
      ['allowTo'],
      `cannot be kept with egress: ${egress}, by which CloudWatch Logs is called at addresses that no list has; take egress: endpoints`,
    );
  }
  if (sessionManager && egress === 'ipv6') at(['sessionManager'], NO_SESSIONS_OVER_IPV6);
  return mistakes;
}

function subnetMistakes(network: NetworkDocument, region: string | undefined, internal: boolean): StageMistake[] {
  const { availabilityZones: zones, publicSubnetIds, privateSubnetIds } = network;
  const mistakes: StageMistake[] = [];
  const at = (path: string[], message: string) => mistakes.push([['network', ...path], message]);
  if (!publicSubnetIds && !internal) {
    at(
      ['publicSubnetIds'],
      'is missing: the subnets of the load balancer, one in each zone; an internal one needs none',
    );
  }
  for (const [key, subnets] of Object.entries({ publicSubnetIds, privateSubnetIds })) {
    if (subnets === undefined || subnets.length === zones.length) continue;
    at([key], `has ${subnets.length} subnets for ${zones.length} zones; one each, in the same order`);
  }
  for (const [i, subnet] of privateSubnetIds.entries()) {
    if (!publicSubnetIds?.includes(subnet)) continue;
    at(['privateSubnetIds', `${i}`], `is ${subnet}, a public subnet too; instances stand in subnets of their own`);
  }
  for (const [i, zone] of zones.entries()) {
    if (region === undefined || regionOfZone(zone) === region) continue;
    at(
      ['availabilityZones', `${i}`],
      `is ${zone}, which is no zone of ${region}; they are ${region}a, ${region}b and so on`,
    );
  }
  return mistakes;
}
