/** One message for one mistake: what two keys do to each other is not told while one of them is wrong by itself. */
import type { Mistake } from './mistake';

/** Sections whose keys replace those of the defaults one by one; of others all are taken out where one is wrong. */
const BY_KEYS = ['traffic', 'domain', 'monitoring', 'access'];

/** Words by which a message speaks of a key. */
function wordsFor(path: Mistake['path']): string[] {
  const keys = path.slice(path[0] === 'defaults' ? 1 : 2).filter((key) => typeof key === 'string');
  const [section, key] = keys;
  if (section === undefined) return [];
  if (key === undefined) return [section];
  return BY_KEYS.includes(section) ? [key] : [section, key];
}

const speaksOf = (message: string, word: string) => message.split(/\W+/).includes(word);

/**
 * Whether a mistake of a stage may be there for no other reason than that a key was wrong and taken out: it speaks of that key, or
 * says what is missing in a stage of which it is not known what computes.
 *
 * @param known what the schema has found
 */
export function follows(known: readonly Mistake[], { path, message }: Mistake): boolean {
  return known.some(({ path: wrong, message: why }) => {
    const here = wrong[0] === 'defaults' || (wrong[0] === path[0] && wrong[1] === path[1]);
    if (!here || why.startsWith('is not known')) return false;
    const words = wordsFor(wrong);
    if (words[0] === 'compute') return message.startsWith('is missing');
    return words.some((word) => speaksOf(message, word));
  });
}
