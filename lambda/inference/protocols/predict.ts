/**
 * Rows in, predictions out: the contract of the usual Flask answer, `POST /predict` -> `{"result": [...]}`, and
 * `POST /invocations`, as containers of SageMaker and the scoring server of MLflow have it.
 *
 * Rows come as JSON (row-forms.ts) or CSV (csv.ts). Numbers are answered as they were computed:
 * as JSON.stringify writes them, the shortest decimal that reads back as the same double.
 */
import { isUtf8 } from 'node:buffer';
import { type Method, outputOf } from '../../../lib/model/rows/signature';
import type { Tensors } from '../../../lib/model/rows/tensor';
import { readJson } from '../http/body';
import { type Answer, HttpError, JSON_TYPE } from '../http/http-answer';
import { declaredHeader, type MediaType, mediaTypeOf, wantsCsv } from '../http/media-type';
import type { Exchange, Route } from '../http/router';
import { answerText } from '../json/answer-text';
import { PlainRowReader } from '../json/plain-rows';
import type { ServedModel } from '../serving/served-model';
import { csvText, parseCsv } from './csv';
import { type PredictionLimits, predictRows, predictTensors, readBody } from './prediction';
import { findRows, type ReplyForm, type Rows, replyTo } from './row-forms';

const ACCEPTED: readonly MediaType[] = ['json', 'csv'];

const CSV_TYPE = 'text/csv; charset=utf-8';

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

interface Predicted {
  readonly reply: ReplyForm;
  readonly outputs: Tensors;
}

export interface PredictRoutesOptions {
  /** What `POST /invocations` answers when the request does not say. @default JSON */
  readonly defaultAccept?: string | undefined;
}

export function predictRoutes(
  model: ServedModel,
  limits: PredictionLimits,
  { defaultAccept }: PredictRoutesOptions = {},
): Route[] {
  const plainRows = PlainRowReader.for(model.signature);
  const predict = async (exchange: Exchange, methods: readonly Method[]): Promise<Predicted> => {
    const type = mediaTypeOf(exchange.request, ACCEPTED);
    const read = readBody(model, exchange, limits);
    const body = read instanceof Promise ? await read : read;
    if (type === 'json') {
      const found = plainRows?.read(body, limits.queueRows);
      const plain = found instanceof Promise ? await found : found;
      const reply = plain && replyTo(plain.key);
      if (plain && reply) {
        return { reply, outputs: await predictTensors(model, exchange, limits, plain.tensors, plain.rows, methods) };
      }
    }
    const { rows, locate, reply } =
      type === 'json'
        ? findRows(await readJson(body, model.signature.columns.length), model.signature)
        : await readCsv(exchange, body);
    return { reply, outputs: await predictRows(model, exchange, limits, rows, locate, methods) };
  };
  const readCsv = (exchange: Exchange, body: Buffer): Promise<Rows> => {
    if (!isUtf8(body)) throw new HttpError(400, 'body', 'the body is not valid UTF-8');
    return parseCsv(body, declaredHeader(exchange.request), model.signature, limits.queueRows);
  };
  const answer = async (exchange: Exchange, method: Method, form?: ReplyForm): Promise<Answer> => {
    checkMethod(model, method);
    const { reply, outputs } = await predict(exchange, [method]);
    const { accept } = exchange.request.headers;
    if (wantsCsv(form && (accept === undefined || accept === '*/*') ? defaultAccept : accept)) {
      return { status: 200, type: CSV_TYPE, body: await csvText(outputs[method]!) };
    }
    return { status: 200, type: JSON_TYPE, body: `{"${form ?? reply}":${await answerText(outputs[method]!)}}` };
  };
  const route = (path: string, purpose: string, handle: Route['handle']): Route => ({
    path,
    method: 'POST',
    errors: 'problem',
    purpose,
    handle,
  });
  const asked = ({ query }: Exchange): Method => (wantsProbabilities(query) ? 'predict_proba' : 'predict');
  return [
    route('/predict', 'predictions of rows in JSON or CSV; ?proba=true for probabilities', (exchange) =>
      answer(exchange, asked(exchange)),
    ),
    route('/predict_proba', 'probabilities of the classes', (exchange) => answer(exchange, 'predict_proba')),
    route('/decision_function', 'scores of the classes', (exchange) => answer(exchange, 'decision_function')),
    route('/invocations', 'as /predict, for clients of SageMaker and MLflow', (exchange) =>
      answer(exchange, asked(exchange), 'predictions'),
    ),
  ];
}
