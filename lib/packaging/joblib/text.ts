/** The number and text forms of protocol 0, which writes everything as lines of ASCII. */

/** `nan`, `inf`, `-inf` and what Python's `repr` of a float gives; undefined for anything else. */
export function parseFloatText(text: string): number | undefined {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
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

/** Python's `raw-unicode-escape`: latin-1 with `\uXXXX` and `\UXXXXXXXX`. */
export function decodeRawUnicode(text: string): string {
  return text.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (match, short?: string, long?: string) => {
    const point = Number.parseInt(short ?? long ?? '', 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : match;
  });
}

const ESCAPES: Readonly<Record<string, string>> = {
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
};

/** A quoted Python string literal, as latin-1; undefined when it is not quoted. */
export function decodeLiteral(text: string): string | undefined {
  const quote = text[0];
  if (text.length < 2 || (quote !== "'" && quote !== '"') || text.at(-1) !== quote) return undefined;
  return text.slice(1, -1).replace(/\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|(.))/g, (match, hex, octal, single) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
    return ESCAPES[single as string] ?? match;
  });
}

/** A little-endian two's complement integer, as LONG1 and LONG4 hold it. */
export function decodeLong(bytes: Uint8Array): number | bigint {
  if (bytes.length === 0) return 0;
  let hexadecimal = '';
  for (let i = bytes.length - 1; i >= 0; i--) hexadecimal += bytes[i]!.toString(16).padStart(2, '0');
  const value = BigInt.asIntN(bytes.length * 8, BigInt(`0x${hexadecimal}`));
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
