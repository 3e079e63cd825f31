/**
 * Tensors whose data lie in other files. A model may name any path for them, and the engine would read it;
 * so wherever a tensor can stand, it is looked at.
 */
import { SlipwayError } from '../../model/error';
import type { ProtobufReader } from '../../model/protobuf-reader';

type Kind = 'graph' | 'function' | 'node' | 'attribute' | 'tensor' | 'sparse';

/** The fields of each message that hold a message worth looking into: onnx.proto. */
const INSIDE: Readonly<Record<Kind, Readonly<Record<number, Kind>>>> = {
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  function: { 7: 'node', 11: 'attribute' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
};

const EXTERNAL_DATA = 13;
const DATA_LOCATION = 14;

/** @throws SlipwayError E_UNSUPPORTED when some tensor within the message refers to a file */
export function refuseExternalData(reader: ProtobufReader, message: Uint8Array, kind: Kind): void {
  const open: { message: Uint8Array; kind: Kind }[] = [{ message, kind }];
  for (let current = open.pop(); current; current = open.pop()) {
    for (const field of reader.fields(current.message)) {
      const inside = INSIDE[current.kind][field.number];
      if (inside) open.push({ message: field.bytes, kind: inside });
      const external = field.number === EXTERNAL_DATA || (field.number === DATA_LOCATION && field.value !== 0);
      if (current.kind === 'tensor' && external) {
        throw new SlipwayError(
          'E_UNSUPPORTED',
          `${reader.file}: keeps some of its data in other files; save it in one, as onnx.save(onnx.load("model.onnx"), "whole.onnx") does`,
        );
      }
    }
  }
}
