/** Golden rows of inputs that nobody has recorded answers for: those of the converted model itself. */
import type { LoadBound } from '../../../lambda/inference/engine';
import { SlipwayError } from '../../model/error';
import type { Batch } from '../../model/package/batch';
import type { GoldenRows } from '../../model/package/golden-file';
import { goldenInputs, replayBatch } from '../../model/package/golden-replay';
import { answers } from '../../model/rows/answer';
import type { Label, Method } from '../../model/rows/signature';
import { rowRefusal } from '../../model/rows/undecided-row';
import type { ConvertedModel } from '../estimator/assemble';
import type { Example } from '../sources/source';
import { withEngine } from './check';

interface Trial {
  readonly batch: Batch;
  readonly bound: LoadBound | undefined;
  readonly warn: (text: string) => void;
}

type Answer = Label | null | (Label | null)[];

/** @returns undefined when the inputs do not fit the model, of which `warn` is told */
export async function ownAnswers(
  { onnx, signature }: ConvertedModel,
  { file, inputs }: Example,
  { batch, bound, warn }: Trial,
): Promise<GoldenRows | undefined> {
  const methods = signature.outputs.map(({ name }) => name);
  const found: Partial<Record<Method, Answer[]>> = {};
  try {
    const asked = goldenInputs({ inputs, predict: [] }, signature, replayBatch(batch));
    await withEngine(
      onnx,
      async (engine) => {
        for (const { inputs: tensors } of asked) {
          const outputs = await engine.run(tensors, methods);
          for (const method of methods) (found[method] ??= []).push(...answers(outputs[method]!).map(withNull));
        }
      },
      bound,
    );
  } catch (error) {
    const misfit = SlipwayError.is(error) && error.code === 'E_GOLDEN' ? error.problems[0] : undefined;
    if (misfit === undefined && !rowRefusal(error)) throw error;
    warn(
      `the inputs of ${file} do not fit the model and were left out: ${misfit ?? 'it has no answer for one of them'}`,
    );
    return undefined;
  }
  warn(
    `the ${inputs.length} golden rows are inputs of ${file} with the answers of this package: they show that an endpoint answers as it did here, and not that it answers as the model did where it was trained (--golden shows that)`,
  );
  return { inputs, ...found } as unknown as GoldenRows;
}

/** As golden rows have it: null stands for NaN. */
function withNull(answer: Label | Label[]): Answer {
  return Array.isArray(answer)
    ? answer.map((value) => withNull(value) as Label | null)
    : Number.isNaN(answer)
      ? null
      : answer;
}
