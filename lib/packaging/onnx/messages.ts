/** The messages within an ONNX file, wherever they can stand: graphs are in attributes of nodes, too. */
import { ATTRIBUTE, FUNCTION, GRAPH, NODE, SPARSE_TENSOR } from '../../model/formats/onnx-fields';
import type { ProtobufReader } from '../../model/formats/protobuf-reader';

export type Kind = 'graph' | 'function' | 'node' | 'attribute' | 'tensor' | 'sparse';

export interface Message {
  readonly kind: Kind;
  readonly bytes: Uint8Array;
}

/** The fields of each message that hold a message worth looking into. */
const INSIDE: Readonly<Record<Kind, Readonly<Record<number, Kind>>>> = {
  graph: { [GRAPH.node]: 'node', [GRAPH.constant]: 'tensor', [GRAPH.sparseConstant]: 'sparse' },
  function: { [FUNCTION.node]: 'node', [FUNCTION.attribute]: 'attribute' },
  node: { [NODE.attribute]: 'attribute' },
  attribute: {
    [ATTRIBUTE.tensor]: 'tensor',
    [ATTRIBUTE.tensors]: 'tensor',
    [ATTRIBUTE.graph]: 'graph',
    [ATTRIBUTE.graphs]: 'graph',
    [ATTRIBUTE.sparseTensor]: 'sparse',
    [ATTRIBUTE.sparseTensors]: 'sparse',
  },
  sparse: { [SPARSE_TENSOR.values]: 'tensor', [SPARSE_TENSOR.indices]: 'tensor' },
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
