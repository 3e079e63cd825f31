/** The nearest right spelling of a word. */
import { closest, distance } from 'fastest-levenshtein';

/** Longer words are no misspelling of anything that is short. */
const LONGEST = 64;

/** The allowed word that differs in the fewest letters, if it is near enough to be what was meant. */
export function nearestOf(word: string, allowed: readonly string[]): string | undefined {
  if (allowed.length === 0 || word.length > LONGEST) return undefined;
  const nearest = closest(word, allowed as string[]);
  return distance(word, nearest) <= Math.max(2, word.length / 3) ? nearest : undefined;
}
