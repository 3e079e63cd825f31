/** What a model answers to rows, by the engine that would serve it. */
import type { Engine } from '../../lambda/inference/engine';
import type { Answer } from '../model/package/agreement';
import { replayBatch } from '../model/package/golden-replay';
import type { Manifest } from '../model/package/manifest';
import { answers } from '../model/rows/answer';
import { encodeRows, InputError } from '../model/rows/row';
import type { Method } from '../model/rows/signature';
import { rowRefusal } from '../model/rows/undecided-row';

export interface Evaluated {
  /** By method an answer for each row; undefined where the model refuses the row. */
  readonly answers: Readonly<Partial<Record<Method, readonly (Answer | undefined)[]>>>;
  /** Whether each row was answered. */
  readonly answered: readonly boolean[];
}

export async function evaluate(
  engine: Engine,
  { signature, batch }: Pick<Manifest, 'signature' | 'batch'>,
  rows: readonly unknown[],
): Promise<Evaluated> {
  const methods = signature.outputs.map(({ name }) => name);
  const found = Object.fromEntries(methods.map((method) => [method, [] as (Answer | undefined)[]]));
  const answered: boolean[] = [];
  const run = async (some: readonly unknown[]): Promise<void> => {
    try {
      const outputs = await engine.run(encodeRows(signature, some, ''), methods);
      for (const method of methods) found[method]!.push(...answers(outputs[method]!));
      answered.push(...some.map(() => true));
    } catch (error) {
      if (!(error instanceof InputError) && rowRefusal(error) === undefined) throw error;
      if (some.length > 1 && batch !== 'whole') for (const row of some) await run([row]);
      else {
        for (const method of methods) found[method]!.push(...some.map(() => undefined));
        answered.push(...some.map(() => false));
      }
    }
  };
  const step = Math.min(replayBatch(batch), rows.length);
  for (let start = 0; start < rows.length; start += step) await run(rows.slice(start, start + step));
  return { answers: found, answered };
}
