/** What a renewal of the catalogue changed. */
import { printable } from '../model/text/printable';
import type { Refreshed } from '../sizing/catalogue/refresh';

export function refreshedText(
  { path, comparedWith, changes, notes, types, leftOut }: Refreshed,
  region: string,
): string {
  const before = comparedWith === region ? 'before' : `that of ${comparedWith}, which stood in for it`;
  const { withoutPrice, withoutFactors, accelerated } = leftOut;
  return [
    `${path}: ${types} types to choose from`,
    `  left out: ${withoutPrice} without a price, ${withoutFactors} of unknown speed, ${accelerated} with accelerators`,
    changes.length > 0 ? `Compared with ${before}:` : `Nothing changed, compared with ${before}.`,
    ...changes.map((line) => `  ${printable(line)}`),
    ...notes.map((line) => `Note: ${printable(line)}`),
  ].join('\n');
}
