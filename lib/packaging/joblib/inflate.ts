/** Decompression with a bound on what comes out, so that a small file cannot fill the memory. */
import { createGunzip, createInflate } from 'node:zlib';
import { SlipwayError } from '../../model/error';
import { limitError, type ReaderLimits } from './limits';

export type Compression = 'none' | 'zlib' | 'gzip';

/** The compression of a file, by its first two bytes; its name says nothing. */
export function compressionOf(bytes: Buffer): Compression {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  // RFC 1950: deflate with a window of 32 KiB, and a check that makes the two bytes a multiple of 31
  if (bytes[0] === 0x78 && (bytes[0] * 256 + bytes[1]!) % 31 === 0 && (bytes[1]! & 0x20) === 0) return 'zlib';
  return 'none';
}

/**
 * Decompress, piece by piece.
 *
 * @throws SlipwayError E_LIMIT as soon as more comes out than the limits allow; E_FORMAT when the stream is damaged
 */
export async function inflate(
  file: string,
  bytes: Buffer,
  compression: Compression,
  limits: ReaderLimits,
): Promise<Buffer> {
  if (compression === 'none') return bytes;
  const stream = compression === 'gzip' ? createGunzip({ chunkSize: 1 << 18 }) : createInflate({ chunkSize: 1 << 18 });
  const chunks: Buffer[] = [];
  let total = 0;
  try {
    stream.end(bytes);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      total += chunk.length;
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
      chunks.push(chunk);
    }
  } catch (error) {
    if (SlipwayError.is(error)) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!code.startsWith('Z_')) throw error;
    throw new SlipwayError(
      'E_FORMAT',
      `${file}: is damaged: its ${compression} stream cannot be decompressed (${code})`,
    );
  } finally {
    stream.destroy();
  }
  return Buffer.concat(chunks, total);
}
