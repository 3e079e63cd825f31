/** The whole monthly bill of an endpoint, line by line, as the stacks build it. */
import { HANDLER_METRICS } from '../model/instance/handler-metrics';
import { creditModeOf } from './catalogue/burstable';
import type { InstanceType, Prices } from './catalogue/catalogue';
import type { RequestCost } from './demand/service';
import {
  ACCESS_LOG_DAYS,
  AGENT_METRICS,
  COMPOSITE_ALARM_METRICS,
  COMPOSITE_ALARMS,
  DASHBOARDS,
  DATA_METRICS,
  DETAILED_METRICS,
  interfaceEndpoints,
  loadBalancerZones,
  RELEASE_METRICS,
  SCALING_ALARM_METRICS,
  TOPIC_KEYS,
} from './endpoint-parts';
import type { Cost, CostLine } from './plan';
import { alarmedMetrics } from './planned-alarms';
import type { ServiceLevel } from './service-level';

/** Hours of a mean month. */
export const HOURS_PER_MONTH = 730;

/** Handler, boot and rejected traffic. */
const LOG_GIB_PER_INSTANCE = 0.2;
/** A line of the handler's log for each request, with the 26 bytes that CloudWatch Logs adds to an event. */
const REQUEST_LOG_BYTES = 340;
/** A line of the load balancer's access log, compressed. */
const ACCESS_LOG_BYTES = 100;
const DAYS_PER_MONTH = 30;

/**
 * One capacity unit of an application load balancer an hour: 25 new connections a second, or 1 GB an hour. Clients
 * are taken to send ten requests over one connection.
 */
const CONNECTIONS_PER_UNIT = 25;
const REQUESTS_PER_CONNECTION = 10;

/** Half a cent is rounded up, whatever the last bits of the product that it came from. */
const cents = (usd: number) => Math.round(Math.round(usd * 1e8) / 1e6) / 100;

/** Mean rate if it is known, else the peak: what the traffic-dependent lines are computed for. */
function billedRate(serviceLevel: ServiceLevel): number {
  return serviceLevel.meanRequestsPerSecond ?? serviceLevel.requestsPerSecond;
}

export interface BillOf {
  readonly prices: Prices;
  readonly type: InstanceType;
  readonly instances: number;
  readonly zones: number;
  readonly volumeGiB: number;
  readonly serviceLevel: ServiceLevel;
  readonly request: Pick<RequestCost, 'requestBytes' | 'answerBytes'>;
  /** Whether the rows are held against those of training. @default false */
  readonly watchesData?: boolean;
  /** Requests that a run answers when as many wait: it decides what shows how full workers are. @default 1 */
  readonly requestsPerRun?: number;
  /** CPU over the baseline of burstable instances, vCPUs. @default 0 */
  readonly surplusVcpus?: number;
}

/** The bill of a fleet that runs all month. Each line is rounded to cents; the total is the sum of the lines. */
export function bill(of: BillOf): Cost {
  const { prices, type, instances, zones, volumeGiB, serviceLevel, request } = of;
  const { watchesData = false, requestsPerRun = 1, surplusVcpus = 0 } = of;
  const rate = billedRate(serviceLevel);
  const gigabytesPerHour = (rate * 3600 * (request.requestBytes + request.answerBytes)) / 1e9;
  const capacityUnits = Math.max(rate / REQUESTS_PER_CONNECTION / CONNECTIONS_PER_UNIT, gigabytesPerHour);
  const dataOutGB = (rate * 3600 * HOURS_PER_MONTH * request.answerBytes) / 1e9;
  const accessLogGiB =
    (rate * 3600 * HOURS_PER_MONTH * ACCESS_LOG_BYTES * (ACCESS_LOG_DAYS / DAYS_PER_MONTH)) / 1024 ** 3;
  const hourly = (usd: number) => usd * HOURS_PER_MONTH;
  const lines: CostLine[] = [];
  const line = (item: string, quantity: number, unit: string, usdPerUnitMonth: number) => {
    lines.push({ item, quantity, unit, usdPerUnitMonth, usdPerMonth: cents(quantity * usdPerUnitMonth) });
  };
  line(`${instances} x ${type.name}`, instances, 'instance', hourly(type.usdPerHour));
  if (surplusVcpus > 0) {
    line('CPU over the baseline (surplus credits)', surplusVcpus, 'vCPU', hourly(type.surplusUsdPerVcpuHour!));
  }
  line('root volumes (gp3)', instances * volumeGiB, 'GiB', prices.volumeGiBMonth);
  line('load balancer', 1, 'load balancer', hourly(prices.loadBalancerHour));
  line('load balancer capacity', capacityUnits, 'LCU', hourly(prices.loadBalancerCapacityUnitHour));
  line('public addresses of the load balancer', loadBalancerZones(zones), 'address', hourly(prices.publicAddressHour));
  const endpoints = Object.values(interfaceEndpoints(serviceLevel.accessControl !== undefined));
  if (!serviceLevel.existingNetwork) {
    line(
      `interface endpoints (${endpoints.join(', ')})`,
      endpoints.length * zones,
      'endpoint', // one in one zone
      hourly(prices.interfaceEndpointHour),
    );
  }
  line('data out to the internet', dataOutGB, 'GB', prices.dataOutGB);
  line('access logs', accessLogGiB, 'GiB', prices.storageGiBMonth);
  const alarmMetrics =
    // whether a group may grow is what the budget leaves it
    alarmedMetrics({ requestsPerRun, watchesData, creditMode: creditModeOf(type.name), grows: instances > 1 }) +
    (instances > 1 ? SCALING_ALARM_METRICS : 0);
  line('alarms', alarmMetrics, 'metric', prices.alarmMonth);
  line('composite alarm', COMPOSITE_ALARMS, 'alarm', COMPOSITE_ALARM_METRICS * prices.alarmMonth);
  line('detailed monitoring', instances * DETAILED_METRICS, 'metric', prices.metricMonth);
  line('memory and disk metrics', (instances + 1) * AGENT_METRICS.length, 'metric', prices.metricMonth);
  if (watchesData) line('data quality metrics', DATA_METRICS.length, 'metric', prices.metricMonth);
  line('metrics of the handler', Object.keys(HANDLER_METRICS).length + RELEASE_METRICS, 'metric', prices.metricMonth);
  line('dashboard', DASHBOARDS, 'dashboard', prices.dashboardMonth);
  if (serviceLevel.alarmTopic ?? true)
    line('encryption key of the alarm topic', TOPIC_KEYS, 'key', prices.encryptionKeyMonth);
  if (serviceLevel.accessControl === 'logged') {
    line('request log', (rate * 3600 * HOURS_PER_MONTH * REQUEST_LOG_BYTES) / 1024 ** 3, 'GiB', prices.logGiB);
  }
  line('logs', instances * LOG_GIB_PER_INSTANCE, 'GiB', prices.logGiB);
  const usdPerMonth = cents(lines.reduce((sum, { usdPerMonth: usd }) => sum + usd, 0));
  const predictions = rate * serviceLevel.rowsPerRequest * 3600 * HOURS_PER_MONTH;
  return { lines, usdPerMonth, usdPerMillionPredictions: (usdPerMonth / predictions) * 1e6 };
}
