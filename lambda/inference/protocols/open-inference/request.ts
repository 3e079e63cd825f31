/**
 * Requests of the Open Inference Protocol as rows of the signature.
 *
 * Two forms are taken: the model's own tensors by their names, or one tensor for each column by
 * the column's name; each in JSON, or as bytes behind it.
 * A member that may be left out may be null too, as some clients write what they have no value for. Everything becomes rows, so that both are checked by the same rules as `/predict`.
 */
import { describeValue, InputError } from '../../../../lib/model/row';
import type { Method, Signature } from '../../../../lib/model/signature';
import { HttpError } from '../../http-answer';
import { TensorBytes } from './binary';
import {
  DATATYPE_NAMES,
  DATATYPES,
  type Datatype,
  formOf,
  isDatatype,
  readElements,
  readText,
  TensorBytesError,
  wholeNumber,
} from './datatypes';

export interface RequestedOutput {
  readonly name: Method;
  /** As bytes behind the JSON of the answer. */
  readonly binary: boolean;
}

export interface InferRequest {
  readonly id?: string;
  readonly rows: readonly (readonly unknown[])[];
  /** In the order in which they are answered. */
  readonly outputs: readonly RequestedOutput[];
  /** Name of the tensor that holds each column, for messages. */
  readonly tensorOfColumn: readonly string[];
  readonly columnNames: readonly string[];
}

interface InputTensorData {
  readonly name: string;
  readonly shape: readonly number[];
  /** Flat and row-major, whatever form it came in. */
  readonly values: readonly unknown[];
}

function refuse(message: string): HttpError {
  return new HttpError(400, 'input', message);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Flattens nested arrays that have exactly this shape; the depth is that of the shape, whatever was sent. */
function flatten(name: string, data: readonly unknown[], shape: readonly number[]): readonly unknown[] {
  const size = shape.reduce((product, length) => product * length, 1);
  if (!Array.isArray(data[0])) {
    if (data.length !== size) {
      throw refuse(`input "${name}": shape [${shape}] needs ${size} values, but data has ${data.length}`);
    }
    return data;
  }
  let level: readonly unknown[] = data;
  shape.forEach((length, dimension) => {
    const next: unknown[] = [];
    const arrays = dimension === 0 ? [data] : level;
    for (const array of arrays) {
      if (!Array.isArray(array) || array.length !== length) {
        throw refuse(
          `input "${name}": data does not have the shape [${shape}]: in dimension ${dimension} expected an array of ${length}, got ${describeValue(array)}`,
        );
      }
      for (const value of array) next.push(value);
    }
    level = next;
  });
  return level;
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
function readBytes<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof TensorBytesError) throw refuse(`${where}: ${error.message}`);
    throw error;
  }
}

/** The elements of a tensor in JSON. */
function jsonElements(where: string, name: string, datatype: Datatype, shape: readonly number[], data: unknown) {
  const { isElement } = formOf(datatype);
  if (!isElement) throw refuse(`${where}: ${datatype} has no form in JSON; send it as a binary tensor`);
  if (!Array.isArray(data)) throw refuse(`${where}: data must be an array, got ${describeValue(data)}`);
  const values = flatten(name, data, shape);
  const wrong = values.findIndex((element) => !isElement(element));
  if (wrong >= 0) {
    const large = Math.abs(values[wrong] as number) > Number.MAX_SAFE_INTEGER && datatype.endsWith('64');
    const hint =
      large && datatype !== 'FP64' ? '; send integers beyond 2^53 - 1 as strings, or in a binary tensor' : '';
    throw refuse(`${where}: element ${wrong} is not ${datatype}: ${describeValue(values[wrong])}${hint}`);
  }
  if (datatype !== 'INT64' && datatype !== 'UINT64') return values;
  return values.some((value) => typeof value === 'string')
    ? values.map((value) => (typeof value === 'string' ? wholeNumber(BigInt(value)) : value))
    : values;
}

function parseTensor(value: unknown, index: number, most: number, bytes: TensorBytes): InputTensorData {
  if (!isRecord(value)) throw refuse(`inputs[${index}]: expected an object, got ${describeValue(value)}`);
  const { name, shape, datatype, data, parameters } = value;
  if (typeof name !== 'string') throw refuse(`inputs[${index}].name: expected a string, got ${describeValue(name)}`);
  const where = `input "${name.slice(0, 60)}"`;
  if (!isShape(shape)) {
    throw refuse(`${where}: shape must be [rows] or [rows, columns], got ${JSON.stringify(shape)?.slice(0, 60)}`);
  }
  if (!isDatatype(datatype)) {
    throw refuse(`${where}: datatype must be one of ${DATATYPE_NAMES.join(', ')}, got ${describeValue(datatype)}`);
  }
  if (shape[0] === 0) throw refuse(`${where}: shape [${shape}] has no rows`);
  if (shape[0]! > most) {
    throw new HttpError(413, 'too_large', `${where}: ${shape[0]} rows in one request; at most ${most} are taken`);
  }
  const size = binarySize(parameters, where);
  if (size === undefined) return { name, shape, values: jsonElements(where, name, datatype, shape, data) };
  if (data !== undefined && data !== null)
    throw refuse(`${where}: has both data and binary_data_size; send one of them`);
  const taken = bytes.take(size);
  if (!taken) throw refuse(`${where}: binary_data_size is ${size}, but the body has ${bytes.left} bytes left`);
  const count = shape.reduce((product, length) => product * length, 1);
  return { name, shape, values: readBytes(where, () => readElements(datatype, taken, count)) };
}

