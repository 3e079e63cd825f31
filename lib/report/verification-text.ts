/** What golden rows gave that were replayed through an endpoint. */
import { differenceText } from '../model/package/difference-text';
import type { GoldenDifference } from '../model/package/golden-replay';
import { printable } from '../model/text/printable';

export interface Replayed {
  /** What the endpoint serves, where that is another package. */
  readonly serves?: string;
  /** Rows that were sent. */
  readonly rows: number;
  readonly differences: readonly GoldenDifference[];
  /** Largest absolute difference of any number. */
  readonly maximumDifference: number;
  /** Milliseconds of each request. */
  readonly requestMs: readonly number[];
  /** p99 of single rows, and what it may be, where it was measured. */
  readonly pace?: { readonly p99Ms: number; readonly requests: number; readonly limitMs: number };
}

/** Differences shown; the first ones say what is wrong, the rest only how often. */
const SHOWN = 5;

export function verificationText(url: URL, verification: Replayed): string {
  const { serves, rows, differences, maximumDifference, requestMs, pace } = verification;
  const lines: string[] = [];
  if (serves !== undefined) lines.push(`${url.origin}: serves ${printable(serves)}, which is NOT this package`);
  if (requestMs.length === 0) {
    lines.push(`${url.origin}: it refuses the golden rows`);
    return lines.join('\n');
  }
  const slowest = Math.max(...requestMs).toFixed(1);
  if (differences.length === 0) {
    lines.push(
      `${url.origin}: all ${rows} golden rows hold, largest difference ${maximumDifference.toExponential(1)}, slowest of ${requestMs.length} requests ${slowest} ms`,
    );
  } else {
    const wrong = new Set(differences.map((difference) => difference.row)).size;
    lines.push(`${url.origin}: ${wrong} of ${rows} golden rows do NOT hold`);
    lines.push(...differences.slice(0, SHOWN).map((difference) => `  ${differenceText(difference)}`));
    if (differences.length > SHOWN) lines.push(`  ... and ${differences.length - SHOWN} more`);
  }
  if (pace) {
    const { p99Ms, requests, limitMs } = pace;
    const judgement = p99Ms > limitMs ? `NOT within ${limitMs} ms` : `within ${limitMs} ms`;
    lines.push(`${url.origin}: p99 of ${requests} requests ${p99Ms.toFixed(1)} ms, ${judgement}`);
  }
  return lines.join('\n');
}
