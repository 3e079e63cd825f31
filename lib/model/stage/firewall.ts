/** What stands before the load balancer of an endpoint. */
export interface Firewall {
  /** Whether AWS's rules are asked: `MANAGED_RULES`. */
  readonly managedRules: boolean;
  /** Requests of one address in five minutes; further ones are answered 429. @default - any number */
  readonly requestsPerAddress?: number;
  /** Bytes of a body; longer ones are answered 413. At most 8192, beyond which WAF does not look. @default - as the handler takes */
  readonly bodyBytes?: number;
}

/** Groups of rules that cost as one rule each: addresses of bad repute, inputs that are known to be bad, OWASP's common ones. */
export const MANAGED_RULES = [
  'AWSManagedRulesAmazonIpReputationList',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesCommonRuleSet',
] as const;

/** Rules, and groups of them, as they are billed. */
export function firewallRules({ managedRules, requestsPerAddress, bodyBytes }: Firewall): number {
  const own = [requestsPerAddress, bodyBytes].filter((one) => one !== undefined).length;
  return own + (managedRules ? MANAGED_RULES.length : 0);
}

/** A body that WAF looks at before a load balancer (WAF developer guide, "Oversize web request components"). */
export const MOST_FIREWALL_BODY_BYTES = 8192;

/** Certificates of authorities, as an object of S3 in the region of the endpoint: callers show one that they have signed. */
export interface MutualTls {
  readonly bucket: string;
  readonly key: string;
  /** @default - the newest when it is deployed first */
  readonly version?: string;
}
