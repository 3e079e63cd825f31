/** Constants of an ONNX file. Numbers of every type are held as doubles, which hold them exactly, else they are refused. */
import { DATA_TYPE, TENSOR } from '../../../../../lib/model/formats/onnx-fields';
import type { ProtobufReader } from '../../../../../lib/model/formats/protobuf-reader';
import type { ElementType } from '../../../../../lib/model/rows/signature';
import { NotNative } from '../../contract/fault';

/** A constant. Its elements are row-major; bool is 0 or 1. */
export interface Constant {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly elements: Float64Array | readonly string[];
}

/** Element types by `TensorProto.DataType`. */
export const TYPES: Readonly<Record<number, ElementType>> = {
  [DATA_TYPE.float32]: 'float32',
  [DATA_TYPE.int64]: 'int64',
  [DATA_TYPE.string]: 'string',
  [DATA_TYPE.bool]: 'bool',
  [DATA_TYPE.float64]: 'float64',
};

/** Stored in raw_data like the others, and only ever the modes of a tree's nodes. */
const UINT8 = DATA_TYPE.uint8;

/** No tensor of a model has more axes, and the shape of a damaged one might have millions. */
const MAXIMUM_AXES = 8;

/** @throws SlipwayError when shape and elements do not fit each other; NotNative for a type that is not known */
export function readConstant(reader: ProtobufReader, bytes: Uint8Array): { name: string; constant: Constant } {
  const shape: number[] = [];
  const texts: string[] = [];
  const numbers: number[] = [];
  let name = '';
  let code = 0;
  let raw: Uint8Array | undefined;
  for (const field of reader.fields(bytes)) {
    if (field.number === TENSOR.shape) shape.push(...reader.integers(field).slice(0, MAXIMUM_AXES + 1));
    else if (field.number === TENSOR.type) code = field.value;
    else if (field.number === TENSOR.name) name = reader.text(field);
    else if (field.number === TENSOR.raw) raw = field.bytes;
    else if (field.number === TENSOR.text) texts.push(reader.text(field));
    else if (field.number === TENSOR.int64) for (const integer of reader.integers(field)) numbers.push(integer);
    else if (field.number === TENSOR.external || (field.number === TENSOR.location && field.value !== 0)) {
      throw new NotNative('it keeps data in other files');
    } else if (field.number === TENSOR.float32 || field.number === TENSOR.float64) {
      const size = field.number === TENSOR.float32 ? 4 : 8;
      const view = new DataView(field.bytes.buffer, field.bytes.byteOffset, field.bytes.byteLength);
      for (let at = 0; at + size <= view.byteLength; at += size) {
        numbers.push(size === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true));
      }
    }
  }
  const type = code === UINT8 ? 'int64' : TYPES[code];
  if (!type) throw new NotNative(`the constant "${name}" has the type ${code}`);
  const elements = type === 'string' ? texts : raw ? fromRaw(reader, raw, code, name) : Float64Array.from(numbers);
  if (type === 'int64' && !(elements as Float64Array).every(Number.isSafeInteger)) {
    throw new NotNative(`the constant "${name}" holds integers beyond 2^53`);
  }
  let size = 1;
  for (const length of shape) size *= length;
  if (shape.length > MAXIMUM_AXES || shape.some((length) => length < 0) || size !== elements.length) {
    throw reader.damaged(
      `the constant "${name}" has ${elements.length} elements and the shape ${shape.slice(0, MAXIMUM_AXES).join(' x ')}`,
    );
  }
  return { name, constant: { type, shape, elements } };
}

/** Numbers as they lie in memory, little-endian, which need not be aligned in the file. */
function fromRaw(reader: ProtobufReader, raw: Uint8Array, code: number, name: string): Float64Array {
  const sizes: Readonly<Record<number, number>> = {
    [DATA_TYPE.float32]: 4,
    [UINT8]: 1,
    [DATA_TYPE.int64]: 8,
    [DATA_TYPE.bool]: 1,
    [DATA_TYPE.float64]: 8,
  };
  const size = sizes[code]!;
  if (raw.length % size !== 0) throw reader.damaged(`the constant "${name}" ends within a number`);
  if (size === 1) return Float64Array.from(raw);
  const { buffer } = new Uint8Array(raw); // a copy
  if (code === DATA_TYPE.float64) return new Float64Array(buffer);
  if (code === DATA_TYPE.float32) return Float64Array.from(new Float32Array(buffer));
  return Float64Array.from(new BigInt64Array(buffer), Number);
}
