/**
 * Rows in, predictions out: the contract of the usual Flask answer, `POST /predict` -> `{"result": [...]}`, and
 * `POST /invocations`, as containers of SageMaker and the scoring server of MLflow have it.
 *
 * Rows come as JSON (row-forms.ts) or CSV (csv.ts). Numbers are answered as they were computed:
 * as JSON.stringify writes them, the shortest decimal that reads back as the same double.
 */
import { isUtf8 } from 'node:buffer';
import { VERSION_HEADER } from '../../../lib/model/instance/handler-versions';
import type { GoldenRows } from '../../../lib/model/package/golden-file';
import { type Method, outputOf, rankedClasses, type Signature } from '../../../lib/model/rows/signature';
import type { Tensors } from '../../../lib/model/rows/tensor';
import { readJson } from '../http/body';
import { type Answer, HttpError, JSON_TYPE } from '../http/http-answer';
import { declaredHeader, type MediaType, mediaTypeOf, wantsCsv } from '../http/media-type';
import type { Exchange } from '../http/router';
import { answerText } from '../json/answer-text';
import { resultSchema } from '../openapi/components';
import { type EndpointRoute, EXAMPLE_ROWS, jsonOf, type Operation, ROWS_ERRORS } from '../openapi/route';
import { reference } from '../openapi/schema';
import type { ServedModel } from '../serving/served-model';
import type { ServedModels } from '../serving/served-models';
import { csvText, parseCsv } from './csv';
import type { Predictor, Predictors } from './predictor';
import { findRows, type ReplyForm, type Rows, replyTo } from './row-forms';
import { topCsv, topSchema, topText, wantedClasses } from './top-classes';

const ACCEPTED: readonly MediaType[] = ['json', 'csv'];

const CSV_TYPE = 'text/csv; charset=utf-8';

interface Asked {
  readonly method: Method;
  /** How many classes of each row are wanted, the most probable first. @default - an answer for each row, as the method has it */
  readonly top?: number;
}

/**
 * `proba=true` asks for probabilities, `top=3` for the three most probable classes with theirs, whatever `proba` says; anything
 * else is refused, not ignored.
 */
