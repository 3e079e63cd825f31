/**
 * Rows for which a library's answer is left to rounding: a graph asks for an element that its table does not have, so
 * that the run fails, since no number that it could give would be right.
 *
 * Graphs of other exporters may do the same where a row has an index that they do not know.
 */
import { InputError } from './row';

/** The element that a graph asks for, by what is left to rounding. Tables are shorter. */
export const UNDECIDED = {
  /** What is put in for a missing value. */
  imputed: 2 ** 40,
  /** Which training rows are nearest. */
  neighbours: 2 ** 40 + 1,
  /** Which part of a model the row belongs to. */
  component: 2 ** 40 + 2,
} as const;

const WHY: ReadonlyMap<number, { readonly expected: string; readonly got: string }> = new Map([
  [
    UNDECIDED.imputed,
    {
      expected: 'rows whose missing values the training data decide',
      got: 'one for which rows of training with other values are equally near, and rounding would choose',
    },
  ],
  [
    UNDECIDED.neighbours,
    {
      expected: 'rows whose nearest rows of training are certain',
      got: 'one for which rows of training that answer differently are equally near, be it that all are too far away to tell them apart',
    },
  ],
  [
    UNDECIDED.component,
    {
      expected: 'rows near enough to those of training',
      got: 'one so far away that rounding decides the answer',
    },
  ],
]);

/** What ONNX Runtime, and the native engine, say when a graph asks for an element that is not there. */
const OUT_OF_BOUNDS = /(?:indices element out of data bounds, idx=|\bindex )(-?\d+)(?= must be| is outside of the)/;

/**
 * The error of a run as a refusal of its rows; undefined when they are not to blame.
 *
 * Which of several rows it was is not known.
 */
export function rowRefusal(error: unknown): InputError | undefined {
  const [, index] = OUT_OF_BOUNDS.exec(String((error as Partial<Error> | undefined)?.message)) ?? [];
  if (index === undefined) return undefined;
  const why = WHY.get(Number(index)) ?? {
    expected: 'indices that the model has',
    got: `${index}, which lies outside of one of its tables`,
  };
  return new InputError([{ pointer: '', ...why }]);
}
