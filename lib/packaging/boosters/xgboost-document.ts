/** A model document of XGBoost, JSON or UBJSON, as data; and how its fields are read without trusting them. */
import { SlipwayError } from '../../model/error';
import { parsePythonJson } from '../../model/formats/python-json';
import { MIB } from '../../model/units';
import { limitError } from '../joblib';

export type DocumentValue = null | boolean | number | string | Float64Array | readonly DocumentValue[] | DocumentObject;

export interface DocumentObject {
  readonly [name: string]: DocumentValue;
}

/** Bytes of a JSON document: a string of Node.js has at most 2^29 - 24 characters. */
const MAXIMUM_TEXT_BYTES = 512 * MIB - 24;

/** Lists and objects of a JSON document, brackets in strings counted in: 100,000 trees have 1.5 million. */
const MAXIMUM_CONTAINERS = 2_500_000;

const [OPENING_BRACKET, OPENING_BRACE] = [0x5b, 0x7b];

/**
 * Parse JSON as XGBoost and LightGBM write it: NaN and Infinity become null. XGBoost writes NaN
 * as the threshold of a split on categories, which has none.
 *
 * @returns undefined when the text is not JSON
 * @throws SlipwayError E_LIMIT when it is too long, or has too many lists and objects
 */
export function parseJson(file: string, bytes: Uint8Array): DocumentValue | undefined {
  if (bytes.length > MAXIMUM_TEXT_BYTES) {
    throw limitError(file, `has ${bytes.length} bytes of JSON`, `${MAXIMUM_TEXT_BYTES}; save it as .ubj`);
  }
  let containers = 0;
  for (const byte of bytes) if (byte === OPENING_BRACKET || byte === OPENING_BRACE) containers++;
  if (containers > MAXIMUM_CONTAINERS) {
    throw limitError(file, `has ${containers} lists and objects of JSON`, `${MAXIMUM_CONTAINERS}; save it as .ubj`);
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    return parsePythonJson(text, 'null') as DocumentValue;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function isObject(value: DocumentValue | undefined): value is DocumentObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Float64Array);
}

/** An object in the document, and the way to it. */
export class Section {
  /** @param path names that lead here, e.g. `learner.objective` */
  constructor(
    readonly file: string,
    readonly path: string,
    private readonly fields: DocumentObject,
  ) {}

  /** The whole document; undefined when it is no object. */
  static of(file: string, value: DocumentValue): Section | undefined {
    return isObject(value) ? new Section(file, '', value) : undefined;
  }

  damaged(what: string): SlipwayError {
    return new SlipwayError('E_FORMAT', `${this.file}: is damaged: ${this.path || 'the document'} ${what}`);
  }

  unsupported(what: string): SlipwayError {
    return new SlipwayError('E_UNSUPPORTED', `${this.file}: ${this.path || 'the document'} ${what}`);
  }

  /**
   * Refuses a section with other members than these, each of which is read, or known not to matter to an answer:
   * what else a file says may. XGBoost 3.4 writes the weights of DART's trees into a new member of a section.
   *
   * @throws SlipwayError E_UNSUPPORTED
   */
  only(...known: readonly string[]): this {
    const unknown = Object.keys(this.fields).find((name) => !known.includes(name));
    if (unknown === undefined) return this;
    throw this.unsupported(
      `has "${unknown.slice(0, 60)}", which this version of Slipway does not know, and which may change the answers; use a newer Slipway, or save the model with an older release of its library`,
    );
  }

  get(name: string): DocumentValue | undefined {
    return Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  section(name: string): Section {
    const value = this.get(name);
    if (!isObject(value)) throw this.damaged(`has no object "${name}"`);
    return new Section(this.file, this.path === '' ? name : `${this.path}.${name}`, value);
  }

  /** The section, or an empty one. */
  optional(name: string): Section {
    return this.has(name) ? this.section(name) : new Section(this.file, `${this.path}.${name}`, {});
  }

  sections(name: string): Section[] {
    const value = this.get(name);
    if (!Array.isArray(value)) throw this.damaged(`has no list "${name}"`);
    return value.map((item, i) => {
      if (!isObject(item)) throw this.damaged(`has an entry in "${name}" that is no object`);
      return new Section(this.file, `${this.path}.${name}[${i}]`, item);
    });
  }

  text(name: string): string {
    const value = this.get(name);
    if (typeof value !== 'string') throw this.damaged(`has no text "${name}"`);
    return value;
  }

  /** XGBoost writes its parameters as text. @param otherwise when there is none */
  integer(name: string, otherwise?: number): number {
    const value = this.get(name) ?? otherwise;
    const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw this.damaged(`has no integer "${name}"`);
    return number;
  }

  /** A list of numbers; booleans count as 0 and 1, and null as the NaN that it was (see `parseJson`). */
  numbers(name: string): Float64Array {
    const value = this.get(name);
    if (value instanceof Float64Array) return value;
    if (!Array.isArray(value)) throw this.damaged(`has no list "${name}"`);
    const numbers = new Float64Array(value.length);
    for (let i = 0; i < numbers.length; i++) {
      const item: unknown = value[i];
      if (typeof item !== 'number' && typeof item !== 'boolean' && item !== null) {
        throw this.damaged(`has "${name}" with more than numbers`);
      }
      numbers[i] = item === null ? Number.NaN : Number(item);
    }
    return numbers;
  }

  /** A list of texts. */
  texts(name: string): readonly string[] {
    const value = this.get(name);
    if (value instanceof Float64Array && value.length === 0) return [];
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
      throw this.damaged(`has no list of texts "${name}"`);
    }
    return value as readonly string[];
  }
}
