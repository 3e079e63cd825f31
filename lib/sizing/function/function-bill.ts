/** The monthly bill of a function behind an HTTP API. */
import type { PriceBook } from '../bill/bill-of';
import { freeTrafficLines, requestsLine, trafficLines } from '../bill/door-lines';
import { encryptionLines, FREE_TIER, REQUEST_LOG_BYTES } from '../bill/endpoint-lines';
import { HOURS_PER_MONTH, type Take, zoneLines } from '../bill/fixed-parts';
import { priced } from '../bill/priced-lines';
import type { Prices } from '../catalogue/contents';
import type { RequestCost } from '../demand/service';
import { COMPOSITE_ALARM_METRICS, COMPOSITE_ALARMS, DASHBOARDS, DATA_METRICS } from '../plan/endpoint-parts';
import type { Cost } from '../plan/plan';
import { certificatesOf, type ServiceLevel } from '../service-level/service-level';
import { functionAlarmMetrics, type WatchedFunction } from './function-alarms';

/** What an account has free every month, without end (AWS free tier, 2026-11). */
const FREE = { million: 1, gbSeconds: 400_000 } as const;

/** Lambda's own lines about an invocation: START, END, REPORT, with what CloudWatch counts for each. Measured by its emulator. */
const LOG_BYTES = 400;

export interface FunctionBillOf {
  readonly catalogue: PriceBook;
  readonly request: Pick<RequestCost, 'requestBytes' | 'answerBytes'>;
  /** Mean requests a second. */
  readonly rate: number;
  readonly memoryMB: number;
  /** Billed milliseconds of a request, cold starts among them. */
  readonly billedMs: number;
  readonly serviceLevel: ServiceLevel;
  /** Whether the rows are held against those of training. */
  readonly watchesData: boolean;
}

/** What decides on its alarms. */
export const watchedFunction = (level: ServiceLevel, watchesData: boolean): WatchedFunction => ({
  certificates: level.ownName ? certificatesOf(level) : 0,
  canary: level.rollout !== undefined,
  watchesData,
});

const gigabytes = (memoryMB: number) => memoryMB / 1024;

/** Each line is rounded to cents; the total is the sum of the lines. */
export function functionBill(of: FunctionBillOf): Cost {
  const { catalogue, rate, serviceLevel } = of;
  const lines = priced({ catalogue }, (line) => functionLines(of, line));
  const predictions = rate * serviceLevel.rowsPerRequest * 3600 * HOURS_PER_MONTH;
  return { ...lines, usdPerMillionPredictions: (lines.usdPerMonth / predictions) * 1e6 };
}

function functionLines(of: FunctionBillOf, line: Take): void {
  const { catalogue, request, rate, memoryMB, billedMs, serviceLevel } = of;
  const { prices } = catalogue;
  const requests = rate * 3600 * HOURS_PER_MONTH;
  const million = requests / 1e6;
  const gbSeconds = (requests * billedMs * gigabytes(memoryMB)) / 1000;
  const { hostedZone, names, watchesData } = { ...serviceLevel, ...of };
  const parts = { prices, zones: 0, frontDoor: 'api' as const, hostedZone, names };
  const before = { ...parts, frontDoor: 'cloudfront' as const };
  const distributed = serviceLevel.frontDoor === 'cloudfront';
  const traffic = { requests, ...request, requestsPerConnection: 1 };
  const requestLog = serviceLevel.accessControl === 'logged' ? REQUEST_LOG_BYTES : 0;
  const gib = (requests * (LOG_BYTES + requestLog)) / 1024 ** 3;
  const lean = serviceLevel.leanMonitoring ?? false;
  const alarms = functionAlarmMetrics(watchedFunction(serviceLevel, watchesData), lean);
  const data = watchesData ? DATA_METRICS.length : 0;
  const dashboards = lean ? 0 : DASHBOARDS;

  const thousandGBSeconds = 1000 * prices.functionGBSecond;
  line('requests to the function', million, 'million', prices.functionMillion, 'functionMillion');
  line('memory of the function', gbSeconds / 1000, 'thousand GB-s', thousandGBSeconds, 'functionGBSecond');
  // nothing is asked for what goes from a service of AWS to CloudFront (CloudFront pricing, 2026-11)
  if (distributed) {
    requestsLine(parts, traffic, line);
    trafficLines(before, traffic, line);
  } else trafficLines(parts, traffic, line);
  line('logs', gib, 'GiB', prices.logGiB, 'logGiB');
  line('alarms', alarms, 'metric', prices.alarmMonth, 'alarmMonth');
  line('composite alarm', COMPOSITE_ALARMS, 'alarm', COMPOSITE_ALARM_METRICS * prices.alarmMonth, 'alarmMonth');
  if (data > 0) line('data quality metrics', data, 'metric', prices.metricMonth, 'metricMonth');
  if (dashboards > 0) line('dashboard', dashboards, 'dashboard', prices.dashboardMonth, 'dashboardMonth');
  const keyRequests = encryptionLines({ catalogue, serviceLevel }, 1, line);
  zoneLines(parts, line);
  if (!serviceLevel.freeTier) return;
  const free = (item: string, used: number, most: number, unit: string, price: keyof Prices) =>
    line(`free tier: ${item}`, -Math.min(used, most), unit, prices[price], price);
  free('requests', million, FREE.million, 'million', 'functionMillion');
  const freeGBSeconds = Math.min(gbSeconds, FREE.gbSeconds) / 1000;
  line('free tier: memory', -freeGBSeconds, 'thousand GB-s', thousandGBSeconds, 'functionGBSecond');
  freeTrafficLines(distributed ? before : parts, traffic, free);
  free('logs', gib, FREE_TIER.logGiB, 'GiB', 'logGiB');
  if (data > 0) free('metrics', data, FREE_TIER.metrics, 'metric', 'metricMonth');
  free('alarms', alarms, FREE_TIER.alarmMetrics, 'metric', 'alarmMonth');
  if (dashboards > 0) free('dashboards', dashboards, FREE_TIER.dashboards, 'dashboard', 'dashboardMonth');
  if (keyRequests > 0) free('requests to keys', keyRequests / 1e6, FREE_TIER.keyMillion, 'million', 'keyMillion');
}
