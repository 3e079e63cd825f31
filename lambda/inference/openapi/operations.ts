/** What each route takes and gives beyond its path: bodies, parameters, answers other than errors, examples. */
import type { GoldenRows } from '../../../lib/model/package/golden-file';
import { valueIn } from '../../../lib/model/rows/row';
import { type Method, outputOf, type Signature } from '../../../lib/model/rows/signature';
import { JSON_TYPE } from '../http/http-answer';
import { DATATYPES } from '../protocols/open-inference/datatypes';
import type { ReplyForm } from '../protocols/row-forms';
import { resultSchema } from './components';
import { arrayOf, objectOf, reference, type Schema } from './schema';

export interface Described {
  readonly tag: string;
  readonly body?: { readonly schema: Schema; readonly example?: unknown };
  readonly query?: Readonly<Record<string, Schema & { readonly description: string }>>;
  /** By status. */
  readonly answers: Readonly<Record<number, DescribedAnswer>>;
  /** Statuses of errors, in the form of the route; 500 is in all. */
  readonly errors?: readonly number[];
}

export interface DescribedAnswer {
  readonly description: string;
  readonly type: string;
  readonly schema: Schema;
  readonly example?: unknown;
}

export interface DescribedModel {
  readonly signature: Signature;
  readonly golden?: GoldenRows;
}

const PREDICTIONS = 'Predictions';
const OPERATIONS = 'Operations';
const PROTOCOL = 'Open Inference Protocol';
const DOCUMENTATION = 'Documentation';

/** Statuses of a request that carries a body for the model. */
const BODY_ERRORS = [400, 408, 411, 413, 415, 422, 503, 504] as const;

/** Rows of the example: enough to see that there may be several. */
const EXAMPLE_ROWS = 2;

const json = (description: string, schema: Schema, example?: unknown): DescribedAnswer => ({
  description,
  type: JSON_TYPE,
  schema,
  ...(example !== undefined && { example }),
});

function predictOperation(
  { signature, golden }: DescribedModel,
  method: Method,
  members: readonly ReplyForm[] = ['result', 'predictions'],
): Described {
  const schemas = members
    .map((member) => resultSchema(signature, method, member))
    .filter((schema) => schema !== undefined);
  const expected = golden?.[method]?.slice(0, EXAMPLE_ROWS);
  const either =
    method === 'predict'
      ? members
          .map((member) => resultSchema(signature, 'predict_proba', member))
          .filter((schema) => schema !== undefined)
      : [];
  return {
    tag: PREDICTIONS,
    body: {
      schema: reference('PredictRequest'),
      ...(golden && { example: { data: golden.inputs.slice(0, EXAMPLE_ROWS) } }),
    },
    ...(method === 'predict' && {
      query: {
        proba: {
          enum: either.length > 0 ? ['true', 'false', '1', '0'] : ['false', '0'],
          description: 'true or 1: probabilities, as /predict_proba gives them',
        },
      },
    }),
    answers:
      schemas.length > 0
        ? {
            200: json(
              'One answer a row, in their order',
              { anyOf: [...schemas, ...either] },
              expected && { [members[0]!]: expected },
            ),
          }
        : {}, // the model does not have the method: 400 says so
    errors: BODY_ERRORS,
  };
}

const TEXT: Schema = { type: 'string' };

const EMPTY = (description: string): DescribedAnswer => ({
  description,
  type: 'text/plain',
  schema: TEXT,
});

const READINESS = (description: string): DescribedAnswer =>
  json(description, {
    type: 'object',
    properties: { ready: { type: 'boolean' }, stage: { type: 'string' } },
    required: ['ready'],
  });

const FLAG = (name: string, description: string): DescribedAnswer =>
  json(description, { type: 'object', properties: { [name]: { type: 'boolean' } }, required: [name] });

