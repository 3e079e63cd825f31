/**
 * Rows for which a library's answer is left to rounding: a graph asks for an element that its table does not have, so
 * that the run fails, since no number that it could give would be right.
 *
 * Graphs of other exporters may do the same where a row has an index that they do not know.
 */
import { InputError } from './row';

/** The element that a graph asks for. Tables are shorter. */
export const UNDECIDED = 2 ** 40;

/** What ONNX Runtime says when a graph asks for an element that is not there. */
const OUT_OF_BOUNDS = /indices element out of data bounds, idx=(-?\d+)/;

/**
 * The error of a run as a refusal of its rows; undefined when they are not to blame.
 *
 * Which of several rows it was is not known.
 */
export function rowRefusal(error: unknown): InputError | undefined {
  const [, index] = OUT_OF_BOUNDS.exec(String((error as Partial<Error> | undefined)?.message)) ?? [];
  if (index === undefined) return undefined;
  return new InputError([
    Number(index) === UNDECIDED
      ? {
          pointer: '',
          expected: 'rows whose missing values the training data decide',
          got: 'one for which rows of training with other values are equally near, and rounding would choose',
        }
      : {
          pointer: '',
          expected: 'indices that the model has',
          got: `${index}, which lies outside of one of its tables`,
        },
  ]);
}
