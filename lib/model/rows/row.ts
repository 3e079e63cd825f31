/**
 * Rows as they come in JSON -> the tensors of the signature.
 *
 * A row is an array in column order, or a record (an object by column name); for a model of one text it may be the
 * text alone. What scikit-learn
 * would have refused is refused here, with the JSON pointer of the field, since the engine
 * would silently give a number.
 */
import { SlipwayError } from '../error';
import { FLOAT32_MAXIMUM } from '../formats/float32';
import { type Column, type ElementType, type Label, MISSING_TEXT, type Signature } from './signature';
import { allocate, type Tensor, type Tensors } from './tensor';
import { tokensOf } from './tokens';

/** One thing wrong with one field of the input. */
export interface InputProblem {
  /** JSON pointer (RFC 6901) of the field. */
  readonly pointer: string;
  readonly expected: string;
  readonly got: string;
}

/** The input does not fit the signature. At most `MAXIMUM_PROBLEMS` problems are listed. */
export class InputError extends SlipwayError {
  readonly fields: readonly InputProblem[];

  constructor(found: readonly InputProblem[]) {
    const fields = found.slice(0, MAXIMUM_PROBLEMS);
    const lines = fields.map(describeProblem);
    super('E_INPUT', lines.length === 1 ? lines[0]! : `${lines.length} fields do not fit the model's signature`, {
      problems: lines.length === 1 ? [] : lines,
    });
    this.fields = fields;
  }
}

export const MAXIMUM_PROBLEMS = 10;

function describeProblem(problem: InputProblem): string {
  return `${problem.pointer || '/'}: expected ${problem.expected}, got ${problem.got}`;
}

/** A text or a name that was sent, for messages: whoever sent it knows the rest. */
export function shortened(text: string, most = 40): string {
  return text.length > most ? `${text.slice(0, most)}...` : text;
}

/** A short, safe description of any JSON value, for messages. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return `the string ${JSON.stringify(shortened(value))}`;
  return String(value);
}

const TYPE_NAMES: Record<ElementType, string> = {
  float64: 'a number',
  float32: 'a number',
  int64: 'an integer',
  bool: 'true or false',
  string: 'a string',
};

const REFUSED = Symbol('refused');

/** The allowed values of a column, made once: a list would be searched for every row. */
const allowed = new WeakMap<Column, ReadonlySet<Label>>();

function allows(column: Column, value: Label): boolean {
  if (!column.categories) return true;
  let values = allowed.get(column);
  if (!values) {
    values = new Set(column.categories);
    allowed.set(column, values);
  }
  return values.has(value);
}

/** The stored form of `value`, or REFUSED if it does not fit the column. Integers beyond those of a double are bigints. */
function accept(column: Column, value: unknown): number | bigint | string | typeof REFUSED {
  if (value === null || value === undefined) {
    if (value === undefined || !column.missing) return REFUSED;
    return column.type === 'string'
      ? MISSING_TEXT
      : column.type === 'float64' || column.type === 'float32'
        ? Number.NaN
        : REFUSED;
  }
  if (typeof value === 'bigint' && column.type === 'int64') {
    return value === BigInt.asIntN(64, value) && !column.categories ? value : REFUSED;
  }
  const plain =
    typeof value === 'bigint' || (typeof value === 'boolean' && column.type !== 'string') ? Number(value) : value;
  switch (column.type) {
    case 'string':
      // ONNX Runtime takes strings as C strings and would silently cut them at U+0000
      if (typeof plain !== 'string' || plain === MISSING_TEXT || plain.includes('\0')) return REFUSED;
      if (column.tokens) return tokensOf(plain, column.tokens) ?? REFUSED;
      return allows(column, plain) ? plain : REFUSED;
    case 'int64':
      return typeof plain === 'number' && Number.isSafeInteger(plain) && allows(column, plain)
        ? BigInt(plain)
        : REFUSED;
    case 'bool':
      return plain === 0 || plain === 1 ? plain : REFUSED;
    default: {
      if (typeof plain !== 'number' || !Number.isFinite(plain)) return REFUSED;
      const limit =
        column.type === 'float32' ? Math.min(column.maximum ?? FLOAT32_MAXIMUM, FLOAT32_MAXIMUM) : column.maximum;
      if (limit !== undefined && Math.abs(plain) > limit) return REFUSED;
      if (plain === column.except || (column.above !== undefined && plain <= column.above)) return REFUSED;
      return allows(column, plain) ? plain : REFUSED;
    }
  }
}

/** Allowed values that a message lists; the signature has all of them. */
const LISTED_CATEGORIES = 10;

/** What is wrong with a text that is none of the allowed ones. */
function reasonAgainst(text: string): string {
  if (text === MISSING_TEXT) return ' that is a character of Unicode';
  if (text.includes('\0')) return ' without the character U+0000';
  return ' without letters that are newer than Unicode 9 (Python takes them for letters, or not, by its own version)';
}

