/** What CloudWatch measured of a deployed endpoint. */

/** One period in which requests came. */
export interface Observation {
  /** Start of the period, ISO 8601. */
  readonly at: string;
  /** Mean over the period, of the whole fleet. */
  readonly requestsPerSecond: number;
  /** 99th percentile of the time from the load balancer's sending a request to an instance until the answer. */
  readonly p99Ms: number;
  /** Mean of the instances. */
  readonly cpuPercent: number;
  /** Instances that passed the health check, mean over the period. */
  readonly instances: number;
}

export interface Observations {
  readonly from: string;
  readonly until: string;
  readonly periodSeconds: number;
  readonly periods: readonly Observation[];
  /** Answers of status 5xx, of the instances and of the load balancer itself. */
  readonly failed: number;
  /** Requests, those that no instance could take among them. */
  readonly requests: number;
  /** Of the instance that used most, percent of its memory; undefined when the agent published nothing. */
  readonly memoryPercent?: number;
}
