/** SHA-256 of files that several stages share: the runtime and the handler are some 50 MB each. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

const known = new Map<string, string>();

/** Lower-case hexadecimal SHA-256; a file is read once in a process, unless it has changed since. */
export function fileDigest(path: string): string {
  const { size, mtimeMs } = statSync(path);
  const key = `${path}\0${size}\0${mtimeMs}`;
  let digest = known.get(key);
  if (digest === undefined) {
    digest = createHash('sha256').update(readFileSync(path)).digest('hex');
    known.set(key, digest);
  }
  return digest;
}
