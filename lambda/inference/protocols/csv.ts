/**
 * Rows and predictions as CSV (RFC 4180).
 *
 * The first line is a header when the content type says `header=present`, and, where it says nothing, when any of its
 * fields is the name of a column, or all are but for capitals. A first column without a name is the index of pandas, and left
 * out. An empty field that is not quoted is a missing value. Where something is wrong is told as RFC 7111 does: `#cell=4,2` is
 * the second field of the fourth line that is a record, the header among them.
 */
import { scalars } from '../../../lib/model/rows/answer';
import { InputError, type InputProblem, MAXIMUM_PROBLEMS } from '../../../lib/model/rows/row';
import type { Column, Label, Signature } from '../../../lib/model/rows/signature';
import type { Tensor } from '../../../lib/model/rows/tensor';
import { HttpError } from '../http/http-answer';
import { LONGEST_TEXT_BYTES } from '../json/bounds';
import { Turn } from '../json/turns';
import { positionsOf, type Rows } from './row-forms';

/** A field of text; undefined for one that is empty and not quoted. */
type Field = string | undefined;

interface CsvRecord {
  readonly fields: readonly Field[];
  /** Counted from 1, with the header and blank lines. */
  readonly number: number;
}

const QUOTE = '"';

/** An index that has a name, or no header over it, looks like a column. */
const WITHOUT_INDEX = ' (frame.to_csv(index=False) leaves the index out)';

function malformed(number: number, what: string): HttpError {
  return new HttpError(400, 'body', `the CSV is malformed in record ${number}: ${what}`);
}

function tooLong(number: number): HttpError {
  const most = `a field has at most ${LONGEST_TEXT_BYTES} characters`;
  return new HttpError(
    413,
    'too_large',
    `the CSV has a field in record ${number} that is longer than is read: ${most}`,
  );
}

/** Where one character stands next: a text is looked through once, however many fields are asked for their ends. */
class Next {
  private at = -1;

  constructor(
    private readonly text: string,
    private readonly character: string,
  ) {}

  /** @param start not before that of the question before */
  from(start: number): number {
    if (this.at < start) {
      const found = this.text.indexOf(this.character, start);
      this.at = found < 0 ? this.text.length : found;
    }
    return this.at;
  }
}

/** Quotation marks within a field after which somebody else has a turn. */
const QUOTES_PER_PAUSE = 2048;

/**
 * Reads record after record, of which none may have two fields more than the model has columns. Gives undefined
 * within a field of very many quotation marks, so that whoever reads can pause.
 */
