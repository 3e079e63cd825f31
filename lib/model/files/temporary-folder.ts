/** Folders for what is needed for a moment. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SlipwayError } from '../error';
import { isSystemError, reasonOf } from './file-error';

/**
 * Make a folder that nobody else may open. Whoever asked removes it.
 *
 * @param prefix of its name, e.g. `slipway-pack-`
 * @throws SlipwayError E_FILE when there is no place for it
 */
export function temporaryFolder(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix));
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw new SlipwayError(
      'E_FILE',
      `${tmpdir()}: no temporary folder can be made in it: ${reasonOf(cause)}; name another with the environment variable TMPDIR`,
      { cause },
    );
  }
}
