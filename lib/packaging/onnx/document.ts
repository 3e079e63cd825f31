/**
 * An ONNX file as it is, to be looked at and to be changed at its ends.
 *
 * What is not changed is kept byte for byte: this is no second implementation of ONNX.
 */
import { SlipwayError } from '../../model/error';
import {
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
import { ProtobufReader } from '../../model/formats/protobuf-reader';
import { refuseExternalData } from './external-data';
import {
  type OnnxNode,
  type OnnxTensor,
  type OnnxType,
  type OnnxValue,
  writeNode,
  writeTensor,
  writeValue,
} from './model';
import { ProtobufWriter } from './protobuf';

/** A graph input or output of the file. */
export interface DocumentValue {
  readonly name: string;
  /** Undefined for what is no tensor, or a tensor of a type that Slipway has no word for. */
  readonly type: OnnxType | undefined;
  /** What its type is, for messages. */
  readonly description: string;
  /** A `null` length is not fixed; undefined when the number of axes is not known either. */
  readonly shape: readonly (number | null)[] | undefined;
}

export interface DocumentNode {
  readonly raw: Uint8Array;
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface DocumentTensor {
  readonly name: string;
  readonly type: OnnxType | undefined;
  readonly shape: readonly number[];
  readonly raw: Uint8Array;
}

export interface OnnxDocument {
  readonly file: string;
  readonly producer: string;
  readonly producerVersion: string;
  /** Version of each operator set, by domain; '' is ONNX itself. */
  readonly operatorSets: ReadonlyMap<string, number>;
  readonly nodes: readonly DocumentNode[];
  readonly inputs: readonly DocumentValue[];
  readonly outputs: readonly DocumentValue[];
  readonly constants: ReadonlyMap<string, DocumentTensor>;
  /** Fields of the model, and of its graph, that are kept as they are. */
  readonly kept: { readonly model: readonly KeptField[]; readonly graph: readonly KeptField[] };
  readonly reader: ProtobufReader;
}

interface KeptField {
  readonly number: number;
  readonly value: number | Uint8Array;
}

const TYPE_NAMES = new Map<number, OnnxType>(
  Object.entries(DATA_TYPE).map(([name, number]) => [number, name as OnnxType]),
);

/** Whether the bytes may be an ONNX model: the first fields are its IR version and, nearly always, its producer. */
export function looksLikeOnnx(bytes: Uint8Array): boolean {
  return (
    bytes[0] === 0x08 &&
    bytes[1]! > 0 &&
    bytes[1]! < 64 &&
    (bytes[2] === 0x12 || bytes[2] === 0x3a || bytes[2] === 0x42)
  );
}

/**
 * Read an ONNX file.
 *
 * @throws SlipwayError E_FORMAT when it is damaged; E_UNSUPPORTED when parts of it lie in other files; E_LIMIT
 */
export function readOnnxDocument(file: string, bytes: Uint8Array): OnnxDocument {
  const reader = new ProtobufReader(file);
  let producer = '';
  let producerVersion = '';
  let graph: Uint8Array | undefined;
  const operatorSets = new Map<string, number>();
  const model: KeptField[] = [];
  for (const field of reader.fields(bytes)) {
    if (field.number === MODEL.irVersion) model.push({ number: field.number, value: field.value });
    else if (field.number === MODEL.graph) graph = field.bytes;
    else if (field.number === MODEL.producerName) producer = reader.text(field);
    else if (field.number === MODEL.producerVersion) producerVersion = reader.text(field);
    else if (field.number === MODEL.operatorSet) {
      const { domain, version } = readOperatorSet(reader, field.bytes);
      operatorSets.set(domain === 'ai.onnx' ? '' : domain, version);
      model.push({ number: field.number, value: field.bytes });
    } else if (field.number === MODEL.function) {
      refuseExternalData(reader, { kind: 'function', bytes: field.bytes });
      model.push({ number: field.number, value: field.bytes });
    }
  }
  if (!graph) throw reader.damaged('it has no graph');
  return { file, producer, producerVersion, operatorSets, ...readGraph(reader, graph, model), reader };
}

function readGraph(reader: ProtobufReader, bytes: Uint8Array, model: readonly KeptField[]) {
  const nodes: DocumentNode[] = [];
  const inputs: DocumentValue[] = [];
  const outputs: DocumentValue[] = [];
  const constants = new Map<string, DocumentTensor>();
  const graph: KeptField[] = [];
  refuseExternalData(reader, { kind: 'graph', bytes });
  for (const field of reader.fields(bytes)) {
    if (field.number === GRAPH.node) nodes.push(readNode(reader, field.bytes));
    else if (field.number === GRAPH.input) inputs.push(readValue(reader, field.bytes));
    else if (field.number === GRAPH.output) outputs.push(readValue(reader, field.bytes));
    else if (field.number === GRAPH.constant) {
      const tensor = readTensor(reader, field.bytes);
      constants.set(tensor.name, tensor);
    } else if (field.number === GRAPH.sparseConstant) graph.push({ number: field.number, value: field.bytes });
  }
  // early versions of the format list the constants among the inputs
  return {
    nodes,
    inputs: inputs.filter(({ name }) => !constants.has(name)),
    outputs,
    constants,
    kept: { model, graph },
  };
}

/** The graph of an attribute: the body of a loop, a branch. */
export function readInnerGraph(reader: ProtobufReader, bytes: Uint8Array) {
  const { nodes, inputs, outputs, constants } = readGraph(reader, bytes, []);
  return { nodes, inputs, outputs, constants };
}

function readOperatorSet(reader: ProtobufReader, bytes: Uint8Array): { domain: string; version: number } {
  let domain = '';
  let version = 1;
  for (const field of reader.fields(bytes)) {
    if (field.number === OPERATOR_SET.domain) domain = reader.text(field);
    else if (field.number === OPERATOR_SET.version) version = field.value;
  }
  return { domain, version };
}

function readNode(reader: ProtobufReader, raw: Uint8Array): DocumentNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  let operator = '';
  let domain = '';
  for (const field of reader.fields(raw)) {
    if (field.number === NODE.input) inputs.push(reader.text(field));
    else if (field.number === NODE.output) outputs.push(reader.text(field));
    else if (field.number === NODE.operator) operator = reader.text(field);
    else if (field.number === NODE.domain) domain = reader.text(field);
  }
  return { raw, operator, domain: domain === 'ai.onnx' ? '' : domain, inputs, outputs };
}

export function readTensor(reader: ProtobufReader, raw: Uint8Array): DocumentTensor {
  let name = '';
  let type: OnnxType | undefined;
  const shape: number[] = [];
  for (const field of reader.fields(raw)) {
    if (field.number === TENSOR.shape) shape.push(...reader.integers(field).slice(0, 16));
    else if (field.number === TENSOR.type) type = TYPE_NAMES.get(field.value);
    else if (field.number === TENSOR.name) name = reader.text(field);
  }
  return { name, type, shape, raw };
}

/** What `TypeProto` calls the kinds that are no plain tensors. */
const KINDS: Readonly<Record<number, string>> = {
  [VALUE_TYPE.sequence]: 'a sequence',
  [VALUE_TYPE.map]: 'a map',
  [VALUE_TYPE.sparseTensor]: 'a sparse tensor',
  [VALUE_TYPE.optional]: 'an optional',
};

function readValue(reader: ProtobufReader, bytes: Uint8Array): DocumentValue {
  let name = '';
  let type: OnnxType | undefined;
  let description = 'of no type';
  let shape: (number | null)[] | undefined;
  for (const field of reader.fields(bytes)) {
    if (field.number === VALUE.name) name = reader.text(field);
    if (field.number !== VALUE.type) continue;
    for (const kind of reader.fields(field.bytes)) {
      description = KINDS[kind.number] ?? description;
      if (kind.number !== VALUE_TYPE.tensor) continue;
      for (const part of reader.fields(kind.bytes)) {
        if (part.number === TENSOR_TYPE.element) {
          type = TYPE_NAMES.get(part.value);
          description = type ? `a tensor of ${type}` : `a tensor of type ${part.value}`;
        } else if (part.number === TENSOR_TYPE.shape) shape = readShape(reader, part.bytes);
      }
    }
  }
  return { name, type, description, shape };
}

function readShape(reader: ProtobufReader, bytes: Uint8Array): (number | null)[] {
  const shape: (number | null)[] = [];
  for (const axis of reader.fields(bytes)) {
    if (axis.number !== SHAPE.axis) continue;
    let length: number | null = null;
    for (const part of reader.fields(axis.bytes)) if (part.number === AXIS.length) length = part.value;
    shape.push(length !== null && length >= 0 ? length : null); // some write -1 for what is not fixed
  }
  return shape;
}

/** The document with another name for a value within. Graphs inside of nodes are not looked into. */
export function renameValue(document: OnnxDocument, from: string, to: string): OnnxDocument {
  const rename = (name: string) => (name === from ? to : name);
  const nodes = document.nodes.map((node) => {
    if (!node.inputs.includes(from) && !node.outputs.includes(from)) return node;
    const writer = new ProtobufWriter();
    for (const field of document.reader.fields(node.raw)) {
      // inputs and outputs are fields 1 and 2; all fields of a node are texts or messages
      if (field.number <= 2) writer.text(field.number, rename(document.reader.text(field)));
      else writer.bytes(field.number, field.bytes);
    }
    return { ...node, raw: writer.finish(), inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) };
  });
  return { ...document, nodes };
}

