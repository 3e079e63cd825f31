/** Zip archives, by the list of files at their end (APPNOTE.TXT 6.3.10). Nothing is trusted that this list does not say. */
import { crc32, inflateRawSync } from 'node:zlib';
import { SlipwayError } from '../../model/error';
import { limitError, type ReaderLimits } from '../joblib';
import type { Member } from './archive';

const LOCAL = 0x04034b50;
const ENTRY = 0x02014b50;
const END = 0x06054b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const MOST_COMMENT = 0xffff;

const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;
/** What a system of Unix says of a link: the kind of a file in the upper bits of its mode. */
const KIND = 0xf000;
const LINK = 0xa000;
const UNIX = 3;

/** By its beginning, and the list of files at its end. */
export function isZip(bytes: Buffer): boolean {
  return bytes.length >= END_BYTES && [LOCAL, END].includes(bytes.readUInt32LE(0)) && endOf(bytes) !== undefined;
}

/** @throws SlipwayError E_UNSAFE for links; E_LIMIT for a bomb; E_FORMAT when it is damaged, encrypted or too large */
export function* readZip(file: string, bytes: Buffer, limits: ReaderLimits): Generator<Member> {
  const damaged = (what: string) => new SlipwayError('E_FORMAT', `${file}: is damaged or not a zip: ${what}`);
  const end = endOf(bytes);
  if (end === undefined) throw damaged('it has no list of its files');
  const count = bytes.readUInt16LE(end + 10);
  const size = bytes.readUInt32LE(end + 12);
  const start = bytes.readUInt32LE(end + 16);
  if (count === 0xffff || start === 0xffffffff) {
    throw new SlipwayError('E_LIMIT', `${file}: has more than 65534 files or 4 GiB in it, which is not read`);
  }
  if (start + size > end) throw damaged('the list of its files is not where it should be');
  let total = 0;
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + ENTRY_BYTES > start + size || bytes.readUInt32LE(at) !== ENTRY)
      throw damaged('its list of files ends early');
    const flags = bytes.readUInt16LE(at + 8);
    const method = bytes.readUInt16LE(at + 10);
    const sum = bytes.readUInt32LE(at + 16);
    const packed = bytes.readUInt32LE(at + 20);
    const unpacked = bytes.readUInt32LE(at + 24);
    const nameLength = bytes.readUInt16LE(at + 28);
    const local = bytes.readUInt32LE(at + 42);
    const name = bytes.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameLength);
    const shown = JSON.stringify(name.slice(0, 200));
    const isUnix = bytes[at + 5] === UNIX;
    if (isUnix && (bytes.readUInt16LE(at + 40) & KIND) === LINK) {
      throw new SlipwayError('E_UNSAFE', `${file}: has a link in it, ${shown}, which a model does not need`);
    }
    at += ENTRY_BYTES + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    if (name.endsWith('/')) continue; // a folder
    if (flags & ENCRYPTED)
      throw new SlipwayError('E_FORMAT', `${file}: ${shown} in it is encrypted, which is not read`);
    if (method !== STORED && method !== DEFLATED) {
      throw new SlipwayError('E_FORMAT', `${file}: ${shown} in it is compressed by method ${method}; 0 and 8 are read`);
    }
    total += unpacked;
    checkTotal(file, total, bytes.length, limits);
    const content = () => {
      const data = dataOf(bytes, { local, packed, start, name });
      if (!data) throw damaged(`${shown} is not where its list says`);
      const read = method === STORED ? data : inflated(data, unpacked);
      if (!read || read.length !== unpacked || crc32(read) !== sum) throw damaged(`${shown} is not what its list says`);
      return read;
    };
    yield { name, bytes: unpacked, read: content };
  }
}

function checkTotal(file: string, total: number, packed: number, limits: ReaderLimits): void {
  if (total > limits.inflatedBytes) {
    throw limitError(file, `unpacks to more than ${limits.inflatedBytes} bytes`, `${limits.inflatedBytes} bytes`);
  }
  if (total > limits.inflationFloorBytes && total > packed * limits.inflationRatio) {
    throw limitError(
      file,
      `unpacks to more than ${limits.inflationRatio} times its ${packed} bytes`,
      `${limits.inflationRatio} times`,
    );
  }
}

/** The list ends where its comment ends with the file. */
function endOf(bytes: Buffer): number | undefined {
  for (let at = bytes.length - END_BYTES; at >= Math.max(0, bytes.length - END_BYTES - MOST_COMMENT); at--) {
    if (bytes.readUInt32LE(at) === END && at + END_BYTES + bytes.readUInt16LE(at + 20) === bytes.length) return at;
  }
  return undefined;
}

interface Place {
  readonly local: number;
  readonly packed: number;
  /** Where the list begins, and the files end. */
  readonly start: number;
  readonly name: string;
}

function dataOf(bytes: Buffer, { local, packed, start, name }: Place): Buffer | undefined {
  if (local + LOCAL_BYTES > start || bytes.readUInt32LE(local) !== LOCAL) return undefined;
  const nameLength = bytes.readUInt16LE(local + 26);
  const data = local + LOCAL_BYTES + nameLength + bytes.readUInt16LE(local + 28);
  if (bytes.toString('utf8', local + LOCAL_BYTES, local + LOCAL_BYTES + nameLength) !== name) return undefined;
  return data + packed > start ? undefined : bytes.subarray(data, data + packed);
}

/** Undefined when it is no deflate stream, or of more bytes. */
function inflated(data: Buffer, bytes: number): Buffer | undefined {
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(bytes, 1) });
  } catch {
    return undefined;
  }
}
