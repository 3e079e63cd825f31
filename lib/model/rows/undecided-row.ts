/**
 * Rows that a model refuses while it is run: their values are such that a step of its graph has no answer.
 *
 * Graphs that Slipway makes do so on purpose where a library's answer is left to rounding: they ask for an element that
 * their table does not have, since no number that they could give would be right. Graphs of other exporters do so for an
 * index that they do not know, a division of integers by zero, or a text that is to be a number and is none.
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

/** What is told of ONNX Runtime when a step of a graph fails; the graph was run before, so the values are why. */
const FAILED_STEP = /^its step (\w+)(?: "[^"]*")? fails: (.*)$/s;

/** Failures that are none of the values. */
const OURS = /alloc|memory|thread|Missing Input/i;

/** Longest reason that is told, in characters. */
const LONGEST = 200;

/**
 * The error of a run as a refusal of its rows; undefined when they are not to blame.
 *
 * Which of several rows it was is not known.
 */
export function rowRefusal(error: unknown): InputError | undefined {
  const told = String((error as Partial<Error> | undefined)?.message);
  const [, index] = OUT_OF_BOUNDS.exec(told) ?? [];
  if (index !== undefined) {
    const why = WHY.get(Number(index)) ?? {
      expected: 'indices that the model has',
      got: `${index}, which lies outside of one of its tables`,
    };
    return new InputError([{ pointer: '', ...why }]);
  }
  const [, operator, message] = FAILED_STEP.exec(told) ?? [];
  if (operator === undefined || OURS.test(message!)) return undefined;
  const got = `values for which it says: ${message!.slice(0, LONGEST)}`;
  return new InputError([{ pointer: '', expected: `values that the model can take in its step ${operator}`, got }]);
}