function isShape(shape: unknown): shape is readonly number[] {
  return (
    Array.isArray(shape) &&
    (shape.length === 1 || shape.length === 2) &&
    shape.every((length) => Number.isInteger(length) && length >= 0 && length <= 2 ** 31)
  );
}

/** Where each column of the signature stands in the request: tensor, offset of the first row, step between rows. */
interface ColumnSource {
  readonly tensor: InputTensorData;
  readonly offset: number;
  readonly step: number;
}

/** Where each column is; undefined for one that the model does not look at. */
function placeColumns(tensors: readonly InputTensorData[], signature: Signature): (ColumnSource | undefined)[] {
  const byName = new Map<string, InputTensorData>();
  for (const tensor of tensors) {
    if (byName.has(tensor.name)) throw refuse(`input "${tensor.name.slice(0, 60)}" is given twice`);
    byName.set(tensor.name, tensor);
  }
  const own = signature.inputs.every((input) => byName.has(input.name));
  const names = own ? signature.inputs.map((input) => input.name) : signature.columns.map((column) => column.name);
  const known = new Set(names);
  const unneeded = new Set(own ? [] : signature.columns.filter(({ unused }) => unused).map(({ name }) => name));
  const unknown = tensors.find((tensor) => !known.has(tensor.name));
  const missing = names.filter((name) => !byName.has(name) && !unneeded.has(name));
  if (unknown !== undefined || missing.length > 0) {
    const forms = `inputs must be ${signature.inputs.map((input) => `"${input.name}"`).join(', ')}, or one tensor for each of the ${signature.columns.length} columns`;
    throw refuse(
      unknown === undefined || !tensors.some((tensor) => known.has(tensor.name))
        ? `${forms}; got ${tensors
            .slice(0, 3)
            .map((tensor) => JSON.stringify(tensor.name.slice(0, 60)))
            .join(', ')}${tensors.length > 3 ? ', ...' : ''}`
        : `${forms}; the model does not have "${unknown.name.slice(0, 60)}"`,
    );
  }
  const sources: (ColumnSource | undefined)[] = [];
  const groups = own ? signature.inputs : signature.columns.map(({ name }, column) => ({ name, columns: [column] }));
  for (const { name, columns } of groups) {
    const tensor = byName.get(name);
    if (!tensor) continue; // the model does not look at that column
    const [, width = 1] = tensor.shape;
    if (width !== columns.length) {
      throw refuse(`input "${name}": expected shape [rows, ${columns.length}], got [${tensor.shape}]`);
    }
    columns.forEach((column, offset) => {
      sources[column] = { tensor, offset, step: width };
    });
  }
  return sources;
}

function flag(parameters: unknown, name: string, where: string): boolean | undefined {
  if (parameters === undefined || parameters === null) return undefined;
  if (!isRecord(parameters)) throw refuse(`${where}: parameters must be an object, got ${describeValue(parameters)}`);
  const value = parameters[name];
  if (value === undefined || typeof value === 'boolean') return value;
  throw refuse(`${where}: ${name} must be true or false, got ${describeValue(value)}`);
}

/** What would change the answer and is not done here. Other parameters are for other servers, as the protocol has it. */
const REFUSED_PARAMETERS = ['classification', 'shared_memory_region'];

function requestedOutputs(outputs: unknown, allBinary: boolean, signature: Signature): RequestedOutput[] {
  const known = signature.outputs.map((output) => output.name);
  const all = known.map((name) => ({ name, binary: allBinary }));
  if (outputs === undefined || outputs === null) return all;
  if (!Array.isArray(outputs)) throw refuse(`outputs: expected an array, got ${describeValue(outputs)}`);
  const requested = new Map<Method, RequestedOutput>();
  outputs.forEach((output, i) => {
    const { name: asked, parameters } = isRecord(output) ? output : {};
    const name = known.find((candidate) => candidate === asked);
    if (!name) throw refuse(`outputs[${i}].name: expected one of ${known.join(', ')}, got ${describeValue(asked)}`);
    const where = `output "${name}"`;
    const refused = isRecord(parameters) && REFUSED_PARAMETERS.find((parameter) => parameter in parameters);
    if (refused) throw refuse(`${where}: the parameter ${refused} is not known here`);
    requested.set(name, { name, binary: flag(parameters, 'binary_data', where) ?? allBinary });
  });
  return requested.size === 0 ? all : [...requested.values()];
}

