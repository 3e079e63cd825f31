/** scipy's sparse matrices (.npz): a zip of arrays, whose state is that of a pickle. Source: scipy/sparse/_matrix_io.py. */
import { SlipwayError } from '../../model/error';
import { readZip } from '../archives/zip';
import { DEFAULT_LIMITS, PyTuple, type PyValue } from '../joblib';
import { readNpy } from './npy';

/** What there is of compressed rows or columns, diagonals or coordinates; and what tells which it is. */
const MOST_ARRAYS = 16;

export function readSparse(file: string, name: string, bytes: Buffer): Map<PyValue, PyValue> {
  const state = new Map<PyValue, PyValue>();
  for (const member of readZip(`${file}: ${name}`, bytes, DEFAULT_LIMITS)) {
    if (state.size >= MOST_ARRAYS || !member.name.endsWith('.npy')) {
      throw new SlipwayError('E_FORMAT', `${file}: ${JSON.stringify(name)} in it is no sparse matrix of scipy`);
    }
    const part = member.name.slice(0, -'.npy'.length);
    if (part === 'format' || part === '_is_array') continue;
    const array = readNpy(file, `${name}/${member.name}`, member.read());
    if (part === 'shape') state.set('_shape', new PyTuple([...array.numbers()]));
    else state.set(part, array);
  }
  return state;
}
