/** The product of rows with a constant matrix. Each sum is taken in the order of the columns. */
import type { Operator } from '../node-reader';
import { sizeOf, type Value } from '../value';

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
  plan.step(inputs, [out], (rows) => multiply(from.numbers, turned, to.numbers, rows * count, inner, columns));
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
      let [p, q, r, s] = [0, 0, 0, 0];
      const [b0, b1, b2, b3] = [j * inner, (j + 1) * inner, (j + 2) * inner, (j + 3) * inner];
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

export const MATMUL: Readonly<Record<string, Operator>> = { MatMul: matmul };
