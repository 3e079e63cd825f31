/**
 * An ONNX model as data, and its serialisation.
 *
 * Numbers lie in memory as they do in the file, little-endian, on every platform that Node.js supports.
 */
import { SlipwayError } from '../../model/error';
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  AXIS,
  DATA_TYPE,
  GRAPH,
  MODEL,
  NODE,
  OPERATOR_SET,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  VALUE,
  VALUE_TYPE,
} from '../../model/formats/onnx-fields';
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

export type OnnxType = keyof typeof DATA_TYPE;

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
  model.integer(MODEL.irVersion, IR_VERSION);
  model.text(MODEL.producerName, 'slipway');
  model.message(MODEL.graph, (writer) => writeGraph(writer, graph));
  for (const { domain, version } of OPERATOR_SETS) {
    model.message(MODEL.operatorSet, (writer) => {
      if (domain !== '') writer.text(OPERATOR_SET.domain, domain);
      writer.integer(OPERATOR_SET.version, version);
    });
  }
  if (model.length > MAXIMUM_BYTES) {
    throw new SlipwayError('E_LIMIT', `the converted model takes ${model.length} bytes; ONNX holds ${MAXIMUM_BYTES}`);
  }
  return model.finish();
}

function writeGraph(writer: ProtobufWriter, graph: OnnxGraph): void {
  for (const node of graph.nodes) writer.message(GRAPH.node, (inner) => writeNode(inner, node));
  writer.text(GRAPH.name, graph.name);
  for (const { name, ...tensor } of graph.constants)
    writer.message(GRAPH.constant, (inner) => writeTensor(inner, tensor, name));
  for (const input of graph.inputs) writer.message(GRAPH.input, (inner) => writeValue(inner, input));
  for (const output of graph.outputs) writer.message(GRAPH.output, (inner) => writeValue(inner, output));
}

export function writeNode(writer: ProtobufWriter, node: OnnxNode): void {
  for (const input of node.inputs) writer.text(NODE.input, input);
  for (const output of node.outputs) writer.text(NODE.output, output);
  writer.text(NODE.operator, node.operator);
  for (const [name, value] of Object.entries(node.attributes)) {
    writer.message(NODE.attribute, (inner) => writeAttribute(inner, name, value));
  }
  if (node.domain !== '') writer.text(NODE.domain, node.domain);
}

function writeAttribute(writer: ProtobufWriter, name: string, value: OnnxAttribute): void {
  writer.text(ATTRIBUTE.name, name);
  if (typeof value === 'number') {
    writer.integer(ATTRIBUTE.integer, value);
    writer.integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.integer);
  } else if (typeof value === 'string') {
    writer.text(ATTRIBUTE.text, value);
    writer.integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.text);
  } else if ('float' in value) {
    writer.float(ATTRIBUTE.float, value.float);
    writer.integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.float);
  } else if ('nodes' in value) {
    writer.message(ATTRIBUTE.graph, (inner) => writeGraph(inner, value));
    writer.integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.graph);
  } else if ('type' in value) {
    writer.message(ATTRIBUTE.tensor, (inner) => writeTensor(inner, value));
    writer.integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.tensor);
  } else if ('texts' in value) {
    for (const text of value.texts) writer.text(ATTRIBUTE.texts, text);
    writer.integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.texts);
  } else {
    writer.integers(ATTRIBUTE.integers, value);
    writer.integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.integers);
  }
}

export function writeTensor(writer: ProtobufWriter, tensor: OnnxTensor, name?: string): void {
  writer.integers(TENSOR.shape, tensor.shape);
  writer.integer(TENSOR.type, DATA_TYPE[tensor.type]);
  for (const text of tensor.texts ?? []) writer.text(TENSOR.text, text);
  if (name !== undefined) writer.text(TENSOR.name, name);
  if (tensor.bytes) writer.bytes(TENSOR.raw, tensor.bytes);
}

export function writeValue(writer: ProtobufWriter, { name, type, shape }: OnnxValue): void {
  writer.text(VALUE.name, name);
  writer.message(VALUE.type, (valueType) =>
    valueType.message(VALUE_TYPE.tensor, (tensorType) => {
      tensorType.integer(TENSOR_TYPE.element, DATA_TYPE[type]);
      if (!shape) return;
      tensorType.message(TENSOR_TYPE.shape, (tensorShape) => {
        for (const length of shape) {
          tensorShape.message(SHAPE.axis, (dimension) => {
            if (length === null) dimension.text(AXIS.name, 'rows');
            else dimension.integer(AXIS.length, length);
          });
        }
      });
    }),
  );
}
