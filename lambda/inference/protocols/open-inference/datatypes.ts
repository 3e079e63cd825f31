/** The datatypes of the Open Inference Protocol: their elements in JSON and their bytes in binary tensors. */
import { isUtf8 } from 'node:buffer';
import { FLOAT32_MAXIMUM } from '../../../../lib/model/formats/float32';
import type { ElementType } from '../../../../lib/model/rows/signature';
import type { Tensor } from '../../../../lib/model/rows/tensor';
import { LONGEST_TEXT_BYTES } from '../../json/bounds';

/** Datatypes of the model's own tensors. */
export const DATATYPES: Readonly<Record<ElementType, Datatype>> = {
  float64: 'FP64',
  float32: 'FP32',
  int64: 'INT64',
  bool: 'BOOL',
  string: 'BYTES',
};

/** Elements of a tensor, which are read as they are asked for: each once, and in their order. */
export interface Elements {
  /** @throws TensorBytesError, HttpError */
  slice(from: number, to: number): readonly unknown[];
  /** All of them, where they are floating-point numbers in memory; NaN for a missing value. */
  readonly floats?: Float64Array | Float32Array;
}

interface Form {
  /** Bytes of one element in a binary tensor; 0 where they vary. */
  readonly bytes: number;
  /** Whether a value of a JSON tensor is one; absent where JSON has no form for it. */
  readonly isElement?: (value: unknown) => boolean;
  /** `count` elements of a binary tensor. A NaN is a missing value, which is null in JSON; integers no double holds are bigints. */
  readonly read: (bytes: Buffer, count: number) => Elements;
}

const integer = (least: number, most: number) => (value: unknown) =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;

