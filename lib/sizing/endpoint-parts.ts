/**
 * What an endpoint consists of whatever its size, as far as it costs money. The bill counts it, and the constructs build
 * it, from here; `test/stacks/bill.test.ts` holds the two against each other.
 */

/** The alarms, with the metrics that each watches: CloudWatch bills an alarm by them. */
export const ALARMS = {
  UnhealthyHosts: 1,
  ServerErrors: 3,
  Latency: 1,
  Prediction: 2,
  /** In its place `Overload`, where requests are joined. */
  Cpu: 1,
  Memory: 1,
  Disk: 1,
  CertificateExpiry: 1,
} as const;

/** Further ones where the package knows its training rows. */
export const DATA_ALARMS = { DataDrift: 1 } as const;

export type AlarmName = keyof typeof ALARMS | keyof typeof DATA_ALARMS | 'Overload';

/** Those of one VM for its recovery, or those that AWS makes for a group to grow and to shrink. */
export const RECOVERY_OR_SCALING_ALARMS = 2;

/** Services that instances reach through an interface endpoint, each in every zone of the fleet. S3 has a gateway, which is free. */
export const INTERFACE_ENDPOINTS = {
  CloudFormation: 'cloudformation',
  Monitoring: 'monitoring',
  Logs: 'logs',
} as const;

/** Further ones where callers are checked. */
export const ACCESS_ENDPOINTS = { Parameters: 'ssm' } as const;

export type EndpointName = keyof typeof INTERFACE_ENDPOINTS | keyof typeof ACCESS_ENDPOINTS;

/** Days that lines of the load balancer's access log are kept. */
export const ACCESS_LOG_DAYS = 90;
