/** The number and text forms of protocol 0, which writes everything as lines of ASCII. */

/** `nan`, `inf`, `-inf` and what Python's `repr` of a float gives; undefined for anything else. */
export function parseFloatText(text: string): number | undefined {
  if (/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (text === 'nan') return Number.NaN;
  if (text === 'inf') return Number.POSITIVE_INFINITY;
  return text === '-inf' ? Number.NEGATIVE_INFINITY : undefined;
}

/** A decimal integer, with or without Python 2's `L`; undefined for anything else. */
export function parseIntegerText(text: string): number | bigint | undefined {
  if (!/^[+-]?\d+L?$/.test(text)) return undefined;
  const digits = text.replace(/L$/, '').replace(/^\+/, '');
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

const code = (character: string) => character.charCodeAt(0);
const BACKSLASH = code('\\');

/**
 * The number that `count` hexadecimal digits are; -1 where there are others.
 *
 * Escapes are read in a loop and not by `String.replace`, to which ten million of them are gigabytes.
 */
function hexadecimal(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const unit = text.charCodeAt(i); // NaN behind the end
    const letter = unit | 32;
    if (unit >= 48 && unit <= 57) value = value * 16 + unit - 48;
    else if (letter >= 97 && letter <= 102) value = value * 16 + letter - 87;
    else return -1;
  }
  return value;
}

/** Python's `raw-unicode-escape`: latin-1 with `\uXXXX` and `\UXXXXXXXX`. */
export function decodeRawUnicode(text: string): string {
  if (!text.includes('\\')) return text;
  const units = Buffer.allocUnsafe(text.length * 2); // an escape is longer than what it stands for
  let length = 0;
  const put = (unit: number) => {
    length = units.writeUInt16LE(unit, length);
  };
  for (let at = 0; at < text.length; at++) {
    const letter = text.charCodeAt(at) === BACKSLASH ? text[at + 1] : undefined;
    const digits = letter === 'u' ? 4 : letter === 'U' ? 8 : 0;
    const point = digits > 0 ? hexadecimal(text, at + 2, digits) : -1;
    if (point < 0 || point > 0x10ffff) {
      put(text.charCodeAt(at));
      continue;
    }
    if (point > 0xffff) put(0xd7c0 + (point >> 10));
    put(point > 0xffff ? 0xdc00 + (point & 0x3ff) : point);
    at += digits + 1;
  }
  return units.toString('utf16le', 0, length);
}

const ESCAPES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    '\\': '\\',
    "'": "'",
    '"': '"',
    n: '\n',
    r: '\r',
    t: '\t',
    a: '\x07',
    b: '\b',
    f: '\f',
    v: '\v',
  }).map(([letter, character]) => [letter, code(character)]),
);

/** A quoted Python string literal, as latin-1; undefined when it is not quoted. */
export function decodeLiteral(text: string): string | undefined {
  const quote = text[0];
  if (text.length < 2 || (quote !== "'" && quote !== '"') || text.at(-1) !== quote) return undefined;
  const inner = text.slice(1, -1);
  if (!inner.includes('\\')) return inner;
  const bytes = Buffer.allocUnsafe(inner.length);
  let length = 0;
  for (let at = 0; at < inner.length; at++) {
    let byte = inner.charCodeAt(at);
    const letter = byte === BACKSLASH ? inner[at + 1] : undefined;
    if (letter !== undefined) {
      const hex = letter === 'x' ? hexadecimal(inner, at + 2, 2) : -1;
      const single = ESCAPES.get(letter);
      if (hex >= 0) {
        byte = hex;
        at += 3;
      } else if (letter >= '0' && letter <= '7') {
        const [octal] = /^[0-7]{1,3}/.exec(inner.slice(at + 1, at + 4)) as unknown as [string];
        byte = Number.parseInt(octal, 8) & 255;
        at += octal.length;
      } else if (single !== undefined) {
        byte = single;
        at += 1;
      }
    }
    bytes[length++] = byte;
  }
  return bytes.toString('latin1', 0, length);
}

/** A little-endian two's complement integer, as LONG1 and LONG4 hold it. */
export function decodeLong(bytes: Uint8Array): number | bigint {
  if (bytes.length === 0) return 0;
  const digits = Buffer.from(bytes).reverse().toString('hex');
  const value = BigInt.asIntN(bytes.length * 8, BigInt(`0x${digits}`));
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
