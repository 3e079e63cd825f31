/** Joining the rows of several requests into one batch, and parting them again. */
import type { Tensor, Tensors } from '../../../lib/model/rows/tensor';

/** Rows `from` to `to` of a tensor; typed arrays are viewed, not copied. */
function sliceTensor(tensor: Tensor, from: number, to: number): Tensor {
  const width = tensor.data.length / tensor.shape[0]!;
  const shape = [to - from, ...tensor.shape.slice(1)];
  const [start, end] = [from * width, to * width];
  const data = tensor.type === 'string' ? tensor.data.slice(start, end) : tensor.data.subarray(start, end);
  return { type: tensor.type, shape, data } as Tensor;
}

/** Bytes of memory that the elements take; two for each character of a string. */
export function bytesOf(tensors: Tensors): number {
  let bytes = 0;
  for (const name of Object.keys(tensors)) {
    const { type, data } = tensors[name]!;
    if (type !== 'string') bytes += data.byteLength;
    else for (const text of data) bytes += 2 * text.length;
  }
  return bytes;
}

/** The elements of all tensors as a view, where they lie one behind the other in memory. */
function sideBySide(tensors: readonly Tensor[]): Float64Array | undefined {
  const first = tensors[0]!.data as Float64Array;
  const { buffer, byteOffset } = first;
  let end = byteOffset;
  let length = 0;
  for (const tensor of tensors) {
    const data = tensor.data as Float64Array;
    if (data.buffer !== buffer || data.byteOffset !== end) return undefined;
    end += data.byteLength;
    length += data.length;
  }
  return new (first.constructor as Float64ArrayConstructor)(buffer as ArrayBuffer, byteOffset, length);
}

function joinTensors(tensors: readonly Tensor[]): Tensor {
  const first = tensors[0]!;
  const rows = tensors.reduce((sum, tensor) => sum + tensor.shape[0]!, 0);
  const shape = [rows, ...first.shape.slice(1)];
  if (first.type === 'string') {
    return { type: 'string', shape, data: tensors.flatMap((tensor) => tensor.data as string[]) };
  }
  const whole = sideBySide(tensors);
  if (whole) return { type: first.type, shape, data: whole } as unknown as Tensor;
  const length = tensors.reduce((sum, tensor) => sum + tensor.data.length, 0);
  const data = new (first.data.constructor as new (length: number) => Float64Array)(length);
  let offset = 0;
  for (const tensor of tensors) {
    data.set(tensor.data as Float64Array, offset);
    offset += tensor.data.length;
  }
  return { type: first.type, shape, data } as unknown as Tensor;
}

/** Rows `from` to `to` of the tensors with these names. */
export function sliceRows(
  tensors: Tensors,
  from: number,
  to: number,
  names = Object.keys(tensors) as readonly string[],
): Tensors {
  const result: Record<string, Tensor> = {};
  for (const name of names) result[name] = sliceTensor(tensors[name]!, from, to);
  return result;
}

/** The rows of all parts, one below the other: of the tensors with these names, which have the same type and width in all. */
export function joinRows(parts: readonly Tensors[], names = Object.keys(parts[0]!) as readonly string[]): Tensors {
  if (parts.length === 1) return parts[0]!;
  const result: Record<string, Tensor> = {};
  for (const name of names) result[name] = joinTensors(parts.map((part) => part[name]!));
  return result;
}
