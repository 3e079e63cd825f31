/** Replaces a file as a whole or not at all. */
import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SlipwayError } from '../error';
import { fileError } from './file-error';
import { makeFolders } from './make-folders';

let made = 0;

/** The file behind a name, whatever links lead to it: they stay. @throws SlipwayError E_FILE for what is no file */
function behind(path: string): string {
  try {
    if (statSync(path).isFile()) return realpathSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return path;
    throw cause;
  }
  throw new SlipwayError('E_FILE', `${path}: is there and is no file; name a file, which may be a new one`);
}

export interface ReplaceOptions {
  /** Permissions of the file. @default - as the system gives them */
  readonly mode?: number;
  /** Whether folders on the way are made. @default false */
  readonly folders?: boolean;
}

/**
 * Write beside the file, flush, then rename: whoever reads sees the old bytes or the new, and after a crash one of both is there.
 *
 * @throws SlipwayError E_FILE when it cannot be written; all is then as it was
 */
export function replaceFile(path: string, content: string | Uint8Array, options: ReplaceOptions = {}): void {
  let beside: string | undefined;
  let undo = () => {};
  try {
    const target = behind(path);
    if (options.folders) undo = makeFolders(dirname(target));
    beside = join(dirname(target), `.slipway-${process.pid}-${made++}.tmp`);
    const file = openSync(beside, 'wx', options.mode);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, target);
    flushFolder(dirname(target));
  } catch (cause) {
    if (beside !== undefined) rmSync(beside, { force: true });
    undo();
    throw fileError(path, 'written', cause);
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
