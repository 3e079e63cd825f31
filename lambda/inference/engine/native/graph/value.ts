/**
 * Values of a plan.
 *
 * Every number is held as a double, whatever its type: float32 numbers are rounded where they come into being,
 * integers are below 2^53, a bool is 0 or 1. So there is one kind of loop, which the compiler sees with one kind of array.
 */
import type { ElementType } from '../../../../../lib/model/rows/signature';

/** Where the elements of a value are. Values that are the same elements in another shape share it. */
export class Store {
  numbers: Float64Array = NO_NUMBERS;
  texts: string[] = NO_TEXTS;
}

const NO_NUMBERS = new Float64Array(0);
const NO_TEXTS: string[] = [];

/** A constant, or something that each row has one of. */
export interface Value {
  readonly type: ElementType;
  readonly perRow: boolean;
  /** Shape of a constant; shape for one row, that is without the first axis, otherwise. */
  readonly shape: readonly number[];
  /** Elements of a constant, or for one row. */
  readonly size: number;
  readonly store: Store;
}

export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}
