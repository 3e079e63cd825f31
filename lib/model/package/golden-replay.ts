/** Golden rows held against what an engine or an endpoint answers. */
import { SlipwayError } from '../error';
import { answers } from '../rows/answer';
import { encodeRows, InputError, type InputProblem } from '../rows/row';
import { type Label, type Method, outputOf, type Signature } from '../rows/signature';
import type { Tensors } from '../rows/tensor';
import { rowRefusal } from '../rows/undecided-row';
import type { Batch } from './batch';
import { type GoldenRows, goldenMethods, type Tolerance } from './golden-file';

/** Answers by method, as JSON values; what an endpoint returned or an engine computed. */
export type Predictions = Partial<Record<Method, readonly (Label | readonly Label[])[]>>;

export interface GoldenDifference {
  /** Index of the row in `inputs`. */
  readonly row: number;
  readonly method: Method;
  readonly expected: unknown;
  readonly got: unknown;
}

/**
 * Compare predictions with the golden ones. `null` is NaN, which JSON does not have: endpoints answer it, and so it
 * stands in files. A row of one value is that value, as scikit-learn gives either for one target.
 *
 * @returns the rows that differ, in order; empty when all hold. A method that was not answered differs in every row.
 */
export function compareGolden(
  golden: GoldenRows,
  predictions: Predictions,
  signature: Signature,
  tolerance: Tolerance,
): GoldenDifference[] {
  const labels =
    signature.classes !== undefined ||
    !['float64', 'float32'].includes(outputOf(signature, 'predict')?.type ?? 'string');
  const differences: GoldenDifference[] = [];
  for (const method of goldenMethods(golden)) {
    const exact = method === 'predict' && labels;
    const same = (expected: unknown, got: unknown): boolean => {
      if (expected === null) return got === null || Number.isNaN(got);
      return !exact && typeof expected === 'number' && typeof got === 'number'
        ? Math.abs(got - expected) <= tolerance.absolute + tolerance.relative * Math.abs(expected)
        : expected === got;
    };
    golden[method]!.forEach((expected, row) => {
      const got = predictions[method]?.[row];
      const holds = Array.isArray(expected)
        ? Array.isArray(got)
          ? got.length === expected.length && expected.every((value, i) => same(value, got[i]))
          : expected.length === 1 && same(expected[0], got) // a model with one target answers a value a row
        : same(expected, got);
      if (!holds) differences.push({ row, method, expected, got });
    });
  }
  return differences.sort((a, b) => a.row - b.row);
}

export interface Replay {
  readonly differences: readonly GoldenDifference[];
  /** Largest absolute difference of any number that was compared, also where all hold. */
  readonly maximumDifference: number;
}

/** Rows that are replayed in one run of the engine: bounds memory, whatever the file holds. */
const REPLAY_BATCH = 256;

/** Rows of a run when golden rows are replayed: all of them where they are one request. */
export function replayBatch(batch: Batch = 'rows'): number {
  return batch === 'whole' ? Number.POSITIVE_INFINITY : REPLAY_BATCH;
}

/**
 * Replay golden rows through an engine.
 *
 * @param run evaluates one batch, as `Engine.run` does
 * @param batch most rows of a run
 * @throws SlipwayError E_GOLDEN when the rows do not fit the signature or name a method that the model has not
 */
export async function replayGolden(
  golden: GoldenRows,
  signature: Signature,
  tolerance: Tolerance,
  run: (inputs: Tensors, methods: readonly Method[]) => Promise<Tensors>,
  batch = REPLAY_BATCH,
): Promise<Replay> {
  const methods = goldenMethods(golden);
  const unknown = methods.filter((method) => outputOf(signature, method) === undefined);
  if (unknown.length > 0) {
    const known = signature.outputs.map((output) => output.name).join(', ');
    throw new SlipwayError(
      'E_GOLDEN',
      `the golden rows have answers of ${unknown.join(', ')}, which this model does not give; it gives ${known}`,
    );
  }
  const predictions: Partial<Record<Method, (Label | Label[])[]>> = {};
  for (const { start, inputs } of goldenInputs(golden, signature, batch)) {
    const outputs = await run(inputs, methods).catch((error) => {
      throw refusedRows(error, start, Math.min(start + batch, golden.inputs.length)) ?? error;
    });
    for (const method of methods) {
      (predictions[method] ??= []).push(...answers(outputs[method]!));
    }
  }
  return {
    differences: compareGolden(golden, predictions, signature, tolerance),
    maximumDifference: maximumDifference(golden, predictions),
  };
}

/**
 * The inputs as tensors, some at a time.
 *
 * @throws SlipwayError E_GOLDEN when the rows do not fit the signature
 */
export function* goldenInputs(
  golden: GoldenRows,
  signature: Signature,
  batch = REPLAY_BATCH,
): Generator<{ readonly start: number; readonly inputs: Tensors }> {
  for (let start = 0; start < golden.inputs.length; start += batch) {
    yield { start, inputs: encodeGolden(golden, signature, start, batch) };
  }
}

function encodeGolden(golden: GoldenRows, signature: Signature, start: number, batch: number): Tensors {
  try {
    return encodeRows(signature, golden.inputs.slice(start, start + batch), '');
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const problems = error.fields.map((field) => {
      const [, row, ...rest] = field.pointer.split('/');
      return `/inputs/${[start + Number(row), ...rest].join('/')}: expected ${field.expected}, got ${field.got}`;
    });
    throw new SlipwayError('E_GOLDEN', 'the golden rows do not fit the signature of the model', { problems });
  }
}

/** @param end index behind the last row of the run */
function refusedRows(error: unknown, start: number, end: number): SlipwayError | undefined {
  const refusal = rowRefusal(error);
  if (!refusal) return undefined;
  const [{ expected, got }] = refusal.fields as [InputProblem];
  const message = `the model has no answer for one of the golden rows ${start} to ${end - 1}; leave it out`;
  return new SlipwayError('E_GOLDEN', message, { problems: [`expected ${expected}, got ${got}`] });
}

/** Largest absolute difference between the numbers of `predict_proba` and `decision_function` (and of `predict` for regression). */
export function maximumDifference(golden: GoldenRows, predictions: Predictions): number {
  let maximum = 0;
  for (const method of goldenMethods(golden)) {
    golden[method]!.forEach((expected, row) => {
      const got = predictions[method]?.[row];
      const wanted = (Array.isArray(expected) ? expected : [expected]) as unknown[];
      const given = (Array.isArray(got) ? got : [got]) as unknown[];
      wanted.forEach((value, i) => {
        const other = given[i];
        if (typeof value === 'number' && typeof other === 'number')
          maximum = Math.max(maximum, Math.abs(value - other));
      });
    });
  }
  return maximum;
}
