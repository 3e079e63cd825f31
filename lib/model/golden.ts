/**
 * Golden rows: sample inputs with the predictions they must give, recorded where the model was trained.
 *
 * They are replayed by `pack`, by the handler before it says it is ready, and by `verify` through HTTPS.
 */
import { answers } from './answer';
import type { Batch } from './batch';
import { withoutByteOrderMark } from './byte-order-mark';
import { SlipwayError } from './error';
import { describeValue, encodeRows, InputError, type InputProblem } from './row';
import { type Label, type Method, outputOf, type Signature } from './signature';
import type { Tensors } from './tensor';
import { rowRefusal } from './undecided-row';

export interface GoldenRows {
  /** Arrays in column order or records by column name; `null` is a missing value. */
  readonly inputs: readonly unknown[];
  /** What `predict` must give, one a row; an array a row from a model with several targets. `null` stands for NaN. */
  readonly predict: readonly (Label | null | readonly (Label | null)[])[];
  /** What `predict_proba` must give, `[rows, classes]`. */
  readonly predict_proba?: readonly (readonly (number | null)[])[];
  /** What `decision_function` must give, `[rows]` for two classes, otherwise `[rows, classes]`. */
  readonly decision_function?: readonly (number | null | readonly (number | null)[])[];
}

/** The first of the rows, with their answers. */
export function firstRows(golden: GoldenRows, count: number): GoldenRows {
  const answered = goldenMethods(golden).map((method) => [method, golden[method]!.slice(0, count)]);
  return { ...Object.fromEntries(answered), inputs: golden.inputs.slice(0, count) } as GoldenRows;
}

/** How far a number may be from the golden one: `|got - expected| <= absolute + relative * |expected|`. Labels must be equal. */
export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** Answers by method, as JSON values; what an endpoint returned or an engine computed. */
export type Predictions = Partial<Record<Method, readonly (Label | readonly Label[])[]>>;

export interface GoldenDifference {
  /** Index of the row in `inputs`. */
  readonly row: number;
  readonly method: Method;
  readonly expected: unknown;
  readonly got: unknown;
}

const METHODS = ['predict', 'predict_proba', 'decision_function'] as const satisfies readonly Method[];

/** The methods that these golden rows have answers for. */
export function goldenMethods(golden: GoldenRows): Method[] {
  return METHODS.filter((method) => golden[method] !== undefined);
}

/**
 * Read a golden rows file.
 *
 * @param text JSON, `{"inputs": [...], "predict": [...], "predict_proba": [...]}`
 * @param source name of the file, for messages
 * @throws SlipwayError E_GOLDEN, listing everything that is wrong with its form
 */
export function parseGoldenRows(text: string, source: string): GoldenRows {
  return checkGoldenRows(parseGoldenJson(text, source), source);
}

/** The JSON of a golden rows file. */
export function parseGoldenJson(text: string, source: string): unknown {
  try {
    return JSON.parse(withoutByteOrderMark(text));
  } catch (cause) {
    const hint = /\bNaN\b|\bInfinity\b/.test(text) ? '; JSON has no NaN: write a missing value as null' : '';
    throw new SlipwayError('E_GOLDEN', `${source}: is not JSON (${(cause as Error).message})${hint}`);
  }
}

/** Golden rows in parsed JSON. */
export function checkGoldenRows(document: unknown, source: string): GoldenRows {
  const problems: string[] = [];
  const record = typeof document === 'object' && document !== null && !Array.isArray(document);
  const fields = (record ? document : {}) as Record<string, unknown>;
  if (!record) problems.push(`expected an object {"inputs": [...], "predict": [...]}, got ${describeValue(document)}`);
  for (const key of Object.keys(fields)) {
    if (key !== 'inputs' && !(METHODS as readonly string[]).includes(key)) {
      problems.push(`"${key}" is not known; allowed are inputs, ${METHODS.join(', ')}`);
    }
  }
  const { inputs } = fields;
  if (record && (!Array.isArray(inputs) || inputs.length === 0)) {
    problems.push(`"inputs" must be an array of at least one row, got ${describeValue(inputs)}`);
  }
  if (record && fields.predict === undefined)
    problems.push('"predict" is missing: the labels or values that the model gave');
  const rows = Array.isArray(inputs) ? inputs.length : 0;
  for (const method of METHODS) {
    const values = fields[method];
    if (values === undefined) continue;
    if (!Array.isArray(values)) problems.push(`"${method}" must be an array, got ${describeValue(values)}`);
    else if (rows > 0 && values.length !== rows) {
      problems.push(`"${method}" has ${values.length} answers for ${rows} inputs`);
    } else problems.push(...wrongAnswers(method, values));
  }
  if (problems.length > 0) {
    throw new SlipwayError('E_GOLDEN', `${source}: the golden rows are not usable`, { problems });
  }
  return fields as unknown as GoldenRows;
}

/** How the answers of each method stand in JSON, to end a message with. */
const FORMS: Readonly<Record<Method, string>> = {
  predict: 'a label or a number',
  predict_proba: 'an array of numbers',
  decision_function: 'a number or an array of numbers',
};

function wrongAnswers(method: Method, values: readonly unknown[]): string[] {
  const isLabel = (value: unknown) => typeof value === 'string' || typeof value === 'boolean';
  const isNumber = (value: unknown) => typeof value === 'number';
  // NaN is no label: it stands beside numbers only
  const orNull = !values.flat().some(isLabel);
  const isValue = (value: unknown) =>
    isNumber(value) || (value === null && orNull) || (isLabel(value) && method === 'predict');
  const alike = (row: readonly unknown[]) =>
    new Set(row.flatMap((value) => value ?? []).map((value) => typeof value)).size < 2;
  const wrong = values.findIndex((value) =>
    Array.isArray(value) ? !value.every(isValue) || !alike(value) : method === 'predict_proba' || !isValue(value),
  );
  return wrong < 0 ? [] : [`"${method}" row ${wrong} must be ${FORMS[method]}, got ${describeValue(values[wrong])}`];
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
