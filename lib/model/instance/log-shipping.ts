/** What the template tells the program that sends logs on, and where that tells the handler how it fares. */

/** Variables of its environment. `SLIPWAY_ENDPOINT` is the handler's, too; the region is `AWS_REGION`. */
export const SHIPPER_VARIABLES = {
  logGroup: 'SLIPWAY_LOG_GROUP',
  endpoint: 'SLIPWAY_ENDPOINT',
  /** Whether it tells by zone that it is there. @default - it does not */
  byZone: 'SLIPWAY_BY_ZONE',
  /** Log group of the instances that are the shadow. @default - there are none */
  shadowLogGroup: 'SLIPWAY_SHADOW_LOG_GROUP',
} as const;

/** Logs by the last part of their stream's name. The shipper empties that which grows for ever. */
export const LOGS = {
  handler: { path: '/var/log/slipway/handler.log', emptied: true },
  /** Written by cloud-init: what the boot script printed. */
  boot: { path: '/var/log/cloud-init-output.log', emptied: false },
} as const;

/** Last part of the name of the stream for what the shipper tells itself: the values of the instance, by the minute. */
export const INSTANCE_STREAM = 'instance';

/** Written by cloud-init. */
export const INSTANCE_ID_FILE = '/var/lib/cloud/data/instance-id';

/** Where the shipper keeps its status, for who reads it on the instance: `/metrics` of the handler. */
export const SHIPPER_STATUS_FILE = '/run/slipway-logs/status.json';

/** Where it keeps the addresses of those instances, for the handler. */
export const SHADOW_ADDRESSES_FILE = '/run/slipway-logs/shadow';

export interface ShipperStatus {
  /** Bytes of the logs that CloudWatch does not have yet. */
  readonly waitingBytes: number;
  /** Lines that CloudWatch did not take, and bytes that were given up unsent. */
  readonly lost: number;
  /** Seconds that CloudWatch's clock is ahead of the instance's. */
  readonly clockOffsetSeconds?: number;
}
