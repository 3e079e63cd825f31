/** Attributes of the nodes of an ONNX file, and constants: those that hold class labels. */
import type { ProtobufReader } from '../../model/protobuf-reader';
import type { DocumentNode, DocumentTensor } from './document';

/** The integers or texts of an attribute of a node; undefined when it has none of that name, or something else. */
export function listAttribute(
  reader: ProtobufReader,
  node: DocumentNode,
  name: string,
): readonly number[] | readonly string[] | undefined {
  for (const field of reader.fields(node.raw)) {
    if (field.number !== 5) continue;
    const integers: number[] = [];
    const texts: string[] = [];
    let found = '';
    for (const part of reader.fields(field.bytes)) {
      if (part.number === 1) found = reader.text(part);
      else if (part.number === 8) for (const integer of reader.integers(part)) integers.push(integer);
      else if (part.number === 9) texts.push(reader.text(part));
    }
    if (found === name) return texts.length > 0 ? texts : integers.length > 0 ? integers : undefined;
  }
  return undefined;
}

/** The elements of a constant of int32, int64 or text; undefined for another type. */
export function constantLabels(
  reader: ProtobufReader,
  tensor: DocumentTensor,
): readonly number[] | readonly string[] | undefined {
  const integers: number[] = [];
  const texts: string[] = [];
  for (const field of reader.fields(tensor.raw)) {
    if (field.number === 6) texts.push(reader.text(field));
    else if (field.number === 5 || field.number === 7) {
      for (const integer of reader.integers(field)) integers.push(integer);
    } else if (field.number === 9) {
      const view = new DataView(field.bytes.buffer, field.bytes.byteOffset, field.bytes.byteLength);
      const size = tensor.type === 'int64' ? 8 : 4;
      for (let at = 0; at + size <= view.byteLength; at += size) {
        integers.push(size === 8 ? Number(view.getBigInt64(at, true)) : view.getInt32(at, true));
      }
    }
  }
  if (tensor.type === 'string') return texts;
  return tensor.type === 'int64' || tensor.type === 'int32' ? integers : undefined;
}
