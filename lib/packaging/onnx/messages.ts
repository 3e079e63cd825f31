/** The messages within an ONNX file, wherever they can stand: graphs are in attributes of nodes, too. */
import type { ProtobufReader } from '../../model/formats/protobuf-reader';

export type Kind = 'graph' | 'function' | 'node' | 'attribute' | 'tensor' | 'sparse';

export interface Message {
  readonly kind: Kind;
  readonly bytes: Uint8Array;
}

/** The fields of each message that hold a message worth looking into: onnx.proto. */
const INSIDE: Readonly<Record<Kind, Readonly<Record<number, Kind>>>> = {
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  function: { 7: 'node', 11: 'attribute' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
};

/** The message itself, and all in it. */
export function* messagesWithin(reader: ProtobufReader, message: Message): Generator<Message> {
  const open = [message];
  for (let current = open.pop(); current; current = open.pop()) {
    yield current;
    for (const field of reader.fields(current.bytes)) {
      const kind = INSIDE[current.kind][field.number];
      if (kind) open.push({ kind, bytes: field.bytes });
    }
  }
}
