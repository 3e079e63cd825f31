/** Rows to try a graph with, as tensors: known ones put into other places, and others made from them. */
import { allocate, type Tensor, type Tensors } from '../../model/rows/tensor';

export function rowCount(tensors: Tensors): number {
  return Object.values(tensors)[0]?.shape[0] ?? 0;
}

/**
 * A run of some rows.
 *
 * @param parts tensors with the same inputs
 * @param picks of each row the part that it is in, and its index there
 */
export function placed(parts: readonly Tensors[], picks: readonly (readonly [part: number, row: number])[]): Tensors {
  const result: Record<string, Tensor> = {};
  for (const [name, { type, shape }] of Object.entries(parts[0]!)) {
    const width = shape[1] ?? 1;
    const data = allocate(type, picks.length * width) as unknown[];
    for (const [place, [part, row]] of picks.entries()) {
      const from = parts[part]![name]!.data;
      for (let column = 0; column < width; column++) data[place * width + column] = from[row * width + column];
    }
    result[name] = { type, shape: [picks.length, ...shape.slice(1)], data } as unknown as Tensor;
  }
  return result;
}

/** Single rows, one below the other. */
export function joined(rows: readonly Tensors[]): Tensors {
  return placed(
    rows,
    rows.map((_, i) => [i, 0] as const),
  );
}

type Change = (value: number) => number;

/** What becomes of a number: something near, or something so far that it shows wherever it is mixed in. */
const CHANGES: Readonly<Record<'near' | 'far', readonly Change[]>> = {
  near: [(value) => value, (value) => value * 1.37 + 0.11, (value) => -value - 0.5],
  far: [
    (value) => value * 1e3 + 2e3,
    (value) => value * -1e3 - 2e3,
    (value) => value * 1e6 + 1e7,
    (value) => value * -1e6 - 1e7,
  ],
};
const INTEGERS = { near: [0n, 1n, 2n], far: [-1n, 1000n] } as const;

/**
 * Rows of other callers: each value is one of its column in another row, changed.
 *
 * @param rows how many
 */
export function companyOf(inputs: Tensors, rows: number, distance: 'near' | 'far'): Tensors {
  const known = rowCount(inputs);
  const company = placed(
    [inputs],
    Array.from({ length: rows }, (_, i) => [0, (i * 7 + 1) % known] as const),
  );
  const changes = CHANGES[distance];
  const added = INTEGERS[distance];
  for (const { type, shape, data } of Object.values(company)) {
    const width = shape[1] ?? 1;
    for (let i = 0; i < rows * width; i++) {
      const [row, column] = [Math.floor(i / width), i % width];
      // all columns of a row alike, and in every other row each its own way
      const turn = row + (row % 2) * column;
      if (type === 'float64' || type === 'float32') data[i] = changes[turn % changes.length]!(data[i]!);
      else if (type === 'int64') data[i] = data[i]! + added[turn % added.length]!;
      else if (type === 'bool') data[i] = turn % 2;
    }
  }
  return company;
}
