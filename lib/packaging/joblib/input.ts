/** A cursor over the bytes of a pickle. Every read is checked against the bytes that are there. */
import { type ErrorCode, SlipwayError } from '../../model/error';
import { limitError } from './limits';

export class Input {
  position = 0;
  private readonly view: DataView;

  /**
   * @param file name for messages
   * @param bytes the pickle, decompressed
   * @param stream what byte offsets count, for messages: empty, or e.g. ' of the decompressed stream'
   */
  constructor(
    readonly file: string,
    readonly bytes: Buffer,
    private readonly stream = '',
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.bytes.length - this.position;
  }

  error(code: ErrorCode, what: string, at = this.position): SlipwayError {
    return new SlipwayError(code, `${this.file}: ${what} (at byte ${at}${this.stream})`);
  }

  damaged(what: string, at = this.position): SlipwayError {
    return this.error('E_FORMAT', `is damaged or not a pickle: ${what}`, at);
  }

  /** Moves past `count` bytes and returns where they begin. */
  skip(count: number): number {
    if (count > this.remaining) {
      throw this.error('E_FORMAT', `ends too early: ${count} more bytes are announced and ${this.remaining} are there`);
    }
    const start = this.position;
    this.position += count;
    return start;
  }

  /** A view of the next `count` bytes; not a copy. */
  take(count: number): Buffer {
    const start = this.skip(count);
    return this.bytes.subarray(start, start + count);
  }

  uint8(): number {
    return this.view.getUint8(this.skip(1));
  }

  uint16(): number {
    return this.view.getUint16(this.skip(2), true);
  }

  uint32(): number {
    return this.view.getUint32(this.skip(4), true);
  }

  int32(): number {
    return this.view.getInt32(this.skip(4), true);
  }

  float64BigEndian(): number {
    return this.view.getFloat64(this.skip(8), false);
  }

  /** An unsigned 64-bit length. Lengths beyond what the file can hold are refused by whoever takes the bytes. */
  length64(): number {
    return Number(this.view.getBigUint64(this.skip(8), true));
  }

  /** Text up to the next line feed, as latin-1, without it. */
  line(maximum: number): string {
    const end = this.bytes.indexOf(10, this.position);
    if (end < 0) throw this.error('E_FORMAT', 'ends too early: a line has no end');
    if (end - this.position > maximum) {
      throw limitError(this.file, `has a line of ${end - this.position} bytes`, `${maximum} bytes`);
    }
    const text = this.bytes.toString('latin1', this.position, end);
    this.position = end + 1;
    return text;
  }

  utf8(count: number): string {
    const start = this.skip(count);
    const text = this.bytes.toString('utf8', start, start + count);
    // A replacement character is either in the file itself or a sign of bytes that are not UTF-8.
    if (text.includes('\uFFFD') && !Buffer.from(text, 'utf8').equals(this.bytes.subarray(start, start + count))) {
      throw this.damaged('a string is not UTF-8', start);
    }
    return text;
  }
}
