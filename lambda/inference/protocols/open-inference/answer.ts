/** The outputs of a model as the answer of the Open Inference Protocol, in JSON or with binary tensors behind it. */
import type { Tensor, Tensors } from '../../../../lib/model/rows/tensor';
import { type Answer, JSON_TYPE } from '../../http/http-answer';
import { answerText } from '../../json/answer-text';
import type { ServedModel } from '../../serving/served-model';
import { classified, topTensors } from '../top-classes';
import { BINARY_TYPE, LENGTH_HEADER } from './binary';
import { DATATYPES, tensorBytes } from './datatypes';
import type { InferRequest } from './request';

async function jsonOutput(name: string, tensor: Tensor): Promise<string> {
  const head = JSON.stringify({ name, datatype: DATATYPES[tensor.type], shape: tensor.shape });
  return `${head.slice(0, -1)},"data":${await answerText(tensor, true)}}`;
}

function binaryOutput(name: string, { type, shape }: Tensor, bytes: Buffer): string {
  return JSON.stringify({
    name,
    datatype: DATATYPES[type],
    shape,
    parameters: { binary_data_size: bytes.length },
  });
}

export async function inferAnswer(model: ServedModel, request: InferRequest, tensors: Tensors): Promise<Answer> {
  const { signature } = model;
  const top = request.top === undefined ? {} : await topTensors(tensors.predict_proba!, signature, request.top);
  const given: Tensors = { ...tensors, ...top };
  const outputs: string[] = [];
  const binary: Buffer[] = [];
  for (const { name, binary: asBytes, classification } of request.outputs) {
    const whole = given[name]!;
    const tensor = classification === undefined ? whole : await classified(whole, signature, classification);
    if (asBytes) {
      const bytes = tensorBytes(tensor);
      binary.push(bytes);
      outputs.push(binaryOutput(name, tensor, bytes));
    } else outputs.push(await jsonOutput(name, tensor));
  }
  const head = JSON.stringify({
    model_name: model.name,
    model_version: model.version,
    ...(request.id !== undefined && { id: request.id }),
  });
  const json = `${head.slice(0, -1)},"outputs":[${outputs.join(',')}]}`;
  if (binary.length === 0) return { status: 200, type: JSON_TYPE, body: json };
  const bytes = Buffer.from(json);
  return {
    status: 200,
    type: BINARY_TYPE,
    body: Buffer.concat([bytes, ...binary]),
    headers: { [LENGTH_HEADER]: String(bytes.length) },
  };
}
