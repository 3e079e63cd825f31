/**
 * An engine that is both: it asks the native engine and ONNX Runtime, holds their answers against each other, and gives
 * the native ones. Where the native engine leaves a graph to ONNX Runtime it is that one alone.
 */
import { readFileSync } from 'node:fs';
import { createEngine, type Engine } from '../../../../lambda/inference/engine';
import { createNativeEngine } from '../../../../lambda/inference/engine/native';
import { readGraph } from '../../../../lambda/inference/engine/native/graph/onnx-graph';
import type { Signature } from '../../../../lib/model/rows/signature';
import type { Tensor, Tensors } from '../../../../lib/model/rows/tensor';

/** The bound that the two engines are held to: relative for numbers above 1, absolute below. */
const BOUND = 1e-12;

export function expectSameAnswers(native: Tensors, other: Tensors, context: string): void {
  const forms = [native, other].map((tensors) => {
    return Object.entries(tensors).map(([name, { type, shape }]) => `${name}: ${type} [${shape}]`);
  });
  if (`${forms[0]}` !== `${forms[1]}`)
    throw new Error(`${context}: ${forms[0]} natively and ${forms[1]} in ONNX Runtime`);
  for (const [name, expected] of Object.entries(other)) {
    const got = native[name]!;
    for (let i = 0; i < expected.data.length; i++) {
      const [a, b] = [got.data[i]!, expected.data[i]!];
      if (Object.is(a, b) || a === b) continue;
      const near =
        typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= BOUND * Math.max(1, Math.abs(b));
      if (!near) throw new Error(`${context}: ${name}[${i}] is ${a} natively and ${b} in ONNX Runtime`);
    }
  }
}

export async function createBothEngines(path: string, signature: Signature): Promise<Engine> {
  const other = await createEngine(path, { engine: 'onnxruntime' });
  const native = await createNativeEngine(path);
  if (typeof native === 'string') return other;
  const methods = signature.outputs.map(({ name }) => name);
  /** @returns undefined when both refuse the rows */
  const compare = async (inputs: Tensors, wanted: readonly string[], context: string): Promise<Tensors | undefined> => {
    const [mine, its] = await Promise.allSettled([native.run(inputs, wanted), other.run(inputs, wanted)]);
    if (mine.status === 'rejected' && its.status === 'rejected') return undefined;
    if (mine.status === 'rejected') throw mine.reason;
    if (its.status === 'rejected') throw its.reason;
    expectSameAnswers(mine.value, its.value, context);
    return mine.value;
  };
  const splits = splitsOf(path);
  return {
    name: native.name,
    async run(inputs, wanted) {
      const answers = await compare(inputs, wanted, 'the given rows');
      await compare(strangeRows(inputs, splits), methods, 'strange rows');
      return answers ?? native.run(inputs, wanted);
    },
    async close() {
      await other.close();
    },
  };
}

/** Numbers that the trees of a graph compare with. */
function splitsOf(path: string): number[] {
  return readGraph(path, readFileSync(path)).nodes.flatMap(({ attributes }) => {
    const splits = attributes.get('nodes_splits');
    return splits?.kind === 'tensor' ? Array.from(splits.value.elements as Float64Array) : [];
  });
}

/** The rows again, with some of their fields exchanged: what trees compare with, its neighbours, huge and missing numbers. */
function strangeRows(inputs: Tensors, splits: readonly number[]): Tensors {
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647; // Park and Miller
    return seed % below;
  };
  const special = [0, -0, 1e30, -1e30, 0.5, -1, Number.NaN];
  const changed = ({ type, shape, data }: Tensor): Tensor => {
    if (type === 'float64') {
      const copy = Float64Array.from(data, (number, i) => {
        const split = splits[random(splits.length || 1)] ?? number;
        switch (random(8)) {
          case 0:
            return split;
          case 1:
            return split * (1 + Number.EPSILON);
          case 2:
            return special[random(special.length)]!;
          case 3:
            return data[random(data.length)]!;
          default:
            return data[i]!;
        }
      });
      return { type, shape, data: copy };
    }
    if (type === 'string') return { type, shape, data: data.map((text) => (random(3) === 0 ? `${text}?` : text)) };
    return { type, shape, data } as Tensor;
  };
  return Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, changed(tensor)]));
}
