/** LightGBM's text model as sections of `key=value` lines. */
import { SlipwayError } from '../../model/error';
import { MIB } from '../../model/units';
import { limitError } from '../joblib';
import { parseFloatText } from '../joblib/text';
import { checkTreeCount } from './booster-model';

/** Bytes of the text: a string of Node.js has at most 2^29 - 24 characters. */
const MAXIMUM_BYTES = 512 * MIB - 24;

/** Lines in front of the first tree: a dozen and some to spare. */
const MAXIMUM_HEADER_LINES = 1000;

/** One run of lines: the header, or a tree. */
export class TextSection {
  private readonly values = new Map<string, string>();

  /** @param name for messages, e.g. `tree 3` */
  constructor(
    readonly file: string,
    readonly name: string,
  ) {}

  damaged(what: string): SlipwayError {
    return new SlipwayError('E_FORMAT', `${this.file}: is damaged: ${this.name} ${what}`);
  }

  add(line: string): void {
    const equals = line.indexOf('=');
    const [key, value] = equals < 0 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)];
    if (this.values.has(key)) throw this.damaged(`has two lines "${key.slice(0, 40)}"`);
    this.values.set(key, value);
  }

  /**
   * Refuses a section with other lines than these, each of which is read, or known not to matter to an answer.
   *
   * @throws SlipwayError E_UNSUPPORTED
   */
  only(...known: readonly string[]): this {
    const unknown = [...this.values.keys()].find((key) => !known.includes(key));
    if (unknown === undefined) return this;
    throw new SlipwayError(
      'E_UNSUPPORTED',
      `${this.file}: ${this.name} has a line "${unknown.slice(0, 60)}", which this version of Slipway does not know, and which may change the answers; use a newer Slipway, or save the model with an older release of LightGBM`,
    );
  }

  get(key: string): string | undefined {
    return this.values.get(key);
  }

  text(key: string): string {
    const value = this.values.get(key);
    if (value === undefined) throw this.damaged(`has no line "${key}"`);
    return value;
  }

  integer(key: string): number {
    const value = this.text(key).trim();
    if (!/^-?\d{1,15}$/.test(value)) throw this.damaged(`has no integer "${key}"`);
    return Number(value);
  }

  /** Numbers between spaces. @param count how many there must be */
  numbers(key: string, count: number): Float64Array {
    const words = this.text(key).split(' ').filter(Boolean);
    if (words.length !== count) throw this.damaged(`has ${words.length} numbers in "${key}", not ${count}`);
    return Float64Array.from(words, (word) => {
      const number = parseFloatText(word);
      if (number === undefined) throw this.damaged(`has "${word.slice(0, 40)}" in "${key}"`);
      return number;
    });
  }
}

interface LightgbmText {
  readonly header: TextSection;
  readonly trees: readonly TextSection[];
  /** Values of the `parameters` lines that were asked for, by name. */
  readonly parameters: ReadonlyMap<string, string>;
  /** JSON of the categories of the training frame; undefined when there is no such line. */
  readonly pandasCategorical: string | undefined;
}

const PARAMETERS = ['categorical_feature'];

/** Whether a file begins as LightGBM's text models do. */
export function isLightgbmText(bytes: Uint8Array): boolean {
  return /^tree\r?\nversion=v/.test(
    Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64)).toString('latin1'),
  );
}

/** @throws SlipwayError E_FORMAT or E_LIMIT */
export function parseLightgbmText(file: string, bytes: Uint8Array): LightgbmText {
  if (bytes.length > MAXIMUM_BYTES)
    throw limitError(file, `has ${bytes.length} bytes of text`, `${MAXIMUM_BYTES} bytes`);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const header = new TextSection(file, 'the header');
  const trees: TextSection[] = [];
  const lines = new Lines(text);
  let current = header;
  let count = 0;
  for (let line = lines.next(); line !== 'end of trees'; line = lines.next()) {
    if (line === undefined) throw header.damaged('is not followed by "end of trees"; the file is cut off');
    if (line === '') continue;
    if (line.startsWith('Tree=')) {
      checkTreeCount(file, trees.length + 1);
      current = new TextSection(file, `tree ${trees.length}`);
      if (line !== `Tree=${trees.length}`) throw current.damaged(`begins with "${line.slice(0, 40)}"`);
      trees.push(current);
      count = 0;
    } else {
      if (++count > MAXIMUM_HEADER_LINES)
        throw limitError(file, 'has too many lines in a section', `${MAXIMUM_HEADER_LINES} lines`);
      current.add(line);
    }
  }
  const parameters = new Map<string, string>();
  let pandasCategorical: string | undefined;
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const [, key = '', value = ''] = /^\[([a-z_]{1,60}): (.*)\]$/.exec(line) ?? [];
    if (PARAMETERS.includes(key)) parameters.set(key, value);
    if (line.startsWith('pandas_categorical:')) pandasCategorical = line.slice('pandas_categorical:'.length);
  }
  return { header, trees, parameters, pandasCategorical };
}

/** Lines one after the other, without an array of all of them. */
class Lines {
  private at = 0;

  constructor(private readonly text: string) {}

  next(): string | undefined {
    if (this.at >= this.text.length) return undefined;
    const found = this.text.indexOf('\n', this.at);
    const end = found < 0 ? this.text.length : found;
    const line = this.text.slice(this.at, this.text[end - 1] === '\r' ? end - 1 : end);
    this.at = end + 1;
    return line;
  }
}
