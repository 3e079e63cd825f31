/**
 * The usual body, rows of plain numbers, read straight into a tensor: `[[1, 2.5], ...]`, or the same under one key; or
 * numbers that are there already, as the bytes of a tensor.
 *
 * Nothing here judges a body. Whatever is not of that form to the letter, or has a number that needs care (an exponent, more
 * digits than a double holds), is left to JSON.parse and `encodeRows`, which say what is wrong with it, if anything is.
 */

import { FLOAT32_MAXIMUM } from '../../../lib/model/formats/float32';
import type { Signature } from '../../../lib/model/rows/signature';
import type { Tensor, Tensors } from '../../../lib/model/rows/tensor';
import { Turn } from './turns';

export interface PlainRows {
  /** The only key of the document, or undefined for rows without one. */
  readonly key?: string;
  readonly rows: number;
  readonly tensors: Tensors;
}

/** Bodies up to this size are read at once. */
const SMALL_BYTES = 65_536;

/** Numbers of small bodies that share one piece of memory; it is free again when all of them have been answered. */
const SLAB = 8192;

/** Bytes, or numbers, that are read between two glances at the clock. */
const PIECE = 16_384;

/** Powers of ten that a double holds exactly: dividing by one of them rounds once, as reading the decimal would. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const UNUSUAL = -1;

/** Characters of a key, and of white space, beyond which a body is unusual: no turn is long for them. */
const LONGEST = 1024;

/** Behind white space; within it, where that is unusually long. */
function afterSpace(body: Buffer, from: number): number {
  for (let at = from; ; at++) {
    const byte = body[at];
    if ((byte !== SPACE && byte !== NEWLINE && byte !== RETURN && byte !== TAB) || at - from > LONGEST) return at;
  }
}

/** Columns that are numbers without a condition but a magnitude, all in one input in their order. */
export class PlainRowReader {
  private readonly width: number;
  private readonly name: string;
  private readonly type: 'float64' | 'float32';
  /** Largest magnitude of each column; absent when every double is taken. */
  private readonly limits?: Float64Array;
  /**
   * Where the numbers of small bodies go, one body after the other: an array of its own costs more than reading the numbers
   * of a row, and rows that lie side by side are a batch already.
   */
  private slab = new Float64Array(SLAB);
  private used = 0;

  /** @returns undefined for a signature whose rows are not plain */
  static for(signature: Signature): PlainRowReader | undefined {
    const { columns, inputs } = signature;
    const [input] = inputs;
    const plain =
      inputs.length === 1 &&
      (input!.type === 'float64' || input!.type === 'float32') &&
      input!.columns.length === columns.length &&
      input!.columns.every((column, position) => column === position) &&
      columns.every(
        (column) =>
          column.type === input!.type &&
          !column.categories &&
          column.above === undefined &&
          column.except === undefined &&
          !column.unused,
      );
    return plain ? new PlainRowReader(signature) : undefined;
  }

  private constructor({ columns, inputs }: Signature) {
    this.width = columns.length;
    this.name = inputs[0]!.name;
    this.type = inputs[0]!.type as 'float64' | 'float32';
    const most = this.type === 'float32' ? FLOAT32_MAXIMUM : Number.MAX_VALUE;
    const limits = columns.map((column) => Math.min(column.maximum ?? most, most));
    if (limits.some((limit) => limit < Number.MAX_VALUE)) this.limits = Float64Array.from(limits);
  }

  /**
   * Read a body; a large one in turns of the event loop.
   *
   * @param most rows to read; more are left to whoever says that they are too many
   * @returns undefined for any other body
   */
  read(body: Buffer, most: number): PlainRows | undefined | Promise<PlainRows | undefined> {
    const begun = this.begin(body);
    if (begun === undefined) return undefined;
    if (body.length > SMALL_BYTES) return this.readInTurns(body, begun, most);
    // two bytes a number at the least: what is left of the slab is enough, or there is a new one
    if (this.slab.length - this.used < body.length / 2 + this.width) {
      this.slab = new Float64Array(Math.max(SLAB, body.length));
      this.used = 0;
    }
    const cursor = { at: begun.at, values: this.slab, start: this.used, count: this.used };
    if (this.rows(body, cursor, body.length) !== ENDED) return undefined;
    const plain = this.finish(body, cursor, begun.key, most);
    if (plain !== undefined) this.used = cursor.count;
    return plain;
  }

  /**
   * The model's own tensor, where the rows came as its numbers, one row after the other; checked in turns of the event loop.
   *
   * @returns undefined for other numbers than it takes, and for those that need care, as a missing value does
   */
  async tensorsOf(numbers: Float64Array | Float32Array): Promise<Tensors | undefined> {
    const { width, limits, type } = this;
    if (numbers instanceof Float64Array !== (type === 'float64')) return undefined;
    const turn = new Turn();
    for (let from = 0; from < numbers.length; ) {
      const to = Math.min(from + PIECE, numbers.length);
      for (; from < to; from++) {
        const limit = limits === undefined ? Number.MAX_VALUE : limits[from % width]!;
        if (!(Math.abs(numbers[from]!) <= limit)) return undefined; // not a number, neither
      }
      if (turn.over) await turn.next();
    }
    return { [this.name]: { type, shape: [numbers.length / width, width], data: numbers } as Tensor };
  }

