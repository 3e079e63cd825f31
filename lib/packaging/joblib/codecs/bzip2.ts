/**
 * bzip2 decompression, block by block.
 *
 * Format: Julian Seward's bzip2 1.0; no specification but the program exists. A block is, from the outside in:
 * Huffman codes, move-to-front and zero runs, the Burrows-Wheeler transform, and runs of equal bytes.
 */
import { BitReader } from './bits';
import { readHuffmanTable } from './bzip2-huffman';
import { DamagedStream } from './damaged-stream';

/** Bytes handed on at once. */
const PIECE = 1 << 18;

/** Symbols that are coded with one table before the next selector. */
const GROUP_LENGTH = 50;

const BLOCK_MAGIC = [0x314159, 0x265359] as const;
const END_MAGIC = [0x177245, 0x385090] as const;

/** CRC-32 with the most significant bit first, polynomial 0x04c11db7. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});

/**
 * @returns the decompressed bytes in pieces; a piece belongs to whoever receives it
 * @throws DamagedStream
 */
export function* bunzip2(bytes: Uint8Array): Generator<Uint8Array> {
  let position = 0;
  do {
    position = yield* stream(bytes, position);
  } while (position < bytes.length); // streams one after the other are one, as in Python's bz2
}

function* stream(bytes: Uint8Array, start: number): Generator<Uint8Array, number> {
  const level = (bytes[start + 3] ?? 0) - 0x30;
  const magic = bytes[start] === 0x42 && bytes[start + 1] === 0x5a && bytes[start + 2] === 0x68;
  if (!magic || level < 1 || level > 9) throw new DamagedStream('it has no bzip2 header');
  const input = new BitReader(bytes, start + 4);
  const transformed = new Uint32Array(level * 100_000);
  let combined = 0;
  for (;;) {
    const [high, low] = [input.bits(24), input.bits(24)];
    const crc = input.uint32();
    if (high === END_MAGIC[0] && low === END_MAGIC[1]) {
      if (crc !== combined) throw new DamagedStream('its checksum does not hold');
      return input.align();
    }
    if (high !== BLOCK_MAGIC[0] || low !== BLOCK_MAGIC[1]) throw new DamagedStream('it has a block without its mark');
    if (input.bit()) throw new DamagedStream('it has a randomised block, which bzip2 has not written since 1999');
    const origin = input.bits(24);
    const length = readSymbols(input, transformed);
    if (origin >= length) throw new DamagedStream('a block begins outside of itself');
    const found = yield* expand(transformed, length, origin);
    if (found !== crc) throw new DamagedStream('the checksum of a block does not hold');
    combined = (((combined << 1) | (combined >>> 31)) ^ crc) >>> 0;
  }
}

/** Huffman codes, move-to-front and zero runs -> the transformed bytes in the low 8 bits of `out`. Gives their number. */
function readSymbols(input: BitReader, out: Uint32Array): number {
  const alphabet = readAlphabet(input);
  const endOfBlock = alphabet.length + 1;
  const tableCount = input.bits(3);
  const selectorCount = input.bits(15);
  if (tableCount < 2 || tableCount > 6 || selectorCount < 1) throw new DamagedStream('it has no usable code tables');
  const selectors = readSelectors(input, tableCount, selectorCount);
  const tables = Array.from({ length: tableCount }, () => readHuffmanTable(input, endOfBlock + 1));

  let length = 0;
  let run = 0;
  let runPlace = 1;
  for (let group = 0; ; group++) {
    if (group >= selectorCount) throw new DamagedStream('a block has more symbols than selectors');
    const table = tables[selectors[group]!]!;
    for (let i = 0; i < GROUP_LENGTH; i++) {
      const symbol = table.next(input);
      if (symbol <= 1) {
        // digits of a length in bijective base 2
        run += runPlace << symbol;
        runPlace *= 2;
        if (run > out.length) throw new DamagedStream('a run is longer than a block');
        continue;
      }
      if (run > 0) {
        if (length + run > out.length) throw new DamagedStream('a block is longer than its header says');
        out.fill(alphabet[0]!, length, length + run);
        length += run;
        run = 0;
        runPlace = 1;
      }
      if (symbol === endOfBlock) return length;
      if (length >= out.length) throw new DamagedStream('a block is longer than its header says');
      const index = symbol - 1;
      const byte = alphabet[index]!;
      alphabet.copyWithin(1, 0, index);
      alphabet[0] = byte;
      out[length++] = byte;
    }
  }
}

/** The bytes that occur in a block: 16 bits for the ranges of 16, then 16 bits for each range that has some. */
function readAlphabet(input: BitReader): Uint8Array {
  const ranges = input.bits(16);
  const used: number[] = [];
  for (let range = 0; range < 16; range++) {
    if (!(ranges & (0x8000 >> range))) continue;
    const map = input.bits(16);
    for (let i = 0; i < 16; i++) if (map & (0x8000 >> i)) used.push(range * 16 + i);
  }
  if (used.length === 0) throw new DamagedStream('a block uses no bytes');
  return Uint8Array.from(used);
}

/** Which table codes each group of symbols; written move-to-front, in unary. */
function readSelectors(input: BitReader, tables: number, count: number): Uint8Array {
  const order = [0, 1, 2, 3, 4, 5].slice(0, tables);
  return Uint8Array.from({ length: count }, () => {
    let index = 0;
    while (input.bit()) if (++index >= tables) throw new DamagedStream('a selector names a table that is not there');
    const [table] = order.splice(index, 1);
    order.unshift(table!);
    return table!;
  });
}

/** Undoes the Burrows-Wheeler transform and the runs of equal bytes. Gives the CRC of what came out. */
function* expand(transformed: Uint32Array, length: number, origin: number): Generator<Uint8Array, number> {
  const starts = new Uint32Array(256);
  for (let i = 0; i < length; i++) starts[transformed[i]! & 0xff]!++;
  for (let byte = 0, sum = 0; byte < 256; byte++) {
    const count = starts[byte]!;
    starts[byte] = sum;
    sum += count;
  }
  // the upper 24 bits of an entry say which entry follows it
  for (let i = 0; i < length; i++) transformed[starts[transformed[i]! & 0xff]!++]! |= i << 8;

  let piece = new Uint8Array(PIECE);
  let used = 0;
  let crc = 0xffffffff;
  let next = transformed[origin]! >>> 8;
  let previous = -1;
  let equal = 0;
  for (let i = 0; i < length; i++) {
    const entry = transformed[next]!;
    next = entry >>> 8;
    const byte = entry & 0xff;
    // after four equal bytes comes how many more of them there are
    const repeat = equal === 4 ? byte : 1;
    const value = equal === 4 ? previous : byte;
    equal = equal === 4 ? 0 : byte === previous ? equal + 1 : 1;
    previous = equal === 0 ? -1 : byte;
    if (used + repeat > PIECE) {
      yield piece.subarray(0, used);
      piece = new Uint8Array(PIECE);
      used = 0;
    }
    for (let times = 0; times < repeat; times++) {
      piece[used++] = value;
      crc = (crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ value]!;
    }
  }
  if (used > 0) yield piece.subarray(0, used);
  return ~crc >>> 0;
}
