/** The monthly bill of a function behind an HTTP API. */
import type { PriceBook } from '../bill/bill-of';
import { freeTrafficLines, trafficLines } from '../bill/door-lines';
import { encryptionLines, FREE_TIER, REQUEST_LOG_BYTES } from '../bill/endpoint-lines';
import { HOURS_PER_MONTH, type Take } from '../bill/fixed-parts';
import { priced } from '../bill/priced-lines';
import type { Prices } from '../catalogue/contents';
import type { RequestCost } from '../demand/service';
import { COMPOSITE_ALARM_METRICS, COMPOSITE_ALARMS, DASHBOARDS } from '../plan/endpoint-parts';
import type { Cost } from '../plan/plan';
import type { ServiceLevel } from '../service-level/service-level';
import { functionAlarmMetrics } from './function-alarms';

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
}

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
  const parts = { prices, zones: 0, frontDoor: 'api' as const };
  const traffic = { requests, ...request, requestsPerConnection: 1 };
  const requestLog = serviceLevel.accessControl === 'logged' ? REQUEST_LOG_BYTES : 0;
  const gib = (requests * (LOG_BYTES + requestLog)) / 1024 ** 3;
  const alarms = functionAlarmMetrics(serviceLevel.leanMonitoring ?? false);
  const dashboards = serviceLevel.leanMonitoring ? 0 : DASHBOARDS;

  const thousandGBSeconds = 1000 * prices.functionGBSecond;
  line('requests to the function', million, 'million', prices.functionMillion, 'functionMillion');
  line('memory of the function', gbSeconds / 1000, 'thousand GB-s', thousandGBSeconds, 'functionGBSecond');
  trafficLines(parts, traffic, line);
  line('logs', gib, 'GiB', prices.logGiB, 'logGiB');
  line('alarms', alarms, 'metric', prices.alarmMonth, 'alarmMonth');
  line('composite alarm', COMPOSITE_ALARMS, 'alarm', COMPOSITE_ALARM_METRICS * prices.alarmMonth, 'alarmMonth');
  if (dashboards > 0) line('dashboard', dashboards, 'dashboard', prices.dashboardMonth, 'dashboardMonth');
  const keyRequests = encryptionLines({ catalogue, serviceLevel }, 1, line);
  if (!serviceLevel.freeTier) return;
  const free = (item: string, used: number, most: number, unit: string, price: keyof Prices) =>
    line(`free tier: ${item}`, -Math.min(used, most), unit, prices[price], price);
  free('requests', million, FREE.million, 'million', 'functionMillion');
  const freeGBSeconds = Math.min(gbSeconds, FREE.gbSeconds) / 1000;
  line('free tier: memory', -freeGBSeconds, 'thousand GB-s', thousandGBSeconds, 'functionGBSecond');
  freeTrafficLines(parts, traffic, free);
  free('logs', gib, FREE_TIER.logGiB, 'GiB', 'logGiB');
  free('alarms', alarms, FREE_TIER.alarmMetrics, 'metric', 'alarmMonth');
  if (dashboards > 0) free('dashboards', dashboards, FREE_TIER.dashboards, 'dashboard', 'dashboardMonth');
  if (keyRequests > 0) free('requests to keys', keyRequests / 1e6, FREE_TIER.keyMillion, 'million', 'keyMillion');
}
