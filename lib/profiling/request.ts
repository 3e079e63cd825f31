/** One request as the handler serves it, without HTTP: parse, encode, evaluate, answer. */
import type { Engine } from '../../lambda/inference/engine';
import { answerText } from '../../lambda/inference/json/answer-text';
import { PlainRowReader } from '../../lambda/inference/json/plain-rows';
import { encodeRows } from '../model/rows/row';
import type { Method, Signature } from '../model/rows/signature';
import { batchOf } from './sample-rows';

/** The method that `POST /predict` answers with, which is the one that clients use most. */
const METHOD: Method = 'predict';

/** Different requests of a size, to be sent in turn. */
const BODIES = 16;

export function requestBody(rows: readonly unknown[]): string {
  return JSON.stringify({ data: rows });
}

/** Bodies of so many rows each, which begin at different ones of `rows`. */
export function requestBodies(rows: readonly unknown[], count: number): string[] {
  return Array.from({ length: BODIES }, (_, i) => requestBody(batchOf(rows, i * count, count)));
}

/** Serves one request body. @returns the body of the answer */
export type Serve = (engine: Engine, body: Buffer) => Promise<string>;

/** How requests of a signature are served: rows of plain numbers straight into a tensor, others by way of JSON.parse. */
export function serverOf(signature: Signature): Serve {
  const reader = PlainRowReader.for(signature);
  return async (engine, body) => {
    const plain = await reader?.read(body, Number.POSITIVE_INFINITY);
    const inputs = plain?.tensors ?? encodeRows(signature, (JSON.parse(body.toString()) as Body).data, '/data');
    const outputs = await engine.run(inputs, [METHOD]);
    return `{"result":${await answerText(outputs[METHOD]!)}}`;
  };
}

interface Body {
  readonly data: unknown[];
}
