/** Where a shadow stands: on the instances of the endpoint, or in a group of its own. The bill decides, where both do. */
import { usd } from '../../model/units';
import type { Catalogue, InstanceType } from '../catalogue/catalogue';
import type { Demand } from '../demand/demand';
import { demandOf, type ShadowRequest, type SizingRequest } from '../demand/demand-of';
import { surplusVcpus } from '../judgement/judgement';
import { volumeGiB } from '../judgement/memory';
import { weeklyShare } from '../service-level/schedule';
import { type ServiceLevel, sustainedRate } from '../service-level/service-level';
import { best, type Option } from './search';

/** Nobody waits for a shadow: it has to keep up. */
const PATIENCE_MS = 60_000;

export interface Placed {
  readonly demand: Demand;
  /** The types that are allowed. */
  readonly catalogue: Catalogue;
  /** All types, whatever is allowed. */
  readonly unrestricted: Catalogue;
  /** The group of the shadow, where it has one. */
  readonly group?: Option;
  /** Why the shadow stands where it does, as a sentence; only where there is one. */
  readonly reason?: string;
}

/** Its part of the service level; it sleeps when the endpoint does. */
function levelOf({ share }: ShadowRequest, { serviceLevel }: SizingRequest): ServiceLevel {
  const { rowsPerRequest, bursts, egress, instances, discounts, schedule } = serviceLevel;
  const requestsPerSecond = share * serviceLevel.requestsPerSecond;
  const most = requestsPerSecond * (schedule ? weeklyShare(schedule) : 1);
  return {
    requestsPerSecond,
    meanRequestsPerSecond: Math.min(most, share * sustainedRate(serviceLevel)), // whatever the last bits of the product
    ...(schedule && { schedule }),
    rowsPerRequest,
    p99Ms: PATIENCE_MS,
    availability: 'single',
    ...(bursts !== undefined && { bursts }),
    ...(egress && { egress }),
    ...(instances && { instances }),
    ...(discounts && { discounts }),
    sharedDoor: true,
    leanMonitoring: true,
    alarmTopic: false,
  };
}

/** The cheapest group that keeps up, of the architecture of the fleet: both boot the same machine image, in the same subnets. */
function groupFor(shadow: ShadowRequest, request: SizingRequest, fleet: Option): Option | undefined {
  const { profile, manifest } = shadow;
  const { demand, catalogue } = demandOf({
    ...request,
    profile,
    manifest,
    shadow: undefined,
    versions: undefined,
    serviceLevel: levelOf(shadow, request),
  });
  const { architecture } = fleet.candidate.type;
  const { networkZones } = demand;
  const everywhere = (zones: readonly string[]) =>
    catalogue.region !== request.region || zones.length === 0 || zones.length >= networkZones.length;
  const fits = ({ gpu, zones, architecture: own }: InstanceType) => !gpu && own === architecture && everywhere(zones);
  return best(demand, catalogue.types.filter(fits), catalogue);
}

function billedGroup({ candidate, fleet }: Option, share: number): NonNullable<Demand['shadowGroup']> {
  return {
    type: candidate.type,
    instances: fleet.instances,
    running: fleet.weekly?.meanInstances ?? fleet.instances,
    volumeGiB: volumeGiB(candidate.demand.modelBytes, candidate.type),
    surplusVcpus: surplusVcpus(candidate, fleet),
    share,
  };
}

const fleetText = ({ fleet, candidate }: Option) => `${fleet.instances} x ${candidate.type.name}`;
const monthly = (usdPerMonth: number) => `${usd(usdPerMonth)} USD/month`;

/** What the fleet of an endpoint is asked for, with its shadow where that costs least. @throws as `demandOf` */
export function placed(request: SizingRequest): Placed {
  const { shadow } = request;
  if (shadow === undefined) return demandOf(request);
  const beside = demandOf(request);
  const besideReason = 'it runs on the instances of the endpoint';
  if (shadow.group === false) return { ...beside, reason: `${besideReason}, as shadow.group says` };
  const alone = demandOf({ ...request, shadow: undefined });
  const { catalogue } = alone;
  const fleet = best(alone.demand, catalogue.types, catalogue);
  const group = fleet && groupFor(shadow, request, fleet);
  const together = best(beside.demand, beside.catalogue.types, beside.catalogue);
  if (!group) return { ...beside, reason: `${besideReason}: no group of its own would keep up` };
  const demand = { ...alone.demand, shadowGroup: billedGroup(group, shadow.share) };
  const apart = best(demand, catalogue.types, catalogue)!;
  const own = { ...alone, demand, group };
  const ownReason = `it has a group of its own, ${fleetText(group)}`;
  if (shadow.group) return { ...own, reason: `${ownReason}, as shadow.group says` };
  if (!together) return { ...own, reason: `${ownReason}: no instance type has room for both models` };
  const more = apart.usdPerMonth - together.usdPerMonth;
  if (more < 0) {
    const text = `${ownReason}: beside the model it would take ${fleetText(together)}, which costs ${monthly(-more)} more`;
    return { ...own, reason: text };
  }
  return {
    ...beside,
    reason: `${besideReason}: a group of its own, ${fleetText(group)}, would cost ${monthly(more)} more`,
  };
}
