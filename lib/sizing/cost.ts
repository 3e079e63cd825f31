/** The whole monthly bill of an endpoint, line by line, as the stacks build it. */
import { HANDLER_METRICS, SHADOW_METRICS } from '../model/instance/handler-metrics';
import { rolloutInstances, rolloutSeconds } from '../model/stage/rollout';
import { creditModeOf } from './catalogue/burstable';
import type { Catalogue, InstanceType, Prices } from './catalogue/catalogue';
import type { ShadowGroupDemand } from './demand/demand';
import type { RequestCost } from './demand/service';
import { freeTrafficLines, type Traffic, trafficLines } from './door-lines';
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
  TOPIC_KEYS,
} from './endpoint-parts';
import {
  addressLine,
  balancerLine,
  endpointLine,
  type FixedParts,
  firewallLines,
  fixedLines,
  gatewayLines,
  HOURS_PER_MONTH,
  listMonth,
  stageKeyLine,
  type Take,
  trustStoreLine,
  zoneLines,
} from './fixed-parts';
import { edgeOf } from './front-door';
import type { Cost, CostLine, SizingPlan } from './plan';
import { alarmedMetrics, promisedZones } from './planned-alarms';
import { goesOff } from './schedule';
import { certificatesOf, type ServiceLevel, sustainedRate } from './service-level';
import { copiesLine, shadowInstances } from './shadow-lines';

/** Handler, boot and rejected traffic. */
const LOG_GIB_PER_INSTANCE = 0.2;
/** A line of the handler's log for each request, with the 26 bytes that CloudWatch Logs adds to an event. */
const REQUEST_LOG_BYTES = 340;
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

/** What an account has free every month (AWS free tier, 2026-07): no end, and once for the whole account. */
const FREE_TIER = {
  metrics: 10,
  alarmMetrics: 10,
  dashboards: 3,
  logGiB: 5,
  keyMillion: 0.02,
} as const;

/** How far an estimated price may be off: that of an instance family, the worst of 589 known ones; of another service, of 32. */
const ESTIMATE = { instance: 0.11, other: 0.3 } as const;

/** Half a cent is rounded up, whatever the last bits of the product that it came from. */
const cents = (usd: number) => Math.round(Math.round(usd * 1e8) / 1e6) / 100;

/** What a bill takes of a catalogue. */
export type PriceBook = Pick<Catalogue, 'prices' | 'region' | 'capturedAt' | 'estimated'>;

export { HOURS_PER_MONTH };

export interface BillOf {
  readonly catalogue: PriceBook;
  readonly type: InstanceType;
  /** At the peak. */
  readonly instances: number;
  /** Instances that are there over the day, and the fewest. @default - all of them */
  readonly running?: { readonly mean: number; readonly fewest: number };
  readonly zones: number;
  readonly volumeGiB: number;
  readonly serviceLevel: ServiceLevel;
  readonly request: Pick<RequestCost, 'requestBytes' | 'answerBytes'>;
  /** Whether the rows are held against those of training. @default false */
  readonly watchesData?: boolean;
  /** Whether a shadow runs beside the model, which has metrics of its own. @default false */
  readonly shadowed?: boolean;
  /** A group of the shadow's own. @default - it runs on the same instances */
  readonly shadowGroup?: ShadowGroupDemand | undefined;
  /** Requests that a run answers when as many wait: it decides what shows how full workers are. @default 1 */
  readonly requestsPerRun?: number;
  /** CPU over the baseline of burstable instances, vCPUs. @default 0 */
  readonly surplusVcpus?: number;
  /** The least of it that is likely. @default - as much */
  readonly likelySurplusVcpus?: number;
  /** Whether the group may grow. @default - where there are several instances */
  readonly scales?: boolean;
  /** Of a fleet: what all of its models have once, or what is of one of them. @default - the model has all of it */
  readonly part?: SizingPlan['part'];
  /** The models of a fleet, whose own lines are on its bill as well. @default - none */
  readonly models?: readonly OwnBill[];
}

