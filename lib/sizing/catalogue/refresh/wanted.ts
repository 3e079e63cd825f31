/** Where in the price lists of AWS each price of the catalogue is. */
import type { Prices } from '../contents';
import type { Wanted } from './offers';

/** Linux without licences, on shared hardware, on demand: the price that an instance is billed by. */
export const INSTANCES: Wanted = {
  service: 'AmazonEC2',
  attributes: {
    operatingSystem: 'Linux',
    preInstalledSw: 'NA',
    capacitystatus: 'Used',
    tenancy: 'Shared',
    marketoption: 'OnDemand',
  },
};

const balancer = (kind: 'Application' | 'Network', usage: string): Wanted => ({
  service: 'AWSELB',
  productFamily: `Load Balancer-${kind}`,
  attributes: {},
  usage,
});
const usageOf = (service: string, usage: string): Wanted => ({ service, attributes: {}, usage });

const gateway = (usage: string): Wanted => ({
  service: 'AmazonEC2',
  productFamily: 'NAT Gateway',
  attributes: {},
  usage,
});

/** Prices that are kept as they are: hosted zones, WAF and requests to keys cost the same everywhere, and the lists have CloudFront by the part of the world. */
type Kept = 'hostedZoneMonth' | `firewall${string}` | 'keyMillion' | `cloudFront${string}`;

/** The lists have one request, and the catalogue a million. */
const MILLION = 1e6;

export const OTHERS: Readonly<Record<Exclude<keyof Prices, Kept>, Wanted>> = {
  loadBalancerHour: balancer('Application', 'LoadBalancerUsage'),
  loadBalancerCapacityUnitHour: balancer('Application', 'LCUUsage'),
  networkLoadBalancerHour: balancer('Network', 'LoadBalancerUsage'),
  networkLoadBalancerCapacityUnitHour: balancer('Network', 'LCUUsage'),
  trustStoreHour: balancer('Application', 'TS-LoadBalancerUsage'),
  publicAddressHour: usageOf('AmazonVPC', 'PublicIPv4:InUseAddress'),
  interfaceEndpointHour: usageOf('AmazonVPC', 'VpcEndpoint-Hours'),
  interfaceEndpointGB: usageOf('AmazonVPC', 'VpcEndpoint-Bytes'),
  natGatewayHour: gateway('NatGateway-Hours'),
  natGatewayGB: gateway('NatGateway-Bytes'),
  volumeGiBMonth: { service: 'AmazonEC2', productFamily: 'Storage', attributes: { volumeApiName: 'gp3' } },
  alarmMonth: usageOf('AmazonCloudWatch', 'CW:AlarmMonitorUsage'),
  metricMonth: usageOf('AmazonCloudWatch', 'CW:MetricMonitorUsage'),
  dashboardMonth: usageOf('AmazonCloudWatch', 'DashboardsUsageHour'),
  logGiB: usageOf('AmazonCloudWatch', 'DataProcessing-Bytes'),
  encryptionKeyMonth: usageOf('awskms', 'KMS-Keys'),
  storageGiBMonth: usageOf('AmazonS3', 'TimedStorage-ByteHrs'),
  httpApiMillion: { ...usageOf('AmazonApiGateway', 'ApiGatewayHttpRequest'), units: MILLION },
  functionMillion: { ...usageOf('AWSLambda', 'Request-ARM'), units: MILLION },
  functionGBSecond: usageOf('AWSLambda', 'Lambda-GB-Second-ARM'),
  dataOutGB: { ...usageOf('AWSDataTransfer', 'DataTransfer-Out-Bytes'), regionAttribute: 'fromRegionCode' },
};

export const SERVICES: readonly string[] = [
  ...new Set([INSTANCES, ...Object.values(OTHERS)].map(({ service }) => service)),
];
