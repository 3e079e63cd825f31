/** Output tensors -> the JSON values that a client reads. */
import type { Label } from './signature';
import type { Tensor } from './tensor';

/** The elements of a tensor as JSON scalars: int64 as numbers, bool as true and false. */
export function scalars(tensor: Tensor): Label[] {
  switch (tensor.type) {
    case 'int64':
      return Array.from(tensor.data, Number); // class labels are checked to be safe integers when packed
    case 'bool':
      return Array.from(tensor.data, (byte) => byte !== 0);
    case 'string':
      return tensor.data;
    default:
      return Array.from(tensor.data);
  }
}

/** One value a row for a tensor of shape `[rows]`, one array a row for `[rows, width]`. */
export function answers(tensor: Tensor): Label[] | Label[][] {
  const values = scalars(tensor);
  const [rows = 0, width] = tensor.shape;
  if (width === undefined) return values;
  return Array.from({ length: rows }, (_, row) => values.slice(row * width, (row + 1) * width));
}
