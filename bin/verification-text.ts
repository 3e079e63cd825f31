/** What came of a replay of golden rows, in words. */
import type { Verification } from '../lambda/verification/replay';
import { printable } from '../lib/model/text/printable';
import { differenceText } from './local/handler-log';

/** Differences shown; the first ones say what is wrong, the rest only how often. */
const SHOWN = 5;

export function verificationText(url: URL, { rows, differences, maximumDifference, requestMs }: Verification): string {
  const slowest = Math.max(...requestMs).toFixed(1);
  if (differences.length === 0) {
    return `${url.origin}: all ${rows} golden rows hold, largest difference ${maximumDifference.toExponential(1)}, slowest of ${requestMs.length} requests ${slowest} ms`;
  }
  const wrong = new Set(differences.map((difference) => difference.row)).size;
  const lines = differences.slice(0, SHOWN).map((difference) => `  ${printable(differenceText(difference))}`);
  if (differences.length > SHOWN) lines.push(`  ... and ${differences.length - SHOWN} more`);
  return [`${url.origin}: ${wrong} of ${rows} golden rows do NOT hold`, ...lines].join('\n');
}
