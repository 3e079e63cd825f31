/** Lines of a bill that are there whatever the traffic: the network and the front door, of one endpoint or of several. */
import type { InstanceType, Prices } from '../catalogue/catalogue';
import { type Calling, interfaceEndpoints, loadBalancerZones, natGateways, STAGE_KEYS } from '../plan/endpoint-parts';
import { isEdge } from '../service-level/front-door';
import type { ServiceLevel } from '../service-level/service-level';
import type { PriceName } from './price-sources';

/** Hours of a mean month. */
export const HOURS_PER_MONTH = 730;

/** USD of an instance on the price list; undefined where that is paid. */
export const listMonth = ({ listUsdPerHour }: Pick<InstanceType, 'listUsdPerHour'>) =>
  listUsdPerHour === undefined ? undefined : listUsdPerHour * HOURS_PER_MONTH;

/** Takes a line of a bill. */
export type Take = (
  item: string,
  quantity: number,
  unit: string,
  usdPerUnitMonth: number,
  price: PriceName,
  listUsdPerUnitMonth?: number,
) => void;

export interface FixedParts
  extends Pick<
    ServiceLevel,
    | 'egress'
    | 'internal'
    | 'frontDoor'
    | 'accessControl'
    | 'sessionManager'
    | 'firewallRules'
    | 'mutualTls'
    | 'hostedZone'
    | 'names'
    | 'existingListener'
    | 'encryptionKey'
    | 'privateLink'
  > {
  readonly prices: Prices;
  /** Zones of the instances. */
  readonly zones: number;
}

export function balancerLine({ prices, existingListener }: FixedParts, line: Take): void {
  if (existingListener) return;
  line('load balancer', 1, 'load balancer', prices.loadBalancerHour * HOURS_PER_MONTH, 'loadBalancerHour');
}

export function addressLine({ prices, zones, internal, frontDoor, existingListener }: FixedParts, line: Take): void {
  if (internal || existingListener || isEdge(frontDoor)) return;
  const month = prices.publicAddressHour * HOURS_PER_MONTH;
  line('public addresses of the load balancer', loadBalancerZones(zones), 'address', month, 'publicAddressHour');
}

export function firewallLines({ prices, firewallRules }: FixedParts, line: Take): void {
  if (firewallRules === undefined) return;
  line('WAF', 1, 'web ACL', prices.firewallMonth, 'firewallMonth');
  line('rules of WAF', firewallRules, 'rule', prices.firewallRuleMonth, 'firewallRuleMonth');
}

export function privateLinkLine({ prices, privateLink }: FixedParts, line: Take): void {
  if (!privateLink) return;
  const month = prices.networkLoadBalancerHour * HOURS_PER_MONTH;
  line('network load balancer of PrivateLink', 1, 'load balancer', month, 'networkLoadBalancerHour');
}

export function trustStoreLine({ prices, mutualTls }: FixedParts, line: Take): void {
  if (mutualTls) line('trust store', 1, 'store', prices.trustStoreHour * HOURS_PER_MONTH, 'trustStoreHour');
}

function endpointsOf(calling: Calling) {
  const services = Object.values(interfaceEndpoints('endpoints', calling));
  return { names: services.join(', '), count: services.length };
}

/** By kind of endpoint: a search asks thousands of times. */
const ENDPOINTS = {
  open: endpointsOf({}),
  controlled: endpointsOf({ parameters: true }),
  sessions: endpointsOf({ sessions: true }),
};

/** An endpoint in each zone. */
export function endpointLine(parts: FixedParts, line: Take): void {
  const { prices, zones, egress = 'endpoints', accessControl, sessionManager = false } = parts;
  if (egress !== 'endpoints') return;
  const { names, count } = ENDPOINTS[sessionManager ? 'sessions' : accessControl === undefined ? 'open' : 'controlled'];
  const month = prices.interfaceEndpointHour * HOURS_PER_MONTH;
  line(`interface endpoints (${names})`, count * zones, 'endpoint', month, 'interfaceEndpointHour');
}

export function gatewayLines({ prices, zones, egress = 'endpoints' }: FixedParts, line: Take): void {
  const gateways = natGateways(egress, zones);
  if (gateways === 0) return;
  const [gatewayMonth, addressMonth] = [prices.natGatewayHour, prices.publicAddressHour].map(
    (usd) => usd * HOURS_PER_MONTH,
  ) as [number, number];
  line('NAT gateways', gateways, 'gateway', gatewayMonth, 'natGatewayHour');
  line('public addresses of the NAT gateways', gateways, 'address', addressMonth, 'publicAddressHour');
}

export function stageKeyLine(
  { prices, encryptionKey }: Pick<FixedParts, 'prices' | 'encryptionKey'>,
  line: Take,
): void {
  if (encryptionKey !== 'own') return;
  line('encryption key of the stage', STAGE_KEYS, 'key', prices.encryptionKeyMonth, 'encryptionKeyMonth');
}

/** Each name of an internal endpoint has a private zone. */
export function zoneLines({ prices, hostedZone, names, internal, existingListener }: FixedParts, line: Take): void {
  const zones = (hostedZone ? 1 : 0) + (names?.zones ?? 0);
  if (zones > 0) line('hosted zone', zones, 'zone', prices.hostedZoneMonth, 'hostedZoneMonth');
  const inside = internal && !existingListener ? 1 + (names?.count ?? 0) : 0;
  if (inside > 0) line('private hosted zone', inside, 'zone', prices.hostedZoneMonth, 'hostedZoneMonth');
}

/** All of them. */
export function fixedLines(parts: FixedParts, line: Take): void {
  for (const lines of [
    balancerLine,
    addressLine,
    firewallLines,
    trustStoreLine,
    privateLinkLine,
    endpointLine,
    gatewayLines,
    stageKeyLine,
    zoneLines,
  ]) {
    lines(parts, line);
  }
}
