/**
 * Decompression of LZ4 frames.
 *
 * Format: LZ4 Frame Format 1.6.4 and LZ4 Block Format, github.com/lz4/lz4/tree/dev/doc. Checksums are stepped over,
 * as joblib writes none of the contents.
 */
import { DamagedStream } from './damaged-stream';

const MAGIC = 0x184d2204;

/** How far back a match may reach. */
const WINDOW = 1 << 16;

/** Largest block by its code in the frame header. */
const BLOCK_SIZES: Readonly<Record<number, number>> = { 4: 1 << 16, 5: 1 << 18, 6: 1 << 20, 7: 1 << 22 };

/**
 * @returns the decompressed bytes in pieces of at most 4 MiB; a piece belongs to whoever receives it
 * @throws DamagedStream
 */
export function* unlz4(bytes: Uint8Array): Generator<Uint8Array> {
  let position = 0;
  do {
    position = yield* frame(bytes, position);
  } while (position < bytes.length); // frames one after the other are one, as in Python's lz4.frame
}

function* frame(bytes: Uint8Array, start: number): Generator<Uint8Array, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const require = (position: number, count: number) => {
    if (position + count > bytes.length) throw new DamagedStream('it ends too early');
  };
  require(start, 7);
  const flags = bytes[start + 4]!;
  if (view.getUint32(start, true) !== MAGIC || flags >> 6 !== 1) throw new DamagedStream('it has no LZ4 frame header');
  if (flags & 0x01) throw new DamagedStream('it needs a dictionary, which is not in the file');
  const blockSize = BLOCK_SIZES[(bytes[start + 5]! >> 4) & 7];
  if (blockSize === undefined) throw new DamagedStream('its header has an unknown block size');
  const blockChecksum = flags & 0x10 ? 4 : 0;
  const contentChecksum = flags & 0x04 ? 4 : 0;
  let position = start + 7 + (flags & 0x08 ? 8 : 0);

  // what was decompressed last stays in front, for matches of the next block
  const buffer = new Uint8Array(WINDOW + blockSize);
  let history = 0;
  for (;;) {
    require(position, 4);
    const size = view.getUint32(position, true);
    position += 4;
    if (size === 0) break;
    const stored = size >= 0x80000000;
    const length = stored ? size - 0x80000000 : size;
    if (length > blockSize) throw new DamagedStream('a block is larger than its header says');
    require(position, length + blockChecksum);
    const block = bytes.subarray(position, position + length);
    let end: number;
    if (stored) {
      buffer.set(block, history);
      end = history + length;
    } else end = decodeBlock(block, buffer, history, history + blockSize);
    yield buffer.slice(history, end);
    const kept = Math.min(WINDOW, end);
    buffer.copyWithin(0, end - kept, end);
    history = kept;
    position += length + blockChecksum;
  }
  require(position, contentChecksum);
  return position + contentChecksum;
}

/** Decompresses one block into `out` from `start` on and gives where it ends, at most `limit`. */
function decodeBlock(block: Uint8Array, out: Uint8Array, start: number, limit: number): number {
  let at = 0;
  let end = start;
  const next = () => {
    if (at >= block.length) throw new DamagedStream('a block ends too early');
    return block[at++]!;
  };
  const extended = (length: number) => {
    if (length < 15) return length;
    let sum = length;
    for (let byte = 255; byte === 255; ) {
      byte = next();
      sum += byte;
    }
    return sum;
  };
  while (at < block.length) {
    const token = next();
    const literals = extended(token >> 4);
    if (at + literals > block.length || end + literals > limit)
      throw new DamagedStream('a block has too many literals');
    out.set(block.subarray(at, at + literals), end);
    at += literals;
    end += literals;
    if (at === block.length) break; // the last sequence has no match
    const distance = next() | (next() << 8);
    const length = extended(token & 15) + 4;
    if (distance === 0 || distance > end) throw new DamagedStream('a match begins before the data');
    if (end + length > limit) throw new DamagedStream('a block is longer than its header says');
    // byte by byte: a match may overlap what it writes
    for (let i = 0; i < length; i++, end++) out[end] = out[end - distance]!;
  }
  return end;
}