/** What the lines of a model are made from that it has on a fleet of several. */
export type OwnBill = Pick<BillOf, 'serviceLevel' | 'request' | 'watchesData'>;

function eachLine(of: BillOf, line: Take): void {
  const { catalogue, type, instances, zones, volumeGiB, serviceLevel, request } = of;
  const { shadowed = false, requestsPerRun = 1, surplusVcpus = 0, scales = instances > 1, part } = of;
  const [once, own] = [part !== 'model', part !== 'fleet'];
  const watchesData = own && (of.watchesData ?? false);
  const { prices } = catalogue;
  const { mean: running, fewest } = of.running ?? { mean: instances, fewest: instances };
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
  const count = fewest === instances ? `${instances}` : `${fewest} to ${instances}`;
  if (once)
    line(
      `${count} x ${type.name}`,
      running,
      'instance',
      type.usdPerHour * HOURS_PER_MONTH,
      'instance',
      listMonth(type),
    );
  if (once && surplusVcpus > 0) {
    const usd = type.surplusUsdPerVcpuHour! * HOURS_PER_MONTH;
    line('CPU over the baseline (surplus credits)', surplusVcpus, 'vCPU', usd, 'instance');
  }
  if (group) shadowInstances(group, line);
  const volumes = running * volumeGiB + (group ? group.running * group.volumeGiB : 0);
  if (once) line('root volumes (gp3)', volumes, 'GiB', prices.volumeGiBMonth, 'volumeGiBMonth');
  const { egress, frontDoor, firewallRules, mutualTls, hostedZone, names, existingListener, sessionManager } =
    serviceLevel;
  const fixed: FixedParts = {
    ...{ prices, zones, egress, internal, accessControl, sessionManager },
    ...{ frontDoor, firewallRules, mutualTls, hostedZone, names, existingListener },
  };
  const door = !serviceLevel.sharedDoor;
  if (door) balancerLine(fixed, line);
  const unitHour = prices.loadBalancerCapacityUnitHour;
  if (own)
    line('load balancer capacity', capacityUnits, 'LCU', unitHour * HOURS_PER_MONTH, 'loadBalancerCapacityUnitHour');
  if (door) {
    addressLine(fixed, line);
    firewallLines(fixed, line);
  }
  if (own && firewallRules !== undefined) {
    line('requests through WAF', monthly / 1e6, 'million', prices.firewallMillion, 'firewallMillion');
  }
  if (door) {
    trustStoreLine(fixed, line);
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
  const alarms = alarmMetrics(of, watchesData, requestsPerRun, scales) + (once && scales ? SCALING_ALARM_METRICS : 0);
  line('alarms', alarms, 'metric', prices.alarmMonth, 'alarmMonth');
  if (once)
    line('composite alarm', COMPOSITE_ALARMS, 'alarm', COMPOSITE_ALARM_METRICS * prices.alarmMonth, 'alarmMonth');
  const detailed = lean || !once ? 0 : running * DETAILED_METRICS;
  const agent = INSTANCE_METRICS.length;
  const data = watchesData ? DATA_METRICS.length : 0;
  if (detailed > 0) line('detailed monitoring', detailed, 'metric', prices.metricMonth, 'metricMonth');
  if (once) line('memory and disk metrics', agent, 'metric', prices.metricMonth, 'metricMonth');
  if (data > 0) line('data quality metrics', data, 'metric', prices.metricMonth, 'metricMonth');
  const shadow = shadowed ? Object.keys(SHADOW_METRICS).length : 0;
  if (shadow > 0) line('metrics of the shadow', shadow, 'metric', prices.metricMonth, 'metricMonth');
  if (once) line('metrics of the handler', HANDLER, 'metric', prices.metricMonth, 'metricMonth');
  const dashboards = lean || !once ? 0 : DASHBOARDS;
  if (dashboards > 0) line('dashboard', dashboards, 'dashboard', prices.dashboardMonth, 'dashboardMonth');
  const keyRequests = once ? encryption(of, running, line) : 0;
  if (door) zoneLines(fixed, line);
  if (own && requestLogGiB > 0) line('request log', requestLogGiB, 'GiB', prices.logGiB, 'logGiB');
  if (once) line('logs', logGiB, 'GiB', prices.logGiB, 'logGiB');
  if (!serviceLevel.freeTier) return;
  const free = (item: string, used: number, most: number, unit: string, price: keyof Prices) =>
    line(`free tier: ${item}`, -Math.min(used, most), unit, prices[price], price);
  freeTrafficLines(fixed, traffic, free);
  free('alarms', alarms, FREE_TIER.alarmMetrics, 'metric', 'alarmMonth');
  free('metrics', detailed + agent + data + shadow + HANDLER, FREE_TIER.metrics, 'metric', 'metricMonth');
  free('dashboards', dashboards, FREE_TIER.dashboards, 'dashboard', 'dashboardMonth');
  if (keyRequests > 0) free('requests to keys', keyRequests / 1e6, FREE_TIER.keyMillion, 'million', 'keyMillion');
  free('logs', logGiB + requestLogGiB, FREE_TIER.logGiB, 'GiB', 'logGiB');
}

/** @returns requests to the key of the stage in a month */
function encryption({ catalogue: { prices }, serviceLevel }: BillOf, running: number, line: Take): number {
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

/** By kind of endpoint: a search asks thousands of times. */
const alarmCounts = new Map<number, number>();

/** Metrics of the alarms. */
function alarmMetrics(
  { type, serviceLevel, zones: fleetZones, part, shadowGroup }: BillOf,
  watchesData: boolean,
  requestsPerRun: number,
  grows: boolean,
): number {
  const creditMode = type.baseline === undefined ? undefined : creditModeOf(type.name);
  const lean = serviceLevel.leanMonitoring ?? false;
  const zones = promisedZones(serviceLevel, fleetZones);
  const canary = serviceLevel.rollout !== undefined;
  const edge = edgeOf(serviceLevel);
  const certificates = certificatesOf(serviceLevel);
  const kind =
    (requestsPerRun > 1 ? 1 : 0) +
    (watchesData ? 2 : 0) +
    (grows ? 4 : 0) +
    (lean ? 8 : 0) +
    (creditMode === undefined ? 0 : creditMode === 'standard' ? 16 : 32) +
    (canary ? 64 : 0) +
    (part === undefined ? 0 : part === 'fleet' ? 128 : 256) +
    (shadowGroup ? 512 : 0) +
    (edge === undefined ? 0 : edge === 'api' ? 1024 : 2048) +
    4096 * zones +
    16384 * certificates +
    (goesOff(serviceLevel.schedule) ? 2 ** 40 : 0);
  let count = alarmCounts.get(kind);
  if (count === undefined) {
    count = alarmedMetrics({
      requestsPerRun,
      watchesData,
      creditMode,
      grows,
      lean,
      zones,
      certificates,
      canary,
      ...(part && { part }),
      ...(edge && { edge }),
      ...(shadowGroup && { shadowGroup: true }),
      ...(goesOff(serviceLevel.schedule) && { goesOff: true }),
    });
    alarmCounts.set(kind, count);
  }
  return count;
}

/** Of a model on a fleet: the same whatever the fleet. */
const ownTotals = new WeakMap<OwnBill, WeakMap<PriceBook, number>>();

/** USD a month of the lines that a model has for itself on a fleet. */
export function ownTotal(of: BillOf, model: OwnBill): number {
  const byBook = ownTotals.get(model) ?? new WeakMap<PriceBook, number>();
  ownTotals.set(model, byBook);
  const known = byBook.get(of.catalogue);
  if (known !== undefined) return known;
  const total = billTotal(ownBill(of, model));
  byBook.set(of.catalogue, total);
  return total;
}

/** What the lines are of that a model has for itself on a fleet. */
export function ownBill(of: BillOf, { serviceLevel, request, watchesData }: OwnBill): BillOf {
  const { models: _, ...fleet } = of;
  return { ...fleet, serviceLevel, request, part: 'model', ...(watchesData !== undefined && { watchesData }) };
}

/** The total of `bill`, and of the models' own on a fleet, for less: a search wants no more. */
export function billTotal(of: BillOf): number {
  let sum = 0;
  for (const model of of.models ?? []) sum += ownTotal(of, model);
  eachLine(of, (_, quantity, __, usdPerUnitMonth) => (sum += cents(quantity * usdPerUnitMonth)));
  return cents(sum);
}

/** Lines in cents, and what their sum is between. @param unlikely USD of a line that may turn out not to be needed */
function priced(
  { catalogue, type, shadowGroup }: { readonly catalogue: PriceBook } & Partial<Pick<BillOf, 'type' | 'shadowGroup'>>,
  each: (take: Take) => void,
  unlikely: (item: string, usdPerMonth: number) => number = () => 0,
): Pick<Cost, 'lines' | 'usdPerMonth' | 'range'> {
  const estimated = new Set(catalogue.estimated);
  const prices = `list price, ${catalogue.region}, ${catalogue.capturedAt}`;
  const lines: CostLine[] = [];
  let [low, high] = [0, 0];
  each((item, quantity, unit, usdPerUnitMonth, price, listUsdPerUnitMonth) => {
    const usdPerMonth = cents(quantity * usdPerUnitMonth);
    const machine = price === 'instance' ? type : price === 'shadow instance' ? shadowGroup?.type : undefined;
    const guessed = machine ? machine.estimated === true : estimated.has(price as keyof Prices);
    const off = guessed ? usdPerMonth * (machine ? ESTIMATE.instance : ESTIMATE.other) : 0;
    low += usdPerMonth - Math.abs(off) - unlikely(item, usdPerMonth);
    high += usdPerMonth + Math.abs(off);
    const listed = guessed ? `estimated, ${catalogue.region}` : prices;
    const line = { item, quantity, unit, usdPerUnitMonth, usdPerMonth };
    lines.push(
      listUsdPerUnitMonth === undefined
        ? { ...line, source: listed }
        : { ...line, listUsdPerUnitMonth, source: `${listed}; discounted` },
    );
  });
  const usdPerMonth = cents(lines.reduce((sum, line) => sum + line.usdPerMonth, 0));
  const range = { low: cents(low), high: cents(high) };
  return { lines, usdPerMonth, ...(range.high - range.low >= 0.01 && { range }) };
}

/** The bill of a fleet that runs all month. Each line is rounded to cents; the total is the sum of the lines. */
export function bill(of: BillOf): Cost {
  const { serviceLevel, surplusVcpus = 0, likelySurplusVcpus = surplusVcpus } = of;
  const lines = priced(
    of,
    (take) => eachLine(of, take),
    (item, usd) => (item.startsWith('CPU over') ? usd * (1 - likelySurplusVcpus / surplusVcpus) : 0),
  );
  const predictions = sustainedRate(serviceLevel) * serviceLevel.rowsPerRequest * 3600 * HOURS_PER_MONTH;
  return { ...lines, usdPerMillionPredictions: (lines.usdPerMonth / predictions) * 1e6 };
}

/** The bill of the network and the front door that several endpoints share. */
export function fixedBill(
  catalogue: PriceBook,
  parts: Omit<FixedParts, 'prices'>,
): Pick<Cost, 'lines' | 'usdPerMonth' | 'range'> {
  return priced({ catalogue }, (take) => fixedLines({ ...parts, prices: catalogue.prices }, take));
}