/** 64-bit integers end where a double stops being exact, unless they are sent as text. */
const largeInteger = (least: bigint, most: bigint) => {
  const exact = integer(Math.max(Number(least), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  return (value: unknown) => {
    if (typeof value !== 'string') return exact(value);
    return /^-?\d{1,20}$/.test(value) && BigInt(value) >= least && BigInt(value) <= most;
  };
};

const float = (most: number) => (value: unknown) =>
  value === null || (typeof value === 'number' && Math.abs(value) <= most);

/** The bytes at an address that suits every element type. Both ends of the wire and every machine we run on are little-endian. */
function aligned(bytes: Buffer): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

/** As a number where a double holds it. */
export function wholeNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

const orMissing = (value: number) => (Number.isNaN(value) ? null : value);

/** Elements that lie in memory as they are. */
function numbers<T extends number | bigint>(
  values: { subarray(from: number, to: number): ArrayLike<T> },
  element: (value: T) => unknown = (value) => value,
): Elements {
  return { slice: (from, to) => Array.from(values.subarray(from, to), element) };
}

function floats(values: Float64Array | Float32Array): Elements {
  return { ...numbers(values, orMissing), floats: values };
}

/** IEEE 754 binary16. */
function fromHalf(bits: number): number {
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** The upper half of a binary32. */
function fromBrainFloat(bits: number): number {
  singleBits[0] = (bits << 16) >>> 0;
  return single[0]!;
}

/** What cannot be read of a binary tensor, in words for whoever sent it. */
export class TensorBytesError extends Error {}

function asBoolean(byte: number): boolean {
  if (byte > 1) throw new TensorBytesError(`a BOOL is one byte, 0 or 1, got ${byte}`);
  return byte === 1;
}

/** Each element is its length, 4 bytes, and as many bytes of UTF-8. */
function readTexts(bytes: Buffer, count: number): Elements {
  let at = 0;
  let index = 0;
  const next = (): string => {
    if (at === bytes.length) throw new TensorBytesError(`the shape has ${count} elements, but the bytes hold ${index}`);
    if (at + 4 > bytes.length) throw new TensorBytesError('the length of the last element is cut short');
    const end = at + 4 + bytes.readUInt32LE(at);
    if (end > bytes.length) throw new TensorBytesError(`element ${index} is longer than the tensor`);
    const text = readText(bytes.subarray(at + 4, end));
    at = end;
    index++;
    return text;
  };
  return {
    slice(_from, to) {
      const texts: string[] = [];
      while (index < to) texts.push(next());
      if (to === count && at < bytes.length)
        throw new TensorBytesError(`the shape has ${count} elements, but the bytes hold more`);
      return texts;
    },
  };
}

export function readText(bytes: Buffer): string {
  if (bytes.length > LONGEST_TEXT_BYTES) {
    throw new TensorBytesError(`a text has at most ${LONGEST_TEXT_BYTES} bytes, got one of ${bytes.length}`);
  }
  if (!isUtf8(bytes)) throw new TensorBytesError('text must be UTF-8');
  return bytes.toString();
}

const FORMS = {
  BOOL: {
    bytes: 1,
    isElement: (value) => typeof value === 'boolean' || value === 0 || value === 1,
    read: (bytes) => numbers(bytes, asBoolean),
  },
  UINT8: { bytes: 1, isElement: integer(0, 2 ** 8 - 1), read: (bytes) => numbers(bytes) },
  UINT16: {
    bytes: 2,
    isElement: integer(0, 2 ** 16 - 1),
    read: (bytes) => numbers(new Uint16Array(aligned(bytes))),
  },
  UINT32: {
    bytes: 4,
    isElement: integer(0, 2 ** 32 - 1),
    read: (bytes) => numbers(new Uint32Array(aligned(bytes))),
  },
  UINT64: {
    bytes: 8,
    isElement: largeInteger(0n, 2n ** 64n - 1n),
    read: (bytes) => numbers(new BigUint64Array(aligned(bytes)), wholeNumber),
  },
  INT8: {
    bytes: 1,
    isElement: integer(-(2 ** 7), 2 ** 7 - 1),
    read: (bytes) => numbers(new Int8Array(aligned(bytes))),
  },
  INT16: {
    bytes: 2,
    isElement: integer(-(2 ** 15), 2 ** 15 - 1),
    read: (bytes) => numbers(new Int16Array(aligned(bytes))),
  },
  INT32: {
    bytes: 4,
    isElement: integer(-(2 ** 31), 2 ** 31 - 1),
    read: (bytes) => numbers(new Int32Array(aligned(bytes))),
  },
  INT64: {
    bytes: 8,
    isElement: largeInteger(-(2n ** 63n), 2n ** 63n - 1n),
    read: (bytes) => numbers(new BigInt64Array(aligned(bytes)), wholeNumber),
  },
  FP16: { bytes: 2, read: (bytes) => numbers(new Uint16Array(aligned(bytes)), (bits) => orMissing(fromHalf(bits))) },
  BF16: {
    bytes: 2,
    read: (bytes) => numbers(new Uint16Array(aligned(bytes)), (bits) => orMissing(fromBrainFloat(bits))),
  },
  FP32: {
    bytes: 4,
    isElement: float(FLOAT32_MAXIMUM),
    read: (bytes) => floats(new Float32Array(aligned(bytes))),
  },
  FP64: {
    bytes: 8,
    isElement: float(Number.MAX_VALUE),
    read: (bytes) => floats(new Float64Array(aligned(bytes))),
  },
  BYTES: { bytes: 0, isElement: (value) => value === null || typeof value === 'string', read: readTexts },
} as const satisfies Record<string, Form>;

export type Datatype = keyof typeof FORMS;

export const DATATYPE_NAMES = Object.keys(FORMS) as readonly Datatype[];

export function isDatatype(value: unknown): value is Datatype {
  return typeof value === 'string' && Object.hasOwn(FORMS, value);
}

export function formOf(datatype: Datatype): Form {
  return FORMS[datatype];
}

/**
 * The elements of a binary tensor of `count` elements.
 *
 * @throws TensorBytesError
 */
export function readElements(datatype: Datatype, bytes: Buffer, count: number): Elements {
  const { bytes: size, read } = formOf(datatype);
  if (size > 0 && bytes.length !== size * count) {
    throw new TensorBytesError(`${count} elements of ${datatype} are ${size * count} bytes, got ${bytes.length}`);
  }
  return read(bytes, count);
}

/** An output as the bytes of a binary tensor. */
export function tensorBytes({ type, data }: Tensor): Buffer {
  if (type !== 'string') return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat(
    data.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}
