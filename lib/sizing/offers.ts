/** What the chosen fleet would cost with another way out of its network, or behind another front door. */

import { billTotal } from './bill/bill';
import { cheaperBelow, throughDoor } from './bill/door-lines';
import { REQUESTS_PER_CONNECTION } from './bill/endpoint-lines';
import { HOURS_PER_MONTH } from './bill/fixed-parts';
import type { Catalogue } from './catalogue/catalogue';
import type { DoorOffer, WayOut } from './plan/plan';
import { billed } from './search/fleet-usd';
import { decimals } from './search/rounded';
import type { Option } from './search/search';
import { MADE_EGRESSES } from './service-level/egress';
import { edgeOf, FRONT_DOORS, isEdge, LONGEST_EDGE_SECONDS } from './service-level/front-door';
import { type ServiceLevel, sustainedRate } from './service-level/service-level';

export function waysOutOf({ candidate, fleet }: Option, catalogue: Catalogue): WayOut[] {
  const { serviceLevel } = candidate.demand;
  if (serviceLevel.egress === 'existing' || serviceLevel.sharedDoor) return []; // of which one endpoint decides nothing
  const of = billed(candidate, fleet, catalogue);
  return MADE_EGRESSES.map((egress) => ({
    egress,
    usdPerMonth: billTotal({ ...of, serviceLevel: { ...serviceLevel, egress } }),
  }));
}

/** Whether nothing is asked for that a load balancer with a name of yours alone has. */
const anyDoor = ({
  sharedDoor,
  existingListener,
  names,
  internal,
  firewallRules,
  mutualTls,
  backendTls,
  verifyJwt,
  signIn,
}: ServiceLevel) =>
  !sharedDoor &&
  !existingListener &&
  !names &&
  !internal &&
  firewallRules === undefined &&
  !mutualTls &&
  !backendTls &&
  !verifyJwt &&
  !signIn;

export function frontDoorsOf({ candidate, fleet }: Option, catalogue: Catalogue): DoorOffer[] {
  const { serviceLevel, request } = candidate.demand;
  if (!anyDoor(serviceLevel)) return [];
  const of = billed(candidate, fleet, catalogue);
  const chosen = edgeOf(serviceLevel);
  const traffic = {
    requests: sustainedRate(serviceLevel) * 3600 * HOURS_PER_MONTH,
    requestBytes: request.requestBytes,
    answerBytes: request.answerBytes,
    requestsPerConnection: serviceLevel.requestsPerConnection ?? REQUESTS_PER_CONNECTION,
  };
  return FRONT_DOORS.filter(
    (frontDoor) => !isEdge(frontDoor) || serviceLevel.p99Ms <= 1000 * LONGEST_EDGE_SECONDS[frontDoor],
  ).map((frontDoor): DoorOffer => {
    const through = frontDoor === (chosen ?? 'alb') ? {} : throughDoor(frontDoor);
    const below = isEdge(frontDoor)
      ? cheaperBelow(frontDoor, { prices: catalogue.prices, zones: fleet.zones }, traffic)
      : undefined;
    return {
      frontDoor,
      usdPerMonth: billTotal({ ...of, serviceLevel: { ...serviceLevel, ...through } }),
      ...(below !== undefined && { cheaperBelow: decimals(below, 1) }),
    };
  });
}
