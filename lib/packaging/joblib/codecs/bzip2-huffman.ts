/** The Huffman codes of bzip2: canonical, at most 20 bits long. */
import type { BitReader } from './bits';
import { DamagedStream } from './damaged-stream';

const MAXIMUM_LENGTH = 20;

class HuffmanTable {
  /** By length: codes of this length are below it. */
  private readonly limits = new Int32Array(MAXIMUM_LENGTH + 2);
  /** By length: what to add to a code for the index of its symbol. */
  private readonly offsets = new Int32Array(MAXIMUM_LENGTH + 2);
  private readonly symbols: Uint16Array;

  /** @param lengths of the codes, by symbol; 1 to 20 */
  constructor(lengths: Uint8Array) {
    const counts = new Int32Array(MAXIMUM_LENGTH + 2);
    for (const length of lengths) counts[length]!++;
    const starts = new Int32Array(MAXIMUM_LENGTH + 2);
    let code = 0;
    let index = 0;
    for (let length = 1; length <= MAXIMUM_LENGTH; length++) {
      starts[length] = index;
      this.offsets[length] = index - code;
      code += counts[length]!;
      index += counts[length]!;
      this.limits[length] = code;
      code *= 2;
    }
    this.symbols = new Uint16Array(lengths.length);
    lengths.forEach((length, symbol) => {
      this.symbols[starts[length]!++] = symbol;
    });
  }

  next(input: BitReader): number {
    let code = 0;
    for (let length = 1; length <= MAXIMUM_LENGTH; length++) {
      code = code * 2 + input.bit();
      if (code < this.limits[length]!) {
        const symbol = this.symbols[code + this.offsets[length]!];
        if (symbol === undefined) break;
        return symbol;
      }
    }
    throw new DamagedStream('it has a code that is not in its table');
  }
}

/** Code lengths are written as steps from the one before. */
export function readHuffmanTable(input: BitReader, symbols: number): HuffmanTable {
  let length = input.bits(5);
  const lengths = new Uint8Array(symbols);
  for (let symbol = 0; symbol < symbols; symbol++) {
    while (input.bit()) {
      length += input.bit() ? -1 : 1;
      if (length < 1 || length > MAXIMUM_LENGTH) break;
    }
    if (length < 1 || length > MAXIMUM_LENGTH) throw new DamagedStream('it has a code of an impossible length');
    lengths[symbol] = length;
  }
  return new HuffmanTable(lengths);
}
