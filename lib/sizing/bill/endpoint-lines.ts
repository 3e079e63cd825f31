/** The lines of the monthly bill of an endpoint. */
import { HANDLER_METRICS, SHADOW_METRICS, VERSION_METRICS } from '../../model/instance/handler-metrics';
import { rolloutInstances, rolloutSeconds } from '../../model/stage/rollout';
import { watchesZones } from '../alarms/planned-alarms';
import type { Prices } from '../catalogue/catalogue';
import {
  ACCESS_LOG_DAYS,
  COMPOSITE_ALARM_METRICS,
  COMPOSITE_ALARMS,
  DASHBOARDS,
  DATA_METRICS,
  DETAILED_METRICS,
  HEALTH_CHECK_SECONDS,
  INSTANCE_METRICS,
  loadBalancerZones,
  RELEASE_METRICS,
  SCALING_ALARM_METRICS,
  SPOT_METRICS,
  TOPIC_KEYS,
} from '../plan/endpoint-parts';
import { WAKE_ALARM_METRICS } from '../service-level/schedule';
import { sustainedRate } from '../service-level/service-level';
import type { BillOf } from './bill-of';
import { billedAlarmMetrics } from './billed-alarms';
import { freeTrafficLines, type Traffic, trafficLines } from './door-lines';
import {
  addressLine,
  balancerLine,
  endpointLine,
  type FixedParts,
  firewallLines,
  gatewayLines,
  HOURS_PER_MONTH,
  privateLinkLine,
  stageKeyLine,
  type Take,
  trustStoreLine,
  zoneLines,
} from './fixed-parts';
import { instanceLines } from './instance-lines';
import { copiesLine, shadowInstances } from './shadow-lines';

/** Handler, boot and rejected traffic. */
const LOG_GIB_PER_INSTANCE = 0.2;
/** A line of the handler's log for each request, with the 26 bytes that CloudWatch Logs adds to an event. */
export const REQUEST_LOG_BYTES = 340;
/** A line of the load balancer's access log, compressed. */
const ACCESS_LOG_BYTES = 100;
/** A line of its log of connections, and of its log of health checks, which says the same nearly always. */
const CONNECTION_LOG_BYTES = 100;
const HEALTH_LOG_BYTES = 20;
/** Of a target by a node of the load balancer. */
const CHECKS_PER_MONTH = (HOURS_PER_MONTH * 3600) / HEALTH_CHECK_SECONDS;
const DAYS_PER_MONTH = 30;
/** One a week, as the bill has it. */
const ROLLOUTS_PER_MONTH = 4;

/** One capacity unit of an application load balancer an hour: 25 new connections a second, or 1 GB an hour. */
const CONNECTIONS_PER_UNIT = 25;
/** What clients that keep their connections send over one, where nobody says. */
export const REQUESTS_PER_CONNECTION = 10;
/** Metrics that the agent and the handlers send through the endpoints in a month, for each instance. */
const METRIC_GIB_PER_INSTANCE = 0.1;

/** Parameters that an instance reads where callers are checked: keys, and a key set. */
const MOST_PARAMETERS = 2;
/** Logs, alarms and S3 ask a key for data keys, which they keep for a while; how long, AWS says of none: as often as instances read. */
const KEYED_SERVICES = 3;
/** One every five minutes. */
const KEY_REQUESTS = HOURS_PER_MONTH * 12;

/** New connections a second in a unit of a network load balancer, by TCP (Elastic Load Balancing pricing, 2026-11). */
const FLOWS_PER_NETWORK_UNIT = 800;

/** Each instance tells the age of its image once a day, and a metric is billed by the hours in which it is told (CloudWatch pricing, 2026-11). */
const HOURS_PER_DAY = 24;

/** What an account has free every month (AWS free tier, 2026-07): no end, and once for the whole account. */
export const FREE_TIER = {
  metrics: 10,
  alarmMetrics: 10,
  dashboards: 3,
  logGiB: 5,
  keyMillion: 0.02,
} as const;

