/**
 * How much arithmetic a row takes in the matrix products of a model, and how many bytes its parameters are: what decides
 * whether a GPU would be worth its price (lib/sizing/judgement/gpu.ts).
 *
 * The lengths are not inferred but seen: the model is run once with those of what its matrix products take and give among
 * its outputs.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine } from '../../lambda/inference/engine';
import { SlipwayError } from '../model/error';
import { named } from '../model/files/file-error';
import { ProtobufReader } from '../model/formats/protobuf-reader';
import type { DenseWork } from '../model/package/profile';
import { encodeRows } from '../model/rows/row';
import type { Signature } from '../model/rows/signature';

/** Field numbers of onnx/onnx.proto. */
const MODEL_GRAPH = 7;
const GRAPH = { node: 1, constant: 5, output: 12 } as const;
const NODE = { input: 1, output: 2, operator: 4 } as const;
const TENSOR = { dims: 1, type: 2, name: 8 } as const;

const PRODUCTS: readonly string[] = ['MatMul', 'Gemm', 'Conv'];
/** Their time is not in matrix products, or ONNX Runtime has them for processors alone: a GPU would wait for the processor. */
const ON_THE_PROCESSOR = /^(TreeEnsemble|SVM|CDist|Scan|Loop|If)/;

const PRECISIONS: Readonly<Record<number, DenseWork['precision']>> = { 1: 'float32', 10: 'float16', 11: 'float64' };
const BYTES_OF = { float16: 2, float32: 4, float64: 8 } as const satisfies Record<DenseWork['precision'], number>;

interface Node {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

interface Constant {
  readonly shape: readonly number[];
  readonly precision: DenseWork['precision'] | undefined;
}

interface Graph {
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<string, Constant>;
}

const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

function readGraph(path: string, bytes: Uint8Array): Graph {
  const damaged = (what: string) => new SlipwayError('E_PACKAGE', `${path}: is damaged: ${what}; pack the model again`);
  const reader = new ProtobufReader(path, damaged);
  const nodes: Node[] = [];
  const constants = new Map<string, Constant>();
  const readNode = (message: Uint8Array): Node => {
    const [inputs, outputs]: [string[], string[]] = [[], []];
    let operator = '';
    for (const field of reader.fields(message)) {
      if (field.number === NODE.input) inputs.push(reader.text(field));
      else if (field.number === NODE.output) outputs.push(reader.text(field));
      else if (field.number === NODE.operator) operator = reader.text(field);
    }
    return { operator, inputs, outputs };
  };
  const readConstant = (message: Uint8Array): void => {
    const shape: number[] = [];
    let [name, type] = ['', 0];
    for (const field of reader.fields(message)) {
      if (field.number === TENSOR.dims) shape.push(...reader.integers(field));
      else if (field.number === TENSOR.type) type = field.value;
      else if (field.number === TENSOR.name) name = reader.text(field);
    }
    constants.set(name, { shape, precision: PRECISIONS[type] });
  };
  for (const field of reader.fields(bytes)) {
    if (field.number !== MODEL_GRAPH) continue;
    for (const part of reader.fields(field.bytes)) {
      if (part.number === GRAPH.node) nodes.push(readNode(part.bytes));
      else if (part.number === GRAPH.constant) readConstant(part.bytes);
    }
  }
  return { nodes, constants };
}

function lengthDelimited(number: number, content: Buffer): Buffer {
  const length: number[] = [];
  let rest = content.length;
  for (; rest > 127; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length, rest]), content]);
}

const lengthsOf = (name: string) => `lengths of ${name}`;

/**
 * The model with the lengths of some tensors among its outputs, and not the tensors themselves, which may be of a type that
 * the engine does not give (float16). Protocol buffers merge a message that comes twice, so another graph with nothing but
 * these nodes and outputs is put behind the file; ONNX Runtime finds their types itself.
 */
