/**
 * The JSON documents in which rows come, and in which form each is answered.
 *
 * | document | rows | answered |
 * | --- | --- | --- |
 * | `[rows]`, `{"data": [rows]}` | arrays in column order, records by column name, or texts for a model of text | `result` |
 * | `{name: value}` | a single row | `result` |
 * | `{"columns": {name: [values]}}`, `{name: [values]}` | one array a column | `result` |
 * | `{"columns": [names], "data": [rows]}` | pandas' orient="split" | `result` |
 * | `{"instances": [rows]}` | TensorFlow Serving, SageMaker, MLflow | `predictions` |
 * | `{"inputs": [rows]}`, `{"inputs": {name: [values]}}` | MLflow | `predictions` |
 * | `{"dataframe_split": ...}`, `{"dataframe_records": [rows]}` | MLflow | `predictions` |
 */
import { isRecord } from '../../../lib/model/formats/json';
import {
  describeValue,
  InputError,
  type InputProblem,
  type Locate,
  locateBelow,
  MAXIMUM_PROBLEMS,
  namesOf,
  pointerToken,
  shortened,
  takesTexts,
} from '../../../lib/model/rows/row';
import type { Signature } from '../../../lib/model/rows/signature';
import { HttpError } from '../http/http-answer';
import type { RowSource } from '../json/encoding';

/** The member of the answer that holds the predictions. */
export type ReplyForm = 'result' | 'predictions';

export interface Rows {
  readonly rows: RowSource;
  readonly locate: Locate;
  readonly reply: ReplyForm;
}

const FORM =
  'an array of rows, or an object with "data", "columns", "instances", "inputs", "dataframe_split" or "dataframe_records"';

/** The document is of no form that is known, which is not about any value in it. */
function malformed(pointer: string, expected: string, got: string): HttpError {
  const error = new InputError([{ pointer, expected, got }]);
  return new HttpError(400, 'body', error.message, { errors: error.fields });
}

/** A row as the signature wants it, cut short, to show what to send. */
function example(signature: Signature): string {
  const { columns, namedColumns } = signature;
  const values = columns.slice(0, 2).map((column) => (column.type === 'string' ? '"a"' : '1'));
  const more = columns.length > 2 ? ', ...' : '';
  if (!namedColumns) return `{"data": [[${values.join(', ')}${more}]]}`;
  const fields = columns.slice(0, 2).map((column, i) => `${JSON.stringify(column.name)}: ${values[i]}`);
  return `{"data": [{${fields.join(', ')}${more}}]}`;
}

/** A single row is refused, since with one column `[1, 2, 3]` could be one row or three. */
function oneBelowTheOther(value: unknown, pointer: string, signature: Signature): Pick<Rows, 'rows' | 'locate'> {
  if (!Array.isArray(value)) {
    throw malformed(pointer, `an array of rows, e.g. ${example(signature)}`, describeValue(value));
  }
  const [first] = value;
  const text = typeof first === 'string' && takesTexts(signature);
  if (value.length > 0 && (typeof first !== 'object' || first === null) && !text) {
    throw malformed(
      `${pointer}/0`,
      `a row: put a single row into an array of rows, e.g. ${example(signature)}`,
      describeValue(first),
    );
  }
  return { rows: value, locate: locateBelow(pointer) };
}

/** By column name. The answer has one element, as for an array of one row. */
function singleRow(row: Readonly<Record<string, unknown>>): Rows {
  const locate: Locate = (_row, field) => (field === undefined ? '' : `/${pointerToken(String(field))}`);
  return { rows: [row], locate, reply: 'result' };
}

/**
 * What to write in place of `frame.to_json()` and of its orients index and table, which have the rows by the labels of the
 * index: whoever reads JSON may put labels that are whole numbers in another order, and the answers would be of other rows.
 */
const PANDAS = 'one below the other: frame.to_json(orient="records") or orient="split" keeps their order';
const ofPandas = (pointer: string, got: string) => malformed(pointer, `rows, ${PANDAS}`, got);

