/** Operators that look elements up by index or by key: Gather, GatherElements, LabelEncoder. */
import { malformed } from '../../contract/fault';
import type { NodeReader, Operator } from '../graph/node-reader';
import type { Constant } from '../graph/onnx-tensor';
import type { Planner } from '../graph/planner';
import { sizeOf, type Value } from '../graph/value';
import { copy, placesOf } from './arrange';

/** @throws Error for an index outside, as ONNX Runtime does */
function checkedIndex(index: number, length: number, fault = (what: string) => new Error(what)): number {
  const at = index < 0 ? index + length : index;
  if (!(at >= 0 && at < length)) throw fault(`index ${index} is outside of the ${length} elements it is looked up in`);
  return at;
}

const gather: Operator = (plan, node, inputs) => {
  const [table, indices] = inputs as [Value, Value];
  if (inputs.length !== 2 || indices.type !== 'int64') throw node.refuse('has inputs of other types');
  const axis = node.axis(table, node.integer('axis', 0));
  if (!indices.perRow) return [elementsOf(plan, table, indices, axis)];
  if (table.perRow || axis !== 0) throw node.refuse('looks up in a table of each row');
  return [rowsOf(plan, table, indices)];
};

/** Elements at constant places along one axis. */
function elementsOf(plan: Planner, table: Value, indices: Value, axis: number): Value {
  const length = table.shape[axis]!;
  const chosen = Array.from(indices.store.numbers, (index) =>
    checkedIndex(index, length, (what) => malformed(plan.file, what)),
  );
  const [before, after] = [table.shape.slice(0, axis), table.shape.slice(axis + 1)];
  const out = plan.result(table.type, [...before, ...indices.shape, ...after], [table]);
  const flat = [...before, chosen.length, ...after]; // the indices as one axis
  copy(
    plan,
    [table],
    table,
    out,
    placesOf(flat, table.shape, (index) => index.map((at, i) => (i === axis ? chosen[at]! : at))),
  );
  return out;
}

/** For each index the part of a constant table along its first axis. */
function rowsOf(plan: Planner, table: Value, indices: Value): Value {
  const [length, ...part] = table.shape as [number, ...number[]];
  const width = sizeOf(part);
  const out = plan.result(table.type, [...indices.shape, ...part], [indices]);
  const { store: places, size: count } = indices;
  const { store } = out;
  if (table.type === 'string') {
    const { texts } = table.store;
    plan.step([indices], [out], (rows) => {
      for (let i = 0, k = 0; i < rows * count; i++) {
        const at = checkedIndex(places.numbers[i]!, length) * width;
        for (let j = 0; j < width; j++) store.texts[k++] = texts[at + j]!;
      }
    });
  } else {
    const { numbers } = table.store;
    plan.step([indices], [out], (rows) => {
      const [index, to] = [places.numbers, store.numbers];
      for (let i = 0, k = 0, all = rows * count; i < all; i++) {
        const at = checkedIndex(index[i]!, length) * width;
        for (let j = 0; j < width; j++) to[k++] = numbers[at + j]!;
      }
    });
  }
  return out;
}

/** One element of each row, by an index that the row has. */
const gatherElements: Operator = (plan, node, inputs) => {
  const [table, indices] = inputs as [Value, Value];
  if (inputs.length !== 2 || indices.type !== 'int64' || table.type === 'string')
    throw node.refuse('has inputs of other types');
  const axis = node.axis(table, node.integer('axis', 0));
  if (!table.perRow || !indices.perRow || axis !== 0 || table.shape.length !== 1 || indices.shape.length !== 1) {
    throw node.refuse('looks up along other axes');
  }
  const out = plan.result(table.type, indices.shape, inputs);
  const { size: length, store: from } = table;
  const { size: count, store: places } = indices;
  const { store: to } = out;
  plan.step(inputs, [out], (rows) => {
    for (let row = 0, k = 0; row < rows; row++) {
      for (let i = 0; i < count; i++, k++) {
        to.numbers[k] = from.numbers[row * length + checkedIndex(places.numbers[k]!, length)]!;
      }
    }
  });
  return [out];
};

/** Keys to values, in the form of ai.onnx.ml 4 with tensors. */
const labelEncoder: Operator = (plan, node, inputs) => {
  node.expect(inputs, 1, 'string', 'float64', 'int64');
  const [input] = inputs as [Value];
  const keys = node.tensor('keys_tensor');
  const values = node.tensor('values_tensor');
  const otherwise = node.tensor('default_tensor');
  if (keys.type !== input.type || values.type !== 'float64' || otherwise.type !== 'float64') {
    throw node.refuse('has keys or values of other types');
  }
  const known = dictionary(node, keys, values);
  const missing = otherwise.elements[0] as number;
  const out = plan.result('float64', input.shape, inputs);
  const { store: from, type } = input;
  const { store: to, size } = out;
  plan.step(inputs, [out], (rows) => {
    const asked: ArrayLike<number | string> = type === 'string' ? from.texts : from.numbers;
    for (let i = 0; i < rows * size; i++) to.numbers[i] = known.get(asked[i]!) ?? missing;
  });
  return [out];
};

/** A Map finds NaN by NaN, and 0 by -0, as ONNX Runtime does. */
function dictionary(node: NodeReader, keys: Constant, values: Constant): Map<number | string, number> {
  const known = new Map<number | string, number>();
  if (keys.elements.length !== values.elements.length) throw node.refuse('has more keys than values');
  for (let i = 0; i < keys.elements.length; i++) known.set(keys.elements[i]!, values.elements[i] as number);
  if (known.size !== keys.elements.length) throw node.refuse('has a key twice');
  return known;
}

export const GATHER: Readonly<Record<string, Operator>> = { Gather: gather, GatherElements: gatherElements };
export const GATHER_ML: Readonly<Record<string, Operator>> = { LabelEncoder: labelEncoder };
