/** A model file -> a model package: read, convert, check against the golden rows, write. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createEngine, type Engine } from '../../lambda/inference/engine';
import { version } from '../../package.json';
import { SlipwayError } from '../model/error';
import {
  type GoldenDifference,
  type GoldenRows,
  parseGoldenRows,
  type Replay,
  replayGolden,
  type Tolerance,
} from '../model/golden';
import { MODEL_NAME } from '../model/manifest';
import { neutralRow } from '../model/neutral-row';
import { type ModelPackage, sha256, writeModelPackage } from '../model/package';
import { encodeRows } from '../model/row';
import type { Signature } from '../model/signature';
import { readModelFile } from './joblib';
import { type ConvertedModel, convertModel } from './sklearn';

export interface PackOptions {
  /** Path of the file that `joblib.dump` or `pickle.dump` wrote. */
  readonly file: string;
  /** Path of the golden rows. @default - the package is unverified */
  readonly golden?: string;
  /** Name of the model: lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Folder of the package; made when it is missing, replaced when it is a model package. */
  readonly out: string;
  /** Told of each stage, as a line of text. */
  readonly onProgress?: (text: string) => void;
}

export interface Packed {
  readonly package: ModelPackage;
  /** How the golden rows came out; absent when there were none. */
  readonly replay?: Replay;
}

/**
 * How far a number may be from scikit-learn's. Its own sums differ by as much between processors,
 * as the order of additions in a matrix product does.
 */
export const TOLERANCE: Tolerance = { absolute: 1e-12, relative: 1e-12 };

/** Rows shown when golden rows do not hold. */
const SHOWN_DIFFERENCES = 5;

/**
 * Pack a model. Nothing is written unless everything succeeds.
 *
 * @throws SlipwayError E_FILE, E_FORMAT, E_UNSAFE, E_LIMIT or E_UNSUPPORTED about the file; E_GOLDEN about the
 *   golden rows; E_PARITY when the converted model does not give the golden answers; E_USAGE for a wrong name
 */
export async function pack(options: PackOptions): Promise<Packed> {
  const { file, name, out, onProgress = () => {} } = options;
  if (!MODEL_NAME.test(name)) {
    throw new SlipwayError(
      'E_USAGE',
      `the name "${name}" is not usable; allowed are up to 48 lower-case letters, digits and hyphens, as in "credit-risk"`,
    );
  }
  const golden = options.golden === undefined ? undefined : await readGolden(options.golden);

  onProgress(`reading ${basename(file)}`);
  const loaded = await readModelFile(file);
  onProgress(`converting ${loaded.format} to ONNX`);
  const converted = convertModel(loaded);
  onProgress(
    golden ? `replaying ${golden.inputs.length} golden rows` : 'no golden rows: the package will be unverified',
  );
  const replay = await check(converted, golden);
  if (golden && replay && replay.differences.length > 0) throw parityError(basename(file), golden, replay);

  const { signature, computeClass, estimators, libraries } = converted;
  const written = writeModelPackage(out, {
    manifest: {
      name,
      signature,
      computeClass,
      source: {
        file: loaded.file,
        sha256: sha256(loaded.bytes),
        bytes: loaded.bytes.length,
        format: loaded.format,
        estimators,
        libraries,
      },
      packedBy: version,
    },
    model: converted.onnx,
    ...(golden && { golden: { rows: golden, tolerance: TOLERANCE } }),
  });
  onProgress(`wrote ${out}`);
  return { package: written, ...(replay && { replay }) };
}

async function readGolden(path: string): Promise<GoldenRows> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${message})`;
    throw new SlipwayError('E_FILE', `${path}: ${reason}; it should hold the golden rows`, { cause });
  }
  return parseGoldenRows(text, basename(path));
}

/** Loads the model in the engine that will serve it, from a file outside of the package, and replays the golden rows. */
async function check({ onnx, signature }: ConvertedModel, golden: GoldenRows | undefined): Promise<Replay | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-pack-'));
  try {
    const path = join(folder, 'model.onnx');
    await writeFile(path, onnx);
    const engine = await createEngine(path);
    try {
      const run: Engine['run'] = (inputs, methods) => engine.run(inputs, methods);
      if (golden) return await replayGolden(golden, signature, TOLERANCE, run);
      await runNeutralRow(signature, run);
      return undefined;
    } finally {
      await engine.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A made-up row through every output: without golden rows it is at least known that the model runs. */
async function runNeutralRow(signature: Signature, run: Engine['run']): Promise<void> {
  const inputs = encodeRows(signature, [neutralRow(signature)]);
  const methods = signature.outputs.map((output) => output.name);
  await run(inputs, methods);
}

function parityError(file: string, golden: GoldenRows, { differences }: Replay): SlipwayError {
  const rows = new Set(differences.map((difference) => difference.row)).size;
  const hidden = differences.length - SHOWN_DIFFERENCES;
  return new SlipwayError(
    'E_PARITY',
    `${file}: ${rows} of ${golden.inputs.length} golden rows do not hold, so nothing was written; check that the golden rows were made with this very file, and with X in float64`,
    {
      problems: [
        ...differences.slice(0, SHOWN_DIFFERENCES).map(describeDifference),
        ...(hidden > 0 ? [`... and ${hidden} more`] : []),
      ],
    },
  );
}

function describeDifference({ row, method, expected, got }: GoldenDifference): string {
  const text = `row ${row}, ${method}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`;
  const by = largestDifference(expected, got);
  return by === undefined ? text : `${text}, off by ${by.toExponential(1)}`;
}

function largestDifference(expected: unknown, got: unknown): number | undefined {
  const wanted = [expected].flat();
  const given = [got].flat();
  const by = wanted.map((value, i) =>
    typeof value === 'number' ? Math.abs(value - (given[i] as number)) : Number.NaN,
  );
  return by.every(Number.isFinite) ? Math.max(...by) : undefined;
}
