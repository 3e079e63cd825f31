/** SHA-256 of files that several stages share: the runtime and the handler are some 50 MB each. */
import { createHash } from 'node:crypto';
import { readSync, statSync } from 'node:fs';
import { MIB } from '../units';
import { named } from './file-error';
import { tooLong, withRegularFile } from './read-file';

const PIECE_BYTES = MIB;

const known = new Map<string, string>();

/**
 * Lower-case hexadecimal SHA-256; a file is read once in a process, unless it has changed since.
 *
 * @throws SlipwayError E_FILE when it is no file, or cannot be read
 */
export function fileDigest(path: string): string {
  const { size, mtimeMs } = named(path, 'read', () => statSync(path));
  const key = `${path}\0${size}\0${mtimeMs}`;
  let digest = known.get(key);
  if (digest === undefined) {
    digest = withRegularFile(path, digestOf);
    known.set(key, digest);
  }
  return digest;
}

/** Reads no further than the size that it had when it was opened. */
function digestOf(file: number, bytes: number): string {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  for (let left = bytes; left > 0; ) {
    const read = readSync(file, piece, 0, Math.min(left, piece.length), null);
    if (read === 0) break;
    hash.update(piece.subarray(0, read));
    left -= read;
  }
  return hash.digest('hex');
}

/**
 * Lower-case hexadecimal SHA-256 of a file of any size, of which a piece at a time is in memory.
 *
 * @param maximumBytes that are read, whatever the system says of the size
 * @param shown the path for messages
 * @throws SlipwayError E_FILE when it is no file, or cannot be read; E_LIMIT when it has more bytes
 */
export function boundedFileDigest(path: string, maximumBytes: number, shown = path): string {
  return withRegularFile(
    path,
    (file, claimed) => {
      if (claimed > maximumBytes) throw tooLong(shown, String(claimed), maximumBytes);
      const hash = createHash('sha256');
      const piece = Buffer.allocUnsafe(Math.min(claimed + 1, PIECE_BYTES));
      for (let length = 0; ; ) {
        const read = readSync(file, piece, 0, piece.length, null);
        if (read === 0) return hash.digest('hex');
        length += read;
        if (length > maximumBytes) throw tooLong(shown, `at least ${length}`, maximumBytes);
        hash.update(piece.subarray(0, read));
      }
    },
    shown,
  );
}
