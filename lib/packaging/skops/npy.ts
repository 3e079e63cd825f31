/** numpy's own file of one array (.npy), as `np.save(..., allow_pickle=False)` writes it; source: numpy/lib/format.py. */
import { SlipwayError } from '../../model/error';
import { DType, NumpyArray } from '../joblib';

const MAGIC = '\x93NUMPY';

const HEADER =
  /^\{'descr': ('[^']*'|\[[^\]]*\]), 'fortran_order': (True|False), 'shape': \(((?:\d{1,15}, ?)*(?:\d{1,15})?)\), \}\s*$/;
const FIELD = /^\('((?:[^'\\]|\\[^x])*)', '([^']*)'(?:, \((\d{1,9}(?:, ?\d{1,9})*,?)\))?\)(?:, )?/;

/** A header of a structure has some bytes a field. */
const MOST_HEADER_BYTES = 65_536;

/** Most axes that numpy allows. */
const MOST_AXES = 64;

/** @throws SlipwayError E_FORMAT when it is damaged, or holds Python objects */
export function readNpy(file: string, name: string, bytes: Buffer): NumpyArray {
  const damaged = (what: string) => new SlipwayError('E_FORMAT', `${file}: ${JSON.stringify(name)} in it ${what}`);
  const version = bytes[6];
  if (bytes.toString('latin1', 0, 6) !== MAGIC || (version !== 1 && version !== 2 && version !== 3)) {
    throw damaged('is no array of numpy (.npy)');
  }
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw damaged('ends too early');
  const length = version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  if (length > MOST_HEADER_BYTES) throw damaged(`has a header of ${length} bytes, more than ${MOST_HEADER_BYTES}`);
  const header = bytes.toString(version === 3 ? 'utf8' : 'latin1', start, start + length);
  const [, descr, order, axes] = HEADER.exec(header) ?? [];
  if (descr === undefined) throw damaged('has a header that is not read');
  const shape = axes!.split(',').flatMap((axis) => (axis.trim() === '' ? [] : [Number(axis)]));
  if (shape.length > MOST_AXES) throw damaged(`has ${shape.length} axes`);
  const data = bytes.subarray(start + length);
  const dtype = dtypeOf(descr);
  if (!dtype) return new NumpyArray(file).fill(undefined, shape, data, order === 'True');
  if (dtype.hasObject) throw damaged('holds Python objects, which skops does not write');
  const elements = shape.reduce((product, axis) => product * axis, 1);
  if (elements * dtype.itemSize !== data.length || (dtype.itemSize === 0 && elements > 0)) {
    throw damaged('has another length than its shape');
  }
  return new NumpyArray(file).fill(dtype.seal(), shape, data, order === 'True');
}

/** Undefined for a type that is not known, such as a date: the array is then carried along unread. */
function dtypeOf(descr: string): DType | undefined {
  if (!descr.startsWith('[')) return DType.parse(descr.slice(1, -1));
  const fields = new Map<string, { readonly dtype: DType; readonly offset: number }>();
  let offset = 0;
  for (let rest = descr.slice(1, -1); rest !== ''; ) {
    const [found, name, type, axes] = FIELD.exec(rest) ?? [];
    const dtype = type === undefined ? undefined : DType.parse(type);
    if (found === undefined || !dtype || dtype.hasObject) return undefined;
    const count = (axes ?? '')
      .split(',')
      .reduce((product, axis) => product * (axis.trim() === '' ? 1 : Number(axis)), 1);
    dtype.hasSubarray = axes !== undefined;
    if (name !== '') fields.set(name!, { dtype: dtype.seal(), offset }); // without a name it is padding
    offset += dtype.itemSize * count;
    rest = rest.slice(found.length);
  }
  const structure = new DType('V', offset);
  structure.fields = fields;
  return structure;
}
