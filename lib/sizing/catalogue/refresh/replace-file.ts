/** Replaces a file as a whole or not at all. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SlipwayError } from '../../../model/error';

/**
 * Write beside the file, flush, then rename: whoever reads sees the old text or the new, and after a crash one of both is there.
 *
 * @throws SlipwayError E_FILE when it cannot be written; the old file is then as it was
 */
export function replaceFile(path: string, text: string): void {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(beside, 'wx');
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (cause) {
    remove(beside);
    throw new SlipwayError('E_FILE', `${path}: cannot be written (${(cause as Error).message})`, { cause });
  }
  flushFolder(dirname(path));
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // it was never made; why is what the caller reports
  }
}

/** The name lasts once its folder is flushed; not every system can. */
function flushFolder(folder: string): void {
  let handle: number | undefined;
  try {
    handle = openSync(folder, 'r');
    fsyncSync(handle);
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
