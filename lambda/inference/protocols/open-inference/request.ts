/**
 * Requests of the Open Inference Protocol as rows of the signature.
 *
 * Two forms are taken: the model's own tensors by their names, or one tensor for each column by the column's name;
 * each in JSON, or as bytes behind it. A member that may be left out may be null too, as some clients write what they
 * have no value for. Everything becomes rows, so that both are checked by the same rules as `/predict`.
 */
import { isRecord } from '../../../../lib/model/formats/json';
import { describeValue, InputError } from '../../../../lib/model/rows/row';
import type { Signature } from '../../../../lib/model/rows/signature';
import { HttpError } from '../../http/http-answer';
import type { RowSource } from '../../json/encoding';
import { TensorBytes } from './binary';
import { DATATYPES, type Elements, formOf, readElements, readText } from './datatypes';
import { parseElements, parseHead, readBytes, refuse, type TensorHead } from './input-tensor';
import { flag, type RequestedOutput, requestedOutputs, topOf } from './requested-outputs';

export interface InferRequest {
  readonly id?: string;
  readonly rows: RowSource;
  /** The same rows, where they came as the bytes of the model's only tensor and are floating-point numbers. */
  readonly floats?: Float64Array | Float32Array;
  /** In the order in which they are answered. */
  readonly outputs: readonly RequestedOutput[];
  /** How many classes the outputs `labels` and `probabilities` have. @default - none of these outputs is requested */
  readonly top?: number;
  /** Name of the tensor that holds each column, for messages. */
  readonly tensorOfColumn: readonly string[];
  readonly columnNames: readonly string[];
}

/** Where a column of the signature stands in the request: which tensor, and where in a row of it. */
interface ColumnSource {
  readonly tensor: number;
  readonly offset: number;
}

/** Where each column is; undefined for one that the model does not look at. */
function placeColumns(tensors: readonly TensorHead[], signature: Signature): (ColumnSource | undefined)[] {
  const byName = new Map<string, number>();
  for (const [i, tensor] of tensors.entries()) {
    if (byName.has(tensor.name)) throw refuse(`${tensor.where} is given twice`);
    byName.set(tensor.name, i);
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
    if (tensor === undefined) continue; // the model does not look at that column
    const [, width = 1] = tensors[tensor]!.shape;
    if (width !== columns.length) {
      throw refuse(`input "${name}": expected shape [rows, ${columns.length}], got [${tensors[tensor]!.shape}]`);
    }
    columns.forEach((column, offset) => {
      sources[column] = { tensor, offset };
    });
  }
  return sources;
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
  const allBinary = flag(parameters, 'binary_data_output', 'the request') ?? false;
  const top = topOf(parameters, signature);
  const requested = requestedOutputs(outputs, { signature, allBinary, top });
  const mostInputs = Math.max(signature.inputs.length, signature.columns.length);
  if (inputs.length > mostInputs) throw refuse(`inputs: at most ${mostInputs} tensors are taken, got ${inputs.length}`);
  const heads = inputs.map((input, i) => parseHead(input, i, most));
  const sources = placeColumns(heads, signature);
  const elements = heads.map((head, i) => parseElements(head, inputs[i], bytes));
  if (bytes.left > 0) throw refuse(`${bytes.left} bytes of the body belong to no tensor`);
  return {
    ...(typeof id === 'string' && { id }),
    outputs: requested,
    ...(top !== undefined && { top }),
    ...rowsOf(heads, elements, sources, signature),
  };
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
  const elements = readBytes(where, () =>
    rowBytes === 0 ? [readText(body)] : readElements(datatype, body, rows * columns.length),
  );
  const heads = [{ name, where, shape: [rows, columns.length], datatype }];
  const outputs = requestedOutputs(undefined, { signature, allBinary: true });
  return { outputs, ...rowsOf(heads, [elements], placeColumns(heads, signature), signature) };
}

/** Rows that are made of the tensors as they are asked for. */
function rowsOf(
  heads: readonly TensorHead[],
  elements: readonly Elements[],
  sources: readonly (ColumnSource | undefined)[],
  signature: Signature,
): Pick<InferRequest, 'rows' | 'floats' | 'tensorOfColumn' | 'columnNames'> {
  const [length, ...lengths] = heads.map(({ shape }) => shape[0]!) as [number, ...number[]];
  const other = lengths.findIndex((each) => each !== length);
  if (other >= 0) {
    throw refuse(`${heads[other + 1]!.where} has ${lengths[other]} rows, but "${heads[0]!.name}" has ${length}`);
  }
  const widths = heads.map(({ shape }) => shape[1] ?? 1);
  const { length: columns } = signature.columns;
  const slice = (from: number, to: number): readonly unknown[] => {
    const values = heads.map(({ where }, i) =>
      readBytes(where, () => elements[i]!.slice(from * widths[i]!, to * widths[i]!)),
    );
    const rows: unknown[][] = [];
    for (let row = 0; row < to - from; row++) {
      const cells = new Array<unknown>(columns);
      for (let column = 0; column < columns; column++) {
        const source = sources[column];
        if (source) cells[column] = values[source.tensor]![row * widths[source.tensor]! + source.offset];
      }
      rows.push(cells);
    }
    return rows;
  };
  const only = signature.inputs.length === 1 && heads[0]!.name === signature.inputs[0]!.name;
  return {
    rows: { length, slice },
    ...(only && elements[0]!.floats && { floats: elements[0]!.floats }),
    tensorOfColumn: Array.from(sources, (source) => (source ? heads[source.tensor]!.name : '')),
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
