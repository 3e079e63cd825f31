/**
 * The Open Inference Protocol, version 2, REST with tensors in JSON or binary
 * (github.com/kserve/open-inference-protocol, inference_rest.md).
 *
 * Where servers differ: not ready is 503, as in KServe, which load balancers understand; an unknown
 * model or version is 404; a mistake in the request is 400. Errors are `{"error": string}`.
 */
import { valueIn } from '../../../../lib/model/rows/row';
import { outputOf, type Signature } from '../../../../lib/model/rows/signature';
import { readJson } from '../../http/body';
import { type Answer, jsonAnswer } from '../../http/http-answer';
import { mediaTypeOf } from '../../http/media-type';
import type { Exchange } from '../../http/router';
import {
  type EndpointRoute,
  EXAMPLE_ROWS,
  flagOf,
  jsonOf,
  type Operation,
  ROWS_ERRORS,
  TEXT,
} from '../../openapi/route';
import { arrayOf, objectOf, reference } from '../../openapi/schema';
import type { ServedModel } from '../../serving/served-model';
import type { ServedModels } from '../../serving/served-models';
import type { Predictors } from '../predictor';
import { inferAnswer } from './answer';
import { BINARY_TYPE, jsonLength, LENGTH_HEADER, splitBody } from './binary';
import { DATATYPES } from './datatypes';
import { explainRows, type InferRequest, parseInferRequest, parseRawRequest } from './request';
import { methodsOf } from './requested-outputs';

const SERVER = 'slipway';

/** Of Triton's protocol (github.com/triton-inference-server/server). */
const EXTENSIONS = ['binary_tensor_data', 'classification', 'model_repository'];

/** @param versions that are told: the one that was asked for, or all of the model. */
function metadata(model: ServedModel, versions: readonly ServedModel[], named: boolean): object {
  const { inputs, outputs } = model.signature;
  const parameters = {
    ...(model.engineName !== undefined && { engine: model.engineName }),
    // a version that has a name does not say which package it is
    ...(named && { packages: Object.fromEntries(versions.map(({ version, digits }) => [version, digits])) }),
  };
  return {
    name: model.name,
    versions: versions.map(({ version }) => version),
    platform: 'onnx_onnxv1', // what the protocol has for ONNX graphs; it has no word for what evaluates them
    ...(Object.keys(parameters).length > 0 && { parameters }),
    inputs: inputs.map(({ name, type, columns }) => ({ name, datatype: DATATYPES[type], shape: [-1, columns.length] })),
    outputs: outputs.map(({ name, type, width }) => ({
      name,
      datatype: DATATYPES[type],
      shape: width === 1 ? [-1] : [-1, width],
    })),
  };
}

async function readInferRequest(
  { request }: Exchange,
  body: Buffer,
  signature: Signature,
  most: number,
): Promise<InferRequest> {
  const length = jsonLength(request);
  const columns = signature.columns.length;
  if (length === undefined) return parseInferRequest(await readJson(body, columns), signature, most);
  if (length === 0) return parseRawRequest(body, signature, most);
  const { json, tensors } = splitBody(body, length);
  return parseInferRequest(await readJson(json, columns), signature, most, tensors);
}

type ProtocolRoute = Omit<EndpointRoute, 'errors' | 'describe'> & { describe(): Omit<Operation, 'tag'> };

/** What the routes of this protocol have in common. */
function ofProtocol(route: ProtocolRoute): EndpointRoute {
  return {
    ...route,
    errors: 'open-inference',
    describe: () => ({ tag: 'Open Inference Protocol', ...route.describe() }),
  };
}

/** A route of each model, with its version or without. */
function ofModel(route: ProtocolRoute): ProtocolRoute[] {
  return ['/v2/models/{model}', '/v2/models/{model}/versions/{version}'].map((model) => ({
    ...route,
    path: model + route.path,
  }));
}

const READY = { 200: flagOf('ready', 'It predicts'), 503: flagOf('ready', 'Not yet, or no more') };

const METADATA = jsonOf('The server', {
  type: 'object',
  properties: { name: TEXT, version: TEXT, extensions: arrayOf(TEXT) },
  required: ['name', 'version', 'extensions'],
});

const INDEX = jsonOf(
  'One entry a model',
  arrayOf(objectOf({ name: TEXT, version: TEXT, state: { enum: ['READY', 'UNAVAILABLE'] }, reason: TEXT })),
);

