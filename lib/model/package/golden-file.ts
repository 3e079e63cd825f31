/**
 * Golden rows: sample inputs with the predictions they must give, recorded where the model was trained.
 *
 * They are replayed by `pack`, by the handler before it says it is ready, and by `verify` through HTTPS.
 */

import { SlipwayError } from '../error';
import { withoutByteOrderMark } from '../formats/byte-order-mark';
import { isRecord } from '../formats/json';
import { parsePythonJson } from '../formats/python-json';
import { describeValue } from '../rows/row';
import type { Label, Method } from '../rows/signature';
import { METHODS } from '../rows/signature';

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

/** The JSON of a golden rows file, also with the NaN that Python's json.dump writes: it is null here. */
export function parseGoldenJson(text: string, source: string): unknown {
  try {
    return parsePythonJson(withoutByteOrderMark(text), 'number');
  } catch (cause) {
    throw new SlipwayError('E_GOLDEN', `${source}: is not JSON (${(cause as Error).message})`);
  }
}

/** Golden rows in parsed JSON. */
export function checkGoldenRows(document: unknown, source: string): GoldenRows {
  const problems: string[] = [];
  const record = isRecord(document);
  const fields = record ? document : {};
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
  if (Array.isArray(inputs)) problems.push(...infinite('inputs', inputs));
  for (const method of METHODS) {
    const values = fields[method];
    if (values === undefined) continue;
    if (!Array.isArray(values)) problems.push(`"${method}" must be an array, got ${describeValue(values)}`);
    else if (rows > 0 && values.length !== rows) {
      problems.push(`"${method}" has ${values.length} answers for ${rows} inputs`);
    } else problems.push(...wrongAnswers(method, values), ...infinite(method, values));
  }
  if (problems.length > 0) {
    throw new SlipwayError('E_GOLDEN', `${source}: the golden rows are not usable`, { problems });
  }
  return fields as unknown as GoldenRows;
}

/** Neither a request nor an answer can carry an infinite number, so that no endpoint could be held against it. */
function infinite(field: string, rows: readonly unknown[]): string[] {
  const values = (row: unknown): unknown[] => (typeof row === 'object' && row !== null ? Object.values(row) : [row]);
  const isInfinite = (value: unknown) => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
  const at = rows.findIndex((row) => values(row).some(isInfinite));
  return at < 0 ? [] : [`"${field}" row ${at} has an infinite number, which JSON cannot carry; leave the row out`];
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
