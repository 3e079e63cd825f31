/** A model file -> a model package: read, convert, check against the golden rows, write. */
import { version } from '../../package.json';
import { SlipwayError } from '../model/error';
import type { Replay } from '../model/package/golden-replay';
import { MODEL_NAME } from '../model/package/manifest';
import { checkPackagePlace, type ModelPackage, writeModelPackage } from '../model/package/model-package';
import { toleranceOf } from './conversion/check';
import { runInChild } from './conversion/child';
import { type Prepared, type PrepareRequest, prepare, subjectOf } from './conversion/prepare';
import { parityError } from './golden/parity';

export interface PackOptions extends Omit<PrepareRequest, 'files'> {
  /** Path of the model file; or of several, in the order in which the data goes through them. */
  readonly file: string | readonly string[];
  /** Name of the model: lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Folder of the package; made when it is missing, replaced when it is a model package. */
  readonly out: string;
  /** Told of each stage, as a line of text. */
  readonly onProgress?: (text: string) => void;
  /** Whether the file is read and converted in a process of its own, with a bound on its memory. @default true */
  readonly isolated?: boolean;
}

export interface Packed {
  readonly package: ModelPackage;
  /** How the golden rows came out; absent when there were none. */
  readonly replay?: Replay;
}

/**
 * Pack a model. Nothing is written unless everything succeeds.
 *
 * @throws SlipwayError E_FILE, E_FORMAT, E_UNSAFE, E_LIMIT or E_UNSUPPORTED about the files; E_GOLDEN about the
 *   golden rows; E_INPUT about the training rows; E_PARITY when the converted model does not give the golden answers;
 *   E_USAGE for a wrong name, part or threshold
 */
export async function pack(options: PackOptions): Promise<Packed> {
  const { file, name, out, onProgress = () => {}, isolated = true, ...others } = options;
  const files = [file].flat();
  checkOptions(name, files, options.threshold);
  checkPackagePlace(out); // before the minutes that a conversion may take
  const request: PrepareRequest = { ...others, files };
  const prepared = isolated ? await prepareInChild(request, onProgress) : await prepare(request, onProgress);

  const { model, source, golden, training, warnings } = prepared;
  if (golden && golden.replay.differences.length > 0) {
    throw parityError(source.file, golden.rows, golden.replay, { origin: golden.origin, warnings });
  }
  for (const warning of warnings) onProgress(`warning: ${warning}`);
  const written = writeModelPackage(out, {
    manifest: {
      name,
      signature: model.signature,
      computeClass: model.computeClass,
      ...(options.batch === 'whole' && { batch: options.batch }),
      source,
      ...(options.threshold !== undefined && { threshold: options.threshold }),
      ...(warnings.length > 0 && { warnings }),
      packedBy: version,
    },
    model: model.onnx,
    ...(golden && {
      golden: { rows: golden.rows, tolerance: toleranceOf(model), ...(golden.own && { recordedBy: 'pack' as const }) },
    }),
    ...(training && { training }),
  });
  onProgress(`wrote ${out}`);
  return { package: written, ...(golden && { replay: golden.replay }) };
}

function checkOptions(name: string, files: readonly string[], threshold: number | undefined): void {
  if (!MODEL_NAME.test(name)) {
    throw new SlipwayError(
      'E_USAGE',
      `the name "${name}" is not usable; allowed are up to 48 lower-case letters, digits and hyphens, as in "credit-risk"`,
    );
  }
  if (files.length === 0) throw new SlipwayError('E_USAGE', 'there is no model file to pack');
  if (threshold !== undefined && !(threshold > 0 && threshold <= 1)) {
    throw new SlipwayError('E_USAGE', `the threshold ${threshold} is no probability; it must be above 0 and at most 1`);
  }
}

/** As `prepare`, by a child. */
async function prepareInChild(request: PrepareRequest, onProgress: (text: string) => void): Promise<Prepared> {
  const subject = subjectOf(request);
  const { result, model } = await runInChild<Prepared>({ name: 'prepare', request }, subject, onProgress);
  return { ...result, model: { ...result.model, onnx: model! } };
}
