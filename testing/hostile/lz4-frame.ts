/** An LZ4 frame of zeros, as small as the format allows: for bombs. */

/** @param size bytes that it decompresses to, nearly */
export function lz4Frame(size: number): Buffer {
  const header = Buffer.from('04224d186070'.concat('00'), 'hex'); // version 1, blocks of 4 MiB on their own; the check is not looked at
  const blockSize = 1 << 22;
  // one literal, then a match that repeats it to the end of the block, then five literals
  const match = blockSize - 6;
  const length = match - 4 - 15;
  const extension = Buffer.alloc(Math.floor(length / 255) + 1, 255);
  extension[extension.length - 1] = length % 255;
  const block = Buffer.concat([Buffer.from([0x1f, 0, 1, 0]), extension, Buffer.from([0x50, 0, 0, 0, 0, 0])]);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(block.length);
  const blocks = Array.from({ length: Math.ceil(size / blockSize) }, () => Buffer.concat([head, block]));
  return Buffer.concat([header, ...blocks, Buffer.alloc(4)]);
}
