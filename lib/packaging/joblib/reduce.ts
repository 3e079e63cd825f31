/**
 * What the few calls mean that every pickle of numpy data is made of.
 *
 * Their results are built here, by our own code. Any other call stays a `PyObject` that says what was asked for.
 */
import { DType } from './dtype';
import type { Input } from './input';
import { limitError, type ReaderLimits } from './limits';
import { NumpyArray } from './ndarray';
import { DILL_ARRAYS } from './suspicious';
import { Global, PyObject, PyTuple, type PyValue } from './values';

/** The object that `callee(*args)` stands for. */
export function reduce(callee: Global, args: readonly PyValue[], input: Input, limits: ReaderLimits): PyValue {
  const [first, second] = args;
  if (DILL_ARRAYS.has(callee.fullName)) return arrayOfDill(args, input, limits);
  switch (callee.fullName) {
    case 'numpy.core.multiarray._reconstruct':
      return new NumpyArray(input.file);
    case 'numpy.dtype':
      return typeof first === 'string'
        ? (DType.parse(first) ?? new PyObject(callee, args))
        : new PyObject(callee, args);
    case 'numpy.core.multiarray.scalar':
      return first instanceof DType ? scalar(first, second, input) : new PyObject(callee, args);
    case 'numpy.core.numeric._frombuffer':
      return fromBuffer(args, input, limits);
    case 'copyreg._reconstructor':
    case 'copyreg.__newobj__':
      if (!(first instanceof Global)) throw input.damaged('an instance is made of something that is not a class');
      // _reconstructor(class, base, state of the base): what follows the class matters to subclasses of built-ins alone
      return new PyObject(first, callee.name === '__newobj__' ? args.slice(1) : []);
    case '_codecs.encode': // how protocols 0 to 2 write bytes
      if (typeof first === 'string' && (second === 'latin1' || second === 'latin-1')) return latin1(first, input);
      return new PyObject(callee, args);
    case 'builtins.bytes':
    case 'builtins.bytearray':
      if (args.length === 0) return new Uint8Array(0);
      if (first instanceof Uint8Array) return first;
      return typeof first === 'string' ? latin1(first, input) : new PyObject(callee, args);
    default:
      return new PyObject(callee, args);
  }
}

/** `_create_array(function, its arguments, state, attributes)`, where the function is numpy's own. */
function arrayOfDill(
  [make, given, state, attributes]: readonly PyValue[],
  input: Input,
  limits: ReaderLimits,
): PyValue {
  const plain = (attributes ?? null) === null || (attributes instanceof Map && attributes.size === 0);
  const array =
    make instanceof Global && given instanceof PyTuple ? reduce(make, given.items, input, limits) : undefined;
  if (!plain || !(array instanceof NumpyArray))
    throw input.damaged('dill has made an array by something else than numpy');
  setArrayState(array, state ?? null, input, limits);
  return array;
}

/** Fill an array from numpy's pickled state `(version, shape, type, column-major, bytes or list)`. */
export function setArrayState(array: NumpyArray, state: PyValue, input: Input, limits: ReaderLimits): void {
  if (array.filled) throw input.damaged('an array is filled twice');
  if (!(state instanceof PyTuple) || state.items.length !== 5) throw input.damaged('an array has no usable state');
  const [, shapeValue, dtype, columnMajor, data] = state.items;
  const shape = arrayShape(shapeValue, input);
  if (Array.isArray(data)) {
    if (data.length !== product(shape)) throw input.damaged('an array has another length than its shape');
    array.fillObjects(dtype instanceof DType ? dtype.seal() : undefined, shape, data);
    return;
  }
  const bytes = typeof data === 'string' ? latin1(data, input) : data; // Python 2 wrote bytes as text
  if (!(bytes instanceof Uint8Array)) throw input.damaged('an array has neither bytes nor a list');
  if (!(dtype instanceof DType)) {
    array.fill(undefined, shape, bytes, columnMajor === true);
    return;
  }
  if (byteLength(dtype, shape, input, limits) !== bytes.length) {
    throw input.damaged('an array has another length than its shape');
  }
  array.fill(dtype.seal(), shape, bytes, columnMajor === true);
}

/** @throws SlipwayError E_FORMAT unless the value is a tuple of lengths */
export function arrayShape(value: PyValue | undefined, input: Input): number[] {
  const lengths = value instanceof PyTuple ? value.items : undefined;
  if (!lengths || lengths.length > 32) throw input.damaged('an array has no usable shape'); // numpy allows 32 or 64 axes
  return lengths.map((length) => {
    if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0) {
      throw input.damaged('an array has a shape that is not made of lengths');
    }
    return length;
  });
}

/** Bytes that an array of this type and shape takes, checked against the limits. */
export function byteLength(dtype: DType, shape: readonly number[], input: Input, limits: ReaderLimits): number {
  const elements = product(shape);
  if (dtype.itemSize === 0 && elements > limits.emptyElements) {
    throw limitError(input.file, `has an array of ${elements} empty elements`, `${limits.emptyElements}`);
  }
  return elements * dtype.itemSize;
}

function product(shape: readonly number[]): number {
  return shape.reduce((total, length) => total * length, 1);
}

function fromBuffer(args: readonly PyValue[], input: Input, limits: ReaderLimits): NumpyArray {
  const [bytes, dtype, shapeValue, order] = args;
  if (!(bytes instanceof Uint8Array) || !(dtype instanceof DType)) throw input.damaged('an array has no usable buffer');
  const shape = arrayShape(shapeValue, input);
  if (byteLength(dtype, shape, input, limits) !== bytes.length) {
    throw input.damaged('an array has another length than its shape');
  }
  return new NumpyArray(input.file).fill(dtype.seal(), shape, bytes, order === 'F');
}

/** A numpy scalar, as the plain value that it is. */
function scalar(dtype: DType, data: PyValue | undefined, input: Input): PyValue {
  if (dtype.kind === 'O') return data ?? null;
  const bytes = typeof data === 'string' ? latin1(data, input) : data;
  if (!(bytes instanceof Uint8Array) || bytes.length !== dtype.itemSize) {
    throw input.damaged('a numpy scalar has another length than its type');
  }
  const array = new NumpyArray(input.file).fill(dtype.seal(), [1], bytes, false);
  if (dtype.kind === 'U') return array.strings()?.[0] ?? null;
  if (!array.isNumeric) return bytes; // dates, complex numbers, long doubles: kept as they are
  if ((dtype.kind === 'i' || dtype.kind === 'u') && dtype.itemSize === 8) return integer64(bytes, dtype);
  const [value = 0] = array.numbers();
  return dtype.kind === 'b' ? value === 1 : value;
}

/** A 64-bit integer as a number if it is a safe one, otherwise as a bigint. */
function integer64(bytes: Uint8Array, dtype: DType): number | bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const { littleEndian } = dtype;
  const value = dtype.kind === 'i' ? view.getBigInt64(0, littleEndian) : view.getBigUint64(0, littleEndian);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function latin1(text: string, input: Input): Uint8Array {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 255) throw input.damaged('bytes are written as text that is not latin-1');
  }
  return Buffer.from(text, 'latin1');
}
