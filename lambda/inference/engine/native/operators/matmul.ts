/** The product of rows with a constant matrix. Each sum is taken in the order of the columns. */
import type { Operator } from '../graph/node-reader';
import { sizeOf, type Value } from '../graph/value';

const matmul: Operator = (plan, node, inputs) => {
  node.expect(inputs, 2, 'float64');
  const [a, b] = inputs as [Value, Value];
  if (b.perRow || b.shape.length !== 2 || a.shape.length < (a.perRow ? 1 : 2))
    throw node.refuse('has matrices of other shapes');
  const [inner, columns] = b.shape as [number, number];
  const lines = a.shape.slice(0, -1); // for each row
  if (a.shape.at(-1) !== inner) throw node.refuse('has matrices that do not fit');
  const out = plan.result('float64', [...lines, columns], inputs);
  const count = sizeOf(lines);
  if (a.perRow) plan.spend(count * inner * columns);
  const turned = transposed(b.store.numbers, inner, columns);
  const { store: from } = a;
  const { store: to } = out;
  plan.step(inputs, [out], (rows) => {
    if (columns === 1) multiplyVector(from.numbers, turned, to.numbers, rows * count, inner);
    else multiply(from.numbers, turned, to.numbers, rows * count, inner, columns);
  });
  return [out];
};

function transposed(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const turned = new Float64Array(matrix.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) turned[j * rows + i] = matrix[i * columns + j]!;
  }
  return turned;
}

/** @param turned the right matrix by columns. Four columns at a time, whose sums do not wait for each other. */
function multiply(
  a: Float64Array,
  turned: Float64Array,
  out: Float64Array,
  lines: number,
  inner: number,
  columns: number,
): void {
  const whole = columns - (columns % 4);
  for (let line = 0, k = 0; line < lines; line++) {
    const start = line * inner;
    for (let j = 0; j < whole; j += 4) {
      let p = 0;
      let q = 0;
      let r = 0;
      let s = 0;
      const b0 = j * inner;
      const b1 = b0 + inner;
      const b2 = b1 + inner;
      const b3 = b2 + inner;
      for (let i = 0; i < inner; i++) {
        const x = a[start + i]!;
        p += x * turned[b0 + i]!;
        q += x * turned[b1 + i]!;
        r += x * turned[b2 + i]!;
        s += x * turned[b3 + i]!;
      }
      out[k++] = p;
      out[k++] = q;
      out[k++] = r;
      out[k++] = s;
    }
    for (let j = whole; j < columns; j++) {
      let sum = 0;
      for (let i = 0, at = j * inner; i < inner; i++) sum += a[start + i]! * turned[at + i]!;
      out[k++] = sum;
    }
  }
}

/** The same with a vector: four lines at a time. */
function multiplyVector(a: Float64Array, vector: Float64Array, out: Float64Array, lines: number, inner: number): void {
  const whole = lines - (lines % 4);
  for (let line = 0; line < whole; line += 4) {
    let p = 0;
    let q = 0;
    let r = 0;
    let s = 0;
    for (let i = 0, at = line * inner; i < inner; i++, at++) {
      const x = vector[i]!;
      p += a[at]! * x;
      q += a[at + inner]! * x;
      r += a[at + 2 * inner]! * x;
      s += a[at + 3 * inner]! * x;
    }
    out[line] = p;
    out[line + 1] = q;
    out[line + 2] = r;
    out[line + 3] = s;
  }
  for (let line = whole; line < lines; line++) {
    let sum = 0;
    for (let i = 0, at = line * inner; i < inner; i++) sum += a[at + i]! * vector[i]!;
    out[line] = sum;
  }
}

export const MATMUL: Readonly<Record<string, Operator>> = { MatMul: matmul };
