/**
 * Graphs that make much out of nothing: a shape of two numbers, of which a tensor of gigabytes is made as soon as the engine
 * loads it, or a loop that never ends. What the file itself says is computed here, before anything is allocated or run; what
 * follows from data is left to the bound on the process that tries the model.
 */
import { SlipwayError } from '../../model/error';
import { MIB } from '../../model/units';
import { attributeOf } from '../onnx/attribute';
import { type DocumentNode, type OnnxDocument, readInnerGraph } from '../onnx/document';
import { elements, type Known, knownConstant, resultOf } from './shapes';

/** One value for one row, and all constants together, beyond twice the file. */
const MOST_MIB = 1024;
/** Turns of a loop. */
const MOST_TURNS = 2 ** 24;
/** Graphs within graphs. */
const DEPTH = 8;

interface Graph {
  readonly nodes: readonly DocumentNode[];
  readonly constants: OnnxDocument['constants'];
}

/** What is known by name, in a graph and in those around it. A name that nothing is known of hides that of a graph around. */
class Scope {
  private readonly own = new Map<string, Known | undefined>();

  constructor(private readonly outer?: Scope) {}

  get(name: string): Known | undefined {
    return this.own.has(name) ? this.own.get(name) : this.outer?.get(name);
  }

  set(name: string, value: Known | undefined): void {
    this.own.set(name, value);
  }
}

/** @throws SlipwayError E_LIMIT */
export function refuseGrowth(document: OnnxDocument, fileBytes: number): void {
  const values = new Scope();
  for (const { name, shape, type } of document.inputs) {
    values.set(name, shape && { shape, elementBytes: type === 'float32' ? 4 : 8, constant: false });
  }
  new Walk(document, MOST_MIB * MIB + 2 * fileBytes).graph(document, values, 0);
}

class Walk {
  private constantBytes = 0;

  constructor(
    private readonly document: OnnxDocument,
    private readonly mostBytes: number,
  ) {}

  /** @param values what is known from outside; what is found is added */
  graph({ nodes, constants }: Graph, values: Scope, depth: number): Scope {
    const { reader } = this.document;
    for (const [name, tensor] of constants) values.set(name, knownConstant(reader, tensor));
    for (const node of nodes) {
      const inputs = node.inputs.map((name) => values.get(name));
      for (const name of node.outputs) values.set(name, undefined);
      if (node.domain === '' && node.operator === 'Loop') this.loop(node, inputs, values, depth);
      else if (node.domain === '' && /^(If|Scan)$/.test(node.operator)) this.within(node, values, depth);
      const result = resultOf(inputs, node, reader);
      if (!result || node.outputs[0] === undefined) continue;
      this.check(node, node.outputs[0], result);
      values.set(node.outputs[0], result);
    }
    return values;
  }

  private within(node: DocumentNode, values: Scope, depth: number): void {
    for (const name of ['body', 'then_branch', 'else_branch']) this.inner(node, name, values, depth);
  }

  private inner(node: DocumentNode, attribute: string, values: Scope, depth: number) {
    const bytes = attributeOf(this.document.reader, node, attribute)?.graph;
    if (!bytes || depth >= DEPTH) return undefined;
    const inner = readInnerGraph(this.document.reader, bytes);
    const own = new Scope(values);
    for (const { name } of inner.inputs) own.set(name, undefined);
    return { ...inner, values: this.graph(inner, own, depth + 1) };
  }

  /** Inputs are the number of turns and whether to begin; the body's first output is whether to go on. */
  private loop(
    node: DocumentNode,
    [count, begins]: readonly (Known | undefined)[],
    values: Scope,
    depth: number,
  ): void {
    const body = this.inner(node, 'body', values, depth);
    const counted = node.inputs[0] ? count?.values?.[0] : Number.POSITIVE_INFINITY;
    const begun = node.inputs[1] ? begins?.values?.[0] : 1;
    if (!body || counted === undefined || begun === 0) return;
    if (counted > MOST_TURNS && begun === 1 && goesOn(body)) {
      const turns = counted === Number.POSITIVE_INFINITY ? 'without end' : `of ${counted} turns`;
      throw this.refusal(`has a Loop ${turns} ("${node.outputs[0]}"); the limit is ${MOST_TURNS} turns`);
    }
    const carried = node.inputs.length - 2;
    body.outputs.slice(1 + carried).forEach(({ name }, i) => {
      const one = body.values.get(name);
      if (!one || !Number.isFinite(counted) || !goesOn(body)) return;
      this.check(node, node.outputs[carried + i] ?? name, { ...one, shape: [counted, ...one.shape] });
    });
  }

  private check(node: DocumentNode, name: string, value: Known): void {
    const bytes = elements(value) * value.elementBytes;
    if (value.constant) this.constantBytes += bytes;
    if (bytes <= this.mostBytes && this.constantBytes <= this.mostBytes) return;
    const limit = `the limit is ${Math.round(this.mostBytes / MIB)} MiB`;
    if (bytes <= this.mostBytes) {
      throw this.refusal(`makes ${mebibytes(this.constantBytes)} of constants that it does not hold; ${limit}`);
    }
    const shape = value.shape.map((length) => length ?? 'rows').join(' x ');
    throw this.refusal(
      `makes a tensor of ${shape} elements, ${mebibytes(bytes)}${value.constant ? '' : ' for one row'} (${node.operator}, "${name}"); ${limit}`,
    );
  }

  private refusal(what: string): SlipwayError {
    return new SlipwayError('E_LIMIT', `${this.document.file}: ${what}; export the model without it`);
  }
}

/** Whether the body says true whenever it was told true: by a constant, or by passing on what it was told. */
function goesOn({ nodes, inputs, outputs, values }: ReturnType<typeof readInnerGraph> & { values: Scope }) {
  const made = new Map(nodes.map((node) => [node.outputs[0], node]));
  let name = outputs[0]?.name;
  for (let steps = 0; steps <= nodes.length && name !== undefined; steps++) {
    if (name === inputs[1]?.name || values.get(name)?.values?.[0] === 1) return true;
    const node = made.get(name);
    if (!node || !/^(Identity|Cast)$/.test(node.operator)) return false;
    name = node.inputs[0];
  }
  return false;
}

function mebibytes(bytes: number): string {
  return bytes < 1e15 ? `${Math.round(bytes / MIB)} MiB` : `${(bytes / MIB).toExponential(1)} MiB`;
}
