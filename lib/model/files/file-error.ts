/** What the file system, or the system at all, refused -> what a person reads: which path, why, and what to do about it. */
import { SlipwayError } from '../error';

/** Why, by the names of POSIX; whatever is not here is told by its name alone. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'you may not (no permission)',
  EBADF: 'it is closed',
  EBUSY: 'it is in use, or a file system is mounted there',
  EDQUOT: 'your quota of the disk is used up; free some space',
  EEXIST: 'something of that name is there already',
  EFBIG: 'it would be larger than a file may be',
  EINVAL: 'the file system cannot do that',
  EIO: 'the disk or the network drive failed',
  EISDIR: 'it is a folder, not a file',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'too many files are open (ulimit -n)',
  ENAMETOOLONG: 'the name is longer than the file system takes',
  ENFILE: 'too many files are open on this machine',
  ENOENT: 'it, or a folder on the way to it, does not exist',
  ENOMEM: 'the machine is out of memory',
  ENOSPC: 'the disk is full; free some space',
  ENOTDIR: 'a part of the path is a file, not a folder',
  ENOTEMPTY: 'the folder is not empty',
  ENXIO: 'the device is not there',
  EPERM: 'the system does not permit it',
  EPIPE: 'whoever read it has closed it',
  EROFS: 'the file system is read-only',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the other side closed the connection',
  EHOSTUNREACH: 'there is no way to that machine',
  ENETUNREACH: 'there is no network',
  ENOTFOUND: 'no such name is known',
  ESTALE: 'the network drive has lost it',
  ETIMEDOUT: 'there was no answer in time',
  ETXTBSY: 'it is a program that runs',
};

/** An error of a call of the operating system, as Node.js throws it; of another realm too, where `instanceof` says no. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string; syscall: string } {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return typeof code === 'string' && typeof syscall === 'string';
}

/** Why a call of the operating system failed, with its name: `the disk is full; free some space (ENOSPC)`. */
export function reasonOf({ code }: { readonly code: string }): string {
  const reason = REASONS[code];
  return reason === undefined ? code : `${reason} (${code})`;
}

/**
 * The error for a file or folder that could not be had.
 *
 * @param path as the user knows it
 * @param action what was wanted: `read`, `written`, `made`
 * @returns a SlipwayError E_FILE; what is one already, and what is no error of the system, as it is
 */
export function fileError(path: string, action: string, cause: unknown): unknown {
  if (SlipwayError.is(cause)) return cause;
  if (path.includes('\0')) {
    return new SlipwayError('E_FILE', `${JSON.stringify(path)}: is no path: it has a character NUL`, { cause });
  }
  if (!isSystemError(cause)) return cause;
  const text =
    cause.code === 'ENOENT' && action === 'read' ? 'does not exist' : `cannot be ${action}: ${reasonOf(cause)}`;
  return new SlipwayError('E_FILE', `${path === '' ? '""' : path}: ${text}`, { cause });
}

/**
 * The error for whatever the system refused where nobody thought of it: a disk, a network or a program that is missing is no
 * fault of ours.
 *
 * @returns a SlipwayError for every error of the system; all others as they are
 */
export function systemError(cause: unknown): unknown {
  if (SlipwayError.is(cause) || !isSystemError(cause)) return cause;
  const { syscall, path, address, hostname, port } = cause as typeof cause & Readonly<Record<string, unknown>>;
  const machine = address ?? hostname;
  if (machine !== undefined) {
    const where = port === undefined ? machine : `${machine}:${port}`;
    const code = syscall === 'listen' || syscall === 'bind' ? 'E_PORT' : 'E_UNREACHABLE';
    return new SlipwayError(code, `${where}: "${syscall}" failed: ${reasonOf(cause)}`, { cause });
  }
  const where = path === undefined ? '' : `${path}: `;
  return new SlipwayError('E_FILE', `${where}"${syscall}" failed: ${reasonOf(cause)}`, { cause });
}

/** `use`, with what the system refuses in it told of `path`. @throws SlipwayError E_FILE */
export function named<T>(path: string, action: string, use: () => T): T {
  try {
    return use();
  } catch (cause) {
    throw fileError(path, action, cause);
  }
}
