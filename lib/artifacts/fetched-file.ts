/** A file that is fetched into a cache: it appears whole or not at all, however many fetch it at once. */
import { execFile } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { SlipwayError } from '../model/error';
import { fileError, reasonOf } from '../model/files/file-error';
import { makeFolders } from '../model/files/make-folders';
import { undoAtEnd } from '../model/process/interruption';
import { MIB } from '../model/units';

const MOST_SAID_BYTES = 64 * MIB;

/**
 * @param fetch puts the file into a folder that it is given, looks whether it is the right one, and returns its path
 * @throws SlipwayError E_FILE when the cache cannot be written, and what `fetch` throws
 */
export async function placeFetched(path: string, fetch: (folder: string) => Promise<string>): Promise<void> {
  let undo = () => {};
  let remove = () => {};
  let release = () => {};
  try {
    undo = makeFolders(dirname(path));
    const folder = mkdtempSync(join(dirname(path), '.fetch-'));
    remove = () => rmSync(folder, { recursive: true, force: true });
    release = undoAtEnd(remove);
    renameSync(await fetch(folder), path);
  } catch (cause) {
    throw fileError(path, 'written', cause);
  } finally {
    release();
    remove();
    undo(); // of folders that are empty still
  }
}

/** Run a program that fetches, with a bound on what it says; it is ended where this process is. */
export async function runFetcher(
  program: string,
  words: readonly string[],
  options: { readonly shell?: boolean } = {},
): Promise<{ stdout: string; stderr: string }> {
  const running = promisify(execFile)(program, [...words], { maxBuffer: MOST_SAID_BYTES, ...options });
  const release = undoAtEnd(() => running.child.kill('SIGKILL'));
  try {
    return await running;
  } finally {
    release();
  }
}

/** What a program says when it is the disk that refuses: names of Node.js, numbers and texts of Python. */
const DISK =
  /\b(ENOSPC|EDQUOT|EROFS|EACCES|EPERM|EIO|ENAMETOOLONG)\b|\[Errno \d+\] (No space left on device|Disk quota exceeded|Read-only file system|Permission denied)/;

export interface Failure {
  /** What was to be fetched. */
  readonly what: string;
  /** The command that should have done it, e.g. `npm pack`. */
  readonly command: string;
  /** The folder that it wrote to. */
  readonly folder: string;
  /** What was thrown when it ended. */
  readonly cause: unknown;
  /** What it said, all of it, and the line that tells why. */
  readonly output: string;
  readonly line: string;
  /** What may help where it was the network. */
  readonly remedy: string;
}

/** Why a program could not fetch: it is missing, the disk refused, or else the network. */
export function fetchError({ what, command, folder, cause, output, line, remedy }: Failure): SlipwayError {
  if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
    const program = command.split(' ', 1)[0];
    return new SlipwayError('E_FILE', `${what} cannot be fetched: there is no program "${program}"; ${remedy}`, {
      cause,
    });
  }
  const found = DISK.exec(output);
  if (found) {
    const reason = found[1] === undefined ? found[2]! : reasonOf({ code: found[1] });
    return new SlipwayError(
      'E_FILE',
      `${what} cannot be fetched: "${command}" cannot write: ${reason}; it writes to ${dirname(folder)} and to a cache of its own`,
      { cause },
    );
  }
  return new SlipwayError('E_UNREACHABLE', `${what} cannot be fetched with "${command}": ${line}; ${remedy}`, {
    cause,
  });
}
