/** What several endpoints of a stage share: where it stands, and what it costs. */
import { loadCatalogue } from '../catalogue/catalogue';
import { loadBalancerZones } from '../plan/endpoint-parts';
import type { Cost, SizingPlan } from '../plan/plan';
import { fleetZones } from '../plan/zones';
import type { ServiceLevel } from '../service-level/service-level';
import { fixedBill } from './bill';

export interface SharedDoor {
  /** Ids of the zones in which the network has subnets; none where they are not known, or the network is there already. */
  readonly networkZones: readonly string[];
  /** Zones of any of the fleets, and of what they call; none where they are not known. */
  readonly fleetZones: readonly string[];
  /** Zones of the load balancer. */
  readonly balancerZones: readonly string[];
  /** Zones of the widest fleet, where their ids are not known. */
  readonly zones: number;
  readonly cost: Pick<Cost, 'lines' | 'usdPerMonth' | 'range'>;
  /** Of what is shared, and of all endpoints. */
  readonly usdPerMonth: number;
}

/** @param plans of one stage, with a shared front door */
export function sharedDoor(plans: readonly SizingPlan[]): SharedDoor {
  const [first] = plans as readonly [SizingPlan, ...SizingPlan[]];
  const { networkZones } = first;
  const wanted = new Set(plans.flatMap(fleetZones));
  const fleets = networkZones.filter((zone) => wanted.has(zone));
  const zones = Math.max(fleets.length, ...plans.map((plan) => plan.zones));
  const levels = plans.map(({ serviceLevel }) => serviceLevel);
  const any = <K extends keyof ServiceLevel>(key: K) => levels.find((level) => level[key] !== undefined)?.[key];
  const cost = fixedBill(loadCatalogue(first.region), {
    zones,
    egress: first.serviceLevel.egress,
    internal: first.serviceLevel.internal,
    accessControl: any('accessControl'),
    sessionManager: any('sessionManager'),
    firewallRules: first.serviceLevel.firewallRules,
    mutualTls: first.serviceLevel.mutualTls,
    privateLink: first.serviceLevel.privateLink,
    existingListener: first.serviceLevel.existingListener,
    hostedZone: any('hostedZone'),
    names: any('names'),
    encryptionKey: any('encryptionKey'),
  });
  const own = plans.reduce((sum, plan) => sum + plan.cost.usdPerMonth, 0);
  return {
    networkZones,
    fleetZones: fleets,
    balancerZones: [...new Set([...fleets, ...networkZones])].slice(0, loadBalancerZones(zones)),
    zones,
    cost,
    usdPerMonth: Math.round(100 * (cost.usdPerMonth + own)) / 100,
  };
}
