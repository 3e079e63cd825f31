/**
 * Reading protocol buffers: the fields of one message, one after the other, without copying.
 *
 * Every length is checked against the bytes that are there, and the fields of all messages of a file are counted.
 */
import { SlipwayError } from '../error';

/** Fields in one file; a graph of a million nodes has about twenty million. */
const MAXIMUM_FIELDS = 20_000_000;

export interface Field {
  readonly number: number;
  /** Of a varint field; 0 for others. */
  readonly value: number;
  /** Of a field with a length, or of 4 or 8 bytes; empty for a varint. */
  readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/** The messages of one file. */
export class ProtobufReader {
  private fieldCount = 0;

  /**
   * @param file name for messages
   * @param damaged makes the error for a file that is damaged
   */
  constructor(
    readonly file: string,
    readonly damaged = (what: string): SlipwayError =>
      new SlipwayError('E_FORMAT', `${file}: is damaged or not an ONNX file: ${what}`),
  ) {}

  /** The fields of a message in the order of the file. @throws SlipwayError the one for damage, or E_LIMIT */
  *fields(message: Uint8Array): Generator<Field> {
    const cursor = { bytes: message, at: 0 };
    while (cursor.at < message.length) {
      if (++this.fieldCount > MAXIMUM_FIELDS) {
        throw new SlipwayError('E_LIMIT', `${this.file}: has too many fields; the limit is ${MAXIMUM_FIELDS} fields`);
      }
      const tag = this.varint(cursor);
      const number = Math.floor(tag / 8);
      if (number < 1 || number > 0x1fffffff) throw this.damaged('a field has an impossible number');
      switch (tag % 8) {
        case 0:
          yield { number, value: this.varint(cursor), bytes: NO_BYTES };
          break;
        case 1:
          yield { number, value: 0, bytes: this.take(cursor, 8) };
          break;
        case 2:
          yield { number, value: 0, bytes: this.take(cursor, this.varint(cursor)) };
          break;
        case 5:
          yield { number, value: 0, bytes: this.take(cursor, 4) };
          break;
        default:
          throw this.damaged(`a field has the kind ${tag % 8}, which ONNX does not use`);
      }
    }
  }

  /** The integers of a repeated field, whether it is packed or not. */
  integers(field: Field): number[] {
    if (field.bytes === NO_BYTES) return [field.value];
    const cursor = { bytes: field.bytes, at: 0 };
    const numbers: number[] = [];
    while (cursor.at < field.bytes.length) numbers.push(this.varint(cursor));
    return numbers;
  }

  text(field: Field): string {
    return Buffer.from(field.bytes.buffer, field.bytes.byteOffset, field.bytes.byteLength).toString('utf8');
  }

  /** A signed 64-bit integer; beyond 2^53 it loses digits, and no name, length or label of a model is that large. */
  private varint(cursor: { readonly bytes: Uint8Array; at: number }): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = cursor.bytes[cursor.at++];
      if (byte === undefined) throw this.damaged('it ends within a number');
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= (bits & 0x0f) << 28;
        high |= bits >> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) return (high | 0) * 2 ** 32 + (low >>> 0);
    }
    throw this.damaged('a number has more than ten bytes');
  }

  private take(cursor: { readonly bytes: Uint8Array; at: number }, count: number): Uint8Array {
    const start = cursor.at;
    if (count < 0) throw this.damaged('a part announces a length beyond what any file has');
    if (count > cursor.bytes.length - start) {
      throw this.damaged(`${count} bytes are announced and ${cursor.bytes.length - start} are there`);
    }
    cursor.at += count;
    return cursor.bytes.subarray(start, cursor.at);
  }
}
