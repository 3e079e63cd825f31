/**
 * JSON.parse for bodies that would hold up the process: the same value, parsed in pieces, with turns of the event loop
 * between them.
 *
 * One pass over the bytes finds where containers begin and end and where their elements are parted. Elements that come
 * to the size of a piece are parsed together, so JSON.parse still judges every byte but brackets and commas.
 */

import { type Bounds, TooMuchError, textTooLong } from './bounds';
import { Turn } from './turns';

/** Bytes that are parsed at once: a fraction of a millisecond. */
const PIECE_BYTES = 32_768;

/** Bytes that are looked at between two glances at the clock. */
const SCAN_BYTES = 16_384;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const marked = (...bytes: number[]) => Uint8Array.from({ length: 256 }, (_, byte) => Number(bytes.includes(byte)));

const STRUCTURAL = marked(QUOTE, COMMA, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT);
const IN_TEXT = marked(QUOTE, BACKSLASH);

/** Where the first byte is that a table marks, or `until`. */
function next(table: Uint8Array, bytes: Buffer, from: number, until: number): number {
  let at = from;
  while (at < until && table[bytes[at]!] === 0) at++;
  return at;
}

/** An array or object that has begun and not ended. */
interface Container {
  readonly isArray: boolean;
  readonly openedAt: number;
  /** Where the bytes begin that have not been parsed. */
  pending: number;
  /** Where the current element begins. */
  element: number;
  /** Commas that it has. */
  commas: number;
  /** Whether the current element is a container that has ended and is in `value`, so that nothing may follow it. */
  complete: boolean;
  /** What has been parsed of it, once a piece has been. */
  value?: unknown[] | Record<string, unknown>;
  /** Its name in the object it is in. */
  key: string;
}

/**
 * Parse.
 *
 * @param bytes valid UTF-8
 * @returns what JSON.parse would return
 * @throws SyntaxError where JSON.parse would throw one; TooMuchError beyond a bound
 */
export async function parseInPieces(
  bytes: Buffer,
  bounds: Bounds,
  pieceBytes = PIECE_BYTES,
  scanBytes = SCAN_BYTES,
): Promise<unknown> {
  const parser = new PieceParser(bytes, bounds, pieceBytes, scanBytes);
  const turn = new Turn();
  while (!parser.scan()) if (turn.over) await turn.next();
  return parser.end();
}

class PieceParser {
  private readonly open: Container[] = [];
  private position = 0;
  private seen = 0;
  /** Where the text begins that `position` is in. Never deleted: each access to an object that lost a field is slow. */
  private text: number | undefined = undefined;
  /** Behind the last bracket, comma or text. */
  private gap = 0;
  /** Everything before has been parsed. */
  private parsed = 0;
  /** The outermost container, when it has ended and was parsed in pieces. */
  private root?: { readonly value: unknown; readonly end: number };

  constructor(
    private readonly bytes: Buffer,
    private readonly bounds: Bounds,
    private readonly pieceBytes: number,
    private readonly scanBytes: number,
  ) {}

