/** A file that is known by its digest before it is fetched: once, into an ignored cache, and never during synthesis. */
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { SlipwayError } from '../model/error';
import { fileDigest } from '../model/files/file-digest';
import { placeFetched } from './fetched-file';

export interface PinnedFile {
  /** Its place in the cache. */
  readonly path: string;
  /** Lower-case hexadecimal SHA-256 of its bytes. */
  readonly sha256: string;
}

/** Where it comes from. */
export interface Source {
  /** What it is, e.g. `Node.js 24.21.0 for arm64`. */
  readonly name: string;
  /** How it is fetched and how large it is, e.g. `with pip, about 250 MB`. */
  readonly how: string;
  /** Puts it into a folder, looks whether it is the right one, and returns its path. */
  readonly fetch: (folder: string) => Promise<string>;
}

/** The folder of the cache, in the working directory. */
export const cacheFolder = () => resolve('.slipway/runtime');

function stateOf({ path, sha256 }: PinnedFile): 'missing' | 'damaged' | 'whole' {
  if (!existsSync(path)) return 'missing';
  return fileDigest(path) === sha256 ? 'whole' : 'damaged';
}

/**
 * Look whether the cache has it; the digest is compared, which takes some 30 ms for 50 MB.
 *
 * @param what it is, to begin a message with
 * @param command that fetches it
 * @throws SlipwayError E_RUNTIME_MISSING when it has not been fetched, or is not what was pinned
 */
export function requirePinned(file: PinnedFile, what: string, command: string): void {
  const state = stateOf(file);
  if (state === 'whole') return;
  const problem =
    state === 'missing'
      ? 'has not been fetched yet'
      : `is damaged (${relative(process.cwd(), file.path)} has another digest than the pinned one)`;
  throw new SlipwayError('E_RUNTIME_MISSING', `${what} ${problem}; fetch it with "${command}"`);
}

/**
 * Fetch it into the cache unless it is there and whole. It appears whole or not at all.
 *
 * @throws SlipwayError E_FILE when the cache cannot be written, and what `fetch` throws
 */
export async function fetchPinned(
  file: PinnedFile,
  { name, how, fetch }: Source,
  onProgress: (message: string) => void,
): Promise<void> {
  const state = stateOf(file);
  if (state === 'whole') return onProgress(`${name} is there`);
  if (state === 'damaged') onProgress(`${name} is damaged; it is fetched again`);
  onProgress(`fetching ${name} ${how}`);
  await placeFetched(file.path, fetch);
}