/** One array a column -> rows in column order. Columns that the model does not look at may be left out. */
function sideBySide(value: unknown, pointer: string, signature: Signature): Pick<Rows, 'rows' | 'locate'> {
  const where = (name: string) => `${pointer}/${pointerToken(name)}`;
  if (!isRecord(value)) {
    throw malformed(pointer, 'an object with one array of values for each column', describeValue(value));
  }
  const names = Object.keys(value);
  for (const name of names) {
    if (isRecord(value[name])) throw ofPandas(where(name), 'an object by the labels of the index');
    if (!Array.isArray(value[name])) throw malformed(where(name), 'an array of values', describeValue(value[name]));
  }
  const columns = value as Readonly<Record<string, readonly unknown[]>>;
  const problems: InputProblem[] = [];
  const known = namesOf(signature);
  for (const name of names) {
    if (known.has(name)) continue;
    if (problems.length === MAXIMUM_PROBLEMS) break;
    const got = `"${shortened(name)}", which the model does not have`;
    problems.push({ pointer: where(name), expected: 'a column of the model', got });
  }
  const rowCount = names.reduce((most, name) => Math.max(most, columns[name]!.length), 0);
  for (const { name, unused } of signature.columns) {
    if (problems.length >= MAXIMUM_PROBLEMS) break;
    const expected = `${rowCount} values, as many as the longest column has`;
    const length = Object.hasOwn(columns, name) ? columns[name]!.length : undefined;
    if (length === undefined && !unused) problems.push({ pointer: where(name), expected, got: 'nothing' });
    else if (length !== undefined && length !== rowCount)
      problems.push({ pointer: where(name), expected, got: `${length}` });
  }
  if (problems.length > 0) throw new InputError(problems);
  const values = signature.columns.map(({ name }) => (Object.hasOwn(columns, name) ? columns[name] : undefined));
  return {
    rows: {
      length: rowCount,
      slice: (from, to) => Array.from({ length: to - from }, (_, row) => values.map((column) => column?.[from + row])),
    },
    locate: (row, field) =>
      row === undefined || field === undefined ? pointer : `${where(signature.columns[field as number]!.name)}/${row}`,
  };
}

/** Names apart from the rows, as pandas writes a frame with orient="split"; the index is not looked at. */
function split(value: unknown, pointer: string, signature: Signature): Pick<Rows, 'rows' | 'locate'> {
  if (!isRecord(value)) throw malformed(pointer, 'an object with "columns" and "data"', describeValue(value));
  const unknown = Object.keys(value).find((key) => !['columns', 'data', 'index'].includes(key));
  if (unknown !== undefined) {
    throw malformed(
      `${pointer}/${pointerToken(unknown)}`,
      'only "columns", "data" and "index"',
      `"${shortened(unknown)}"`,
    );
  }
  const { columns: names, data } = value;
  const sent = oneBelowTheOther(data, `${pointer}/data`, signature);
  if (names === undefined) return sent;
  if (!Array.isArray(names)) throw malformed(`${pointer}/columns`, 'an array of column names', describeValue(names));
  const positions = positionsOf(names, `${pointer}/columns`, signature);
  const { rows } = sent;
  const slice = (from: number, to: number) => {
    const problems: InputProblem[] = [];
    const ordered = rows.slice(from, to).map((row, r) => {
      if (Array.isArray(row) && row.length === names.length) return positions.map((position) => row[position]);
      if (problems.length < MAXIMUM_PROBLEMS) {
        const got = Array.isArray(row) ? `${row.length}` : describeValue(row);
        const expected = `${names.length} values, one for each name`;
        problems.push({ pointer: `${pointer}/data/${from + r}`, expected, got });
      }
      return [];
    });
    if (problems.length > 0) throw new InputError(problems);
    return ordered;
  };
  return {
    rows: { length: rows.length, slice },
    locate: (row, field) => sent.locate(row, field === undefined ? undefined : positions[field as number]),
  };
}

/**
 * Where each column of the signature stands among these names; -1 for one that is left out, since the model does
 * not look at it. A model without names is also spoken to by position: pandas numbers the columns of a plain array.
 *
 * @throws InputError
 */
export function positionsOf(
  names: readonly unknown[],
  pointer: string,
  signature: Signature,
  locate: (position: number) => string = (position) => `${pointer}/${position}`,
): number[] {
  const { columns, namedColumns } = signature;
  const problems: InputProblem[] = [];
  const columnOf = new Map<unknown, number>(columns.map(({ name }, column) => [name, column]));
  if (!namedColumns) for (const column of columns.keys()) columnOf.set(column, column);
  const positions = new Array<number>(columns.length).fill(-1);
  for (let position = 0; position < names.length && problems.length < MAXIMUM_PROBLEMS; position++) {
    const name = names[position];
    const column = columnOf.get(name);
    if (column === undefined) {
      const got =
        typeof name === 'string' ? `"${shortened(name)}", which the model does not have` : describeValue(name);
      problems.push({ pointer: locate(position), expected: 'a column of the model', got });
    } else if (positions[column] !== -1) {
      problems.push({ pointer: locate(position), expected: 'each column once', got: describeValue(name) });
    } else positions[column] = position;
  }
  columns.forEach(({ name, unused }, column) => {
    if (positions[column] === -1 && !unused && problems.length < MAXIMUM_PROBLEMS) {
      problems.push({ pointer, expected: `column "${name}" among the names`, got: 'nothing' });
    }
  });
  if (problems.length > 0) throw new InputError(problems);
  return positions;
}

