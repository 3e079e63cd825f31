/**
 * Files that somebody else wrote, or that git brought: a name may be that of a device, a pipe or a link to one, and a size
 * may be a lie. Only regular files are read, opened once, and up to a bound.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { SlipwayError } from '../error';
import { fileError } from './file-error';

/** A pipe without a writer would hold the process at `open`; Windows knows neither. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Bytes that are asked for at once, at most: one call of the system gives no more than 2^31. */
const MOST_AT_ONCE = 1 << 30;
const LEAST_ROOM = 64 * 1024;

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

function requireFile(stats: Stats, shown: string): void {
  if (!stats.isFile()) throw new SlipwayError('E_FILE', `${shown}: is ${kindOf(stats)}, not a file; name a file`);
}

/**
 * Open a regular file, use it, and close it.
 *
 * @param use is given the descriptor, and the size that the file claims to have
 * @param shown the path for messages
 * @throws SlipwayError E_FILE when there is none, it is of another kind, or it cannot be read
 */
export function withRegularFile<T>(path: string, use: (file: number, bytes: number) => T, shown = path): T {
  let file: number | undefined;
  try {
    requireFile(statSync(path), shown); // some devices do something when they are opened
    file = openSync(path, FLAGS);
    const stats = fstatSync(file);
    requireFile(stats, shown);
    return use(file, stats.size);
  } catch (cause) {
    throw fileError(shown, 'read', cause);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** @param bytes that it has, in words */
export const tooLong = (shown: string, bytes: string, maximumBytes: number) =>
  new SlipwayError('E_LIMIT', `${shown}: has ${bytes} bytes, more than the limit of ${maximumBytes} bytes`);

/**
 * The bytes of a regular file.
 *
 * @param maximumBytes that are read, whatever the system says of the size
 * @param shown the path for messages
 * @throws SlipwayError E_FILE as above; E_LIMIT when it has more bytes
 */
export function readRegularFile(path: string, maximumBytes: number, shown = path): Buffer {
  return withRegularFile(
    path,
    (file, claimed) => {
      if (claimed > maximumBytes) throw tooLong(shown, String(claimed), maximumBytes);
      let bytes = Buffer.allocUnsafeSlow(claimed + 1); // with room for one more, which shows that there is more
      for (let length = 0; ; ) {
        const read = readSync(file, bytes, length, Math.min(bytes.length - length, MOST_AT_ONCE), null);
        if (read === 0) return bytes.subarray(0, length);
        length += read;
        if (length > maximumBytes) throw tooLong(shown, `at least ${length}`, maximumBytes);
        if (length === bytes.length) {
          const larger = Buffer.allocUnsafeSlow(Math.min(2 * length + LEAST_ROOM, maximumBytes + 1));
          bytes.copy(larger);
          bytes = larger;
        }
      }
    },
    shown,
  );
}
