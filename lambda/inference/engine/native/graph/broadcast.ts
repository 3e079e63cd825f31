/** How the elements of inputs meet when their shapes differ: ONNX's (numpy's) broadcasting, worked out once. */
import { NotNative } from '../../contract/fault';
import type { Value } from './value';

/** Shape of a value as it meets others of `rank` axes, which count that of the rows when there is one. */
function meeting(value: Value, perRow: boolean, rank: number): readonly number[] {
  if (value.perRow) {
    if (value.shape.length + 1 !== rank) throw new NotNative('rows meet another axis');
    return value.shape;
  }
  if (!perRow || value.shape.length < rank) return value.shape;
  if (value.shape[0] !== 1) throw new NotNative('rows meet a constant of several');
  return value.shape.slice(1);
}

/** The shape that the elements of all inputs broadcast to; for one row when any of the inputs is. */
export function broadcastShape(inputs: readonly Value[]): number[] {
  const perRow = inputs.some((value) => value.perRow);
  const rank = Math.max(...inputs.map((value) => value.shape.length + Number(value.perRow)));
  const shapes = inputs.map((value) => meeting(value, perRow, rank));
  const length = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length }, (_, axis) => {
    let result = 1;
    for (const shape of shapes) {
      const own = shape[axis - length + shape.length] ?? 1;
      if (own === 1) continue;
      if (result !== 1 && result !== own) throw new NotNative(`lengths ${result} and ${own} do not broadcast`);
      result = own;
    }
    return result;
  });
}

/** For one input: which of its elements meets which element of the result, and how far apart its rows are. */
export interface Meeting {
  readonly at: Int32Array;
  readonly stride: number;
  /** 1 when the elements meet in order, 0 when there is one that meets all; -1 when `at` is to be looked at. */
  readonly step: number;
}

/** @param result shape that `value` broadcasts to */
export function meet(value: Value, result: readonly number[], size: number): Meeting {
  const stride = value.perRow ? value.size : 0;
  if (value.size === size) return { at: Int32Array.from({ length: size }, (_, i) => i), stride, step: 1 };
  const at = new Int32Array(size);
  if (value.size === 1) return { at, stride, step: 0 };
  const own = value.shape.slice(Math.max(0, value.shape.length - result.length));
  // strides of the value along the axes of the result: 0 where it is repeated
  const steps = new Array<number>(result.length).fill(0);
  for (let axis = result.length - 1, back = own.length - 1, step = 1; back >= 0; axis--, back--) {
    if (own[back] !== 1) steps[axis] = step;
    step *= own[back]!;
  }
  const index = new Array<number>(result.length).fill(0);
  for (let i = 0, place = 0; i < size; i++) {
    at[i] = place;
    for (let axis = result.length - 1; axis >= 0; axis--) {
      place += steps[axis]!;
      if (++index[axis]! < result[axis]!) break;
      place -= steps[axis]! * result[axis]!;
      index[axis] = 0;
    }
  }
  return { at, stride, step: -1 };
}
