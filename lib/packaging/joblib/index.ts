/**
 * An inert reader of joblib (0.10 and newer) and pickle files, protocols 0 to 5, plain or compressed.
 *
 * It gives back what the file holds as data; nothing that the file names is imported, called or resolved.
 */
import { basename } from 'node:path';
import { SlipwayError } from '../../model/error';
import { readRegularFile } from '../../model/files/read-file';
import { foreignKind } from './foreign';
import { type Compression, compressionOf, inflate } from './inflate';
import { Input } from './input';
import { DEFAULT_LIMITS, type ReaderLimits } from './limits';
import { PickleMachine, type Usage } from './machine';
import type { PyValue } from './values';

export { DType } from './dtype';
export { CATBOOST_EXPORT, KERAS_EXPORT, TORCH_EXPORT } from './foreign';
export { compressionOf, inflate } from './inflate';
export { DEFAULT_LIMITS, limitError, type ReaderLimits } from './limits';
export { NumpyArray } from './ndarray';
export { chargeObjects, SIZE } from './object-budget';
export { inertGlobal } from './suspicious';
export { Global, type PyDict, PyObject, type PySet, PyTuple, type PyValue } from './values';

export interface LoadedFile {
  /** Base name of the file. */
  readonly file: string;
  /** The file's bytes as they lie on disk. */
  readonly bytes: Buffer;
  /** `joblib` when it has joblib's own arrays, otherwise `pickle`; or `skops`. */
  readonly format: 'joblib' | 'pickle' | 'skops';
  readonly compression: Compression;
  /** Protocol of the pickle, 0 to 5, or of skops, 0 to 2. */
  readonly protocol: number;
  /** The object that was saved. */
  readonly root: PyValue;
}

/**
 * Read a file that `joblib.dump` or `pickle.dump` wrote.
 *
 * @throws SlipwayError E_FILE, E_FORMAT, E_UNSAFE or E_LIMIT; nothing else, whatever the file holds
 */
export async function readModelFile(path: string, limits: Partial<ReaderLimits> = {}): Promise<LoadedFile> {
  return readModelBytes(basename(path), await readFileBytes(path, limits), limits);
}

/**
 * The bytes of a file.
 *
 * @throws SlipwayError E_FILE when it is no file, or cannot be read; E_LIMIT when it is too large
 */
export async function readFileBytes(path: string, limits: Partial<ReaderLimits> = {}): Promise<Buffer> {
  return readRegularFile(path, { ...DEFAULT_LIMITS, ...limits }.fileBytes);
}

/**
 * Read the bytes of a file that `joblib.dump` or `pickle.dump` wrote.
 *
 * @param file name for messages
 * @throws SlipwayError E_FORMAT, E_UNSAFE or E_LIMIT
 */
export async function readModelBytes(
  file: string,
  bytes: Buffer,
  limits: Partial<ReaderLimits> = {},
): Promise<LoadedFile> {
  const allowed = { ...DEFAULT_LIMITS, ...limits };
  refuseForeign(file, bytes);
  const compression = compressionOf(bytes);
  const inflated = await inflate({ file, bytes, compression }, allowed);
  if (compression !== 'none') refuseForeign(file, inflated);
  const input = new Input(file, inflated, compression === 'none' ? '' : ' of the decompressed stream');
  const usage: Usage = {
    opcodes: 0,
    memoEntries: 0,
    arrayBytes: 0,
    objectBytes: 0,
    keysMs: 0,
    protocol: 0,
    joblib: false,
  };
  const root = new PickleMachine(input, allowed, usage, 1).run();
  if (input.remaining > 0) {
    throw input.error(
      'E_FORMAT',
      `has ${input.remaining} bytes after the model; a file must hold one object, saved by one joblib.dump or pickle.dump`,
    );
  }
  return { file, bytes, format: usage.joblib ? 'joblib' : 'pickle', compression, protocol: usage.protocol, root };
}

function refuseForeign(file: string, bytes: Buffer): void {
  const foreign = foreignKind(bytes);
  if (foreign) throw new SlipwayError('E_FORMAT', `${file}: ${foreign}`);
}
