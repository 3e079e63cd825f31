/**
 * What an endpoint consists of whatever its size, as far as it costs money. The bill counts it, and the constructs build
 * it, from here; `test/stacks/kinds-of-stage.test.ts` holds the two against each other. Its alarms are in `planned-alarms.ts`.
 */
import {
  DISK_METRIC,
  DRIFT_METRIC,
  MEMORY_METRIC,
  MISSING_VALUES_METRIC,
  OUT_OF_RANGE_METRIC,
  SPOT_INTERRUPTIONS_METRIC,
  UNSEEN_VALUES_METRIC,
} from '../../model/instance/instance-metrics';
import type { Egress } from '../service-level/egress';

/** Metrics of the alarms that AWS makes for a group, to grow and to shrink. */
export const SCALING_ALARM_METRICS = 2;

export const DASHBOARDS = 1;

/** The one alarm that pages: composed of others, and so of no metric. */
export const COMPOSITE_ALARMS = 1;
/** It costs as much as an alarm of so many metrics: aws.amazon.com/cloudwatch/pricing, as published in 2026-07. */
export const COMPOSITE_ALARM_METRICS = 5;

/** Keys of an endpoint of whose alarms somebody is told: the topic's. */
export const TOPIC_KEYS = 1;

/** Keys of an endpoint that encrypts all it keeps with one of its own, the topic as well. */
export const STAGE_KEYS = 1;

/** Services that instances reach through an interface endpoint, each in every zone of the fleet. S3 has a gateway, which is free. */
const INTERFACE_ENDPOINTS = {
  Logs: 'logs',
} as const;

/** A further one where callers are checked. */
const ACCESS_ENDPOINTS = { Parameters: 'ssm' } as const;

/** Further ones where people open sessions. */
const SESSION_ENDPOINTS = { ...ACCESS_ENDPOINTS, Sessions: 'ssmmessages' } as const;

export type EndpointName = keyof typeof INTERFACE_ENDPOINTS | keyof typeof SESSION_ENDPOINTS;

/** What of an endpoint its instances call services for. */
export interface Calling {
  /** Whether they read parameters of SSM. @default false */
  readonly parameters?: boolean;
  /** Whether Session Manager reaches them. @default false */
  readonly sessions?: boolean;
}

/** Interface endpoints of a network that is made, with the names of their services. */
export function interfaceEndpoints(
  egress: Egress,
  { parameters = false, sessions = false }: Calling,
): Partial<Record<EndpointName, string>> {
  if (egress !== 'endpoints') return {};
  return { ...INTERFACE_ENDPOINTS, ...(parameters && ACCESS_ENDPOINTS), ...(sessions && SESSION_ENDPOINTS) };
}

/** NAT gateways of a network that is made, each with a public address: one in every zone of the fleet, which none then needs another for. */
export const natGateways = (egress: Egress, fleetZones: number) => (egress === 'nat' ? fleetZones : 0);

/** Zones of a load balancer, each with a public address that costs: no more than the fleet has, but the two that AWS wants. */
export const loadBalancerZones = (fleetZones: number) => Math.max(2, fleetZones);

/** Days that logs are kept, by the group that they are in. */
export const LOG_DAYS = {
  /** Of the handler and of the boot. */
  fleet: 90,
  /** Of the function that judges deployments: some lines a deployment. */
  verification: 90,
  /** Of the function that lets instances of a warm pool into service: some lines for each. */
  warmPool: 90,
  /** Of traffic that the network rejected; only where the network is the endpoint's own. */
  network: 30,
} as const;

/** From one check of a target to the next, by each node of the load balancer. */
export const HEALTH_CHECK_SECONDS = 10;

/** Days that lines of the load balancer's access log are kept, in a bucket. */
export const ACCESS_LOG_DAYS = 90;

/** What each instance tells of itself, over the fleet. */
export const INSTANCE_METRICS = [MEMORY_METRIC, DISK_METRIC] as const;

/** What the handlers tell of instances that EC2 takes back. */
export const SPOT_METRICS = [SPOT_INTERRUPTIONS_METRIC] as const;

/** What the handlers tell of their rows, where the package knows those of training. */
export const DATA_METRICS = [DRIFT_METRIC, MISSING_VALUES_METRIC, OUT_OF_RANGE_METRIC, UNSEEN_VALUES_METRIC] as const;

/** What the handlers tell by release as well, of the one that is deployed. */
export const RELEASE_METRICS = 1;

/** Detailed monitoring of an instance, which gives CPU by the minute, is billed as so many custom metrics. */
export const DETAILED_METRICS = 7;
