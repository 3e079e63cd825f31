/** A model file of any kind that is read: what it is, and the way from it to a model. */
import { withoutByteOrderMarkBytes } from '../../model/formats/byte-order-mark';
import { sha256 } from '../../model/formats/digest';
import type { PackagedFile } from '../../model/package/manifest';
import { openArchive } from '../archives/archive';
import { isZip } from '../archives/zip';
import { BOOSTER_FORMATS } from '../boosters';
import { convertModel } from '../converters';
import type { ConvertedModel } from '../estimator/assemble';
import { TESTED_ONLY, type VersionPolicy } from '../estimator/estimator';
import { type LoadedFile, type PyObject, readModelBytes } from '../joblib';
import { looksLikeOnnx } from '../onnx/document';
import { importOnnx } from '../onnx-import/import';
import { isSkops, readSkops } from '../skops';
import { openSource, type Source } from '../sources/source';

/** A format whose files are whole models, told by their bytes. */
interface WholeModelFormat {
  readonly name: string;
  readonly matches: (bytes: Buffer) => boolean;
  /** @param width number of columns of the training rows, where there are some */
  readonly convert: (file: string, bytes: Buffer, width: number | undefined, versions: VersionPolicy) => ConvertedModel;
  /** As the object of a pickle, for the last step of a pipeline. Absent where a model of the format can only stand alone. */
  readonly asObject?: (file: string, bytes: Buffer, versions: VersionPolicy) => PyObject;
}

const FORMATS: readonly WholeModelFormat[] = [
  { name: 'onnx', matches: looksLikeOnnx, convert: importOnnx },
  // of text, in front of which an editor may have put a byte order mark
  ...BOOSTER_FORMATS.map(({ name, matches, convert, asObject }) => ({
    name,
    matches: (bytes: Buffer) => matches(withoutByteOrderMarkBytes(bytes)),
    convert: (file: string, bytes: Buffer, width: number | undefined, versions: VersionPolicy) =>
      convert(file, withoutByteOrderMarkBytes(bytes), width, versions),
    asObject: (file: string, bytes: Buffer, versions: VersionPolicy) =>
      asObject(file, withoutByteOrderMarkBytes(bytes), versions),
  })),
];

/** Python objects in a joblib, pickle or skops file, or a whole model in a format of its own. */
export type ModelFile =
  | { readonly kind: 'objects'; readonly loaded: LoadedFile; readonly bytes: Buffer; readonly file: string }
  | { readonly kind: 'model'; readonly format: WholeModelFormat; readonly bytes: Buffer; readonly file: string };

/** A model file, and what it was taken from. */
export type OpenedModel = ModelFile & { readonly source: Source };

/**
 * @param path of a model file, or of what a tool has saved a model in
 * @throws SlipwayError as `openSource` and `openModelBytes`
 */
export async function openModelFile(path: string): Promise<OpenedModel> {
  const source = await openSource(path);
  return { ...(await openModelBytes(source.file, source.bytes)), source };
}

/** @throws SlipwayError E_FORMAT, E_UNSAFE or E_LIMIT */
export async function openModelBytes(file: string, bytes: Buffer): Promise<ModelFile> {
  const format = FORMATS.find(({ matches }) => matches(bytes));
  if (format) return { kind: 'model', format, bytes, file };
  const archive = isZip(bytes) ? await openArchive(file, bytes) : undefined;
  if (archive && isSkops(archive)) {
    return { kind: 'objects', loaded: readSkops(file, bytes, archive), bytes, file };
  }
  return { kind: 'objects', loaded: await readModelBytes(file, bytes), bytes, file };
}

/**
 * The model that a single file holds.
 *
 * @throws SlipwayError E_UNSUPPORTED, E_FORMAT or E_LIMIT
 */
export function convertModelFile(opened: ModelFile): ConvertedModel {
  if (opened.kind === 'objects') return convertModel(opened.loaded);
  return opened.format.convert(opened.file, opened.bytes, undefined, TESTED_ONLY);
}

/** The name, digest and size of a file. */
export function describeFile(file: string, bytes: Uint8Array): PackagedFile & { file: string } {
  return { file, sha256: sha256(bytes), bytes: bytes.length };
}
