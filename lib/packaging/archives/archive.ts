/** Files within a file: a tar, plain or compressed, or a zip. They are read in memory; nothing of them reaches the disk. */
import { SlipwayError } from '../../model/error';
import { compressionOf, DEFAULT_LIMITS, inflate, limitError, type ReaderLimits } from '../joblib';
import { isTar, readTar } from './tar';
import { isZip, readZip } from './zip';

export interface Member {
  /** Its path within the archive, with `/` between names. */
  readonly name: string;
  readonly bytes: number;
  /** Its content. @throws SlipwayError E_FORMAT when it is damaged */
  read(): Buffer;
}

/** By their names. */
export type Members = ReadonlyMap<string, Member>;

export interface Archive {
  readonly kind: 'tar' | 'zip';
  readonly members: Members;
}

/** Files of an archive; a model has tens, and a skops file one for each array. */
const MOST_MEMBERS = 200_000;

/** Bytes that tell what a stream holds. */
const BEGINNING = 512;

/**
 * The files of an archive.
 *
 * @returns undefined when the bytes are none
 * @throws SlipwayError E_UNSAFE for names and links that lead out of it; E_LIMIT for too much; E_FORMAT when it is damaged
 */
export async function openArchive(
  file: string,
  bytes: Buffer,
  given: Partial<ReaderLimits> = {},
): Promise<Archive | undefined> {
  const limits = { ...DEFAULT_LIMITS, ...given };
  if (isZip(bytes)) return { kind: 'zip', members: byName(file, readZip(file, bytes, limits)) };
  if (isTar(bytes)) return { kind: 'tar', members: byName(file, readTar(file, bytes)) };
  const compression = compressionOf(bytes);
  const compressed = { file, bytes, compression };
  if (compression === 'none' || !isTar(await inflate({ ...compressed, enough: BEGINNING }, limits))) return undefined;
  return { kind: 'tar', members: byName(file, readTar(file, await inflate(compressed, limits))) };
}

function byName(file: string, members: Iterable<Member>): Members {
  const found = new Map<string, Member>();
  let total = 0;
  for (const member of members) {
    if (++total > MOST_MEMBERS) throw limitError(file, 'has too many files in it', `${MOST_MEMBERS}`);
    const name = plainName(file, member.name);
    if (found.has(name)) {
      throw new SlipwayError(
        'E_FORMAT',
        `${file}: has two files named ${JSON.stringify(name)}, of which one is hidden`,
      );
    }
    if (!isClutter(name)) found.set(name, { ...member, name, read: () => member.read() });
  }
  return found;
}

/** @throws SlipwayError E_UNSAFE for a name that leads elsewhere when it is unpacked */
function plainName(file: string, name: string): string {
  const parts = name.split('/').filter((part, i) => part !== '.' && (part !== '' || i === 0));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  const unsafe = parts[0] === '' || parts.includes('..') || /[\\\x00]/.test(name) || /^[A-Za-z]:/.test(name);
  if (!unsafe) return parts.join('/');
  throw new SlipwayError(
    'E_UNSAFE',
    `${file}: has a file named ${JSON.stringify(name.slice(0, 200))}, which leads out of the folder that it is unpacked to; nothing was unpacked here, but do not unpack it elsewhere`,
  );
}

/** What macOS adds to archives. */
function isClutter(name: string): boolean {
  return name.startsWith('__MACOSX/') || /(^|\/)(\._[^/]*|\.DS_Store)$/.test(name);
}
