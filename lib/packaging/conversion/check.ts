/** A converted model in the engine that will serve it. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine, type Engine, type LoadBound } from '../../../lambda/inference/engine';
import { SlipwayError } from '../../model/error';
import { named } from '../../model/files/file-error';
import { temporaryFolder } from '../../model/files/temporary-folder';
import type { Batch } from '../../model/package/batch';
import type { GoldenRows, Tolerance } from '../../model/package/golden-file';
import { goldenInputs, type Replay, replayBatch, replayGolden } from '../../model/package/golden-replay';
import { neutralRows } from '../../model/rows/neutral-row';
import { rowRefusal } from '../../model/rows/undecided-row';
import type { ConvertedModel } from '../estimator/assemble';
import { checkRows } from './row-independence';

/**
 * How far a number may be from the library's own, on whatever processor it is computed: an instance replays the
 * golden rows too, and may add in another order than the machine that packed. Where large terms cancel, that
 * shows in the tenth digit; an error of conversion, or of float32, shows in the seventh or before.
 */
const TOLERANCE: Tolerance = { absolute: 1e-12, relative: 1e-9 };

/** The same for models that compute in float32, of which a number holds 24 bits (6e-8). */
const SINGLE_TOLERANCE: Tolerance = { absolute: 1e-6, relative: 1e-6 };

export function toleranceOf({ singlePrecision }: ConvertedModel): Tolerance {
  return singlePrecision ? SINGLE_TOLERANCE : TOLERANCE;
}

interface CheckOptions {
  /** Name of the model file, for messages. */
  readonly file: string;
  /** Whether somebody else made the graph. */
  readonly foreign: boolean;
  readonly batch: Batch;
  readonly golden: GoldenRows | undefined;
  /** What the engine may take. @default - all there is */
  readonly bound?: LoadBound | undefined;
}

/** Golden rows that the rows of a run are tried with. */
const TRIED_ROWS = 16;

/**
 * Loads the model, sees that its rows stand alone, and replays the golden rows.
 *
 * @returns undefined without golden rows; it is then known that the model runs, and no more
 * @throws SlipwayError E_PACKAGE when the engine refuses the model; E_GOLDEN when the rows do not fit it; E_UNSUPPORTED
 *   when an answer depends on other rows, or on chance
 */
export async function checkModel(model: ConvertedModel, options: CheckOptions): Promise<Replay | undefined> {
  const { golden, bound, ...others } = options;
  const { signature, estimators: operators } = model;
  const tolerance = toleranceOf(model);
  return withEngine(
    model.onnx,
    async (engine) => {
      const run: Engine['run'] = (inputs, methods) => engine.run(inputs, methods);
      const rows = golden?.inputs.slice(0, TRIED_ROWS) ?? neutralRows(signature);
      for (const { inputs } of goldenInputs({ inputs: rows, predict: [] }, signature)) {
        await checkRows({ ...others, signature, inputs, tolerance, operators }, run).catch((error) => {
          // golden rows that it refuses are told apart below; a graph of ours may refuse every row that was made up
          if (!rowRefusal(error) || (options.foreign && !golden)) throw error;
        });
      }
      return golden && replayGolden(golden, signature, tolerance, run, replayBatch(options.batch));
    },
    bound,
  );
}

/** Loads a graph from a file outside of the package, for as long as it is used. */
export async function withEngine<T>(
  onnx: Uint8Array,
  use: (engine: Engine) => Promise<T>,
  bound?: LoadBound,
): Promise<T> {
  const folder = temporaryFolder('slipway-pack-');
  try {
    const path = join(folder, 'model.onnx');
    named(path, 'written', () => writeFileSync(path, onnx));
    const engine = await createEngine(path, bound && { bound }).catch((error: unknown) => {
      // where it lies for a moment says nothing to anybody
      const told = SlipwayError.is(error) && error.code === 'E_PLATFORM' && error.message.startsWith(`${path}: `);
      if (!told) throw error;
      const message = `the converted model: ${error.message.slice(path.length + 2)}`;
      throw new SlipwayError(error.code, message, { problems: error.problems, cause: error });
    });
    try {
      return await use(bound?.over(engine) ?? engine);
    } finally {
      await engine.close();
    }
  } finally {
    bound?.end();
    rmSync(folder, { recursive: true, force: true });
  }
}
