/**
 * A reader of UBJSON (draft 12), as XGBoost writes it: `.ubj` files, and the boosters inside pickles.
 *
 * Numbers are big-endian. Arrays of one type come back as a Float64Array, objects as objects without a prototype.
 */
import { SlipwayError } from '../../model/error';
import { limitError } from '../joblib';
import type { DocumentObject, DocumentValue } from './xgboost-document';

/** A model nests about ten levels: learner > gradient_booster > model > trees > tree > array. */
const MAXIMUM_DEPTH = 32;

/** Values outside of typed arrays: a model of 100,000 trees has about two million. */
const MAXIMUM_VALUES = 20_000_000;

/**
 * Objects count ten times: they take that much more memory. A tree is an object with another and a dozen of arrays in
 * it, so that 100,000 trees count three millions.
 */
const MAXIMUM_CONTAINERS = 4_000_000;

interface Fixed {
  readonly size: number;
  readonly read: (view: DataView, at: number) => number;
}

const NUMBERS: Readonly<Record<string, Fixed>> = {
  i: { size: 1, read: (view, at) => view.getInt8(at) },
  U: { size: 1, read: (view, at) => view.getUint8(at) },
  I: { size: 2, read: (view, at) => view.getInt16(at, false) },
  l: { size: 4, read: (view, at) => view.getInt32(at, false) },
  // rounded beyond 2^53, where no length, index or category of a model lies
  L: { size: 8, read: (view, at) => view.getInt32(at, false) * 2 ** 32 + view.getUint32(at + 4, false) },
  d: { size: 4, read: (view, at) => view.getFloat32(at, false) },
  D: { size: 8, read: (view, at) => view.getFloat64(at, false) },
};

/**
 * Read one document, which must take all the bytes.
 *
 * @param file name for messages
 * @throws SlipwayError E_FORMAT or E_LIMIT
 */
export function parseUbjson(file: string, bytes: Uint8Array): DocumentObject {
  const reader = new UbjsonReader(file, bytes);
  const root = reader.value(reader.marker(), 1);
  if (typeof root !== 'object' || root === null || Array.isArray(root) || root instanceof Float64Array) {
    throw reader.damaged('it is not an object');
  }
  if (reader.remaining > 0) throw reader.damaged(`${reader.remaining} bytes follow the document`);
  return root as DocumentObject;
}

class UbjsonReader {
  private position = 0;
  private values = 0;
  private containers = 0;
  private readonly view: DataView;
  private readonly buffer: Buffer;

  constructor(
    private readonly file: string,
    bytes: Uint8Array,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.buffer.length - this.position;
  }

  damaged(what: string): SlipwayError {
    return new SlipwayError('E_FORMAT', `${this.file}: is damaged or not UBJSON: ${what} (at byte ${this.position})`);
  }

  marker(): string {
    return String.fromCharCode(this.view.getUint8(this.skip(1)));
  }

  value(marker: string, depth: number): DocumentValue {
    if (depth > MAXIMUM_DEPTH) throw limitError(this.file, 'nests values without end', `${MAXIMUM_DEPTH} levels`);
    if (++this.values > MAXIMUM_VALUES) throw limitError(this.file, 'has too many values', `${MAXIMUM_VALUES} values`);
    const number = NUMBERS[marker];
    if (number) return number.read(this.view, this.skip(number.size));
    switch (marker) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case 'S':
        return this.text();
      case 'C':
        return this.marker();
      case 'T':
        return true;
      case 'F':
        return false;
      case 'Z':
        return null;
      default:
        throw this.damaged(`a value begins with ${JSON.stringify(marker)}`);
    }
  }

  private contain(count: number): void {
    this.containers += count;
    if (this.containers <= MAXIMUM_CONTAINERS) return;
    throw limitError(this.file, 'has too many lists and objects', `${MAXIMUM_CONTAINERS}, objects counted ten times`);
  }

  private object(depth: number): DocumentObject {
    this.contain(10);
    const object: Record<string, DocumentValue> = Object.create(null);
    while (this.peek() !== '}') {
      const key = this.text();
      object[key] = this.value(this.marker(), depth + 1);
    }
    this.skip(1);
    return object;
  }

  private array(depth: number): DocumentValue {
    this.contain(1);
    const next = this.peek();
    if (next === '$') return this.typedArray();
    const items: DocumentValue[] = [];
    if (next === '#') {
      this.skip(1);
      const count = this.length();
      for (let i = 0; i < count; i++) items.push(this.value(this.marker(), depth + 1));
      return items;
    }
    while (this.peek() !== ']') items.push(this.value(this.marker(), depth + 1));
    this.skip(1);
    return items;
  }

  private typedArray(): Float64Array {
    this.skip(1);
    const number = NUMBERS[this.marker()];
    if (!number) throw this.damaged('an array has elements that are not numbers');
    if (this.marker() !== '#') throw this.damaged('an array has no length');
    const count = this.length();
    const start = this.skip(count * number.size); // before anything is allocated
    return Float64Array.from({ length: count }, (_, i) => number.read(this.view, start + i * number.size));
  }

  private text(): string {
    const count = this.length();
    const start = this.skip(count);
    return this.buffer.toString('utf8', start, start + count);
  }

  private length(): number {
    const number = NUMBERS[this.marker()];
    const length = number?.read(this.view, this.skip(number.size)) ?? -1;
    if (!Number.isSafeInteger(length) || length < 0) throw this.damaged('a length is not one');
    return length;
  }

  private peek(): string {
    if (this.remaining === 0) throw this.damaged('it ends too early');
    return String.fromCharCode(this.buffer[this.position]!);
  }

  /** Moves past `count` bytes and returns where they begin. */
  private skip(count: number): number {
    if (count > this.remaining) {
      throw this.damaged(`it ends too early: ${count} bytes are announced and ${this.remaining} are there`);
    }
    const start = this.position;
    this.position += count;
    return start;
  }
}
