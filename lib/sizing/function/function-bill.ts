/** The monthly bill of a function behind an HTTP API. */
import type { PriceBook } from '../bill/bill-of';
import { freeTrafficLines, trafficLines } from '../bill/door-lines';
import { HOURS_PER_MONTH } from '../bill/fixed-parts';
import { cents, priced } from '../bill/priced-lines';
import type { RequestCost } from '../demand/service';
import type { CostLine } from '../plan/plan';

/** Whose prices are counted for all regions: they are not in the catalogue. */
export const FUNCTION_PRICE_REGION = 'us-east-1';

/** USD of arm64 there (aws.amazon.com/lambda/pricing, 2026-11). */
export const FUNCTION_PRICES = { gbSecond: 0.0000133334, million: 0.2 } as const;

const SOURCE = `AWS Lambda pricing, arm64, ${FUNCTION_PRICE_REGION}, 2026-11`;

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
  readonly freeTier: boolean;
}

export const gigabytes = (memoryMB: number) => memoryMB / 1024;

export function functionBill(of: FunctionBillOf): {
  readonly lines: readonly CostLine[];
  readonly usdPerMonth: number;
} {
  const { catalogue, request, rate, memoryMB, billedMs, freeTier } = of;
  const { prices } = catalogue;
  const requests = rate * 3600 * HOURS_PER_MONTH;
  const million = requests / 1e6;
  const gbSeconds = (requests * billedMs * gigabytes(memoryMB)) / 1000;
  const own = (item: string, quantity: number, unit: string, usdPerUnitMonth: number): CostLine => {
    return { item, quantity, unit, usdPerUnitMonth, usdPerMonth: cents(quantity * usdPerUnitMonth), source: SOURCE };
  };
  const parts = { prices, zones: 0, frontDoor: 'api' as const };
  const traffic = { requests, ...request, requestsPerConnection: 1 };
  const gib = (requests * LOG_BYTES) / 1024 ** 3;
  const others = priced({ catalogue }, (line) => {
    trafficLines(parts, traffic, line);
    line('logs', gib, 'GiB', prices.logGiB, 'logGiB');
    if (!freeTier) return;
    freeTrafficLines(parts, traffic, (item, used, most, unit, price) =>
      line(`free tier: ${item}`, -Math.min(used, most), unit, prices[price], price),
    );
  });
  const lines = [
    own('requests to the function', million, 'million', FUNCTION_PRICES.million),
    own('memory of the function', gbSeconds / 1000, 'thousand GB-s', 1000 * FUNCTION_PRICES.gbSecond),
    ...(freeTier
      ? [
          own('free tier: requests', -Math.min(million, FREE.million), 'million', FUNCTION_PRICES.million),
          own(
            'free tier: memory',
            -Math.min(gbSeconds, FREE.gbSeconds) / 1000,
            'thousand GB-s',
            1000 * FUNCTION_PRICES.gbSecond,
          ),
        ]
      : []),
    ...others.lines,
  ];
  return { lines, usdPerMonth: cents(lines.reduce((sum, line) => sum + line.usdPerMonth, 0)) };
}
