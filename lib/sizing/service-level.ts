/** What the user needs from an endpoint. */

/**
 * How much may fail while the service level holds.
 * - `single`: nothing; one VM, which recovers by itself, with a gap while it does, or as many as carry the load
 * - `instance`: any one instance may be lost
 * - `zone`: any one availability zone may be lost
 */
export type Availability = 'single' | 'instance' | 'zone';

export const AVAILABILITIES: readonly Availability[] = ['single', 'instance', 'zone'];

export interface ServiceLevel {
  /** Peak requests per second, over all instances. */
  readonly requestsPerSecond: number;
  /** Mean requests per second over a day. @default - the peak goes on all day */
  readonly meanRequestsPerSecond?: number;
  /** Rows in one request. */
  readonly rowsPerRequest: number;
  /** 99th percentile of the latency at the load balancer, milliseconds. */
  readonly p99Ms: number;
  readonly availability: Availability;
  /** Whether callers are checked, and each request is a line in the log: both cost money. @default - neither */
  readonly accessControl?: 'logged' | 'unlogged';
  /** Upper bound of the whole monthly bill in USD. */
  readonly budgetUsdPerMonth?: number;
}
