/** The same graph with a `doc_string` of 5 MiB: field 6 of ModelProto (onnx.proto3), of so many bytes as a varint. */
export function withLargeText(onnx: Buffer): Buffer {
  const bytes = 5 * 2 ** 20;
  const length = [];
  for (let rest = bytes; rest > 0; rest >>= 7) length.push((rest & 0x7f) | (rest >= 0x80 ? 0x80 : 0));
  return Buffer.concat([onnx, Buffer.from([(6 << 3) | 2, ...length]), Buffer.alloc(bytes, 'a')]);
}