export interface DocumentChanges {
  /** Nodes of the file that are left out. */
  readonly without?: ReadonlySet<DocumentNode>;
  /** Behind the nodes of the file. */
  readonly nodes?: readonly OnnxNode[];
  readonly constants?: readonly (OnnxTensor & { readonly name: string })[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** Serialise a document with other ends. Same document and changes, same bytes. */
export function writeOnnxDocument(document: OnnxDocument, changes: DocumentChanges): Uint8Array {
  const writer = new ProtobufWriter();
  for (const { number, value } of document.kept.model) {
    if (typeof value === 'number') writer.integer(number, value);
  }
  if (document.producer) writer.text(MODEL.producerName, document.producer);
  if (document.producerVersion) writer.text(MODEL.producerVersion, document.producerVersion);
  writer.message(MODEL.graph, (graph) => {
    for (const node of document.nodes) if (!changes.without?.has(node)) graph.bytes(GRAPH.node, node.raw);
    for (const node of changes.nodes ?? []) graph.message(GRAPH.node, (inner) => writeNode(inner, node));
    graph.text(GRAPH.name, 'model');
    for (const { raw } of document.constants.values()) graph.bytes(GRAPH.constant, raw);
    for (const { name, ...tensor } of changes.constants ?? []) {
      graph.message(GRAPH.constant, (inner) => writeTensor(inner, tensor, name));
    }
    for (const input of changes.inputs) graph.message(GRAPH.input, (inner) => writeValue(inner, input));
    for (const output of changes.outputs) graph.message(GRAPH.output, (inner) => writeValue(inner, output));
    for (const { number, value } of document.kept.graph) graph.bytes(number, value as Uint8Array);
  });
  for (const { number, value } of document.kept.model) {
    if (typeof value !== 'number') writer.bytes(number, value);
  }
  if (writer.length > 2 ** 31 - 1) throw new SlipwayError('E_LIMIT', `${document.file}: takes more than 2 GiB`);
  return writer.finish();
}