function askedBy(query: string, signature: Signature): Asked {
  if (query === '') return { method: 'predict' };
  const parameters = [...new URLSearchParams(query)];
  if (new Map(parameters).size < parameters.length) {
    throw new HttpError(400, 'input', 'the query names a parameter twice; name each once');
  }
  let method: Method = 'predict';
  let top: number | undefined;
  for (const [name, value] of parameters) {
    if (name === 'top') {
      const count = /^\d{1,6}$/.test(value) ? Number(value) : undefined;
      top = wantedClasses({ name, count, got: `"${value.slice(0, 60)}"` }, rankedClasses(signature));
    } else if (name === 'proba' && ['true', '1'].includes(value)) method = 'predict_proba';
    else if (name !== 'proba' || !['false', '0'].includes(value)) {
      const asked = `${name}=${value}`.slice(0, 60);
      const known = 'proba=true, proba=false, and top=3 for the three most probable classes';
      throw new HttpError(400, 'input', `the query "${asked}" is not known; allowed is ${known}`);
    }
  }
  return top === undefined ? { method } : { method: 'predict_proba', top };
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

/** How a route answers. */
interface ReplyOptions {
  /** The member that holds the answers. @default - that which suits the form of the rows */
  readonly reply?: ReplyForm;
  /** What is wanted where the request leaves it open. @default JSON */
  readonly defaultAccept?: string | undefined;
}

/** @param defaultAccept what `POST /invocations` answers when the request does not say. @default JSON */
export function predictRoutes(models: ServedModels, predictors: Predictors, defaultAccept?: string): EndpointRoute[] {
  const { signature, package_ } = models.default; // versions of a model have the same signature
  const predict = async (exchange: Exchange, model: ServedModel, methods: readonly Method[]): Promise<Predicted> => {
    const type = mediaTypeOf(exchange.request, ACCEPTED);
    const predictor = predictors.of(model);
    const read = predictor.body(exchange);
    const body = read instanceof Promise ? await read : read;
    if (type === 'json') {
      const found = predictor.plainRows?.read(body, predictor.mostRows);
      const plain = found instanceof Promise ? await found : found;
      const reply = plain && replyTo(plain.key);
      if (plain && reply)
        return { reply, outputs: await predictor.tensors(exchange, plain.tensors, plain.rows, methods) };
    }
    const { rows, locate, reply } =
      type === 'json'
        ? findRows(await readJson(body, signature.columns.length), signature)
        : await readCsv(exchange, body, predictor);
    return { reply, outputs: await predictor.rows(exchange, rows, locate, methods) };
  };
  const readCsv = ({ request }: Exchange, body: Buffer, { mostRows }: Predictor): Promise<Rows> => {
    if (!isUtf8(body)) throw new HttpError(400, 'body', 'the body is not valid UTF-8');
    return parseCsv(body, declaredHeader(request), signature, mostRows);
  };
  const answer = async (exchange: Exchange, { method, top }: Asked, options: ReplyOptions = {}): Promise<Answer> => {
    const model = models.answering(exchange.request);
    checkMethod(model, method);
    const { reply, outputs } = await predict(exchange, model, [method]);
    const headers = models.choice && { headers: { [VERSION_HEADER]: model.version } };
    const { accept } = exchange.request.headers;
    const leftOpen = accept === undefined || accept === '*/*';
    if (wantsCsv(leftOpen ? options.defaultAccept : accept)) {
      const body = top === undefined ? csvText(outputs[method]!) : topCsv(outputs[method]!, signature, top);
      return { status: 200, type: CSV_TYPE, body: await body, ...headers };
    }
    const answers = top === undefined ? answerText(outputs[method]!) : topText(outputs[method]!, signature, top);
    return {
      status: 200,
      type: JSON_TYPE,
      body: `{"${options.reply ?? reply}":${await answers}}`,
      ...headers,
    };
  };
  const asked = ({ query }: Exchange) => askedBy(query, signature);
  const { golden } = package_;
  const takes: EndpointRoute['takes'] = (_, cameAt, request) => models.takes([], request, cameAt);
  return [
    {
      method: 'POST',
      path: '/predict',
      purpose:
        'predictions of rows in JSON or CSV; ?proba=true for probabilities, ?top=3 for the most probable classes',
      describe: () => operation(signature, golden, 'predict'),
      takes,
      handle: (exchange) => answer(exchange, asked(exchange)),
    },
    {
      method: 'POST',
      path: '/predict_proba',
      purpose: 'probabilities of the classes',
      describe: () => operation(signature, golden, 'predict_proba'),
      takes,
      handle: (exchange) => answer(exchange, { method: 'predict_proba' }),
    },
    {
      method: 'POST',
      path: '/decision_function',
      purpose: 'scores of the classes',
      describe: () => operation(signature, golden, 'decision_function'),
      takes,
      handle: (exchange) => answer(exchange, { method: 'decision_function' }),
    },
    {
      method: 'POST',
      path: '/invocations',
      purpose: 'as /predict, for clients of SageMaker and MLflow',
      describe: () => operation(signature, golden, 'predict', ['predictions']),
      takes,
      handle: (exchange) => answer(exchange, asked(exchange), { reply: 'predictions', defaultAccept }),
    },
  ];
}

function operation(
  signature: Signature,
  golden: GoldenRows | undefined,
  method: Method,
  replies: readonly ReplyForm[] = ['result', 'predictions'],
): Operation {
  const schemasOf = (asked: Method) =>
    replies.map((reply) => resultSchema(signature, asked, reply)).filter((schema) => schema !== undefined);
  const schemas = schemasOf(method);
  const probabilities = method === 'predict' ? schemasOf('predict_proba') : [];
  const classes = method === 'predict' ? rankedClasses(signature) : undefined;
  const tops = classes ? replies.map((reply) => topSchema(classes, reply)) : [];
  const expected = golden?.[method]?.slice(0, EXAMPLE_ROWS);
  const answer = jsonOf(
    'One answer a row, in their order',
    { anyOf: [...schemas, ...probabilities, ...tops] },
    expected && { [replies[0]!]: expected },
  );
  return {
    tag: 'Predictions',
    body: {
      schema: reference('PredictRequest'),
      ...(golden && { example: { data: golden.inputs.slice(0, EXAMPLE_ROWS) } }),
    },
    ...(method === 'predict' && {
      query: {
        proba: {
          enum: probabilities.length > 0 ? ['true', 'false', '1', '0'] : ['false', '0'],
          description: 'true or 1: probabilities, as /predict_proba gives them',
        },
        ...(classes && {
          top: {
            type: 'integer',
            minimum: 1,
            maximum: classes.length,
            description:
              'so many classes of each row, the most probable first, with their probabilities, whatever proba says',
          },
        }),
      },
    }),
    answers: schemas.length > 0 ? { 200: answer } : {}, // where the model does not have the method, 400 says so
    errors: ROWS_ERRORS,
  };
}
