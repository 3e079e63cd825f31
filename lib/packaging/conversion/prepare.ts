/** Everything of packing but the writing: read, convert, complete, and check against the golden rows. */
import { basename } from 'node:path';
import { type LoadBound, Malformed, OnnxRuntimeError } from '../../../lambda/inference/engine';
import { SlipwayError } from '../../model/error';
import type { Batch } from '../../model/package/batch';
import type { GoldenRows } from '../../model/package/golden-file';
import type { Replay } from '../../model/package/golden-replay';
import type { ModelSource } from '../../model/package/manifest';
import type { TrainingDistribution } from '../../model/package/training';
import { convertModel, convertWithSteps } from '../converters';
import type { ConvertedModel } from '../estimator/assemble';
import type { VersionPolicy } from '../estimator/estimator';
import { goldenRows, readGoldenFile } from '../golden/golden-file';
import { checkStepPaths } from '../golden/recorded-steps';
import { readTable, type Table } from '../golden/table';
import { trainingDistribution } from '../golden/training-distribution';
import { completeSignature } from '../golden/training-table';
import { chain } from './chain';
import { checkModel } from './check';
import { finalGolden } from './final-golden';
import { readLabelEncoder } from './label-encoder';
import { describeFile, type ModelFile, type OpenedModel, openModelFile } from './model-file';
import { type ConvertWithSteps, describeOrigin } from './origin';
import { ownAnswers } from './own-answers';
import { type Relabelling, relabel } from './relabel';

/** What to convert, and with what. Plain data: it goes to another process. */
export interface PrepareRequest {
  /** Paths of the model files, in the order in which the data goes through them. */
  readonly files: readonly string[];
  /** Parts of the one file, with commas between. @default - what the file holds */
  readonly select?: string;
  /** Path of a LabelEncoder. @default - the model's own labels */
  readonly labels?: string;
  /** Decision threshold. @default - the model's own rule */
  readonly threshold?: number;
  /** Path of golden rows: JSON, CSV or Parquet. @default - nothing is checked */
  readonly golden?: string;
  /** Path of training rows: CSV or Parquet. @default - the model file alone says what the columns are */
  readonly data?: string;
  /**
   * The value that stood for a missing one in the training of an XGBoost booster whose file does not say; 'nan' for none.
   *
   * @default - NaN alone is missing
   */
  readonly missing?: number | 'nan';
  /** Whether versions outside of the tested range are converted, with a warning. @default false */
  readonly allowUntested?: boolean;
  /** 'first' where the first of training rows as near as each other is to count. @default - such models are refused */
  readonly ties?: 'first';
  /** @default rows */
  readonly batch?: Batch;
}

export interface Prepared {
  readonly model: ConvertedModel;
  readonly source: ModelSource;
  /** Golden rows as they are packed, how they came out, and where they start to differ as far as that is known. */
  readonly golden?: {
    readonly rows: GoldenRows;
    readonly replay: Replay;
    readonly origin?: string;
    /** Whether the answers are those of the converted model itself, to inputs that were saved beside the model. */
    readonly own?: boolean;
  };
  /** Present when training rows were given. */
  readonly training?: TrainingDistribution;
  readonly warnings: readonly string[];
}

interface PrepareHooks {
  /** Of what the engine may take to load the model and to try it; it ends the process. @default - all there is */
  readonly bound?: LoadBound;
  /** Told the name of each file before it is read: if the process ends, that was the reason. */
  readonly onFile?: (file: string) => void;
}

