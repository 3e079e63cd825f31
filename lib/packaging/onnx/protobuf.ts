/**
 * Writing protocol buffers: tags, varints, lengths. Only what ONNX needs.
 *
 * Fields are written in the order of the calls, so that the same calls give the same bytes.
 * Large byte fields are kept as they are until `finish`, and copied once.
 */

const VARINT = 0;
const FIXED32 = 5;
const LENGTH_DELIMITED = 2;

/** 2^32, by which a double is split into the halves of a 64-bit integer. */
const HIGH = 2 ** 32;

export class ProtobufWriter {
  private readonly chunks: Uint8Array[] = [];
  private buffer = new Uint8Array(256);
  private used = 0;
  private flushed = 0;

  /** Bytes written until now. */
  get length(): number {
    return this.flushed + this.used;
  }

  /** A safe integer as int32, int64 or enum. Negative ones take ten bytes, as the format has it. */
  integer(field: number, value: number): void {
    this.tag(field, VARINT);
    this.varint(value);
  }

  float(field: number, value: number): void {
    this.tag(field, FIXED32);
    const bytes = this.reserve(4);
    new DataView(this.buffer.buffer).setFloat32(bytes, value, true);
  }

  text(field: number, value: string): void {
    this.bytes(field, Buffer.from(value, 'utf8'));
  }

  bytes(field: number, value: Uint8Array): void {
    this.tag(field, LENGTH_DELIMITED);
    this.varint(value.byteLength);
    this.append(value);
  }

  /** A repeated integer field in packed form, which every parser reads. */
  integers(field: number, values: ArrayLike<number>): void {
    if (values.length === 0) return;
    const packed = new ProtobufWriter();
    for (let i = 0; i < values.length; i++) packed.varint(values[i]!);
    this.embed(field, packed);
  }

  message(field: number, write: (writer: ProtobufWriter) => void): void {
    const inner = new ProtobufWriter();
    write(inner);
    this.embed(field, inner);
  }

  finish(): Uint8Array {
    const result = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.chunks) {
      result.set(chunk, at);
      at += chunk.byteLength;
    }
    result.set(this.buffer.subarray(0, this.used), at);
    return result;
  }

  private embed(field: number, inner: ProtobufWriter): void {
    this.tag(field, LENGTH_DELIMITED);
    this.varint(inner.length);
    for (const chunk of inner.chunks) this.append(chunk);
    this.append(inner.buffer.subarray(0, inner.used));
  }

  private append(bytes: Uint8Array): void {
    if (bytes.byteLength <= 4096) {
      const at = this.reserve(bytes.byteLength); // may replace the buffer
      this.buffer.set(bytes, at);
      return;
    }
    this.chunks.push(this.buffer.subarray(0, this.used), bytes);
    this.flushed += this.used + bytes.byteLength;
    this.buffer = new Uint8Array(256);
    this.used = 0;
  }

  private tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType);
  }

  private varint(value: number): void {
    const at = this.reserve(10);
    this.used = writeVarint(this.buffer, at, value);
  }

  /** Makes room for `count` bytes and returns where they begin. */
  private reserve(count: number): number {
    const at = this.used;
    if (at + count > this.buffer.length) {
      const larger = new Uint8Array(Math.max(this.buffer.length * 2, at + count));
      larger.set(this.buffer.subarray(0, at));
      this.buffer = larger;
    }
    this.used = at + count;
    return at;
  }
}

/** Writes a safe integer at `at` and returns where the next byte goes. No BigInt: forests have millions of them. */
function writeVarint(buffer: Uint8Array, at: number, value: number): number {
  let low = (value % HIGH) >>> 0; // the remainder's sign does not matter: two's complement
  let high = Math.floor(value / HIGH) >>> 0;
  let end = at;
  while (high !== 0 || low > 0x7f) {
    buffer[end++] = (low & 0x7f) | 0x80;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  buffer[end++] = low;
  return end;
}