type Reader = (value: unknown, pointer: string, signature: Signature) => Pick<Rows, 'rows' | 'locate'>;

const rowsOrColumns: Reader = (value, pointer, signature) =>
  (Array.isArray(value) ? oneBelowTheOther : sideBySide)(value, pointer, signature);

/** Members that hold the rows, how to read them, and how they are answered. */
const MEMBERS: Readonly<Record<string, { readonly read: Reader; readonly reply: ReplyForm }>> = {
  data: { read: oneBelowTheOther, reply: 'result' },
  columns: { read: sideBySide, reply: 'result' },
  instances: { read: oneBelowTheOther, reply: 'predictions' },
  inputs: { read: rowsOrColumns, reply: 'predictions' },
  dataframe_split: { read: split, reply: 'predictions' },
  dataframe_records: { read: oneBelowTheOther, reply: 'predictions' },
};

/** How rows are answered that stand under this key, or under none; undefined where rows alone cannot stand. */
export function replyTo(key: string | undefined): ReplyForm | undefined {
  if (key === undefined) return 'result';
  const member = Object.hasOwn(MEMBERS, key) ? MEMBERS[key] : undefined;
  return member?.read === oneBelowTheOther || member?.read === rowsOrColumns ? member.reply : undefined;
}

/** What clients of TensorFlow Serving and of MLflow may add; refused where it asks for something that there is not. */
function checkOption(name: string, value: unknown): boolean {
  if (name === 'signature_name') {
    if (value === 'serving_default' || value === '') return true;
    throw malformed('/signature_name', '"serving_default", the only one there is', describeValue(value));
  }
  if (name === 'params') {
    if (value === null || (isRecord(value) && Object.keys(value).length === 0)) return true;
    throw malformed('/params', 'no parameters, since the model takes none', describeValue(value));
  }
  return false;
}

/**
 * The rows of a document and where in it they stand.
 *
 * @throws HttpError 400 for a document of no known form; InputError
 */
export function findRows(document: unknown, signature: Signature): Rows {
  if (Array.isArray(document)) return { ...oneBelowTheOther(document, '', signature), reply: 'result' };
  if (!isRecord(document)) throw malformed('', FORM, describeValue(document));
  const keys = Object.keys(document);
  const [key] = keys.filter((name) => Object.hasOwn(MEMBERS, name));
  if (
    key !== undefined &&
    keys.every((name) => name === key || (MEMBERS[key]!.reply === 'predictions' && checkOption(name, document[name])))
  ) {
    const { read, reply } = MEMBERS[key]!;
    return { ...read(document[key], `/${key}`, signature), reply };
  }
  if (Array.isArray(document.columns) && 'data' in document)
    return { ...split(document, '', signature), reply: 'result' };
  const names = namesOf(signature);
  if (keys.some((name) => names.has(name)) && keys.every((name) => Array.isArray(document[name]))) {
    return { ...sideBySide(document, '', signature), reply: 'result' };
  }
  if (keys.length > 0 && Object.values(document).every(isRecord)) {
    const columns = keys.some((name) => names.has(name));
    throw ofPandas('', columns ? 'an object of columns, each an object' : `an object of objects, ${firstKeys(keys)}`);
  }
  if (isRecord(document.schema) && 'data' in document) throw ofPandas('', 'a table with its schema');
  if (keys.some((name) => names.has(name))) return singleRow(document);
  const got = keys.length === 0 ? 'an empty object' : `an object with ${firstKeys(keys)}`;
  throw malformed('', `${FORM}, e.g. ${example(signature)}`, got);
}

/** Names that somebody sent, few of them and not the whole of long ones. */
function firstKeys(keys: readonly string[]): string {
  const shown = keys.slice(0, 3).map((name) => JSON.stringify(name.slice(0, 40)));
  return `${shown.join(', ')}${keys.length > 3 ? ', ...' : ''}`;
}