function expectation(column: Column, value: unknown): string {
  const { categories, missing, maximum, above, except } = column;
  let text = TYPE_NAMES[column.type];
  if (column.type === 'string' && typeof value === 'string') {
    text += reasonAgainst(value);
  }
  if (categories) {
    const listed = categories.slice(0, LISTED_CATEGORIES).map((label) => JSON.stringify(label));
    text = `one of ${listed.join(', ')}${categories.length > listed.length ? `, ... (${categories.length} in all)` : ''}`;
  }
  if (missing) text += ' or null';
  if (maximum !== undefined) text += ` of magnitude at most ${maximum}`;
  else if (typeof value === 'number' && !Number.isFinite(value)) text = `a finite number${missing ? ' or null' : ''}`;
  if (above !== undefined) text += above === -Number.MIN_VALUE ? ' that is not negative' : ` above ${above}`;
  if (except !== undefined) text += ` other than ${except}`;
  return `${text} for column "${column.name}"`;
}

/** Longest name that a pointer has as a whole, in characters. */
const LONGEST_NAME = 200;

/** Escapes one reference token of a JSON pointer (RFC 6901, section 3), cut where the name is a very long one. */
export function pointerToken(name: string): string {
  return shortened(name, LONGEST_NAME).replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Where rows, a row, or a field of one (its name, or its position in an array) stand in what was sent. */
export type Locate = (row?: number, field?: number | string) => string;

/** Rows below `pointer` in a JSON document. */
export function locateBelow(pointer: string): Locate {
  return (row, field) => {
    if (row === undefined) return pointer;
    if (field === undefined) return `${pointer}/${row}`;
    return `${pointer}/${row}/${typeof field === 'string' ? pointerToken(field) : field}`;
  };
}

/** The names of the columns, made once: rows are encoded a few at a time. */
const knownNames = new WeakMap<Signature, ReadonlySet<string>>();

export function namesOf(signature: Signature): ReadonlySet<string> {
  let names = knownNames.get(signature);
  if (names === undefined) {
    names = new Set(signature.columns.map(({ name }) => name));
    knownNames.set(signature, names);
  }
  return names;
}

/** Whether a row may be a text by itself: scikit-learn's own X of a model of text is a list of texts. */
export function takesTexts({ columns }: Signature): boolean {
  return columns.length === 1 && columns[0]!.tokens !== undefined;
}

/** The value of a column in a row of any form; undefined where the row has none. */
export function valueIn(row: unknown, { columns }: Signature, column: number): unknown {
  if (Array.isArray(row)) return row[column];
  return typeof row === 'string' ? row : (row as Record<string, unknown>)[columns[column]!.name];
}

/**
 * Encode rows for the engine.
 *
 * @param rows arrays in column order, records by column name, texts where the model takes them, or a mixture; at least one row
 * @param where says where a field stands in what was sent, for messages; or the JSON pointer of `rows`
 * @returns a tensor of shape `[rows.length, columns]` for each input of the signature
 * @throws InputError listing up to ten fields that do not fit
 */
export function encodeRows(signature: Signature, rows: readonly unknown[], where: Locate | string = ''): Tensors {
  const locate = typeof where === 'string' ? locateBelow(where) : where;
  const { columns } = signature;
  const problems: InputProblem[] = [];
  const report = (pointer: string, expected: string, got: string) => problems.push({ pointer, expected, got });
  const enough = () => problems.length >= MAXIMUM_PROBLEMS;
  if (rows.length === 0) report(locate(), 'at least one row', 'an empty array');

  // place[c] is where column c is stored: which buffer, at which position in a row of it
  const buffers = signature.inputs.map((input) => allocate(input.type, rows.length * input.columns.length));
  const place: { buffer: number; position: number; stride: number }[] = [];
  signature.inputs.forEach((input, buffer) => {
    input.columns.forEach((column, position) => {
      place[column] = { buffer, position, stride: input.columns.length };
    });
  });
  const store = (row: number, column: number, value: unknown, field?: number | string) => {
    if (columns[column]!.unused) return;
    const accepted = accept(columns[column]!, value);
    if (accepted === REFUSED) {
      if (!enough()) report(locate(row, field), expectation(columns[column]!, value), describeValue(value));
      return;
    }
    const { buffer, position, stride } = place[column]!;
    (buffers[buffer] as Record<number, unknown>)[row * stride + position] = accepted;
  };

  for (let r = 0; r < rows.length && !enough(); r++) {
    const row = rows[r];
    if (Array.isArray(row)) {
      if (row.length !== columns.length) {
        report(locate(r), `${columns.length} values, one for each column`, `${row.length}`);
        continue;
      }
      for (let c = 0; c < columns.length; c++) store(r, c, row[c], c);
    } else if (typeof row === 'string' && takesTexts(signature)) {
      store(r, 0, row);
    } else if (typeof row === 'object' && row !== null) {
      const names = namesOf(signature);
      for (const name of Object.keys(row)) {
        if (names.has(name)) continue;
        if (enough()) break;
        report(locate(r, name), 'a column of the model', `"${shortened(name)}", which the model does not have`);
      }
      for (let c = 0; c < columns.length; c++) {
        const { name } = columns[c]!;
        const value = Object.hasOwn(row, name) ? (row as Record<string, unknown>)[name] : undefined;
        store(r, c, value, name);
      }
    } else {
      report(locate(r), 'a row: an array of values or an object by column name', describeValue(row));
    }
  }
  if (problems.length > 0) throw new InputError(problems);

  const tensors: Record<string, Tensor> = {};
  signature.inputs.forEach((input, i) => {
    tensors[input.name] = {
      type: input.type,
      shape: [rows.length, input.columns.length],
      data: buffers[i],
    } as Tensor;
  });
  return tensors;
}