/** @throws SlipwayError about the files, the golden rows or the options */
export async function prepare(
  request: PrepareRequest,
  onProgress: (text: string) => void,
  { bound, onFile = () => {} }: PrepareHooks = {},
): Promise<Prepared> {
  const { threshold } = request;
  if (request.golden !== undefined) onFile(basename(request.golden));
  const golden = request.golden === undefined ? undefined : await readGoldenFile(request.golden);
  if (request.data !== undefined) onFile(basename(request.data));
  const training = request.data === undefined ? undefined : await readTable(request.data, 'E_FILE');
  onFile(subjectOf(request));
  onProgress(`reading ${request.files.map((path) => basename(path)).join(', ')}`);
  const files: OpenedModel[] = [];
  for (const path of request.files) files.push(await openModelFile(path));
  for (const { file, source } of files) if (source.from) onProgress(`took ${file} of ${source.from}`);
  const encoder = request.labels === undefined ? undefined : await readLabelEncoder(request.labels);

  const warnings = new Set<string>(files.flatMap(({ source }) => source.warnings ?? []));
  const { file, format, converted, withSteps } = convert(files, request, training, {
    warn: (text) => warnings.add(text),
    onProgress,
  });
  const completed = training
    ? {
        ...converted,
        signature: completeSignature(converted.signature, training, { missingFromData: format === 'onnx' }),
      }
    : converted;
  const relabelling: Relabelling = {
    ...(encoder && { labels: encoder.labels }),
    ...(threshold !== undefined && { threshold }),
  };
  const model = relabel(file, completed, relabelling);
  const assumption = checkMissing(file, converted, request.missing);

  const steps = golden && 'steps' in golden ? golden.steps : undefined;
  if (steps) checkStepPaths(steps, converted.steps ?? [], basename(request.golden!));
  const recorded = golden && goldenRows(golden, completed.signature, model.signature);
  const { batch = 'rows' } = request;
  const example = golden ? undefined : files.find(({ source }) => source.example)?.source.example;
  const own = example && (await ownAnswers(model, example, { batch, bound, warn: (text) => warnings.add(text) }));
  const rows = recorded
    ? finalGolden(recorded, completed.signature.classes, model.signature.classes, relabelling)
    : own;
  onProgress(rows ? `replaying ${rows.inputs.length} golden rows` : 'no golden rows: the package will be unverified');
  const replay = await checkModel(model, { file, foreign: format === 'onnx', batch, golden: rows, bound }).catch(
    (error: unknown) => {
      throw format === 'onnx' ? engineRefusal(file, error) : error;
    },
  );

  const differs = replay !== undefined && replay.differences.length > 0;
  const place =
    recorded && withSteps && differs
      ? await describeOrigin({
          golden: recorded,
          recorded: steps,
          known: converted.steps ?? [],
          signature: completed.signature,
          convert: withSteps,
          bound,
        })
      : undefined;
  const origin = [place, differs ? assumption : undefined].filter((text) => text !== undefined).join('; ');
  if (!rows && assumption !== undefined) warnings.add(assumption);

  const all = [...files, ...(encoder ? [encoder] : [])];
  const parts = all.map((part) => describeFile(part.file, part.bytes));
  const from = files.flatMap(({ source }) => source.from ?? []);
  return {
    model,
    source: {
      ...describeFile(file, all.length === 1 ? all[0]!.bytes : Buffer.concat(all.map((part) => part.bytes))),
      format,
      estimators: model.estimators,
      libraries: model.libraries,
      ...(parts.length > 1 && { parts }),
      ...(from.length > 0 && { from: from.join(', ') }),
    },
    ...(rows && replay && { golden: { rows, replay, ...(own && { own: true }), ...(origin !== '' && { origin }) } }),
    ...(training && { training: trainingDistribution(model.signature, training) }),
    warnings: [...warnings],
  };
}

/**
 * @returns what was assumed of missing values, for people; undefined when nothing was
 * @throws SlipwayError E_USAGE when they are told of, and the file itself says it
 */
function checkMissing(file: string, { missing }: ConvertedModel, given: PrepareRequest['missing']): string | undefined {
  if (missing === 'assumed') {
    return `${file} does not say which missing= XGBoost was given in training, so NaN (null) alone counts as missing; if another value did, give it, as in --missing -999`;
  }
  if (given !== undefined && missing !== 'given') {
    throw new SlipwayError(
      'E_USAGE',
      `${file}: says itself what counts as missing; --missing is for the .json and .ubj files and bare Boosters of XGBoost, which do not`,
    );
  }
  return undefined;
}

/** The model files, for messages. */
export function subjectOf({ files }: PrepareRequest): string {
  return files.map((path) => basename(path)).join(' + ');
}

/** A graph that somebody else made may be wrong in ways that only an engine finds out. */
function engineRefusal(file: string, error: unknown): unknown {
  const reasons = [error, (error as Error).cause];
  const malformed = reasons.find((each) => each instanceof Malformed);
  if (malformed) {
    return new SlipwayError('E_FORMAT', `${file}: is damaged, or contradicts itself: ${malformed.message}`);
  }
  const refused = reasons.find((each) => each instanceof OnnxRuntimeError);
  if (refused) return new SlipwayError('E_UNSUPPORTED', `${file}: ONNX Runtime does not run it: ${refused.message}`);
  if (!SlipwayError.is(error) || error.code !== 'E_PACKAGE') return error;
  return new SlipwayError('E_UNSUPPORTED', error.message.replace(/\S*model\.onnx/g, file));
}

function convert(
  files: readonly ModelFile[],
  { select, allowUntested = false, missing, ties }: PrepareRequest,
  training: Table | undefined,
  { warn, onProgress }: Record<'warn' | 'onProgress', (text: string) => void>,
): { file: string; format: string; converted: ConvertedModel; withSteps?: ConvertWithSteps } {
  const versions: VersionPolicy = {
    allowUntested,
    ...(ties && { ties }),
    warn,
    ...(missing !== undefined && { missing: Number(missing) }),
  };
  const whole = files.find((file) => file.kind === 'model');
  if (whole && (files.length === 1 || select !== undefined || !whole.format.asObject)) {
    const { file, bytes, format } = whole;
    if (files.length > 1 || select !== undefined) {
      throw new SlipwayError(
        'E_USAGE',
        `${file}: is a whole model (${format.name}); it cannot be chained with other files, and has no parts to select`,
      );
    }
    onProgress(format.name === 'onnx' ? 'reading its inputs and outputs' : `converting ${format.name} to ONNX`);
    return { file, format: format.name, converted: format.convert(file, bytes, training?.columns.length, versions) };
  }
  const loaded = files.map((opened) => {
    if (opened.kind === 'objects') return opened.loaded;
    const { file, bytes, format } = opened;
    return { file, format: format.name, root: format.asObject!(file, bytes, versions) };
  });
  onProgress(`converting ${loaded[0]!.format} to ONNX`);
  const chained = chain(loaded, select);
  return {
    file: chained.file,
    format: loaded[0]!.format,
    converted: convertModel(chained, versions),
    withSteps: (paths) => convertWithSteps(chained, versions, paths),
  };
}
