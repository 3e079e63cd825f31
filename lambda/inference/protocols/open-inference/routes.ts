/**
 * The Open Inference Protocol, version 2, REST with tensors in JSON or binary
 * (github.com/kserve/open-inference-protocol, inference_rest.md).
 *
 * Where servers differ: not ready is 503, as in KServe, which load balancers understand; an unknown
 * model or version is 404; a mistake in the request is 400. Errors are `{"error": string}`.
 */
import type { Signature } from '../../../../lib/model/rows/signature';
import { readJson } from '../../http/body';
import { type Answer, jsonAnswer } from '../../http/http-answer';
import { mediaTypeOf } from '../../http/media-type';
import type { Exchange, Route } from '../../http/router';
import type { ServedModel } from '../../serving/served-model';
import type { ServedModels } from '../../serving/served-models';
import { type PredictionLimits, predictRows, readBody } from '../prediction';
import { inferAnswer } from './answer';
import { jsonLength, LENGTH_HEADER, splitBody } from './binary';
import { DATATYPES } from './datatypes';
import { explainRows, type InferRequest, parseInferRequest, parseRawRequest } from './request';

const SERVER = 'slipway';

function metadata(model: ServedModel): object {
  const { inputs, outputs } = model.signature;
  return {
    name: model.name,
    versions: [model.version],
    platform: 'onnx_onnxv1', // what the protocol has for ONNX graphs; it has no word for what evaluates them
    ...(model.engineName !== undefined && { parameters: { engine: model.engineName } }),
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

export function openInferenceRoutes(
  models: ServedModels,
  limits: PredictionLimits,
  heldBack: () => boolean,
  handlerVersion: string,
): Route[] {
  const infer = async (exchange: Exchange): Promise<Answer> => {
    const model = models.find(exchange.parameters);
    const binary = exchange.request.headers[LENGTH_HEADER] !== undefined;
    mediaTypeOf(
      exchange.request,
      binary ? ['json', 'binary'] : ['json'],
      `; binary tensors need the header ${LENGTH_HEADER}`,
    );
    const body = await readBody(model, exchange, limits);
    const request = await readInferRequest(exchange, body, model.signature, limits.queueRows);
    const methods = request.outputs.map(({ name }) => name);
    const outputs = await explainRows(request, () => predictRows(model, exchange, limits, request.rows, '', methods));
    return inferAnswer(model, request, outputs);
  };
  const route = (method: Route['method'], path: string, purpose: string, handle: Route['handle']): Route => ({
    method,
    path,
    purpose,
    handle,
    errors: 'open-inference',
  });
  const ofModel = (method: Route['method'], rest: string, purpose: string, handle: Route['handle']): Route[] =>
    ['/v2/models/{model}', '/v2/models/{model}/versions/{version}'].map((path) =>
      route(method, path + rest, purpose, handle),
    );
  const readiness = (ready: boolean, name?: string): Answer => {
    const serving = ready && !heldBack();
    return jsonAnswer({ ...(name !== undefined && { name }), ready: serving }, serving ? 200 : 503);
  };
  const about = () =>
    jsonAnswer({ name: SERVER, version: handlerVersion, extensions: ['binary_tensor_data', 'model_repository'] });
  const index = () => jsonAnswer(repositoryIndex(models));
  return [
    route('GET', '/v2', 'the server', about),
    route('GET', '/v2/', 'the server', about),
    route('GET', '/v2/health/live', 'whether the process answers', () => jsonAnswer({ live: true })),
    route('GET', '/v2/health/ready', 'whether all models predict', () => readiness(models.ready)),
    route('GET', '/v2/models', 'names of the models', () => jsonAnswer({ models: models.all.map(({ name }) => name) })),
    route('GET', '/v2/repository/index', 'the models with versions and states', index),
    route('POST', '/v2/repository/index', "the same, in Triton's way", index),
    ...ofModel('GET', '', 'inputs and outputs of the model', (exchange) =>
      jsonAnswer(metadata(models.find(exchange.parameters))),
    ),
    ...ofModel('GET', '/ready', 'whether the model predicts', (exchange) => {
      const { ready, name } = models.find(exchange.parameters);
      return readiness(ready, name);
    }),
    ...ofModel('POST', '/infer', 'predictions of tensors', infer),
  ];
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
