/**
 * What can be watched, in the unit of its name: how many metrics CloudWatch computes it from, by which an alarm on it is
 * billed, and the minutes of a datapoint. Of what no handler knows, the reason, for watchers other than CloudWatch.
 */
export const MEASURES = {
  healthyHosts: { metrics: 1, minutes: 1 },
  /** Instances that tell of themselves, of the zone of the fleet that has fewest; a metric of each zone. */
  emptiestZoneInstances: { metrics: 1, minutes: 1, onlyAws: 'a handler does not know its zone' },
  serverErrorPercent: { metrics: 3, minutes: 1 },
  /** Answers 5xx of what stands before the load balancer, without those that come from there. */
  edgeErrorsPerMinute: { metrics: 3, minutes: 1, onlyAws: 'no handler sees what API Gateway answers by itself' },
  /** How many times as fast as planned the error budget is spent: at 1 all of it by the end. */
  errorBudgetBurn: { metrics: 3, minutes: 60 },
  p99Seconds: { metrics: 1, minutes: 1 },
  /** 0 while there are more requests than planned. */
  p99SecondsWithinPlan: { metrics: 2, minutes: 1 },
  /** Mean of the instances. */
  cpuPercent: { metrics: 1, minutes: 1 },
  requestsPerMinute: { metrics: 1, minutes: 1 },
  /** Requests that the handlers refuse for want of room or time. */
  refusedPerMinute: { metrics: 1, minutes: 1 },
  /** Boots that ended without a handler that answers. */
  bootFailures: { metrics: 1, minutes: 5, onlyAws: 'an instance that does not boot has no handler to ask' },
  /** Notices that EC2 takes an instance back. */
  spotInterruptions: {
    metrics: 1,
    minutes: 60,
    onlyAws: 'an instance that is taken back is gone before it is asked again',
  },
  /** Instances that the group wants. */
  wantedInstances: { metrics: 1, minutes: 1, onlyAws: 'the autoscaling group alone knows how many it wants' },
  /** Instances that the group wants and has not in service. */
  missingInstances: { metrics: 2, minutes: 1, onlyAws: 'the autoscaling group alone knows how many it wants' },
  /** Processes of handlers that run another release than the one that was deployed last. */
  otherReleases: { metrics: 2, minutes: 1 },
  /** 1 when a new package was withdrawn, 0 when one was verified. */
  canaryWithdrawn: { metrics: 1, minutes: 1, onlyAws: 'the function that judges deployments alone knows' },
  /** Rows for a shadow that it did not get, of those that it was to get. */
  shadowDroppedPercent: { metrics: 3, minutes: 5 },
  /** Of the instance that uses most. */
  memoryPercent: { metrics: 1, minutes: 1 },
  /** Of the root volume that is fullest. */
  diskPercent: { metrics: 1, minutes: 1 },
  /** Of the machine image that is oldest; told once a day. */
  imageAgeDays: {
    metrics: 1,
    minutes: 24 * 60,
    onlyAws: 'what sends the logs looks at the image, and no handler does',
  },
  certificateDays: { metrics: 1, minutes: 24 * 60 },
  /** CPU credits that the fleet bought, vCPU-minutes. */
  surplusCredits: { metrics: 1, minutes: 24 * 60, onlyAws: 'EC2 alone knows of CPU credits' },
  /** CPU credits of the instance that has fewest, vCPU-minutes. */
  creditBalance: { metrics: 1, minutes: 5, onlyAws: 'EC2 alone knows of CPU credits' },
  /** Population stability index of the column that moved most. */
  dataDrift: { metrics: 1, minutes: 15 },
} as const;

export type Measure = keyof typeof MEASURES;

/** What no handler knows. */
export type OnlyAws = {
  [M in Measure]: (typeof MEASURES)[M] extends { readonly onlyAws: string } ? M : never;
}[Measure];

/**
 * What says something while there is nobody because nobody is wanted, and by what it is then told: instances that are wanted, or
 * ones that are healthy, so that neither a night nor the boots after it are a fault. A metric more.
 */
export const QUIET_WHILE_OFF: Readonly<Partial<Record<Measure, 'wanted' | 'healthy'>>> = {
  healthyHosts: 'wanted',
  emptiestZoneInstances: 'wanted',
  serverErrorPercent: 'healthy',
  errorBudgetBurn: 'healthy',
};
