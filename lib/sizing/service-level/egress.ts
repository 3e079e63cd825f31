/** How instances reach the AWS services that they call: S3 for their files, CloudWatch Logs, and SSM where callers are checked. */

/**
 * - `endpoints`: a gateway endpoint of S3, and an interface endpoint for each other service; there is no way to the internet
 * - `ipv6`: the gateway of S3, and an egress-only internet gateway by which the others are called over IPv6
 * - `nat`: the gateway of S3, and a NAT gateway in each zone of the fleet
 * - `existing`: what a network that is there has
 */
export type Egress = 'endpoints' | 'ipv6' | 'nat' | 'existing';

export const EGRESSES: readonly Egress[] = ['endpoints', 'ipv6', 'nat', 'existing'];

/** What is wrong with the two together. */
export const NO_SESSIONS_OVER_IPV6 =
  'cannot be had with egress: ipv6, over which the agent of Session Manager reaches nothing; take egress: endpoints or nat';

/** Those of a network that is made. */
export const MADE_EGRESSES = ['endpoints', 'ipv6', 'nat'] as const satisfies readonly Egress[];

export type MadeEgress = (typeof MADE_EGRESSES)[number];

/** Where an instance gets to, as a phrase. */
export const REACHES: Readonly<Record<MadeEgress, string>> = {
  endpoints: 'S3 and the named services of AWS, for this account, and nothing else',
  ipv6: 'port 443 of every IPv6 address; nobody gets in',
  nat: 'port 443 of every IPv4 address; nobody gets in',
};
