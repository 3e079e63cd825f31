/** Archives as tests make them, sound or with something wrong in them. */
import { crc32, deflateRawSync } from 'node:zlib';

interface TarEntry {
  readonly name: string;
  readonly content?: Buffer | string;
  /** @default '0', a file */
  readonly type?: string;
  /** What the header says of its length. @default - the length */
  readonly size?: number;
  readonly link?: string;
}

export function tar(...entries: readonly TarEntry[]): Buffer {
  const blocks = entries.map(({ name, content = '', type = '0', size, link = '' }) => {
    const bytes = Buffer.from(content as string);
    const header = Buffer.alloc(512);
    header.write(name.slice(0, 100));
    header.write('0000644\0'.repeat(3), 100);
    header.write(`${(size ?? bytes.length).toString(8).padStart(11, '0')}\0`, 124);
    header.write('00000000000\0        ', 136);
    header.write(type, 156);
    header.write(link, 157);
    header.write('ustar\x0000', 257, 'latin1');
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

interface ZipEntry {
  readonly name: string;
  readonly content?: Buffer | string;
  /** The name in front of the content. @default - the same */
  readonly localName?: string;
  /** What the list says of its length. @default - the length */
  readonly size?: number;
  /** The mode of Unix. @default - a file */
  readonly mode?: number;
  /** @default 0 */
  readonly flags?: number;
}

export function zip(...entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const list: Buffer[] = [];
  let at = 0;
  for (const { name, content = '', localName = name, size, mode = 0o100644, flags = 0 } of entries) {
    const bytes = Buffer.from(content as string);
    const packed = deflateRawSync(bytes);
    const fields = Buffer.alloc(22);
    fields.writeUInt16LE(flags, 0);
    fields.writeUInt16LE(8, 2);
    fields.writeUInt32LE(crc32(bytes), 8);
    fields.writeUInt32LE(packed.length, 12);
    fields.writeUInt32LE(size ?? bytes.length, 16);
    fields.writeUInt16LE(Buffer.byteLength(name), 20);
    const local = Buffer.concat([
      Buffer.from('PK\x03\x04\x14\0', 'latin1'),
      fields,
      Buffer.alloc(2),
      Buffer.from(localName),
      packed,
    ]);
    local.writeUInt16LE(Buffer.byteLength(localName), 26);
    const rest = Buffer.alloc(16);
    rest.writeUInt32LE(mode * 0x10000, 8);
    rest.writeUInt32LE(at, 12);
    list.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03\x14\0', 'latin1'), fields, rest, Buffer.from(name)]));
    locals.push(local);
    at += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(list).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, ...list, end]);
}

/** A skops file of an object as `schema.json` describes it. */
export function skops(object: object, protocol: unknown = 2): Buffer {
  return zip({ name: 'schema.json', content: JSON.stringify({ ...object, protocol, _skops_version: '0.16.0' }) });
}
