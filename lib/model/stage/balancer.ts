/** What can be asked of a load balancer and its target groups beside who gets through. */

/** Which addresses it has, in AWS's words. */
export const IP_ADDRESS_TYPES = ['ipv4', 'dualstack'] as const;

export type IpAddressKind = (typeof IP_ADDRESS_TYPES)[number];

/** Logs beside that of requests. */
export const BALANCER_LOGS = ['connections', 'healthChecks'] as const;

export type BalancerLog = (typeof BALANCER_LOGS)[number];

/** Least healthy targets: so many, or a share of those that there are, percent. */
export type Least = { readonly count: number } | { readonly percent: number };

/** From when on targets count as too few, and how one that is new is begun with. */
export interface TargetHealth {
  /** With fewer in a zone its address is taken out of the name. @default - one */
  readonly dnsFailover?: Least;
  /** With fewer all targets are asked, healthy or not. @default - one */
  readonly unhealthyRouting?: Least;
  /** Seconds over which a new target gets its full share of the requests, 30 to 900. @default - it gets it at once */
  readonly slowStartSeconds?: number;
}