/** By method and path, as the router has them. */
export function operations(model: DescribedModel): Readonly<Record<string, Described>> {
  const methods = (['predict', 'predict_proba', 'decision_function'] as const).map((method) => [
    `POST /${method}`,
    predictOperation(model, method),
  ]);
  const problem: Schema = {
    type: 'object',
    properties: { type: TEXT, title: TEXT, statuses: arrayOf({ type: 'integer' }), meaning: TEXT },
    required: ['type', 'title', 'statuses', 'meaning'],
  };
  const index = json(
    'One entry a model',
    arrayOf(objectOf({ name: TEXT, version: TEXT, state: { enum: ['READY', 'UNAVAILABLE'] }, reason: TEXT })),
  );
  const metadata = json('The server', {
    type: 'object',
    properties: { name: { type: 'string' }, version: { type: 'string' }, extensions: arrayOf({ type: 'string' }) },
    required: ['name', 'version', 'extensions'],
  });
  const ofModel = (method: string, rest: string, described: Described): [string, Described][] =>
    ['/v2/models/{model}', '/v2/models/{model}/versions/{version}'].map((path) => [
      `${method} ${path}${rest}`,
      described,
    ]);
  return Object.fromEntries([
    ...methods,
    ['POST /invocations', predictOperation(model, 'predict', ['predictions'])],
    ['GET /ping', { tag: OPERATIONS, answers: { 200: EMPTY('It predicts'), 503: EMPTY('Not yet, or no more') } }],
    ['GET /problems', { tag: DOCUMENTATION, answers: { 200: json('All', objectOf({ problems: arrayOf(problem) })) } }],
    ['GET /problems/{problem}', { tag: DOCUMENTATION, answers: { 200: json('One', problem) }, errors: [404] }],
    [
      'GET /',
      {
        tag: OPERATIONS,
        answers: {
          200: json(
            'The model and the routes',
            objectOf(
              {
                server: TEXT,
                model: TEXT,
                version: TEXT,
                engine: TEXT,
                models: arrayOf(objectOf({ name: TEXT, version: TEXT })),
                routes: arrayOf(objectOf({ route: TEXT, purpose: TEXT })),
              },
              ['server', 'model', 'version', 'routes'],
            ),
          ),
        },
      },
    ],
    ['GET /livez', { tag: OPERATIONS, answers: { 200: FLAG('live', 'The process answers') } }],
    [
      'GET /readyz',
      { tag: OPERATIONS, answers: { 200: READINESS('It predicts'), 503: READINESS('Not yet, or no more') } },
    ],
    [
      'GET /metrics',
      {
        tag: OPERATIONS,
        answers: {
          200: { description: "Prometheus's text format", type: 'text/plain', schema: { type: 'string' } },
        },
        errors: [404],
      },
    ],
    [
      'GET /openapi.json',
      { tag: DOCUMENTATION, answers: { 200: json('An OpenAPI 3.1 document', { type: 'object' }) } },
    ],
    [
      'GET /docs',
      {
        tag: DOCUMENTATION,
        answers: { 200: { description: 'A page', type: 'text/html', schema: { type: 'string' } } },
      },
    ],
    [
      'GET /docs/form',
      {
        tag: DOCUMENTATION,
        answers: { 200: { description: 'A part of a page', type: 'text/html', schema: { type: 'string' } } },
      },
    ],
    ['GET /v2', { tag: PROTOCOL, answers: { 200: metadata } }],
    ['GET /v2/', { tag: PROTOCOL, answers: { 200: metadata } }],
    ['GET /v2/health/live', { tag: PROTOCOL, answers: { 200: FLAG('live', 'The process answers') } }],
    [
      'GET /v2/health/ready',
      { tag: PROTOCOL, answers: { 200: FLAG('ready', 'It predicts'), 503: FLAG('ready', 'Not yet, or no more') } },
    ],
    ['GET /v2/models', { tag: PROTOCOL, answers: { 200: json('Names', objectOf({ models: arrayOf(TEXT) })) } }],
    ['GET /v2/repository/index', { tag: PROTOCOL, answers: { 200: index } }],
    ['POST /v2/repository/index', { tag: PROTOCOL, answers: { 200: index } }],
    ...ofModel('GET', '', {
      tag: PROTOCOL,
      answers: { 200: json('Inputs and outputs', reference('ModelMetadata')) },
      errors: [404],
    }),
    ...ofModel('GET', '/ready', {
      tag: PROTOCOL,
      answers: { 200: FLAG('ready', 'It predicts'), 503: FLAG('ready', 'Not yet, or no more') },
      errors: [404],
    }),
    ...ofModel('POST', '/infer', {
      tag: PROTOCOL,
      body: { schema: reference('InferRequest'), ...inferExample(model) },
      answers: { 200: json('The outputs', reference('InferResponse')) },
      errors: [404, ...BODY_ERRORS],
    }),
  ]);
}

/** One tensor for each column: the form that a person can read. */
function inferExample({ signature, golden }: DescribedModel): { example?: unknown } {
  const rows = golden?.inputs.slice(0, EXAMPLE_ROWS);
  if (!rows) return {};
  const inputs = signature.columns.flatMap(({ name, type, unused }, index) =>
    unused
      ? []
      : [
          {
            name,
            shape: [rows.length, 1],
            datatype: DATATYPES[type],
            data: rows.map((row) => valueIn(row, signature, index) ?? null),
          },
        ],
  );
  const asked = outputOf(signature, 'predict') ? { outputs: [{ name: 'predict' }] } : {};
  return { example: { inputs, ...asked } };
}
