/** Decompression with a bound on what comes out, so that a small file cannot fill the memory. */
import { createGunzip, createInflate } from 'node:zlib';
import { SlipwayError } from '../../model/error';
import { bunzip2 } from './codecs/bzip2';
import { DamagedStream } from './codecs/damaged-stream';
import { unlz4 } from './codecs/lz4';
import { unxz } from './codecs/xz';
import { limitError, type ReaderLimits } from './limits';

export type Compression = 'none' | 'zlib' | 'gzip' | 'bz2' | 'xz' | 'lz4';

/** The compression of a file, by its first bytes; its name says nothing. */
export function compressionOf(bytes: Buffer): Compression {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  // RFC 1950: deflate with a window of 32 KiB, and a check that makes the two bytes a multiple of 31
  if (bytes[0] === 0x78 && (bytes[0] * 256 + bytes[1]!) % 31 === 0 && (bytes[1]! & 0x20) === 0) return 'zlib';
  const magic = bytes.toString('latin1', 0, 6);
  if (magic.startsWith('BZh')) return 'bz2';
  if (magic === '\xfd7zXZ\0') return 'xz';
  if (magic.startsWith('\x04"M\x18')) return 'lz4';
  return 'none';
}

type Decoder = (bytes: Buffer) => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

const DECODERS: Readonly<Record<Exclude<Compression, 'none'>, Decoder>> = {
  zlib: (bytes) => createInflate({ chunkSize: 1 << 18 }).end(bytes) as AsyncIterable<Buffer>,
  gzip: (bytes) => createGunzip({ chunkSize: 1 << 18 }).end(bytes) as AsyncIterable<Buffer>,
  bz2: bunzip2,
  xz: unxz,
  lz4: unlz4,
};

/** A file of which all or the beginning is wanted. */
export interface Compressed {
  /** Its name, for messages. */
  readonly file: string;
  readonly bytes: Buffer;
  readonly compression: Compression;
  /** Bytes after which it stops, to see what there is. @default - all are wanted */
  readonly enough?: number;
}

/**
 * Decompress, piece by piece.
 *
 * @throws SlipwayError E_LIMIT as soon as more comes out than the limits allow; E_FORMAT when the stream is damaged
 */
export async function inflate(
  { file, bytes, compression, enough = Number.POSITIVE_INFINITY }: Compressed,
  limits: ReaderLimits,
): Promise<Buffer> {
  if (compression === 'none') return bytes;
  const pieces: Uint8Array[] = [];
  let total = 0;
  try {
    // leaving the loop closes the decoder, also by an error
    for await (const piece of DECODERS[compression](bytes)) {
      total += piece.length;
      if (total > limits.inflatedBytes) {
        throw limitError(file, `inflates to more than ${limits.inflatedBytes} bytes`, `${limits.inflatedBytes} bytes`);
      }
      if (total > limits.inflationFloorBytes && total > bytes.length * limits.inflationRatio) {
        throw limitError(
          file,
          `inflates to more than ${limits.inflationRatio} times its ${bytes.length} bytes`,
          `${limits.inflationRatio} times`,
        );
      }
      pieces.push(piece);
      if (total >= enough) break;
    }
  } catch (error) {
    if (SlipwayError.is(error)) throw error;
    throw new SlipwayError(
      'E_FORMAT',
      `${file}: is damaged: its ${compression} stream cannot be decompressed (${reasonOf(error)})`,
    );
  }
  return Buffer.concat(pieces, total);
}

/** Why a decoder gave up. What is not its own error is a fault of ours. */
function reasonOf(error: unknown): string {
  if (error instanceof DamagedStream) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (!code?.startsWith('Z_')) throw error;
  return code;
}
