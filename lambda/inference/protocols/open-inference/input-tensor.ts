/** The input tensors of a request: what each says of itself, and its elements, in JSON or as bytes behind it. */
import { isRecord } from '../../../../lib/model/formats/json';
import { describeValue, shortened } from '../../../../lib/model/rows/row';
import { HttpError } from '../../http/http-answer';
import type { TensorBytes } from './binary';
import {
  DATATYPE_NAMES,
  type Datatype,
  type Elements,
  formOf,
  isDatatype,
  readElements,
  TensorBytesError,
  wholeNumber,
} from './datatypes';

/** What a tensor says of itself. */
export interface TensorHead {
  readonly name: string;
  /** How it is called in messages. */
  readonly where: string;
  readonly shape: readonly number[];
  readonly datatype: Datatype;
}

export function refuse(message: string): HttpError {
  return new HttpError(400, 'input', message);
}

/** The size that a tensor is declared to have among the bytes behind the JSON; undefined for one in JSON. */
function binarySize(parameters: unknown, where: string): number | undefined {
  if (parameters === undefined || parameters === null) return undefined;
  if (!isRecord(parameters)) throw refuse(`${where}: parameters must be an object, got ${describeValue(parameters)}`);
  if (parameters.shared_memory_region !== undefined) throw refuse(`${where}: there is no shared memory here`);
  const size = parameters.binary_data_size;
  if (size === undefined) return undefined;
  if (Number.isSafeInteger(size) && (size as number) >= 0) return size as number;
  throw refuse(`${where}: binary_data_size must be a number of bytes, got ${describeValue(size)}`);
}

/** Says of which tensor it is that the bytes cannot be read. */
export function readBytes<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof TensorBytesError) throw refuse(`${where}: ${error.message}`);
    throw error;
  }
}

/** The elements of a tensor in JSON, flat or nested, row-major. */
function jsonElements({ where, datatype, shape }: TensorHead, data: unknown): Elements {
  const { isElement } = formOf(datatype);
  if (!isElement) throw refuse(`${where}: ${datatype} has no form in JSON; send it as a binary tensor`);
  if (!Array.isArray(data)) throw refuse(`${where}: data must be an array, got ${describeValue(data)}`);
  const [rows, width] = shape as [number, number?];
  const nested = width !== undefined && Array.isArray(data[0]);
  const size = nested ? rows : rows * (width ?? 1);
  if (data.length !== size) {
    const what = nested ? `${size} arrays of ${width}` : `${size} values`;
    throw refuse(`${where}: shape [${shape}] needs ${what}, but data has ${data.length}`);
  }
  const element = (value: unknown, index: number): unknown => {
    if (!isElement(value)) {
      const large = typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER && datatype.endsWith('64');
      const hint =
        large && datatype !== 'FP64' ? '; send integers beyond 2^53 - 1 as strings, or in a binary tensor' : '';
      throw refuse(`${where}: element ${index} is not ${datatype}: ${describeValue(value)}${hint}`);
    }
    return typeof value === 'string' && datatype !== 'BYTES' ? wholeNumber(BigInt(value)) : value;
  };
  if (!nested) {
    const slice = (from: number, to: number): readonly unknown[] => {
      const values = data.slice(from, to);
      for (let i = 0; i < values.length; i++) values[i] = element(values[i], from + i);
      return values;
    };
    return { slice };
  }
  return {
    slice: (from, to) =>
      data.slice(from / width, to / width).flatMap((row: unknown, r) => {
        if (Array.isArray(row) && row.length === width)
          return row.map((value, c) => element(value, from + r * width + c));
        const got = `in dimension 1 expected an array of ${width}, got ${describeValue(row)}`;
        throw refuse(`${where}: data does not have the shape [${shape}]: ${got}`);
      }),
  };
}

/** What the model cannot have asked for is refused before anything is made of it. */
export function parseHead(value: unknown, index: number, most: number): TensorHead {
  if (!isRecord(value)) throw refuse(`inputs[${index}]: expected an object, got ${describeValue(value)}`);
  const { name, shape, datatype } = value;
  if (typeof name !== 'string') throw refuse(`inputs[${index}].name: expected a string, got ${describeValue(name)}`);
  const where = `input "${shortened(name, 60)}"`;
  if (!isShape(shape)) {
    throw refuse(`${where}: shape must be [rows] or [rows, columns], got ${describeShape(shape)}`);
  }
  if (!isDatatype(datatype)) {
    throw refuse(`${where}: datatype must be one of ${DATATYPE_NAMES.join(', ')}, got ${describeValue(datatype)}`);
  }
  if (shape[0] === 0) throw refuse(`${where}: shape [${shape}] has no rows`);
  if (shape[0]! > most) {
    throw new HttpError(413, 'too_large', `${where}: ${shape[0]} rows in one request; at most ${most} are taken`);
  }
  return { name, where, shape, datatype };
}

/** @param value whose head it is */
export function parseElements(head: TensorHead, value: unknown, bytes: TensorBytes): Elements {
  const { where, shape, datatype } = head;
  const { data, parameters } = value as Record<string, unknown>;
  const size = binarySize(parameters, where);
  if (size === undefined) return jsonElements(head, data);
  if (data !== undefined && data !== null)
    throw refuse(`${where}: has both data and binary_data_size; send one of them`);
  const taken = bytes.take(size);
  if (!taken) throw refuse(`${where}: binary_data_size is ${size}, but the body has ${bytes.left} bytes left`);
  const count = shape.reduce((product, length) => product * length, 1);
  return readBytes(where, () => readElements(datatype, taken, count));
}

function describeShape(shape: unknown): string {
  if (!Array.isArray(shape)) return describeValue(shape);
  return `[${shape.slice(0, 3).map(describeValue).join()}${shape.length > 3 ? ',...' : ''}]`;
}

function isShape(shape: unknown): shape is readonly number[] {
  return (
    Array.isArray(shape) &&
    (shape.length === 1 || shape.length === 2) &&
    shape.every((length) => Number.isInteger(length) && length >= 0 && length <= 2 ** 31)
  );
}