/** Line by line, as the stacks build it, of what runs all month. */
export function eachLine(of: BillOf, line: Take): void {
  const { catalogue, type, instances, zones, volumeGiB, serviceLevel, request } = of;
  const { shadowed = false, requestsPerRun = 1, surplusVcpus = 0, scales = instances > 1, part } = of;
  const [once, own] = [part !== 'model', part !== 'fleet'];
  const watchesData = own && (of.watchesData ?? false);
  const { prices } = catalogue;
  const running = (of.running?.mean ?? instances) + (of.woken ?? 0);
  const { requestsPerConnection = REQUESTS_PER_CONNECTION, accessControl, internal = false } = serviceLevel;
  const lean = serviceLevel.leanMonitoring ?? false;
  const rate = sustainedRate(serviceLevel);
  const monthly = rate * 3600 * HOURS_PER_MONTH;
  const gigabytesPerHour = (rate * 3600 * (request.requestBytes + request.answerBytes)) / 1e9;
  const capacityUnits = Math.max(rate / requestsPerConnection / CONNECTIONS_PER_UNIT, gigabytesPerHour);
  const traffic: Traffic = {
    requests: monthly,
    requestBytes: request.requestBytes,
    answerBytes: request.answerBytes,
    requestsPerConnection,
  };
  const accessLogGiB = (monthly * ACCESS_LOG_BYTES * (ACCESS_LOG_DAYS / DAYS_PER_MONTH)) / 1024 ** 3;
  const requestLogGiB = accessControl === 'logged' ? (monthly * REQUEST_LOG_BYTES) / 1024 ** 3 : 0;
  const group = of.shadowGroup;
  const logGiB = (running + (group?.running ?? 0)) * LOG_GIB_PER_INSTANCE;
  if (once) instanceLines(of, line);
  if (once && surplusVcpus > 0) {
    const usd = type.surplusUsdPerVcpuHour! * HOURS_PER_MONTH;
    line('CPU over the baseline (surplus credits)', surplusVcpus, 'vCPU', usd, 'instance');
  }
  if (group) shadowInstances(group, line);
  const volumes = running * volumeGiB + (group ? group.running * group.volumeGiB : 0);
  if (once) line('root volumes (gp3)', volumes, 'GiB', prices.volumeGiBMonth, 'volumeGiBMonth');
  if (once && of.warmPool) warmPoolLines(of, of.warmPool, line);
  const {
    egress,
    frontDoor,
    firewallRules,
    mutualTls,
    hostedZone,
    names,
    existingListener,
    sessionManager,
    privateLink,
  } = serviceLevel;
  const fixed: FixedParts = {
    ...{ prices, zones, egress, internal, accessControl, sessionManager },
    ...{ frontDoor, firewallRules, mutualTls, hostedZone, names, existingListener, privateLink },
  };
  const door = !serviceLevel.sharedDoor;
  if (door) balancerLine(fixed, line);
  const unitHour = prices.loadBalancerCapacityUnitHour;
  if (own)
    line('load balancer capacity', capacityUnits, 'LCU', unitHour * HOURS_PER_MONTH, 'loadBalancerCapacityUnitHour');
  if (own && serviceLevel.privateLink) {
    const flows = rate / requestsPerConnection / FLOWS_PER_NETWORK_UNIT;
    const month = prices.networkLoadBalancerCapacityUnitHour * HOURS_PER_MONTH;
    const units = Math.max(flows, gigabytesPerHour);
    line('capacity of the network load balancer', units, 'NLCU', month, 'networkLoadBalancerCapacityUnitHour');
  }
  if (door) {
    addressLine(fixed, line);
    firewallLines(fixed, line);
  }
  if (own && firewallRules !== undefined) {
    line('requests through WAF', monthly / 1e6, 'million', prices.firewallMillion, 'firewallMillion');
  }
  if (door) {
    trustStoreLine(fixed, line);
    privateLinkLine(fixed, line);
    endpointLine(fixed, line);
    gatewayLines(fixed, line);
  }
  if (once) dataOut(of, logGiB + requestLogGiB + running * METRIC_GIB_PER_INSTANCE, line);
  if (group && zones > 1) {
    const copiedGB = (monthly * group.share * (request.requestBytes + request.answerBytes)) / 1e9;
    copiesLine((copiedGB * (zones - 1)) / zones, line);
  }
  if (once && serviceLevel.rollout) {
    const hours = (rolloutInstances(serviceLevel.rollout, instances) * rolloutSeconds(serviceLevel.rollout)) / 3600;
    const item = `instances of ${ROLLOUTS_PER_MONTH} rollouts`;
    line(item, ROLLOUTS_PER_MONTH * hours, 'instance hour', type.usdPerHour, 'instance', type.listUsdPerHour);
  }
  if (own) trafficLines(fixed, traffic, line);
  if (own && !serviceLevel.existingListener)
    line('access logs', accessLogGiB, 'GiB', prices.storageGiBMonth, 'storageGiBMonth');
  const stored = (item: string, lines: number, bytes: number) =>
    line(
      item,
      (lines * bytes * (ACCESS_LOG_DAYS / DAYS_PER_MONTH)) / 1024 ** 3,
      'GiB',
      prices.storageGiBMonth,
      'storageGiBMonth',
    );
  for (const log of own ? (serviceLevel.balancerLogs ?? []) : []) {
    if (log === 'connections') stored('connection logs', monthly / requestsPerConnection, CONNECTION_LOG_BYTES);
    else stored('health check logs', running * loadBalancerZones(zones) * CHECKS_PER_MONTH, HEALTH_LOG_BYTES);
  }
  const alarms =
    billedAlarmMetrics(of, watchesData, requestsPerRun, scales) +
    (once && scales ? SCALING_ALARM_METRICS : 0) +
    (once && serviceLevel.schedule?.wake ? WAKE_ALARM_METRICS : 0);
  line('alarms', alarms, 'metric', prices.alarmMonth, 'alarmMonth');
  if (once)
    line('composite alarm', COMPOSITE_ALARMS, 'alarm', COMPOSITE_ALARM_METRICS * prices.alarmMonth, 'alarmMonth');
  const detailed = lean || !once ? 0 : running * DETAILED_METRICS;
  const agent = INSTANCE_METRICS.length;
  const data = watchesData ? DATA_METRICS.length : 0;
  const imageAge = once ? Math.min(running, HOURS_PER_DAY) / HOURS_PER_DAY : 0;
  const byZone = once && watchesZones(serviceLevel) ? zones : 0;
  if (detailed > 0) line('detailed monitoring', detailed, 'metric', prices.metricMonth, 'metricMonth');
  if (once) line('memory and disk metrics', agent, 'metric', prices.metricMonth, 'metricMonth');
  if (once) line('metric of the image age', imageAge, 'metric', prices.metricMonth, 'metricMonth');
  if (byZone > 0) line('metrics of the zones', byZone, 'metric', prices.metricMonth, 'metricMonth');
  const spot = once && serviceLevel.purchase ? SPOT_METRICS.length : 0;
  if (spot > 0) line('metric of Spot interruptions', spot, 'metric', prices.metricMonth, 'metricMonth');
  if (data > 0) line('data quality metrics', data, 'metric', prices.metricMonth, 'metricMonth');
  const shadow = shadowed ? Object.keys(SHADOW_METRICS).length : 0;
  if (shadow > 0) line('metrics of the shadow', shadow, 'metric', prices.metricMonth, 'metricMonth');
  const versions = own ? (of.versions ?? 0) * Object.keys(VERSION_METRICS).length : 0;
  if (versions > 0) line('metrics of versions', versions, 'metric', prices.metricMonth, 'metricMonth');
  if (once) line('metrics of the handler', HANDLER, 'metric', prices.metricMonth, 'metricMonth');
  const dashboards = lean || !once ? 0 : DASHBOARDS;
  if (dashboards > 0) line('dashboard', dashboards, 'dashboard', prices.dashboardMonth, 'dashboardMonth');
  const keyRequests = once ? encryptionLines(of, running, line) : 0;
  if (door) zoneLines(fixed, line);
  if (own && requestLogGiB > 0) line('request log', requestLogGiB, 'GiB', prices.logGiB, 'logGiB');
  if (once) line('logs', logGiB, 'GiB', prices.logGiB, 'logGiB');
  if (!serviceLevel.freeTier) return;
  const free = (item: string, used: number, most: number, unit: string, price: keyof Prices) =>
    line(`free tier: ${item}`, -Math.min(used, most), unit, prices[price], price);
  freeTrafficLines(fixed, traffic, free);
  free('alarms', alarms, FREE_TIER.alarmMetrics, 'metric', 'alarmMonth');
  free(
    'metrics',
    detailed + agent + imageAge + byZone + spot + data + shadow + versions + HANDLER,
    FREE_TIER.metrics,
    'metric',
    'metricMonth',
  );
  free('dashboards', dashboards, FREE_TIER.dashboards, 'dashboard', 'dashboardMonth');
  if (keyRequests > 0) free('requests to keys', keyRequests / 1e6, FREE_TIER.keyMillion, 'million', 'keyMillion');
  free('logs', logGiB + requestLogGiB, FREE_TIER.logGiB, 'GiB', 'logGiB');
}