  /** Look at some more bytes. @returns whether these were the last */
  scan(): boolean {
    const { bytes, bounds } = this;
    const until = Math.min(this.position + this.scanBytes, bytes.length);
    while (this.position < until) {
      if (this.text !== undefined) {
        this.passText(this.text, until);
        continue;
      }
      const at = next(STRUCTURAL, bytes, this.position, until);
      this.position = at;
      if (at === until) break;
      this.position++;
      if (at - this.gap > bounds.token) throw textTooLong();
      this.gap = at + 1;
      const byte = bytes[at]!;
      if (byte === QUOTE) this.text = at;
      else if (byte === COMMA) {
        if (this.comma(at)) break; // a piece was parsed
      } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
        if (this.begin(byte === OPEN_ARRAY, at)) break;
      } else this.finish(byte === CLOSE_ARRAY, at);
    }
    if (this.position - (this.text ?? this.gap) > bounds.token) throw textTooLong();
    return this.position >= bytes.length;
  }

  end(): unknown {
    const { bytes, root } = this;
    if (this.text !== undefined) throw new SyntaxError('Unterminated string in JSON');
    if (this.open.length > 0) throw new SyntaxError('Unexpected end of JSON input');
    if (root === undefined) return this.parse('', 0, bytes.length, '');
    if (!this.isBlank(root.end, bytes.length)) throw this.unexpected(root.end);
    return root.value;
  }

  /** @returns whether a piece was parsed */
  private begin(isArray: boolean, openedAt: number): boolean {
    const { containers, depth } = this.bounds;
    if (++this.seen > containers) {
      const most = `at most ${containers} are read: send fewer rows in a request`;
      throw new TooMuchError(`the body has too many arrays and objects; ${most}`);
    }
    const start = openedAt + 1;
    this.open.push({ isArray, openedAt, pending: start, element: start, commas: 0, complete: false, key: '' });
    if (this.open.length > depth) {
      throw new TooMuchError(
        `the arrays and objects of the body are nested too deeply; ${depth} in one another are read`,
      );
    }
    if (start - this.parsed < this.pieceBytes) return false;
    this.makeAll();
    this.parsed = start;
    return true;
  }

  /** @returns whether a piece was parsed */
  private comma(at: number): boolean {
    const container = this.open.at(-1);
    if (container === undefined) throw this.unexpected(at);
    if (container.complete) {
      this.expectNothing(container, at);
      container.complete = false;
      container.pending = at + 1;
    }
    container.element = at + 1;
    container.commas++;
    const { members, elements } = this.bounds;
    if (container.commas >= (container.isArray ? elements : members)) {
      throw new TooMuchError(
        container.isArray
          ? `an array of the body has too many elements; at most ${elements} are read: send fewer rows in a request`
          : `an object of the body has too many members; at most ${members} are read`,
      );
    }
    if (at < container.pending || at - this.parsed < this.pieceBytes) return false;
    this.makeAll();
    this.flush(container, at);
    container.pending = at + 1;
    this.parsed = at + 1;
    return true;
  }

  private finish(isArray: boolean, at: number): void {
    const container = this.open.pop();
    if (container?.isArray !== isArray) throw this.unexpected(at);
    if (container.value === undefined) return; // it is parsed with what is around it
    if (container.complete) this.expectNothing(container, at);
    else if (container.commas > 0 || !this.isBlank(container.pending, at)) this.flush(container, at);
    this.parsed = at + 1;
    const parent = this.open.at(-1);
    if (parent === undefined) {
      this.root = { value: container.value, end: at + 1 };
      return;
    }
    put(parent, container.key, container.value);
    parent.complete = true;
    parent.pending = at + 1;
  }

  /** Begins the values of all open containers, since one of them is to hold a part of its elements. */
  private makeAll(): void {
    const { open } = this;
    let first = open.length;
    while (first > 0 && open[first - 1]!.value === undefined) first--;
    for (let depth = first; depth < open.length; depth++) {
      const container = open[depth]!;
      const parent = open[depth - 1];
      container.value = container.isArray ? [] : {};
      if (parent === undefined) {
        if (this.root !== undefined || !this.isBlank(0, container.openedAt)) throw this.unexpected(container.openedAt);
        continue;
      }
      if (parent.complete) throw this.unexpected(container.openedAt);
      if (parent.element > parent.pending) this.flush(parent, parent.element - 1);
      parent.pending = parent.element;
      container.key = this.keyOf(parent, container.openedAt);
    }
  }

  /** The name of the container that opens at `openedAt`; within an array there may be none. */
  private keyOf(parent: Container, openedAt: number): string {
    if (parent.isArray) {
      if (!this.isBlank(parent.element, openedAt)) throw this.unexpected(parent.element);
      return '';
    }
    const [key] = Object.keys(this.parse('{', parent.element, openedAt, '[]}') as object);
    return key!;
  }

  /** Parses the elements that are pending up to `end`; there is at least one. */
  private flush(container: Container, end: number): void {
    const { pending, isArray } = container;
    if (this.isBlank(pending, end)) throw this.unexpected(end);
    const piece = isArray ? this.parse('[', pending, end, ']') : this.parse('{', pending, end, '}');
    if (isArray) for (const element of piece as unknown[]) (container.value as unknown[]).push(element);
    else for (const key of Object.keys(piece as object)) put(container, key, (piece as Record<string, unknown>)[key]);
  }

  private parse(before: string, from: number, to: number, after: string): unknown {
    try {
      return JSON.parse(`${before}${this.bytes.toString('utf8', from, to)}${after}`);
    } catch (error) {
      const position = / in JSON at position (\d+).*/s;
      const told = (error as Error).message.replace(
        position,
        (_, within: string) => ` at position ${Math.max(0, from + Number(within) - before.length)}`,
      );
      throw new SyntaxError(told);
    }
  }

  /** Goes on within the text that begins at `start`, behind its end at the most. */
  private passText(start: number, until: number): void {
    const { bytes } = this;
    const at = next(IN_TEXT, bytes, Math.max(start + 1, this.position), until);
    if (bytes[at] === BACKSLASH && at < until) {
      this.position = at + 2; // whatever it is that it escapes
      return;
    }
    this.position = at;
    if (at === until) return;
    if (at - start > this.bounds.token) throw textTooLong();
    this.text = undefined;
    this.position = at + 1;
    this.gap = at + 1;
  }

  private expectNothing(container: Container, at: number): void {
    if (!this.isBlank(container.pending, at)) throw this.unexpected(container.pending);
  }

  private isBlank(from: number, to: number): boolean {
    for (let i = from; i < to; i++) {
      const byte = this.bytes[i];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return false;
    }
    return true;
  }

  private unexpected(at: number): SyntaxError {
    return new SyntaxError(`Unexpected token at position ${at}`);
  }
}

/** Gives a container an element as JSON.parse does: the last of a name counts, and `__proto__` is a name as any other. */
function put(container: Container, key: string, value: unknown): void {
  const { isArray } = container;
  if (isArray) (container.value as unknown[]).push(value);
  else if (key !== '__proto__') (container.value as Record<string, unknown>)[key] = value;
  else Object.defineProperty(container.value, key, { value, writable: true, enumerable: true, configurable: true });
}
