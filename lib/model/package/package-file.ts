/** One file of a model package, from disk. */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../error';
import { boundedFileDigest } from '../files/file-digest';
import { fileError } from '../files/file-error';
import { isWithin } from '../files/is-within';
import { readRegularFile } from '../files/read-file';

/**
 * A file of a package. Links may lead from name to name within the package, as volumes of Kubernetes have it, but not out of
 * it: git brings links, and what they lead to is not what was packed.
 *
 * @throws SlipwayError E_PACKAGE when it is missing, or such a link; E_FILE when it is no file, or cannot be read; E_LIMIT
 */
export function readPackageFile(directory: string, file: string, maximumBytes: number): Buffer {
  return readRegularFile(pathWithin(directory, file), maximumBytes, join(directory, file));
}

/**
 * SHA-256 of a file of a package, which is never in memory as a whole.
 *
 * @throws SlipwayError as of `readPackageFile`
 */
export function packageFileDigest(directory: string, file: string, maximumBytes: number): string {
  return boundedFileDigest(pathWithin(directory, file), maximumBytes, join(directory, file));
}

function pathWithin(directory: string, file: string): string {
  const path = join(directory, file);
  const real = realPath(path);
  if (real === undefined) {
    const what = realPath(directory) === undefined ? 'does not exist' : `has no ${file}`;
    throw new SlipwayError('E_PACKAGE', `${directory}: ${what}; make the model package with "slipway pack"`);
  }
  if (!isWithin(realPath(directory)!, real)) {
    throw new SlipwayError(
      'E_PACKAGE',
      `${path}: is a link to ${real}, which is outside of the model package; put the file itself there`,
    );
  }
  return real;
}

/** The path without links; undefined where there is nothing. @throws SlipwayError E_FILE */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileError(path, 'read', cause);
  }
}