function withLengths(bytes: Uint8Array, names: readonly string[]): Buffer {
  const text = (number: number, value: string) => lengthDelimited(number, Buffer.from(value));
  const parts = names.flatMap((name) => [
    lengthDelimited(
      GRAPH.node,
      Buffer.concat([text(NODE.input, name), text(NODE.output, lengthsOf(name)), text(NODE.operator, 'Shape')]),
    ),
    lengthDelimited(GRAPH.output, text(1, lengthsOf(name))),
  ]);
  return Buffer.concat([bytes, lengthDelimited(MODEL_GRAPH, Buffer.concat(parts))]);
}

/** Multiplications and additions of one matrix product. */
function operationsOf(node: Node, shapeOf: (name: string) => readonly number[]): number {
  const result = shapeOf(node.outputs[0]!);
  const right = shapeOf(node.inputs[1]!);
  // the inner length: all of a filter but its first axis, or what a matrix has beside the columns of the result
  const inner =
    node.operator === 'Conv'
      ? size(right.slice(1))
      : right.length === 1
        ? right[0]!
        : size(right.slice(-2)) / (result.at(-1) ?? 1);
  return 2 * size(result) * inner;
}

/**
 * The work of one row, or undefined for a model that a GPU has nothing to do for.
 *
 * @param path of the `model.onnx`
 * @param row one that the model accepts
 * @param scratch a folder that the model is copied to while it is looked at
 * @throws SlipwayError E_PACKAGE when the model cannot be read or run, E_PLATFORM where ONNX Runtime has no build
 */
export async function denseWork(
  path: string,
  signature: Signature,
  row: unknown,
  scratch: string,
): Promise<Omit<DenseWork, 'host'> | undefined> {
  const bytes = readFileSync(path);
  const { nodes, constants } = readGraph(path, bytes);
  const products = nodes.filter(({ operator }) => PRODUCTS.includes(operator));
  if (products.length === 0 || nodes.some(({ operator }) => ON_THE_PROCESSOR.test(operator))) return undefined;
  const precision = products.flatMap(({ inputs }) => constants.get(inputs[1]!)?.precision ?? [])[0];
  if (!precision) return undefined;

  const ends = new Set([...signature.outputs, ...signature.inputs].map(({ name }) => name));
  const seen = [...new Set(products.flatMap(({ inputs, outputs }) => [outputs[0]!, inputs[1]!]))].filter(
    (name) => !constants.has(name) && !ends.has(name),
  );
  const copy = join(scratch, 'with-lengths.onnx');
  named(copy, 'written', () => writeFileSync(copy, withLengths(bytes, seen)));
  const engine = await createEngine(copy, { engine: 'onnxruntime' });
  const feeds = encodeRows(signature, [row], '');
  const results = await engine.run(feeds, [...seen.map(lengthsOf), ...signature.outputs.map(({ name }) => name)]);
  await engine.close();
  rmSync(copy);
  const lengths = (name: string) => {
    const found = results[lengthsOf(name)];
    return found && Array.from(found.data as ArrayLike<number | bigint>, Number);
  };
  const shapeOf = (name: string): readonly number[] =>
    constants.get(name)?.shape ?? lengths(name) ?? results[name]?.shape ?? feeds[name]?.shape ?? [];
  let [operations, activations] = [0, 0];
  for (const node of products) {
    operations += operationsOf(node, shapeOf);
    activations += size(shapeOf(node.outputs[0]!));
  }
  let parameters = 0;
  for (const constant of constants.values()) {
    if (constant.precision) parameters += size(constant.shape) * BYTES_OF[constant.precision];
  }
  return {
    precision,
    operationsPerRow: operations,
    parameterBytes: parameters,
    activationBytesPerRow: activations * BYTES_OF[precision],
    nodes: Math.min(nodes.length, await fusedNodes(path, scratch)),
  };
}

/**
 * Operators of the graph as ONNX Runtime runs it. It fuses for a processor here, for a GPU a little more; of 16 bits a processor
 * has no units, and then it has more operators than the graph.
 */
async function fusedNodes(path: string, scratch: string): Promise<number> {
  const optimizedModelPath = join(scratch, 'fused.onnx');
  const engine = await createEngine(path, { engine: 'onnxruntime', optimizedModelPath });
  await engine.close();
  const { nodes } = readGraph(optimizedModelPath, readFileSync(optimizedModelPath));
  rmSync(optimizedModelPath);
  return nodes.length;
}
