/** One request as the handler serves it, without HTTP: parse, encode, evaluate, answer. */
import type { Engine } from '../../lambda/inference/engine';
import { answers } from '../model/answer';
import { encodeRows } from '../model/row';
import type { Method, Signature } from '../model/signature';

/** The method that `POST /predict` answers with, which is the one that clients use most. */
const METHOD: Method = 'predict';

export function requestBody(rows: readonly unknown[]): string {
  return JSON.stringify({ data: rows });
}

/** Serve one request body. @returns the body of the answer */
export async function serve(engine: Engine, signature: Signature, body: string): Promise<string> {
  const { data } = JSON.parse(body) as { data: unknown[] };
  const outputs = await engine.run(encodeRows(signature, data, '/data'), [METHOD]);
  return JSON.stringify({ result: answers(outputs[METHOD]!) });
}
