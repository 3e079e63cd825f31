/** Bits from the most significant one of each byte on, as bzip2 packs them. */
import { DamagedStream } from './damaged-stream';

export class BitReader {
  private held = 0;
  private count = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private position: number,
  ) {}

  /** The next `width` bits, at most 24, as an unsigned number. */
  bits(width: number): number {
    while (this.count < width) {
      if (this.position >= this.bytes.length) throw new DamagedStream('it ends too early');
      this.held = ((this.held << 8) | this.bytes[this.position++]!) >>> 0;
      this.count += 8;
    }
    this.count -= width;
    const value = (this.held >>> this.count) & ((1 << width) - 1);
    this.held &= (1 << this.count) - 1;
    return value;
  }

  bit(): number {
    return this.bits(1);
  }

  uint32(): number {
    return (this.bits(16) * 0x10000 + this.bits(16)) >>> 0;
  }

  /** Leaves what is left of the last byte, and gives the position behind it. */
  align(): number {
    this.count -= this.count % 8;
    return this.position - this.count / 8;
  }
}
