/**
 * Picks values out of a JSON document that is too large to be held: the price list of EC2 in one region is hundreds of
 * megabytes. The document is read once, in pieces of any length; only values that are asked for are ever kept. stream-json
 * (3.8.0) makes a token of all the others too, and takes five times the CPU.
 */

/** Keys from the root; `*` stands for every key of an object. */
export type JsonPath = readonly string[];

type State = 'value' | 'first key' | 'key' | 'in key' | 'colon' | 'in value' | 'after value' | 'done';

const [QUOTE, BACKSLASH, OPEN, CLOSE, LIST, LIST_END, COMMA, COLON] = [34, 92, 123, 125, 91, 93, 44, 58];
const isBlank = (code: number) => code === 32 || code === 10 || code === 13 || code === 9;

export class JsonEntries {
  private state: State = 'value';
  /** Keys of the objects that are open around the place that is read. */
  private readonly path: string[] = [];
  /** Text of the key or of the wanted value so far. */
  private text = '';
  private wanted = false;
  /** Inside a value: open objects and lists, whether inside a string, and whether the next character is escaped. */
  private depth = 0;
  private inString = false;
  private escaped = false;
  private primitive = false;

  /**
   * @param wants paths of the values to give, of objects on the way to them, never inside of lists
   * @param until path of an object after whose end the rest of the document does not matter
   */
  constructor(
    private readonly wants: readonly JsonPath[],
    private readonly until: JsonPath,
    private readonly onEntry: (path: JsonPath, value: unknown) => void,
  ) {}

  /** Whether everything that is wanted has been seen. */
  get finished(): boolean {
    return this.state === 'done';
  }

  /** Read the next piece. @throws SyntaxError when the document is not JSON */
  write(piece: string): void {
    for (let at = 0; at < piece.length && this.state !== 'done'; ) at = this.step(piece, at);
  }

  /** Reads on from `at`; gives the place to go on from. */
  private step(piece: string, at: number): number {
    if (this.state === 'in value') return this.throughValue(piece, at);
    if (this.state === 'in key') return this.throughKey(piece, at);
    const code = piece.charCodeAt(at);
    if (isBlank(code)) return at + 1;
    switch (this.state) {
      case 'value':
        return this.beginValue(code, at);
      case 'first key':
      case 'key':
        if (code === CLOSE && this.state === 'first key') this.leave();
        else if (code === QUOTE) this.state = 'in key';
        else throw this.unexpected(piece, at);
        return at + 1;
      case 'colon':
        if (code !== COLON) throw this.unexpected(piece, at);
        this.state = 'value';
        return at + 1;
      default:
        this.path.pop();
        if (code === CLOSE) this.leave();
        else if (code === COMMA) this.state = 'key';
        else throw this.unexpected(piece, at);
        return at + 1;
    }
  }

  private unexpected(piece: string, at: number): SyntaxError {
    return new SyntaxError(`unexpected "${piece[at]}" at /${this.path.join('/')}`);
  }

  private leadsTo(pattern: JsonPath): boolean {
    return pattern.length >= this.path.length && this.path.every((key, i) => pattern[i] === '*' || pattern[i] === key);
  }

  private beginValue(code: number, at: number): number {
    const ways = this.wants.filter((pattern) => this.leadsTo(pattern));
    this.wanted = ways.some((pattern) => pattern.length === this.path.length);
    if (code === OPEN && !this.wanted && (ways.length > 0 || this.path.length === 0)) {
      this.state = 'first key';
      return at + 1;
    }
    this.state = 'in value';
    this.text = '';
    this.depth = 0;
    this.inString = false;
    this.primitive = code !== OPEN && code !== LIST && code !== QUOTE;
    return at;
  }

  private throughKey(piece: string, from: number): number {
    for (let at = from; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      if (this.escaped) this.escaped = false;
      else if (code === BACKSLASH) this.escaped = true;
      else if (code === QUOTE) {
        this.path.push(JSON.parse(`"${this.text}${piece.slice(from, at)}"`) as string);
        this.text = '';
        this.state = 'colon';
        return at + 1;
      }
    }
    this.text += piece.slice(from);
    return piece.length;
  }

  private throughValue(piece: string, from: number): number {
    for (let at = from; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      if (this.primitive) {
        if (code === COMMA || code === CLOSE || code === LIST_END || isBlank(code))
          return this.endValue(piece, from, at);
      } else if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (code === BACKSLASH) this.escaped = true;
        else if (code === QUOTE) {
          this.inString = false;
          if (this.depth === 0) return this.endValue(piece, from, at + 1);
        }
      } else if (code === QUOTE) this.inString = true;
      else if (code === OPEN || code === LIST) this.depth++;
      else if ((code === CLOSE || code === LIST_END) && --this.depth === 0) return this.endValue(piece, from, at + 1);
    }
    if (this.wanted) this.text += piece.slice(from);
    return piece.length;
  }

  private endValue(piece: string, from: number, to: number): number {
    if (this.wanted) this.onEntry([...this.path], JSON.parse(this.text + piece.slice(from, to)));
    this.text = '';
    this.state = this.path.length === 0 ? 'done' : 'after value';
    return to;
  }

  /** The end of an object that was gone into. */
  private leave(): void {
    const reached = this.path.length === this.until.length && this.until.every((key, i) => key === this.path[i]);
    this.state = reached || this.path.length === 0 ? 'done' : 'after value';
  }
}
