/** Where a reader finds the price of a line: the page of AWS that has it, the region, and which list of what date it is from. */
import type { Prices } from '../catalogue/catalogue';
import type { PriceBook } from './bill-of';

/** What a line may be billed by. */
export type PriceName = keyof Prices | 'instance' | 'Spot' | 'shadow instance' | 'zones';

const EC2 = 'aws.amazon.com/ec2/pricing/on-demand';
const BALANCERS = 'aws.amazon.com/elasticloadbalancing/pricing';
const NETWORK = 'aws.amazon.com/vpc/pricing';
const ENDPOINTS = 'aws.amazon.com/privatelink/pricing';
const WATCHING = 'aws.amazon.com/cloudwatch/pricing';
const KEYS = 'aws.amazon.com/kms/pricing';
const FIREWALL = 'aws.amazon.com/waf/pricing';
const EDGE = 'aws.amazon.com/cloudfront/pricing';
const FUNCTIONS = 'aws.amazon.com/lambda/pricing';

const PAGES: Readonly<Record<PriceName, string>> = {
  instance: EC2,
  'shadow instance': EC2,
  Spot: 'aws.amazon.com/ec2/spot/pricing',
  zones: EC2,
  loadBalancerHour: BALANCERS,
  loadBalancerCapacityUnitHour: BALANCERS,
  networkLoadBalancerHour: BALANCERS,
  networkLoadBalancerCapacityUnitHour: BALANCERS,
  trustStoreHour: BALANCERS,
  publicAddressHour: NETWORK,
  natGatewayHour: NETWORK,
  natGatewayGB: NETWORK,
  interfaceEndpointHour: ENDPOINTS,
  interfaceEndpointGB: ENDPOINTS,
  volumeGiBMonth: 'aws.amazon.com/ebs/pricing',
  alarmMonth: WATCHING,
  metricMonth: WATCHING,
  dashboardMonth: WATCHING,
  logGiB: WATCHING,
  encryptionKeyMonth: KEYS,
  keyMillion: KEYS,
  storageGiBMonth: 'aws.amazon.com/s3/pricing',
  dataOutGB: EC2,
  hostedZoneMonth: 'aws.amazon.com/route53/pricing',
  firewallMonth: FIREWALL,
  firewallRuleMonth: FIREWALL,
  firewallMillion: FIREWALL,
  httpApiMillion: 'aws.amazon.com/api-gateway/pricing',
  cloudFrontMillion: EDGE,
  cloudFrontGB: EDGE,
  cloudFrontOriginGB: EDGE,
  functionMillion: FUNCTIONS,
  functionGBSecond: FUNCTIONS,
};

/** What a source of the catalogue says that it is of, before a colon, where it is of some prices alone. */
const TOPICS: Partial<Record<PriceName, string>> = {
  loadBalancerHour: 'load balancer hours',
  loadBalancerCapacityUnitHour: 'load balancer capacity units',
  networkLoadBalancerHour: 'network load balancers',
  networkLoadBalancerCapacityUnitHour: 'network load balancers',
  trustStoreHour: 'trust stores',
  natGatewayHour: 'NAT gateways',
  natGatewayGB: 'NAT gateways',
  volumeGiBMonth: 'gp3 volumes',
  dataOutGB: 'data out',
  hostedZoneMonth: 'hosted zones',
  firewallMonth: 'WAF',
  firewallRuleMonth: 'WAF',
  firewallMillion: 'WAF',
  keyMillion: 'requests to keys',
  httpApiMillion: 'HTTP APIs',
  cloudFrontMillion: 'CloudFront',
  cloudFrontGB: 'CloudFront',
  cloudFrontOriginGB: 'CloudFront',
  functionMillion: 'Lambda',
  functionGBSecond: 'Lambda',
};

/** @returns what stands after the colon of the source that is of `topic` */
function ofTopic(sources: readonly string[], topic: string): string | undefined {
  for (const source of sources) {
    const colon = source.indexOf(': ');
    if (colon > 0 && source.slice(0, colon).includes(topic)) return source.slice(colon + 2);
  }
  return undefined;
}

/** Between zones traffic costs the same everywhere: nobody asks a list for it. */
const BETWEEN_ZONES = 'AWS list prices, 2026-07';

function listOf({ sources = [], capturedAt, spotCapturedAt = capturedAt }: PriceBook, price: PriceName): string {
  if (price === 'zones') return BETWEEN_ZONES;
  if (price === 'Spot') {
    const spot = sources.find((source) => /spot/i.test(source)) ?? 'Spot prices';
    return /\d{4}-\d{2}/.test(spot) ? spot : `${spot}, ${spotCapturedAt}`;
  }
  const own = TOPICS[price] && ofTopic(sources, TOPICS[price]);
  if (own !== undefined) return own;
  const list = `list of ${capturedAt}`;
  if (price.endsWith('instance')) return list;
  const others = sources.find((source) => /^AWS (price lists|list prices) of other services/.test(source));
  return others ?? ofTopic(sources, 'other services') ?? list;
}

/** @param guessed whether nobody has seen the price in the region */
export function priceSource(book: PriceBook, price: PriceName, guessed: boolean): string {
  const { region, sources = [] } = book;
  if (!guessed) return `${PAGES[price]}, ${region}: ${listOf(book, price)}`;
  const how = ofTopic(sources, 'what is estimated');
  return how === undefined ? `estimated, ${region}` : `estimated, ${region}: ${how}`;
}