  private async readInTurns(body: Buffer, begun: Beginning, most: number): Promise<PlainRows | undefined> {
    const cursor = { at: begun.at, values: new Float64Array(16_384), start: 0, count: 0 };
    const turn = new Turn();
    for (;;) {
      const ended = this.rows(body, cursor, cursor.at + PIECE);
      if (ended === ENDED) return this.finish(body, cursor, begun.key, most);
      if (ended === UNUSUAL || cursor.count > most * this.width) return undefined;
      if (turn.over) await turn.next();
    }
  }

  /** What comes before the first row. */
  private begin(body: Buffer): Beginning | undefined {
    let at = afterSpace(body, 0);
    let key: string | undefined;
    if (body[at] === OPEN_OBJECT) {
      at = afterSpace(body, at + 1);
      if (body[at] !== QUOTE) return undefined;
      const start = ++at;
      const end = start + LONGEST;
      while (body[at]! >= SPACE && body[at]! < 0x80 && body[at] !== QUOTE && body[at] !== BACKSLASH && at < end) at++;
      if (body[at] !== QUOTE) return undefined;
      key = body.toString('latin1', start, at);
      at = afterSpace(body, at + 1);
      if (body[at] !== COLON) return undefined;
      at = afterSpace(body, at + 1);
    }
    if (body[at] !== OPEN_ARRAY) return undefined;
    return { ...(key !== undefined && { key }), at: at + 1 };
  }

  /** What comes after the last row, and the rows as a tensor. */
  private finish(body: Buffer, cursor: Cursor, key: string | undefined, most: number): PlainRows | undefined {
    let at = afterSpace(body, cursor.at);
    if (key !== undefined) {
      if (body[at] !== CLOSE_OBJECT) return undefined;
      at = afterSpace(body, at + 1);
    }
    const rows = (cursor.count - cursor.start) / this.width;
    if (at !== body.length || rows > most) return undefined;
    const { type } = this;
    const numbers = cursor.values.subarray(cursor.start, cursor.count);
    const data = type === 'float64' ? numbers : new Float32Array(numbers);
    const tensor = { type, shape: [rows, this.width], data } as Tensor;
    return { ...(key !== undefined && { key }), rows, tensors: { [this.name]: tensor } };
  }

  /**
   * Reads rows, from the bracket of one, until `until` is passed.
   *
   * @returns ENDED after the bracket that closes the rows, MORE before the bracket of a row, UNUSUAL
   */
  private rows(body: Buffer, cursor: Cursor, until: number): typeof ENDED | typeof MORE | typeof UNUSUAL {
    const { width, limits } = this;
    let { values, count } = cursor;
    let at = cursor.at;
    for (;;) {
      if (body[at] !== OPEN_ARRAY) {
        at = afterSpace(body, at);
        if (body[at] !== OPEN_ARRAY) return UNUSUAL;
      }
      if (count + width > values.length) {
        const larger = new Float64Array(2 * (count + width));
        larger.set(values);
        values = larger;
        cursor.values = larger;
      }
      at++;
      for (let column = 0; column < width; column++) {
        let byte = body[at]!;
        if (byte <= SPACE) {
          at = afterSpace(body, at);
          byte = body[at]!;
        }
        const negative = byte === MINUS;
        if (negative) byte = body[++at]!;
        let digit = byte - ZERO;
        if (!(digit >= 0 && digit <= 9)) return UNUSUAL;
        let mantissa = digit;
        digit = (byte = body[++at]!) - ZERO;
        if (mantissa === 0 && digit >= 0 && digit <= 9) return UNUSUAL; // 01
        // what has more digits than a double is unusual in any case
        while (digit >= 0 && digit <= 9 && mantissa <= Number.MAX_SAFE_INTEGER) {
          mantissa = mantissa * 10 + digit;
          digit = (byte = body[++at]!) - ZERO;
        }
        if (byte === POINT) {
          const point = at;
          const most = point + POWERS.length;
          digit = (byte = body[++at]!) - ZERO;
          while (digit >= 0 && digit <= 9 && at < most) {
            mantissa = mantissa * 10 + digit;
            digit = (byte = body[++at]!) - ZERO;
          }
          const decimals = at - point - 1;
          if (decimals === 0 || decimals >= POWERS.length || mantissa > Number.MAX_SAFE_INTEGER) return UNUSUAL;
          mantissa /= POWERS[decimals]!;
        } else if (mantissa > Number.MAX_SAFE_INTEGER) return UNUSUAL;
        if (limits !== undefined && mantissa > limits[column]!) return UNUSUAL;
        values[count++] = negative ? -mantissa : mantissa;
        if (byte <= SPACE) {
          at = afterSpace(body, at);
          byte = body[at]!;
        }
        if (byte !== (column === width - 1 ? CLOSE_ARRAY : COMMA)) return UNUSUAL; // an exponent, text, too few, too many
        at++;
      }
      if (body[at] !== COMMA) {
        at = afterSpace(body, at);
        if (body[at] === CLOSE_ARRAY) {
          cursor.at = at + 1;
          cursor.count = count;
          return ENDED;
        }
        if (body[at] !== COMMA) return UNUSUAL;
      }
      at++;
      if (at > until) {
        cursor.at = at;
        cursor.count = count;
        return MORE;
      }
    }
  }
}

const ENDED = 1;
const MORE = 0;

interface Beginning {
  readonly key?: string;
  /** Where the first row begins. */
  readonly at: number;
}

interface Cursor {
  at: number;
  values: Float64Array;
  /** Where the numbers of this body begin in `values`. */
  readonly start: number;
  /** Where they end. */
  count: number;
}
