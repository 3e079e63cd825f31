/** A folder that a command may replace as a whole: one that it made itself, file by file. */
import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../error';
import { isWithin } from './is-within';

/** Names that a refusal quotes. */
const QUOTED = 3;

/**
 * The error for a folder that is not replaced.
 *
 * @param what would be replaced, e.g. `a model package`
 */
export function refusal(shown: string, what: string, why: string): SlipwayError {
  return new SlipwayError(
    'E_FILE',
    `${shown}: exists and is not ${what}: ${why}; nothing was touched: name another folder, or move what is there away`,
  );
}

/**
 * The names in a folder, when all of them are known and are files. What the files hold is for the caller to look at.
 *
 * @param shown the path for messages
 * @throws SlipwayError E_FILE for a link, a file, a folder with anything else, and the one that the command runs in, which
 *   would be gone for the shell
 */
export function replaceableFolder(folder: string, shown: string, what: string, names: readonly string[]): string[] {
  const stats = lstatSync(folder);
  if (stats.isSymbolicLink()) throw refusal(shown, what, 'it is a link');
  if (!stats.isDirectory()) throw refusal(shown, what, 'it is a file');
  if (isWithin(realpathSync(folder), process.cwd())) {
    throw new SlipwayError(
      'E_FILE',
      `${shown}: is the current folder, or one above it, and ${what} replaces its folder as a whole; name another`,
    );
  }
  const files = readdirSync(folder).sort();
  const strange = files.filter((file) => !names.includes(file) || !lstatSync(join(folder, file)).isFile());
  if (strange.length === 0) return files;
  const more = strange.length > QUOTED ? ` and ${strange.length - QUOTED} more` : '';
  throw refusal(shown, what, `it holds ${strange.slice(0, QUOTED).join(', ')}${more}`);
}
