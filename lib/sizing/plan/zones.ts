/**
 * Where an endpoint stands: availability zones by id. A name such as `us-east-1a` is another zone in every account, an id
 * is the same in all of them, and the catalogue says which ids offer an instance type.
 */
import { loadBalancerZones } from './endpoint-parts';
import type { SizingPlan } from './plan';

/**
 * The zones in which the network of an endpoint has subnets: of each region the three that offered most instance types in
 * November 2026. They never change, since a subnet cannot move: a region is added here, and no entry is edited.
 */
export const NETWORK_ZONES: Readonly<Record<string, readonly string[]>> = {
  'af-south-1': ['afs1-az1', 'afs1-az2', 'afs1-az3'],
  'ap-east-1': ['ape1-az1', 'ape1-az2', 'ape1-az3'],
  'ap-northeast-1': ['apne1-az1', 'apne1-az2', 'apne1-az4'],
  'ap-northeast-2': ['apne2-az1', 'apne2-az2', 'apne2-az3'],
  'ap-northeast-3': ['apne3-az1', 'apne3-az2', 'apne3-az3'],
  'ap-south-1': ['aps1-az1', 'aps1-az2', 'aps1-az3'],
  'ap-south-2': ['aps2-az1', 'aps2-az2', 'aps2-az3'],
  'ap-southeast-1': ['apse1-az1', 'apse1-az2', 'apse1-az3'],
  'ap-southeast-2': ['apse2-az1', 'apse2-az2', 'apse2-az3'],
  'ap-southeast-3': ['apse3-az1', 'apse3-az2', 'apse3-az3'],
  'ap-southeast-4': ['apse4-az1', 'apse4-az2', 'apse4-az3'],
  'ap-southeast-5': ['apse5-az1', 'apse5-az2', 'apse5-az3'],
  'ca-central-1': ['cac1-az1', 'cac1-az2', 'cac1-az4'],
  'ca-west-1': ['caw1-az1', 'caw1-az2', 'caw1-az3'],
  'eu-central-1': ['euc1-az1', 'euc1-az2', 'euc1-az3'],
  'eu-central-2': ['euc2-az1', 'euc2-az2', 'euc2-az3'],
  'eu-north-1': ['eun1-az1', 'eun1-az2', 'eun1-az3'],
  'eu-south-1': ['eus1-az1', 'eus1-az2', 'eus1-az3'],
  'eu-south-2': ['eus2-az1', 'eus2-az2', 'eus2-az3'],
  'eu-west-1': ['euw1-az1', 'euw1-az2', 'euw1-az3'],
  'eu-west-2': ['euw2-az1', 'euw2-az2', 'euw2-az3'],
  'eu-west-3': ['euw3-az1', 'euw3-az2', 'euw3-az3'],
  'il-central-1': ['ilc1-az1', 'ilc1-az2', 'ilc1-az3'],
  'me-central-1': ['mec1-az1', 'mec1-az2', 'mec1-az3'],
  'me-south-1': ['mes1-az1', 'mes1-az2', 'mes1-az3'],
  'sa-east-1': ['sae1-az1', 'sae1-az2', 'sae1-az3'],
  'us-east-1': ['use1-az2', 'use1-az4', 'use1-az6'],
  'us-east-2': ['use2-az1', 'use2-az2', 'use2-az3'],
  'us-west-1': ['usw1-az1', 'usw1-az3'],
  'us-west-2': ['usw2-az1', 'usw2-az2', 'usw2-az3'],
};

type Placed = Pick<SizingPlan, 'zones' | 'offeredIn' | 'networkZones'>;

/** Those that offer the instance type first; where that is not known, all alike. */
const preferred = ({ offeredIn, networkZones }: Placed) => [...new Set([...offeredIn, ...networkZones])];

/** Zones of the instances, and of what they call. */
export const fleetZones = (plan: Placed) => preferred(plan).slice(0, plan.zones);

/** Zones of the load balancer: those of the instances, and another where there is but one. */
export const balancerZones = (plan: Placed) => preferred(plan).slice(0, loadBalancerZones(plan.zones));
