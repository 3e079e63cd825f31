/**
 * The contract of the usual Flask answer: `POST /predict` takes rows and gives `{"result": [...]}`.
 *
 * Rows come as a JSON array, as `{"data": [...]}` or as `{"instances": [...]}`; each is an array of
 * values in column order or an object by column name. Numbers are answered as they were computed:
 * JSON.stringify writes the shortest decimal that reads back as the same double.
 */
import { describeValue, InputError } from '../../../lib/model/row';
import { type Method, outputOf, type Signature } from '../../../lib/model/signature';
import type { Tensors } from '../../../lib/model/tensor';
import { readJson } from '../body';
import { type Answer, HttpError, JSON_TYPE } from '../http-answer';
import { answerText } from '../json/answer-text';
import { PlainRowReader } from '../json/plain-rows';
import { type PredictionLimits, predictRows, predictTensors, readBody } from '../prediction';
import type { Exchange, Route } from '../router';
import type { ServedModel } from '../served-model';

const FORM = 'an array of rows, {"data": [rows]} or {"instances": [rows]}';

interface Rows {
  readonly rows: readonly unknown[];
  readonly pointer: string;
}

function refuse(pointer: string, expected: string, got: string): InputError {
  return new InputError([{ pointer, expected, got }]);
}

/** A row as the signature wants it, cut short, to show what to send. */
function example(signature: Signature): string {
  const { columns, namedColumns } = signature;
  const values = columns.slice(0, 2).map((column) => (column.type === 'string' ? '"a"' : '1'));
  const more = columns.length > 2 ? ', ...' : '';
  if (!namedColumns) return `{"data": [[${values.join(', ')}${more}]]}`;
  const fields = columns.slice(0, 2).map((column, i) => `${JSON.stringify(column.name)}: ${values[i]}`);
  return `{"instances": [{${fields.join(', ')}${more}}]}`;
}

/** The rows of a document and where in it they stand. */
export function findRows(document: unknown, signature: Signature): Rows {
  if (Array.isArray(document)) return oneBelowTheOther(document, '', signature);
  if (typeof document !== 'object' || document === null) throw refuse('', FORM, describeValue(document));
  const keys = Object.keys(document);
  const [key] = keys;
  if (keys.length === 1 && (key === 'data' || key === 'instances')) {
    const value = (document as Record<string, unknown>)[key];
    const pointer = `/${key}`;
    if (!Array.isArray(value)) {
      throw refuse(pointer, `an array of rows, e.g. ${example(signature)}`, describeValue(value));
    }
    return oneBelowTheOther(value, pointer, signature);
  }
  const shown = keys.slice(0, 3).map((name) => JSON.stringify(name.slice(0, 40)));
  const got =
    keys.length === 0 ? 'an empty object' : `an object with ${shown.join(', ')}${keys.length > 3 ? ', ...' : ''}`;
  throw refuse('', `${FORM}, e.g. ${example(signature)}`, got);
}

/** A single row is refused, since with one column `[1, 2, 3]` could be one row or three. */
function oneBelowTheOther(rows: readonly unknown[], pointer: string, signature: Signature): Rows {
  const [first] = rows;
  if (rows.length > 0 && (typeof first !== 'object' || first === null)) {
    throw refuse(
      `${pointer}/0`,
      `a row: put a single row into an array of rows, e.g. ${example(signature)}`,
      describeValue(first),
    );
  }
  return { rows, pointer };
}

/** `proba=true` asks for probabilities; anything else that is asked is refused, not ignored. */
function wantsProbabilities(query: string): boolean {
  if (query === '') return false;
  let probabilities = false;
  for (const [name, value] of new URLSearchParams(query)) {
    if (name !== 'proba' || !['true', 'false', '1', '0'].includes(value)) {
      const asked = `${name}=${value}`.slice(0, 60);
      throw new HttpError(400, 'input', `the query "${asked}" is not known; allowed is proba=true or proba=false`);
    }
    probabilities = value === 'true' || value === '1';
  }
  return probabilities;
}

function checkMethod(model: ServedModel, method: Method): void {
  if (outputOf(model.signature, method)) return;
  const known = model.signature.outputs.map((output) => `POST /${output.name}`).join(', ');
  throw new HttpError(400, 'input', `this model has no ${method}; it has ${known}`);
}

/** Keys under which rows may stand. */
const KEYS: ReadonlySet<string | undefined> = new Set([undefined, 'data', 'instances']);

export function predictRoutes(model: ServedModel, limits: PredictionLimits): Route[] {
  const plainRows = PlainRowReader.for(model.signature);
  const predict = async (exchange: Exchange, methods: readonly Method[]): Promise<Tensors> => {
    const body = await readBody(model, exchange, limits);
    const plain = await plainRows?.read(body, limits.queueRows);
    if (plain && KEYS.has(plain.key)) {
      return predictTensors(model, exchange, limits, plain.tensors, plain.rows, methods);
    }
    const { rows, pointer } = findRows(await readJson(body), model.signature);
    return predictRows(model, exchange, limits, rows, pointer, methods);
  };
  const answer = async (exchange: Exchange, method: Method): Promise<Answer> => {
    checkMethod(model, method);
    const outputs = await predict(exchange, [method]);
    return { status: 200, type: JSON_TYPE, body: `{"result":${await answerText(outputs[method]!)}}` };
  };
  const route = (path: string, purpose: string, methodOf: (query: string) => Method): Route => ({
    path,
    method: 'POST',
    errors: 'problem',
    purpose,
    handle: (exchange) => answer(exchange, methodOf(exchange.query)),
  });
  return [
    route('/predict', `predictions of ${FORM}; ?proba=true for probabilities`, (query) =>
      wantsProbabilities(query) ? 'predict_proba' : 'predict',
    ),
    route('/predict_proba', 'probabilities of the classes', () => 'predict_proba'),
    route('/decision_function', 'scores of the classes', () => 'decision_function'),
  ];
}
