/**
 * An ONNX file as a graph in memory, as much of it as the native engine looks at.
 *
 * Nothing is allocated by a size that the file claims: every count is compared with the bytes that are there.
 */
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  AXIS,
  GRAPH,
  MODEL,
  NODE,
  OPERATOR_SET,
  SHAPE,
  TENSOR_TYPE,
  VALUE,
  VALUE_TYPE,
} from '../../../../../lib/model/formats/onnx-fields';
import { type Field, ProtobufReader } from '../../../../../lib/model/formats/protobuf-reader';
import type { ElementType } from '../../../../../lib/model/rows/signature';
import { malformed, NotNative } from '../../contract/fault';
import { type Constant, readConstant, TYPES } from './onnx-tensor';

export type Attribute =
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'integers'; readonly value: readonly number[] }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: Constant }
  /** A float, a list of texts, a graph, ... */
  | { readonly kind: 'other' };

export interface GraphNode {
  readonly operator: string;
  /** '' is ONNX itself. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** An input or output: a `null` length is the number of rows. */
export interface GraphValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | null)[];
}

export interface OnnxGraph {
  readonly file: string;
  /** Version of each operator set by domain. */
  readonly operatorSets: ReadonlyMap<string, number>;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly constants: ReadonlyMap<string, Constant>;
  readonly nodes: readonly GraphNode[];
}

const KINDS: Readonly<Record<number, Attribute['kind']>> = {
  [ATTRIBUTE_TYPE.integer]: 'integer',
  [ATTRIBUTE_TYPE.text]: 'text',
  [ATTRIBUTE_TYPE.tensor]: 'tensor',
  [ATTRIBUTE_TYPE.integers]: 'integers',
};

/**
 * @param file path for messages
 * @throws SlipwayError E_PACKAGE when it is damaged, E_LIMIT when it has too many fields
 * @throws NotNative for what the native engine has no word for: other types, functions, data in other files
 */
export function readGraph(file: string, bytes: Uint8Array): OnnxGraph {
  const reader = new ProtobufReader(file, (what) => malformed(file, what));
  const operatorSets = new Map<string, number>();
  let graph: Uint8Array | undefined;
  for (const field of reader.fields(bytes)) {
    if (field.number === MODEL.graph) graph = field.bytes;
    else if (field.number === MODEL.function) throw new NotNative('it defines functions');
    else if (field.number === MODEL.operatorSet) {
      let domain = '';
      let version = 1;
      for (const part of reader.fields(field.bytes)) {
        if (part.number === OPERATOR_SET.domain) domain = reader.text(part);
        else if (part.number === OPERATOR_SET.version) version = part.value;
      }
      operatorSets.set(plainDomain(domain), version);
    }
  }
  if (!graph) throw reader.damaged('it has no graph');

  const inputs: GraphValue[] = [];
  const outputs: GraphValue[] = [];
  const constants = new Map<string, Constant>();
  const nodes: GraphNode[] = [];
  for (const field of reader.fields(graph)) {
    if (field.number === GRAPH.node) nodes.push(readNode(reader, field.bytes));
    else if (field.number === GRAPH.input) inputs.push(readValue(reader, field.bytes));
    else if (field.number === GRAPH.output) outputs.push(readValue(reader, field.bytes));
    else if (field.number === GRAPH.sparseConstant) throw new NotNative('it has a sparse constant');
    else if (field.number === GRAPH.constant) {
      const { name, constant } = readConstant(reader, field.bytes);
      constants.set(name, constant);
    }
  }
  return { file, operatorSets, inputs, outputs, constants, nodes };
}

function plainDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

function readNode(reader: ProtobufReader, bytes: Uint8Array): GraphNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Attribute>();
  let operator = '';
  let domain = '';
  for (const field of reader.fields(bytes)) {
    if (field.number === NODE.input) inputs.push(reader.text(field));
    else if (field.number === NODE.output) outputs.push(reader.text(field));
    else if (field.number === NODE.operator) operator = reader.text(field);
    else if (field.number === NODE.attribute) readAttribute(reader, field.bytes, attributes);
    else if (field.number === NODE.domain) domain = plainDomain(reader.text(field));
  }
  return { operator, domain, inputs, outputs, attributes };
}

function readAttribute(reader: ProtobufReader, bytes: Uint8Array, attributes: Map<string, Attribute>): void {
  const fields: Field[] = [];
  let name = '';
  let kind: Attribute['kind'] = 'other';
  for (const field of reader.fields(bytes)) {
    if (field.number === ATTRIBUTE.name) name = reader.text(field);
    else if (field.number === ATTRIBUTE.type) kind = KINDS[field.value] ?? 'other';
    else fields.push(field);
  }
  const only = (number: number) => fields.findLast((field) => field.number === number);
  if (kind === 'integer') attributes.set(name, { kind, value: only(ATTRIBUTE.integer)?.value ?? 0 });
  else if (kind === 'text') {
    const text = only(ATTRIBUTE.text);
    attributes.set(name, { kind, value: text ? reader.text(text) : '' });
  } else if (kind === 'integers') {
    const lists = fields.filter((field) => field.number === ATTRIBUTE.integers).map((field) => reader.integers(field));
    attributes.set(name, { kind, value: lists.length === 1 ? lists[0]! : lists.flat() });
  } else if (kind === 'tensor') {
    const tensor = only(ATTRIBUTE.tensor);
    if (!tensor) throw reader.damaged(`the attribute ${name} has no tensor`);
    attributes.set(name, { kind, value: readConstant(reader, tensor.bytes).constant });
  } else attributes.set(name, { kind: 'other' });
}

function readValue(reader: ProtobufReader, bytes: Uint8Array): GraphValue {
  let name = '';
  let type: ElementType | undefined;
  let shape: (number | null)[] | undefined;
  for (const field of reader.fields(bytes)) {
    if (field.number === VALUE.name) name = reader.text(field);
    if (field.number !== VALUE.type) continue;
    for (const kind of reader.fields(field.bytes)) {
      if (kind.number !== VALUE_TYPE.tensor) throw new NotNative(`"${name}" is no tensor`);
      for (const part of reader.fields(kind.bytes)) {
        if (part.number === TENSOR_TYPE.element) type = TYPES[part.value];
        else if (part.number === TENSOR_TYPE.shape) shape = readShape(reader, part.bytes);
      }
    }
  }
  if (!type || !shape) throw new NotNative(`"${name}" has no type or shape that the native engine knows`);
  return { name, type, shape };
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
