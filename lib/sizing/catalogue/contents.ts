/** What the catalogue of a region has, as AWS describes it: types, offers and prices. */

export const CATALOGUE_VERSION = 3;

/** Accelerators of an instance: how many of what, and the memory of one in MiB. A part of a card counts as 1. */
export interface Accelerator {
  readonly count: number;
  readonly name: string;
  readonly memoryMiB: number;
}

/** An instance type as AWS describes it. */
export interface TypeRow {
  readonly name: string;
  readonly architecture: 'x86_64' | 'arm64';
  readonly vCpus: number;
  readonly cores: number;
  readonly memoryMiB: number;
  /** Baseline bandwidth of its first network card. */
  readonly networkGbps: number;
  /** Baseline throughput to its volumes, MB/s; 0 where it has no bandwidth of its own for them. */
  readonly ebsMBps: number;
  /** Ids of the zones that offer it, ascending; none where that is not known. */
  readonly zones: readonly string[];
  /** On-demand, Linux. @default - not known */
  readonly usdPerHour?: number;
  readonly spotUsdPerHour?: number;
  readonly accelerator?: Accelerator;
}

/** Unit prices in USD. */
export interface Prices {
  readonly loadBalancerHour: number;
  readonly loadBalancerCapacityUnitHour: number;
  readonly networkLoadBalancerHour: number;
  readonly networkLoadBalancerCapacityUnitHour: number;
  readonly publicAddressHour: number;
  /** One interface endpoint in one zone. */
  readonly interfaceEndpointHour: number;
  /** Through an interface endpoint, either way. */
  readonly interfaceEndpointGB: number;
  readonly volumeGiBMonth: number;
  readonly alarmMonth: number;
  /** One custom metric; detailed monitoring is billed by it too. */
  readonly metricMonth: number;
  readonly dashboardMonth: number;
  /** Ingestion. */
  readonly logGiB: number;
  readonly encryptionKeyMonth: number;
  readonly storageGiBMonth: number;
  /** To the internet. */
  readonly dataOutGB: number;
  readonly hostedZoneMonth: number;
  readonly natGatewayHour: number;
  /** Through a NAT gateway, either way. */
  readonly natGatewayGB: number;
  /** A web ACL of WAF. */
  readonly firewallMonth: number;
  /** A rule of it, or a group of managed ones. */
  readonly firewallRuleMonth: number;
  /** A million requests that it looks at. */
  readonly firewallMillion: number;
  /** A trust store, against which a load balancer holds the certificates of clients. */
  readonly trustStoreHour: number;
  /** A million requests to a key of KMS. */
  readonly keyMillion: number;
  /** A million requests to an HTTP API of API Gateway, of up to 512 KB each. */
  readonly httpApiMillion: number;
  /** A million HTTPS requests to CloudFront, of callers in the part of the world that the region is in. */
  readonly cloudFrontMillion: number;
  /** From CloudFront to such callers. */
  readonly cloudFrontGB: number;
  /** From CloudFront to what it stands before: bodies of requests. */
  readonly cloudFrontOriginGB: number;
  /** A million requests to a function of Lambda, arm64. */
  readonly functionMillion: number;
  /** A second of a GB of its memory, arm64. */
  readonly functionGBSecond: number;
}

export interface CatalogueFile {
  readonly schemaVersion: typeof CATALOGUE_VERSION;
  readonly region: string;
  /** Date of the instance prices, `YYYY-MM-DD`. */
  readonly capturedAt: string;
  /** Date of the spot prices. @default - there are none */
  readonly spotCapturedAt?: string;
  /**
   * Families, and names of other prices, whose prices nobody has seen in the region: they are estimated. @default - none
   */
  readonly estimated?: readonly string[];
  readonly sources: readonly string[];
  readonly prices: Prices;
  /** Ascending by name. */
  readonly types: readonly TypeRow[];
}
