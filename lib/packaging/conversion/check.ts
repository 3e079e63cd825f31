/** A converted model in the engine that will serve it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '../../../lambda/inference/engine';
import { type GoldenRows, type Replay, replayGolden, type Tolerance } from '../../model/golden';
import { neutralRow } from '../../model/neutral-row';
import { encodeRows } from '../../model/row';
import type { Signature } from '../../model/signature';
import type { ConvertedModel } from '../sklearn';

/**
 * How far a number may be from the library's own, on whatever processor it is computed: an instance replays the
 * golden rows too, and may add in another order than the machine that packed. Where large terms cancel, that
 * shows in the tenth digit; an error of conversion, or of float32, shows in the seventh or before.
 */
export const TOLERANCE: Tolerance = { absolute: 1e-12, relative: 1e-9 };

/** The same for models that compute in float32, of which a number holds 24 bits (6e-8). */
export const SINGLE_TOLERANCE: Tolerance = { absolute: 1e-6, relative: 1e-6 };

export function toleranceOf({ singlePrecision }: ConvertedModel): Tolerance {
  return singlePrecision ? SINGLE_TOLERANCE : TOLERANCE;
}

/**
 * Loads the model and replays the golden rows.
 *
 * @returns undefined without golden rows; it is then known that the model runs, and no more
 * @throws SlipwayError E_PACKAGE when the engine refuses the model; E_GOLDEN when the rows do not fit it
 */
export async function checkModel(model: ConvertedModel, golden: GoldenRows | undefined): Promise<Replay | undefined> {
  return withEngine(model.onnx, async (engine) => {
    const run: Engine['run'] = (inputs, methods) => engine.run(inputs, methods);
    if (golden) return replayGolden(golden, model.signature, toleranceOf(model), run);
    await runNeutralRow(model.signature, run);
    return undefined;
  });
}

/** Loads a graph from a file outside of the package, for as long as it is used. */
export async function withEngine<T>(onnx: Uint8Array, use: (engine: Engine) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-pack-'));
  try {
    const path = join(folder, 'model.onnx');
    await writeFile(path, onnx);
    const engine = await createEngine(path);
    try {
      return await use(engine);
    } finally {
      await engine.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A made-up row through every output. */
async function runNeutralRow(signature: Signature, run: Engine['run']): Promise<void> {
  const inputs = encodeRows(signature, [neutralRow(signature)]);
  const methods = signature.outputs.map((output) => output.name);
  await run(inputs, methods);
}
