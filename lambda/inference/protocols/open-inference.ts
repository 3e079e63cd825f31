/**
 * The Open Inference Protocol, version 2, REST with JSON tensors
 * (github.com/kserve/open-inference-protocol, inference_rest.md).
 *
 * Where servers differ: not ready is 503, as in KServe, which load balancers understand; an unknown
 * model or version is 404; a mistake in the request is 400. Errors are `{"error": string}`.
 */
import { scalars } from '../../../lib/model/answer';
import type { ElementType, Method } from '../../../lib/model/signature';
import { readJson } from '../body';
import { type Answer, HttpError, jsonAnswer } from '../http-answer';
import { mediaTypeOf } from '../media-type';
import { type PredictionLimits, predictRows, readBody } from '../prediction';
import type { Exchange, Route } from '../router';
import type { ServedModel } from '../served-model';
import { explainRows, type InferRequest, parseInferRequest } from './open-inference-request';

/** Datatypes of the protocol by element type. */
export const DATATYPES: Readonly<Record<ElementType, string>> = {
  float64: 'FP64',
  float32: 'FP32',
  int64: 'INT64',
  bool: 'BOOL',
  string: 'BYTES',
};

const SERVER = 'slipway';

function metadata(model: ServedModel): object {
  const { inputs, outputs } = model.signature;
  return {
    name: model.name,
    versions: [model.version],
    platform: 'onnx_onnxv1',
    inputs: inputs.map(({ name, type, columns }) => ({ name, datatype: DATATYPES[type], shape: [-1, columns.length] })),
    outputs: outputs.map(({ name, type, width }) => ({
      name,
      datatype: DATATYPES[type],
      shape: width === 1 ? [-1] : [-1, width],
    })),
  };
}

function checkModel(model: ServedModel, [name, version]: readonly string[]): void {
  if (name !== model.name) {
    throw new HttpError(404, 'route', `there is no model "${name!.slice(0, 60)}" here; there is "${model.name}"`);
  }
  if (version !== undefined && version !== model.version) {
    throw new HttpError(
      404,
      'route',
      `model "${model.name}" has no version "${version.slice(0, 70)}"; it has "${model.version}"`,
    );
  }
}

export function openInferenceRoutes(
  model: ServedModel,
  limits: PredictionLimits,
  serving: () => boolean,
  handlerVersion: string,
): Route[] {
  const infer = async (exchange: Exchange): Promise<Answer> => {
    checkModel(model, exchange.parameters);
    mediaTypeOf(exchange.request, ['json']);
    const document = await readJson(await readBody(model, exchange, limits));
    const request: InferRequest = parseInferRequest(document, model.signature, limits.queueRows);
    const outputs = await explainRows(request, () =>
      predictRows(model, exchange, limits, request.rows, '', request.methods),
    );
    return jsonAnswer({
      model_name: model.name,
      model_version: model.version,
      ...(request.id !== undefined && { id: request.id }),
      outputs: request.methods.map((name: Method) => {
        const tensor = outputs[name]!;
        return { name, datatype: DATATYPES[tensor.type], shape: tensor.shape, data: scalars(tensor) };
      }),
    });
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
  const status = () => (serving() ? 200 : 503);
  const about = () => jsonAnswer({ name: SERVER, version: handlerVersion, extensions: [] });
  return [
    route('GET', '/v2', 'the server', about),
    route('GET', '/v2/', 'the server', about),
    route('GET', '/v2/health/live', 'whether the process answers', () => jsonAnswer({ live: true })),
    route('GET', '/v2/health/ready', 'whether the model predicts', () => jsonAnswer({ ready: serving() }, status())),
    ...ofModel('GET', '', 'inputs and outputs of the model', (exchange) => {
      checkModel(model, exchange.parameters);
      return jsonAnswer(metadata(model));
    }),
    ...ofModel('GET', '/ready', 'whether the model predicts', (exchange) => {
      checkModel(model, exchange.parameters);
      return jsonAnswer({ name: model.name, ready: serving() }, status());
    }),
    ...ofModel('POST', '/infer', 'predictions of tensors', infer),
  ];
}
