/** Tar archives: POSIX.1-2001 (pax) and GNU, as Python's tarfile and the tars of systems write them. */
import { SlipwayError } from '../../model/error';
import { MIB } from '../../model/units';
import { limitError } from '../joblib';
import type { Member } from './archive';

const BLOCK = 512;

/** Of a header that holds a long name; a longer one is made to harm. */
const MOST_HEADER_BYTES = MIB;

/** What stands in a header as one letter. */
const FILES = new Set(['\0', '0', '7']);
const FOLDER = '5';
const PAX = 'x';
const PAX_FOR_ALL = 'g';
const GNU_LONG_NAME = 'L';

const REFUSED: Readonly<Record<string, string>> = {
  '1': 'a link',
  '2': 'a link',
  '3': 'a device',
  '4': 'a device',
  '6': 'a pipe',
  K: 'a link',
};

/** By the sum that stands in the first header. */
export function isTar(bytes: Buffer): boolean {
  return bytes.length >= BLOCK && bytes[0] !== 0 && sumOf(bytes.subarray(0, BLOCK)) === octal(bytes, 148, 8);
}

function sumOf(header: Buffer): number {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : header[i]!;
  return sum;
}

/** @throws SlipwayError E_UNSAFE for links and devices; E_FORMAT when it is damaged; E_LIMIT */
export function* readTar(file: string, bytes: Buffer): Generator<Member> {
  const damaged = (what: string) => new SlipwayError('E_FORMAT', `${file}: is damaged: ${what}`);
  let next: { path?: string; size?: number } = {};
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header[0] === 0 && header.every((byte) => byte === 0)) return; // the end
    if (sumOf(header) !== octal(header, 148, 8)) throw damaged('a header of the tar has another sum than it says');
    const type = String.fromCharCode(header[156]!);
    const size = next.size ?? sizeOf(header);
    if (size === undefined || !Number.isSafeInteger(size)) throw damaged('a file in the tar has no length');
    const start = at + BLOCK;
    if (size > bytes.length - start) throw damaged('the tar ends within a file');
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    const content = bytes.subarray(start, start + size);
    const isHeader = type === PAX || type === PAX_FOR_ALL || type === GNU_LONG_NAME;
    if (isHeader && size > MOST_HEADER_BYTES) {
      throw limitError(file, `has a header of ${size} bytes in it`, `${MOST_HEADER_BYTES} bytes`);
    }
    if (type === PAX_FOR_ALL) continue;
    if (type === PAX) next = { ...next, ...paxOf(content, damaged) };
    else if (type === GNU_LONG_NAME) next = { ...next, path: text(content, 0, size) };
    else {
      const name = next.path ?? nameOf(header);
      next = {};
      if (type === FOLDER) continue;
      if (REFUSED[type]) {
        throw new SlipwayError(
          'E_UNSAFE',
          `${file}: has ${REFUSED[type]} in it, ${JSON.stringify(name.slice(0, 200))}, which a model does not need; pack the files themselves`,
        );
      }
      if (!FILES.has(type)) throw damaged(`${JSON.stringify(name.slice(0, 200))} is of a kind that is not known`);
      yield { name, bytes: size, read: () => content };
    }
  }
}

/** Records of `length key=value\n`; the length is of all of it. */
function paxOf(content: Buffer, damaged: (what: string) => SlipwayError): { path?: string; size?: number } {
  const found: { path?: string; size?: number } = {};
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const length = Number(content.toString('latin1', at, space));
    if (space < 0 || !Number.isInteger(length) || length <= space - at + 1 || at + length > content.length) {
      throw damaged('a header of the tar is not made of records');
    }
    const [, key, value] = /^([^=]*)=(.*)\n$/s.exec(content.toString('utf8', space + 1, at + length)) ?? [];
    if (key === 'path') found.path = value!;
    if (key === 'size') found.size = Number(value);
    if (key?.startsWith('GNU.sparse')) throw damaged('it has a file with holes, which is not read');
    at += length;
  }
  return found;
}

function nameOf(header: Buffer): string {
  const name = text(header, 0, 100);
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? text(header, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Octal digits, or since GNU's tar a number of 95 bits after a byte of 0x80. */
function sizeOf(header: Buffer): number | undefined {
  if (header[124] !== 0x80) return octal(header, 124, 12);
  return Number(header.readBigUInt64BE(128));
}

function octal(header: Buffer, at: number, length: number): number | undefined {
  const digits = text(header, at, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

function text(bytes: Buffer, at: number, length: number): string {
  const end = bytes.indexOf(0, at);
  return bytes.toString('utf8', at, end < 0 || end > at + length ? at + length : end);
}
