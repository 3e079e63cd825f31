/** Where the prices of a bill are to be found, in a sentence: the lists with their dates, and the pages of AWS that have them. */
import type { CostLine } from '../sizing/plan/plan';

/** Page, region and list of a source; of an estimate how it was made. */
const SOURCE = /^(\S+), (\S+): (.+)$/;
const SITE = 'aws.amazon.com';

/** Pages by the list that they were read from, in the order of the bill. */
export function priceSourcesText(lines: readonly CostLine[]): string {
  const pages = new Map<string, Set<string>>();
  for (const { source } of lines) {
    const [, page, , list] = SOURCE.exec(source.replace(/; discounted$/, '')) ?? [];
    if (page === undefined || list === undefined || page === 'estimated') continue;
    const known = pages.get(list) ?? new Set();
    pages.set(list, known.add(page.startsWith(SITE) ? page.slice(SITE.length) : page));
  }
  const lists = [...pages].map(([list, of]) => `${[...of].join(', ')} (${list})`);
  return lists.length === 0 ? '' : `The prices are on these pages of ${SITE}: ${lists.join('; ')}.`;
}
