/** Decompression of xz, by the WebAssembly build of XZ Embedded. */
import { XzReadableStream } from 'xz-decompress';
import { DamagedStream } from './damaged-stream';

/** What XZ Embedded's `enum xz_ret` means for a file. */
const REASONS: Readonly<Record<string, string>> = {
  2: 'it is followed by something else',
  3: 'its dictionary takes too much memory',
  4: 'its dictionary takes too much memory',
  5: 'it has no xz header',
  6: 'it uses an option that is not read, such as the check SHA-256; xz with the checks CRC32 and CRC64 is',
  7: 'its data contradict themselves, or a checksum does not hold',
  8: 'it ends too early',
};

/**
 * @returns the decompressed bytes in pieces; a piece belongs to whoever receives it
 * @throws DamagedStream
 */
export async function* unxz(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const compressed = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  try {
    // not for await: whoever has seen enough leaves, and this stream cannot be cancelled
    const reader = new XzReadableStream(compressed).getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } catch (error) {
    const [, code] = /error code (\d+)$/.exec(String(error)) ?? [];
    throw new DamagedStream(REASONS[code ?? ''] ?? 'its data contradict themselves');
  }
}
