/** Attributes of the nodes of an ONNX file, and constants: those that hold class labels. */
import { ATTRIBUTE, NODE, TENSOR } from '../../model/formats/onnx-fields';
import type { ProtobufReader } from '../../model/formats/protobuf-reader';
import type { DocumentNode, DocumentTensor } from './document';

/** The integers or texts of an attribute of a node; undefined when it has none of that name, or something else. */
export function listAttribute(
  reader: ProtobufReader,
  node: DocumentNode,
  name: string,
): readonly number[] | readonly string[] | undefined {
  for (const field of reader.fields(node.raw)) {
    if (field.number !== NODE.attribute) continue;
    const integers: number[] = [];
    const texts: string[] = [];
    let found = '';
    for (const part of reader.fields(field.bytes)) {
      if (part.number === ATTRIBUTE.name) found = reader.text(part);
      else if (part.number === ATTRIBUTE.integers) for (const integer of reader.integers(part)) integers.push(integer);
      else if (part.number === ATTRIBUTE.texts) texts.push(reader.text(part));
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
    if (field.number === TENSOR.text) texts.push(reader.text(field));
    else if (field.number === TENSOR.int32 || field.number === TENSOR.int64) {
      for (const integer of reader.integers(field)) integers.push(integer);
    } else if (field.number === TENSOR.raw) {
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

interface AttributeValue {
  readonly integer: number | undefined;
  readonly integers: readonly number[];
  /** A `TensorProto`, and a `GraphProto`. */
  readonly tensor: Uint8Array | undefined;
  readonly graph: Uint8Array | undefined;
}

/** An attribute of a node; undefined when it has none of that name. */
export function attributeOf(reader: ProtobufReader, node: DocumentNode, name: string): AttributeValue | undefined {
  for (const field of reader.fields(node.raw)) {
    if (field.number !== NODE.attribute) continue;
    let found = '';
    let integer: number | undefined;
    let tensor: Uint8Array | undefined;
    let graph: Uint8Array | undefined;
    const integers: number[] = [];
    for (const part of reader.fields(field.bytes)) {
      if (part.number === ATTRIBUTE.name) found = reader.text(part);
      else if (part.number === ATTRIBUTE.integer) integer = part.value;
      else if (part.number === ATTRIBUTE.tensor) tensor = part.bytes;
      else if (part.number === ATTRIBUTE.graph) graph = part.bytes;
      else if (part.number === ATTRIBUTE.integers) for (const value of reader.integers(part)) integers.push(value);
    }
    if (found === name) return { integer, integers, tensor, graph };
  }
  return undefined;
}

/** Constants with more elements say what a model knows, not what its shapes are. */
const FEW = 1024;

/** The elements of a small constant of integers or truth values; undefined for another. */
export function smallIntegers(reader: ProtobufReader, tensor: DocumentTensor): readonly number[] | undefined {
  if (tensor.shape.reduce((product, length) => product * length, 1) > FEW) return undefined;
  if (tensor.type !== 'bool') {
    const integers = constantLabels(reader, tensor);
    return tensor.type === 'string' ? undefined : (integers as readonly number[] | undefined);
  }
  for (const field of reader.fields(tensor.raw)) {
    if (field.number === TENSOR.raw) return Array.from(field.bytes, (byte) => Number(byte !== 0));
    if (field.number === TENSOR.int32) return reader.integers(field);
  }
  return undefined;
}