/** What is stopped costs its volume. Each deployment starts all of them, and stops them when they must be ready. */
function warmPoolLines(of: BillOf, { prepared, firstStartSeconds }: NonNullable<BillOf['warmPool']>, line: Take) {
  const stopped = prepared - (of.running?.mean ?? of.instances);
  if (stopped <= 0) return;
  const { type, volumeGiB, catalogue } = of;
  const volumeMonth = catalogue.prices.volumeGiBMonth;
  line('root volumes of the warm pool (gp3)', stopped * volumeGiB, 'GiB', volumeMonth, 'volumeGiBMonth');
  const hours = (ROLLOUTS_PER_MONTH * stopped * firstStartSeconds) / 3600;
  const item = `warm pool, started anew by ${ROLLOUTS_PER_MONTH} deployments`;
  line(item, hours, 'instance hour', type.usdPerHour, 'instance', type.listUsdPerHour);
}

/** @returns requests to the key of the stage in a month */
export function encryptionLines(
  { catalogue: { prices }, serviceLevel }: Pick<BillOf, 'catalogue' | 'serviceLevel'>,
  running: number,
  line: Take,
): number {
  const { encryptionKey, accessControl, alarmTopic = true, leanMonitoring = false } = serviceLevel;
  const key = (item: string, count: number) =>
    line(item, count, 'key', prices.encryptionKeyMonth, 'encryptionKeyMonth');
  if (encryptionKey === undefined) {
    if (alarmTopic && !leanMonitoring) key('encryption key of the alarm topic', TOPIC_KEYS);
    return 0;
  }
  if (!serviceLevel.sharedDoor) stageKeyLine({ prices, encryptionKey }, line);
  const parameters = accessControl === undefined ? 0 : MOST_PARAMETERS;
  const requests = (KEYED_SERVICES + running * parameters) * KEY_REQUESTS;
  line('requests to the encryption key', requests / 1e6, 'million', prices.keyMillion, 'keyMillion');
  return requests;
}

/** @param through GB a month */
function dataOut(
  { catalogue: { prices }, serviceLevel: { egress = 'endpoints' } }: BillOf,
  through: number,
  line: Take,
) {
  if (egress === 'endpoints') {
    line('data through the endpoints', through, 'GB', prices.interfaceEndpointGB, 'interfaceEndpointGB');
  }
  if (egress === 'nat') line('data through the NAT gateways', through, 'GB', prices.natGatewayGB, 'natGatewayGB');
}

const HANDLER = Object.keys(HANDLER_METRICS).length + RELEASE_METRICS;
