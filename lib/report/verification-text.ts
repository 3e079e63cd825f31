/** What golden rows gave that were replayed through an endpoint. */
import type { GoldenDifference } from '../model/package/golden-replay';
import { printable } from '../model/text/printable';

export interface Replayed {
  /** Rows that were sent. */
  readonly rows: number;
  readonly differences: readonly GoldenDifference[];
  /** Largest absolute difference of any number. */
  readonly maximumDifference: number;
  /** Milliseconds of each request. */
  readonly requestMs: readonly number[];
}

/** Differences shown; the first ones say what is wrong, the rest only how often. */
const SHOWN = 5;

export function verificationText(url: URL, { rows, differences, maximumDifference, requestMs }: Replayed): string {
  const slowest = Math.max(...requestMs).toFixed(1);
  if (differences.length === 0) {
    return `${url.origin}: all ${rows} golden rows hold, largest difference ${maximumDifference.toExponential(1)}, slowest of ${requestMs.length} requests ${slowest} ms`;
  }
  const wrong = new Set(differences.map((difference) => difference.row)).size;
  const lines = differences.slice(0, SHOWN).map((difference) => `  ${printable(differenceText(difference))}`);
  if (differences.length > SHOWN) lines.push(`  ... and ${differences.length - SHOWN} more`);
  return [`${url.origin}: ${wrong} of ${rows} golden rows do NOT hold`, ...lines].join('\n');
}

export function differenceText({ row, method, expected, got }: GoldenDifference): string {
  return `row ${row}, ${method}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`;
}