export function openInferenceRoutes(
  models: ServedModels,
  predictors: Predictors,
  heldBack: () => boolean,
  handlerVersion: string,
): EndpointRoute[] {
  const infer = async (exchange: Exchange): Promise<Answer> => {
    const model = models.find(exchange.parameters, exchange.request);
    const binary = exchange.request.headers[LENGTH_HEADER] !== undefined;
    mediaTypeOf(
      exchange.request,
      binary ? ['json', 'binary'] : ['json'],
      `; binary tensors need the header ${LENGTH_HEADER}`,
    );
    const predictor = predictors.of(model);
    const body = await predictor.body(exchange);
    const request = await readInferRequest(exchange, body, model.signature, predictor.mostRows);
    const methods = methodsOf(request.outputs);
    const outputs = await explainRows(request, async () => {
      const { rows, floats } = request;
      const tensors = floats && (await predictor.plainRows?.tensorsOf(floats));
      if (tensors) return predictor.tensors(exchange, tensors, rows.length, methods);
      return predictor.rows(exchange, rows, '', methods);
    });
    return inferAnswer(model, request, outputs);
  };
  const readiness = (ready: boolean, name?: string): Answer => {
    const serving = ready && !heldBack();
    return jsonAnswer({ ...(name !== undefined && { name }), ready: serving }, serving ? 200 : 503);
  };
  const about = {
    method: 'GET',
    purpose: 'the server',
    describe: () => ({ answers: { 200: METADATA } }),
    handle: () => jsonAnswer({ name: SERVER, version: handlerVersion, extensions: EXTENSIONS }),
  } as const;
  const index = {
    path: '/v2/repository/index',
    describe: () => ({ answers: { 200: INDEX } }),
    handle: () => jsonAnswer(repositoryIndex(models)),
  };
  const routes: ProtocolRoute[] = [
    { ...about, path: '/v2' },
    { ...about, path: '/v2/' },
    {
      method: 'GET',
      path: '/v2/health/live',
      purpose: 'whether the process answers',
      open: true,
      describe: () => ({ answers: { 200: flagOf('live', 'The process answers') } }),
      handle: () => jsonAnswer({ live: true }),
    },
    {
      method: 'GET',
      path: '/v2/health/ready',
      purpose: 'whether all models predict',
      open: true,
      describe: () => ({ answers: READY }),
      handle: () => readiness(models.ready),
    },
    {
      method: 'GET',
      path: '/v2/models',
      purpose: 'names of the models',
      describe: () => ({ answers: { 200: jsonOf('Names', objectOf({ models: arrayOf(TEXT) })) } }),
      handle: () => jsonAnswer({ models: models.names }),
    },
    { ...index, method: 'GET', purpose: 'the models with versions and states' },
    { ...index, method: 'POST', purpose: "the same, in Triton's way" },
    ...ofModel({
      method: 'GET',
      path: '',
      purpose: 'inputs and outputs of the model',
      describe: () => ({
        answers: { 200: jsonOf('Inputs and outputs', reference('ModelMetadata')) },
        errors: [404],
      }),
      handle: ({ parameters, request }) => {
        const model = models.find(parameters, request);
        const all = models.choice && parameters[1] === undefined;
        return jsonAnswer(metadata(model, all ? models.versionsOf(model.name) : [model], models.choice !== undefined));
      },
    }),
    ...ofModel({
      method: 'GET',
      path: '/ready',
      purpose: 'whether the model predicts',
      describe: () => ({ answers: READY, errors: [404] }),
      handle: ({ parameters, request }) => {
        const { name, ready } = models.find(parameters, request);
        // without a version, whichever answers
        const all = models.choice && parameters[1] === undefined;
        return readiness(all ? models.ready : ready, name);
      },
    }),
    ...ofModel({
      method: 'POST',
      path: '/infer',
      purpose: 'predictions of tensors',
      describe: () => ({
        body: { schema: reference('InferRequest'), ...inferExample(models.default) },
        answers: { 200: { ...jsonOf('The outputs', reference('InferResponse')), bytes: BINARY_TYPE } },
        errors: [404, ...ROWS_ERRORS],
      }),
      takes: (path, cameAt, request) => models.takes(path, request, cameAt),
      handle: infer,
    }),
  ];
  return routes.map(ofProtocol);
}

/** One tensor for each column: the form that a person can read. */
function inferExample({ signature, package_ }: ServedModel): { example?: unknown } {
  const rows = package_.golden?.inputs.slice(0, EXAMPLE_ROWS);
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

/** One entry a model, as Triton's model repository extension has it. */
function repositoryIndex(models: ServedModels): object[] {
  return models.all.map(({ name, version, ready, stage }) => ({
    name,
    version,
    state: ready ? 'READY' : 'UNAVAILABLE',
    reason: ready ? '' : stage,
  }));
}