function* records(text: string, columns: number): Generator<CsvRecord | undefined> {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const ends = [',', '\r', '\n'].map((character) => new Next(text, character));
  for (let number = 1; at < text.length; number++) {
    const fields: Field[] = [];
    for (let more = true; more; ) {
      if (fields.length > columns) {
        const expected = `${columns} values, one for each column`;
        throw new InputError([{ pointer: `#row=${number}`, expected, got: 'more' }]);
      }
      if (text[at] === QUOTE) {
        let value = '';
        const start = at;
        for (let quotes = 1; ; quotes++) {
          if (quotes % QUOTES_PER_PAUSE === 0) yield undefined;
          const end = text.indexOf(QUOTE, at + 1);
          if (end < 0) throw malformed(number, 'a quoted field has no end');
          if (end - start > LONGEST_TEXT_BYTES) throw tooLong(number);
          value += text.slice(at + 1, end);
          at = end + 1;
          if (text[at] !== QUOTE) break;
          value += QUOTE; // written twice, it stands for itself
        }
        fields.push(value);
        if (at < text.length && !',\r\n'.includes(text[at]!)) throw malformed(number, 'text follows a quoted field');
      } else {
        const start = at;
        const end = Math.min(ends[0]!.from(start), ends[1]!.from(start), ends[2]!.from(start));
        if (end - start > LONGEST_TEXT_BYTES) throw tooLong(number);
        const value = text.slice(at, end);
        if (value.includes(QUOTE)) throw malformed(number, 'a field with a quotation mark must be quoted as a whole');
        fields.push(value === '' ? undefined : value);
        at = end;
      }
      more = text[at] === ',';
      if (more) at++;
    }
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    yield { fields, number };
  }
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i; // no two parts of it take the same digits
const INTEGER = /^[+-]?\d{16,19}$/;

/** A field as the JSON value that it would have been. Text that is no number stays text, and is refused as such. */
function jsonValue(field: Field, { type }: Column): unknown {
  if (type === 'string') return field ?? null;
  const text = field?.trim() ?? '';
  if (text === '' || /^nan$/i.test(text)) return null; // numpy writes a missing number as nan
  if (NUMBER.test(text)) return type === 'int64' && INTEGER.test(text) ? BigInt(text.replace('+', '')) : Number(text);
  const word = text.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : field;
}

/** What pandas writes over the columns of a plain array, whose names are their numbers. */
const isNumbered = (fields: readonly Field[]) => fields.every((field, column) => field === String(column));

/**
 * Whether the first line is a header, where the content type does not say.
 *
 * @throws HttpError 400 for one that may as well be a row
 */
function isHeader(fields: readonly Field[], { namedColumns, columns }: Signature, names: ReadonlySet<string>): boolean {
  if (fields.some((field) => field !== undefined && names.has(field))) return true;
  if (namedColumns) {
    const known = new Set([...names].map((name) => name.toLowerCase()));
    return fields.every((field) => field !== undefined && known.has(field.trim().toLowerCase())); // and is refused by name
  }
  if (fields[0] === undefined && fields.length === columns.length + 1) return isNumbered(fields.slice(1));
  if (columns.length === 1 || fields.length !== columns.length || !isNumbered(fields)) return false;
  throw new HttpError(
    400,
    'body',
    'the first line of the CSV may be the numbers of the columns, as pandas writes them, or a row: say which by the content type text/csv; header=present or header=absent, or leave them out by frame.to_csv(index=False, header=False)',
  );
}

/** Whether the first column is the index of a frame, which pandas writes without a name; it is not looked at. */
function hasIndex([first, ...others]: readonly Field[], names: ReadonlySet<string>): boolean {
  return first === undefined && !names.has('') && others.length > 0;
}

/** Bytes that are decoded between two glances at the clock. */
const PIECE_BYTES = 65_536;

/** As `body.toString()`, a large one in turns of the event loop. */
async function textOf(body: Buffer, turn: Turn): Promise<string> {
  if (body.length <= PIECE_BYTES) return body.toString();
  const pieces: string[] = [];
  for (let from = 0; from < body.length; ) {
    let to = Math.min(from + PIECE_BYTES, body.length);
    while ((body[to]! & 0xc0) === 0x80) to--; // within a character
    pieces.push(body.toString('utf8', from, to));
    from = to;
    if (turn.over) await turn.next();
  }
  return pieces.join('');
}

/**
 * The rows of a CSV document; a large one is read in turns of the event loop, so that others are served meanwhile.
 *
 * @param body valid UTF-8
 * @param header whether the first line is one; undefined to find out
 * @param most rows that one request may have
 * @throws HttpError 400 for what is not CSV, 413; InputError
 */
export async function parseCsv(
  body: Buffer,
  header: boolean | undefined,
  signature: Signature,
  most: number,
): Promise<Rows & { readonly rows: readonly unknown[] }> {
  const { columns } = signature;
  const names = new Set(columns.map(({ name }) => name));
  let positions: readonly number[] = columns.map((_, column) => column);
  let width = columns.length;
  const rows: unknown[][] = [];
  const numbers: number[] = [];
  const problems: InputProblem[] = [];
  let first = true;
  let blankLines = 0;
  const turn = new Turn();
  const text = await textOf(body, turn);
  for (const record of records(text, columns.length)) {
    if (turn.over) await turn.next();
    if (record === undefined) continue;
    const { fields, number } = record;
    if (fields.length === 1 && fields[0] === undefined) {
      if (++blankLines > most) throw new HttpError(413, 'too_large', `the CSV has more than ${most} blank lines`);
      continue;
    }
    if (first) {
      first = false;
      if (header ?? isHeader(fields, signature, names)) {
        const index = hasIndex(fields, names) ? 1 : 0;
        const named = fields.slice(index);
        positions = positionsOf(
          named.map((field, column) => (!signature.namedColumns && isNumbered(named) ? column : (field ?? ''))),
          `#row=${number}`,
          signature,
          (position) => `#cell=${number},${index + position + 1}`,
        ).map((position) => (position < 0 ? position : index + position));
        width = fields.length;
        continue;
      }
    }
    if (rows.length === most) {
      throw new HttpError(413, 'too_large', `more than ${most} rows in one request; at most ${most} are taken`);
    }
    if (fields.length !== width) {
      if (problems.length === MAXIMUM_PROBLEMS) break;
      const expected = `${width} values, one for each column${fields.length === width + 1 ? WITHOUT_INDEX : ''}`;
      problems.push({ pointer: `#row=${number}`, expected, got: `${fields.length}` });
    }
    rows.push(columns.map((column, c) => (positions[c] === -1 ? undefined : jsonValue(fields[positions[c]!], column))));
    numbers.push(number);
  }
  if (problems.length > 0) throw new InputError(problems);
  return {
    rows,
    reply: 'result',
    locate: (row, field) => {
      if (row === undefined) return '';
      return field === undefined ? `#row=${numbers[row]}` : `#cell=${numbers[row]},${positions[field as number]! + 1}`;
    },
  };
}

export function csvField(value: Label): string {
  const text = String(value);
  return typeof value === 'string' && (text === '' || /[",\r\n]/.test(text)) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line a row, without a header: a label, or a number for each class. */
export async function csvText(tensor: Tensor): Promise<string> {
  const values = scalars(tensor);
  const [rowCount = 0, width = 1] = tensor.shape;
  let text = '';
  const turn = new Turn();
  for (let row = 0; row < rowCount; row++) {
    const line = values.slice(row * width, (row + 1) * width);
    text += `${line.map(csvField).join(',')}\n`;
    if (turn.over) await turn.next();
  }
  return text;
}
