/** Fitted matrices that scikit-learn keeps sparse where X was: scipy's compressed rows, as they stand in a file. */
import { NumpyArray, PyObject, PyTuple, type PyValue } from '../joblib';
import type { Estimator } from './estimator';
import { limitNumbers } from './parameters';

/** By what scipy calls them, before and since 1.8. */
const COMPRESSED_ROWS = [
  ...['scipy.sparse._csr.csr_matrix', 'scipy.sparse._csr.csr_array'],
  ...['scipy.sparse.csr.csr_matrix', 'scipy.sparse.csr.csr_array'],
];

interface Matrix {
  /** Row-major. */
  readonly values: Float64Array;
  readonly shape: readonly [number, number];
}

/**
 * A matrix of finite numbers that fitting sets, be it dense or sparse.
 *
 * @throws SlipwayError E_FORMAT when it contradicts itself; E_LIMIT when it is too large to be written out
 */
export function matrixOf(estimator: Estimator, name: string): Matrix {
  const object = estimator.fitted(name);
  if (!(object instanceof PyObject) || !COMPRESSED_ROWS.includes(object.callee.fullName)) {
    const { values, shape } = estimator.finite(name, 2);
    return { values, shape: shape as [number, number] };
  }
  const damaged = () => estimator.damaged(`${name} is not a sparse matrix that fits together`);
  const state = object.state instanceof Map ? object.state : new Map<PyValue, PyValue>();
  const size = state.get('_shape');
  const [rows, width] = size instanceof PyTuple ? size.items : [];
  const isLength = (length: PyValue | undefined): length is number =>
    Number.isSafeInteger(length) && Number(length) >= 0;
  if (!isLength(rows) || !isLength(width)) throw damaged();
  limitNumbers(estimator, rows * width);
  const [data, indices, starts] = ['data', 'indices', 'indptr'].map((part) => {
    const array = state.get(part);
    if (!(array instanceof NumpyArray) || !array.isNumeric || array.shape.length !== 1) throw damaged();
    return array.numbers();
  }) as [Float64Array, Float64Array, Float64Array];
  if (!data.every(Number.isFinite) || starts.length !== rows + 1 || indices.length !== data.length) throw damaged();
  const values = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const [from, to] = [starts[row]!, starts[row + 1]!];
    if (!isLength(from) || !isLength(to) || from > to || to > data.length) throw damaged();
    for (let i = from; i < to; i++) {
      const column = indices[i]!;
      if (!isLength(column) || column >= width) throw damaged();
      values[row * width + column]! += data[i]!; // scipy adds up what is there twice
    }
  }
  return { values, shape: [rows, width] };
}

/** As `matrixOf`, of the given shape. */
export function shapedMatrix(estimator: Estimator, name: string, rows: number, width: number): Float64Array {
  const { values, shape } = matrixOf(estimator, name);
  if (shape[0] === rows && shape[1] === width) return values;
  throw estimator.damaged(`${name} has shape ${shape.join(' x ')}, and should have ${rows} x ${width}`);
}
