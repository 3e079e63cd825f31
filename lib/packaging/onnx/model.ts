/**
 * An ONNX model as data, and its serialisation.
 *
 * Field numbers: onnx/onnx.proto of ONNX 1.18 (IR version 10). Numbers lie in memory as they do in
 * the file, little-endian, on every platform that Node.js supports.
 */
import { SlipwayError } from '../../model/error';
import type { ElementType } from '../../model/rows/signature';
import { ProtobufWriter } from './protobuf';

const IR_VERSION = 10;
/** Versions of the operator sets that the graphs are written in. TreeEnsemble needs ai.onnx.ml 5. */
const OPERATOR_SETS = [
  { domain: '', version: 21 },
  { domain: 'ai.onnx.ml', version: 5 },
] as const;

/** Largest message that protocol buffers can hold. */
const MAXIMUM_BYTES = 2 ** 31 - 1;

/** `TensorProto.DataType`. */
export const DATA_TYPES = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float64: 11,
} as const;

export type OnnxType = keyof typeof DATA_TYPES;

/** A constant. `bytes` are the elements row-major; `texts` instead for strings. */
export interface OnnxTensor {
  readonly type: OnnxType;
  readonly shape: readonly number[];
  readonly bytes?: Uint8Array;
  readonly texts?: readonly string[];
}

/** Integers are plain numbers; arrays of numbers are integer lists; a graph is the body of a loop. */
export type OnnxAttribute =
  | number
  | { readonly float: number }
  | string
  | { readonly texts: readonly string[] }
  | ArrayLike<number>
  | OnnxTensor
  | OnnxGraph;

export interface OnnxNode {
  readonly operator: string;
  readonly domain: '' | 'ai.onnx.ml';
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A graph input or output. A `null` length is the number of rows; no shape is any shape. */
export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape?: readonly (number | null)[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly constants: readonly (OnnxTensor & { readonly name: string })[];
  readonly nodes: readonly OnnxNode[];
}

/** Operators that multiply matrices, and those that do as much arithmetic between two of them. */
export const MATRIX_PRODUCT = /^(Gemm|MatMul|Einsum|Conv|CDist|SVM)/;

/** Bytes of constants above which a graph of matrix products spends its time in them. */
export const LARGE_PRODUCT_BYTES = 256 * 1024;

/** Bytes of the constants that matrices are multiplied with. */
export function productBytes({ nodes, constants }: OnnxGraph): number {
  const factors = new Set(
    nodes.filter(({ operator }) => MATRIX_PRODUCT.test(operator)).flatMap(({ inputs }) => inputs),
  );
  return constants.reduce((sum, { name, bytes }) => sum + (factors.has(name) ? (bytes?.byteLength ?? 0) : 0), 0);
}

/**
 * Serialise a model. Same graph, same bytes.
 *
 * @throws SlipwayError E_LIMIT when it does not fit into one ONNX file (2 GiB)
 */
export function serializeModel(graph: OnnxGraph): Uint8Array {
  const model = new ProtobufWriter();
  model.integer(1, IR_VERSION);
  model.text(2, 'slipway');
  model.message(7, (writer) => writeGraph(writer, graph));
  for (const { domain, version } of OPERATOR_SETS) {
    model.message(8, (writer) => {
      if (domain !== '') writer.text(1, domain);
      writer.integer(2, version);
    });
  }
  if (model.length > MAXIMUM_BYTES) {
    throw new SlipwayError('E_LIMIT', `the converted model takes ${model.length} bytes; ONNX holds ${MAXIMUM_BYTES}`);
  }
  return model.finish();
}

function writeGraph(writer: ProtobufWriter, graph: OnnxGraph): void {
  for (const node of graph.nodes) writer.message(1, (inner) => writeNode(inner, node));
  writer.text(2, graph.name);
  for (const { name, ...tensor } of graph.constants) writer.message(5, (inner) => writeTensor(inner, tensor, name));
  for (const input of graph.inputs) writer.message(11, (inner) => writeValue(inner, input));
  for (const output of graph.outputs) writer.message(12, (inner) => writeValue(inner, output));
}

export function writeNode(writer: ProtobufWriter, node: OnnxNode): void {
  for (const input of node.inputs) writer.text(1, input);
  for (const output of node.outputs) writer.text(2, output);
  writer.text(4, node.operator);
  for (const [name, value] of Object.entries(node.attributes)) {
    writer.message(5, (inner) => writeAttribute(inner, name, value));
  }
  if (node.domain !== '') writer.text(7, node.domain);
}

function writeAttribute(writer: ProtobufWriter, name: string, value: OnnxAttribute): void {
  writer.text(1, name);
  if (typeof value === 'number') {
    writer.integer(3, value);
    writer.integer(20, 2); // AttributeType.INT
  } else if (typeof value === 'string') {
    writer.text(4, value);
    writer.integer(20, 3); // STRING
  } else if ('float' in value) {
    writer.float(2, value.float);
    writer.integer(20, 1); // FLOAT
  } else if ('nodes' in value) {
    writer.message(6, (inner) => writeGraph(inner, value));
    writer.integer(20, 5); // GRAPH
  } else if ('type' in value) {
    writer.message(5, (inner) => writeTensor(inner, value));
    writer.integer(20, 4); // TENSOR
  } else if ('texts' in value) {
    for (const text of value.texts) writer.text(9, text);
    writer.integer(20, 8); // STRINGS
  } else {
    writer.integers(8, value);
    writer.integer(20, 7); // INTS
  }
}

export function writeTensor(writer: ProtobufWriter, tensor: OnnxTensor, name?: string): void {
  writer.integers(1, tensor.shape);
  writer.integer(2, DATA_TYPES[tensor.type]);
  for (const text of tensor.texts ?? []) writer.text(6, text);
  if (name !== undefined) writer.text(8, name);
  if (tensor.bytes) writer.bytes(9, tensor.bytes);
}

export function writeValue(writer: ProtobufWriter, { name, type, shape }: OnnxValue): void {
  writer.text(1, name);
  writer.message(2, (valueType) =>
    valueType.message(1, (tensorType) => {
      tensorType.integer(1, DATA_TYPES[type]);
      if (!shape) return;
      tensorType.message(2, (tensorShape) => {
        for (const length of shape) {
          tensorShape.message(1, (dimension) => {
            if (length === null) dimension.text(2, 'rows');
            else dimension.integer(1, length);
          });
        }
      });
    }),
  );
}
