/** Quantities as people write them in slipway.yaml. */
import type { Discount } from '../sizing/service-level/discounts';

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000 };

/** `40ms`, `0.5s` -> milliseconds; undefined when it is not a positive duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s)$/.exec(text.trim());
  const value = match ? Number(match[1]) * MILLISECONDS[match[2]!]! : Number.NaN;
  return value > 0 ? value : undefined;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** `90s`, `10m`, `1h` -> seconds; undefined when it is not a positive time. */
export function parseTime(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([smh])$/.exec(text.trim());
  const value = match ? Number(match[1]) * SECONDS[match[2]!]! : Number.NaN;
  return value > 0 ? value : undefined;
}

/** `10 %`, `0.5%` -> 0.1, 0.005; undefined when it is not a share above 0 to 100 %. */
export function parsePercent(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  const value = match ? Number(match[1]) / 100 : Number.NaN;
  return value > 0 && value <= 1 ? value : undefined;
}

/** `25 %`, `0 %` -> 0.25, 0; undefined when it is not a share of 0 to 100 %. */
export function parseShare(text: string): number | undefined {
  return /^0+(?:\.0+)?\s*%$/.test(text.trim()) ? 0 : parsePercent(text);
}

/** `0.05 USD/hour` -> 0.05; undefined when it is not a positive amount. */
export function parseRate(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*USD\s*\/\s*h(?:our)?$/i.exec(text.trim());
  const value = match ? Number(match[1]) : Number.NaN;
  return value > 0 ? value : undefined;
}

/** `27 %` off the list price, or `0.05 USD/hour` in place of it; undefined when it is neither. */
export function parseDiscount(text: string): Discount | undefined {
  const [share, usdPerHour] = [parsePercent(text), parseRate(text)];
  if (usdPerHour !== undefined) return { usdPerHour };
  return share === undefined || share === 1 ? undefined : { share };
}

/** `600 USD/month` -> 600; undefined when it is not a positive amount. */
export function parseBudget(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*USD\s*\/\s*month$/i.exec(text.trim());
  const value = match ? Number(match[1]) : Number.NaN;
  return value > 0 ? value : undefined;
}
