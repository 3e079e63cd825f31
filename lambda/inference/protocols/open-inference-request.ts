/**
 * Requests of the Open Inference Protocol as rows of the signature.
 *
 * Two forms are taken: the model's own tensors by their names, or one tensor for each column by
 * the column's name. Everything becomes rows, so that both are checked by the same rules as `/predict`.
 */
import { describeValue, InputError } from '../../../lib/model/row';
import type { Method, Signature } from '../../../lib/model/signature';
import { HttpError } from '../http-answer';

export interface InferRequest {
  readonly id?: string;
  readonly rows: readonly (readonly unknown[])[];
  /** Outputs in the order in which they are answered. */
  readonly methods: readonly Method[];
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

const integer = (least: number, most: number) => (value: unknown) =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
const FLOAT32_MAXIMUM = 3.4028234663852886e38; // IEEE 754 binary32
const float = (most: number) => (value: unknown) =>
  value === null || (typeof value === 'number' && Math.abs(value) <= most);

/** What an element of each datatype may be in JSON. 64-bit integers end where a double stops being exact. */
const ELEMENTS: Readonly<Record<string, (value: unknown) => boolean>> = {
  BOOL: (value) => typeof value === 'boolean' || value === 0 || value === 1,
  UINT8: integer(0, 2 ** 8 - 1),
  UINT16: integer(0, 2 ** 16 - 1),
  UINT32: integer(0, 2 ** 32 - 1),
  UINT64: integer(0, Number.MAX_SAFE_INTEGER),
  INT8: integer(-(2 ** 7), 2 ** 7 - 1),
  INT16: integer(-(2 ** 15), 2 ** 15 - 1),
  INT32: integer(-(2 ** 31), 2 ** 31 - 1),
  INT64: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  FP32: float(FLOAT32_MAXIMUM),
  FP64: float(Number.MAX_VALUE),
  BYTES: (value) => value === null || typeof value === 'string',
};

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

function parseTensor(value: unknown, index: number, most: number): InputTensorData {
  if (!isRecord(value)) throw refuse(`inputs[${index}]: expected an object, got ${describeValue(value)}`);
  const { name, shape, datatype, data } = value;
  if (typeof name !== 'string') throw refuse(`inputs[${index}].name: expected a string, got ${describeValue(name)}`);
  const where = `input "${name.slice(0, 60)}"`;
  if (!Array.isArray(shape) || shape.length < 1 || shape.length > 2 || !shape.every(integer(0, 2 ** 31))) {
    throw refuse(`${where}: shape must be [rows] or [rows, columns], got ${JSON.stringify(shape)?.slice(0, 60)}`);
  }
  const fits = typeof datatype === 'string' && Object.hasOwn(ELEMENTS, datatype) ? ELEMENTS[datatype]! : undefined;
  if (fits === undefined) {
    throw refuse(
      `${where}: datatype must be one of ${Object.keys(ELEMENTS).join(', ')}, got ${describeValue(datatype)}`,
    );
  }
  if (!Array.isArray(data)) {
    throw refuse(`${where}: data must be an array (binary tensors are not read), got ${describeValue(data)}`);
  }
  if (shape[0] === 0) throw refuse(`${where}: shape [${shape}] has no rows`);
  if (shape[0] > most) {
    throw new HttpError(413, 'too_large', `${where}: ${shape[0]} rows in one request; at most ${most} are taken`);
  }
  const values = flatten(name, data, shape);
  const wrong = values.findIndex((element) => !fits(element));
  if (wrong >= 0) {
    throw refuse(`${where}: element ${wrong} is not ${datatype as string}: ${describeValue(values[wrong])}`);
  }
  return { name, shape, values };
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

function requestedMethods(outputs: unknown, signature: Signature): Method[] {
  const known = signature.outputs.map((output) => output.name);
  if (outputs === undefined) return known;
  if (!Array.isArray(outputs)) throw refuse(`outputs: expected an array, got ${describeValue(outputs)}`);
  const methods = outputs.map((output, i) => {
    const name = isRecord(output) ? output.name : undefined;
    const method = known.find((candidate) => candidate === name);
    if (method) return method;
    throw refuse(`outputs[${i}].name: expected one of ${known.join(', ')}, got ${describeValue(name)}`);
  });
  return methods.length === 0 ? known : [...new Set(methods)];
}

/**
 * @param most rows that one request may have
 * @throws HttpError 400, 413
 */
export function parseInferRequest(document: unknown, signature: Signature, most: number): InferRequest {
  if (!isRecord(document)) throw refuse(`expected an object with "inputs", got ${describeValue(document)}`);
  const { id, inputs, outputs } = document;
  if (id !== undefined && typeof id !== 'string') throw refuse(`id: expected a string, got ${describeValue(id)}`);
  if (!Array.isArray(inputs) || inputs.length === 0) {
    throw refuse(`inputs: expected an array of at least one tensor, got ${describeValue(inputs)}`);
  }
  const methods = requestedMethods(outputs, signature);
  const tensors = inputs.map((input, i) => parseTensor(input, i, most));
  const sources = placeColumns(tensors, signature);
  const rowCount = tensors[0]!.shape[0]!;
  const other = tensors.find((tensor) => tensor.shape[0] !== rowCount);
  if (other)
    throw refuse(`input "${other.name}" has ${other.shape[0]} rows, but "${tensors[0]!.name}" has ${rowCount}`);
  const rows = Array.from({ length: rowCount }, (_, row) =>
    Array.from(signature.columns, (_column, c) => {
      const source = sources[c];
      return source?.tensor.values[row * source.step + source.offset];
    }),
  );
  return {
    ...(id !== undefined && { id }),
    rows,
    methods,
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
      const [, row, column] = pointer.split('/').map(Number);
      return `input "${request.tensorOfColumn[column!]}", row ${row}, column "${request.columnNames[column!]}": expected ${expected}, got ${got}`;
    });
    throw refuse(lines.join('; '));
  }
}
