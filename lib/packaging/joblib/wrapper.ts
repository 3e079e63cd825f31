/**
 * joblib's arrays: after a `NumpyArrayWrapper` the elements themselves follow in the stream.
 *
 * - elements that are bytes: one byte with a length, that much padding, then the elements. Without the byte
 *   when the wrapper has no alignment (joblib before 1.2)
 * - elements that are Python objects: a whole pickle of the array, with a memo and a stack of its own
 */
import { DType } from './dtype';
import type { Input } from './input';
import { limitError, type ReaderLimits } from './limits';
import { NumpyArray } from './ndarray';
import { arrayShape, byteLength } from './reduce';
import type { PyObject, PyValue } from './values';

const WRAPPERS = new Set([
  'joblib.numpy_pickle.NumpyArrayWrapper',
  'sklearn.externals.joblib.numpy_pickle.NumpyArrayWrapper', // scikit-learn before 0.23 carried joblib along
]);

export function isArrayWrapper(object: PyObject): boolean {
  return WRAPPERS.has(object.callee.fullName);
}

interface ArrayReading {
  readonly limits: ReaderLimits;
  /** Counts the bytes of all arrays of the file. */
  readonly usage: { arrayBytes: number };
  /** Reads a whole pickle from where the input is. */
  readonly nested: () => PyValue;
}

/**
 * Read the elements that follow a wrapper.
 *
 * @param input is behind the opcode that completed the wrapper
 */
export function readWrappedArray(wrapper: PyObject, input: Input, { limits, usage, nested }: ArrayReading): NumpyArray {
  if (!(wrapper.state instanceof Map)) throw input.damaged('an array has no description');
  const dtype = wrapper.state.get('dtype');
  if (!(dtype instanceof DType)) throw input.error('E_FORMAT', 'has an array of a numpy type that is not known');
  const shape = arrayShape(wrapper.state.get('shape'), input);
  if (dtype.hasObject) {
    const array = nested();
    if (!(array instanceof NumpyArray) || !array.filled) throw input.damaged('an array of objects is not an array');
    return array;
  }
  const bytes = byteLength(dtype, shape, input, limits);
  usage.arrayBytes += bytes;
  if (usage.arrayBytes > limits.arrayBytes) {
    throw limitError(input.file, `has arrays of ${usage.arrayBytes} bytes`, `${limits.arrayBytes} bytes`);
  }
  const alignment = wrapper.state.get('numpy_array_alignment_bytes');
  if (alignment !== undefined && alignment !== null) input.skip(input.uint8());
  const order = wrapper.state.get('order');
  return new NumpyArray(input.file).fill(dtype.seal(), shape, input.take(bytes), order === 'F');
}