/**
 * @param most rows that one request may have
 * @param bytes what follows the JSON
 * @throws HttpError 400, 413
 */
export function parseInferRequest(
  document: unknown,
  signature: Signature,
  most: number,
  bytes = new TensorBytes(Buffer.alloc(0)),
): InferRequest {
  if (!isRecord(document)) throw refuse(`expected an object with "inputs", got ${describeValue(document)}`);
  const { id, inputs, outputs, parameters } = document;
  if (id !== undefined && id !== null && typeof id !== 'string')
    throw refuse(`id: expected a string, got ${describeValue(id)}`);
  if (!Array.isArray(inputs) || inputs.length === 0) {
    throw refuse(`inputs: expected an array of at least one tensor, got ${describeValue(inputs)}`);
  }
  const requested = requestedOutputs(
    outputs,
    flag(parameters, 'binary_data_output', 'the request') ?? false,
    signature,
  );
  const tensors = inputs.map((input, i) => parseTensor(input, i, most, bytes));
  if (bytes.left > 0) throw refuse(`${bytes.left} bytes of the body belong to no tensor`);
  return { ...(typeof id === 'string' && { id }), outputs: requested, ...rowsOf(tensors, signature) };
}

/**
 * A request that is the bytes of the model's only tensor. All outputs come back as bytes.
 *
 * @throws HttpError 400, 413
 */
export function parseRawRequest(body: Buffer, signature: Signature, most: number): InferRequest {
  const [input] = signature.inputs;
  if (signature.inputs.length > 1) {
    throw refuse(`a body of bytes alone is for models with one input; this one has ${signature.inputs.length}`);
  }
  const { name, type, columns } = input!;
  const where = `input "${name}"`;
  const datatype = DATATYPES[type];
  const rowBytes = formOf(datatype).bytes * columns.length;
  if (rowBytes === 0 && columns.length > 1)
    throw refuse(`${where}: bytes alone can be one text, but a row has ${columns.length}`);
  if (rowBytes > 0 && (body.length === 0 || body.length % rowBytes !== 0)) {
    throw refuse(
      `${where}: a row of ${columns.length} ${datatype} is ${rowBytes} bytes, and ${body.length} are no whole number of rows`,
    );
  }
  const rows = rowBytes === 0 ? 1 : body.length / rowBytes;
  if (rows > most) {
    throw new HttpError(413, 'too_large', `${where}: ${rows} rows in one request; at most ${most} are taken`);
  }
  const values = readBytes(where, () =>
    rowBytes === 0 ? [readText(body)] : readElements(datatype, body, rows * columns.length),
  );
  const tensor = { name, shape: [rows, columns.length], values };
  return { outputs: requestedOutputs(undefined, true, signature), ...rowsOf([tensor], signature) };
}

function rowsOf(
  tensors: readonly InputTensorData[],
  signature: Signature,
): Pick<InferRequest, 'rows' | 'tensorOfColumn' | 'columnNames'> {
  const sources = placeColumns(tensors, signature);
  const rowCount = tensors[0]!.shape[0]!;
  const other = tensors.find((tensor) => tensor.shape[0] !== rowCount);
  if (other) {
    throw refuse(`input "${other.name}" has ${other.shape[0]} rows, but "${tensors[0]!.name}" has ${rowCount}`);
  }
  const rows = Array.from({ length: rowCount }, (_, row) =>
    Array.from(signature.columns, (_column, c) => {
      const source = sources[c];
      return source?.tensor.values[row * source.step + source.offset];
    }),
  );
  return {
    rows,
    tensorOfColumn: Array.from(sources, (source) => source?.tensor.name ?? ''),
    columnNames: signature.columns.map((column) => column.name),
  };
}

/** Runs `predict`; a row that does not fit is told in the words of this protocol, tensors and rows. */
export async function explainRows<T>(request: InferRequest, predict: () => Promise<T>): Promise<T> {
  try {
    return await predict();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const lines = error.fields.map(({ pointer, expected, got }) => {
      if (pointer === '') return `expected ${expected}, got ${got}`; // which row it is the engine does not tell
      const [, row, column] = pointer.split('/').map(Number);
      return `input "${request.tensorOfColumn[column!]}", row ${row}, column "${request.columnNames[column!]}": expected ${expected}, got ${got}`;
    });
    throw refuse(lines.join('; '));
  }
}
