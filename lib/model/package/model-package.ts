/** Reading and writing model packages: a folder with a manifest, the model, golden rows and a compute profile. */
import { lstatSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type * as z from 'zod';
import { SlipwayError } from '../error';
import { named } from '../files/file-error';
import { placeFolder } from '../files/place-folder';
import { replaceFile } from '../files/replace-file';
import { requireWritable } from '../files/require-writable';
import { sha256 } from '../formats/digest';
import { jsonText } from '../formats/json';
import { type GoldenRows, parseGoldenRows, type Tolerance } from './golden-file';
import {
  LARGEST_FILE_BYTES,
  MANIFEST_BYTES,
  MANIFEST_VERSION,
  type Manifest,
  manifestSchema,
  PACKAGE_FILES,
  type PackagedFile,
  PROFILE_BYTES,
} from './manifest';
import { packageFileDigest, readPackageFile, realPath } from './package-file';
import { replaceablePackage } from './package-folder';
import { type ComputeProfile, profileSchema } from './profile';
import { type TrainingDistribution, trainingSchema } from './training';

export interface ModelPackage {
  readonly directory: string;
  readonly manifest: Manifest;
  /** SHA-256 of the manifest, which holds the digests of the model and of the golden rows: the version of the package. */
  readonly digest: string;
  /** Absent when nobody has recorded what the model must answer. */
  readonly golden?: GoldenRows;
  /** Absent when the package was made without training rows. */
  readonly training?: TrainingDistribution;
}

/** A file that the manifest describes, as it was packed. */
function readPackaged(directory: string, file: string, { bytes, sha256: expected }: PackagedFile): Buffer {
  return asPacked(join(directory, file), bytes, expected, () => {
    const content = readPackageFile(directory, file, Math.min(bytes, LARGEST_FILE_BYTES));
    return { content, digest: sha256(content) };
  }).content;
}

/** The same of the model, which is large, and nobody here looks into. */
function requirePackaged(directory: string, file: string, { bytes, sha256: expected }: PackagedFile): void {
  const most = Math.min(bytes, LARGEST_FILE_BYTES);
  asPacked(join(directory, file), bytes, expected, () => ({ digest: packageFileDigest(directory, file, most) }));
}

/** @throws SlipwayError E_PACKAGE when what is read is not what the manifest says */
function asPacked<T extends { digest: string }>(path: string, bytes: number, expected: string, read: () => T): T {
  let found: string;
  try {
    const it = read();
    if (it.digest === expected) return it;
    found = `has SHA-256 ${it.digest} but the manifest says ${expected}`;
  } catch (error) {
    if (!SlipwayError.is(error) || error.code !== 'E_LIMIT') throw error;
    found = `has more than the ${bytes} bytes that the manifest says`;
  }
  throw new SlipwayError(
    'E_PACKAGE',
    `${path}: ${found}; it was changed after packing: move it away, and pack the model again`,
  );
}

function parse<T>(schema: z.ZodType<T>, bytes: Buffer, path: string, remedy: string): T {
  let document: unknown;
  try {
    document = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new SlipwayError('E_PACKAGE', `${path}: is not JSON (${(cause as Error).message}); ${remedy}`);
  }
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `/${issue.path.map(String).join('/')}: ${issue.message}`);
  throw new SlipwayError('E_PACKAGE', `${path}: is not of the form this version of Slipway reads; ${remedy}`, {
    problems,
  });
}

/**
 * Read a model package and check the digests of its files.
 *
 * @throws SlipwayError E_PACKAGE when a file is missing, damaged or changed; E_FILE when one cannot be read
 */
export function readModelPackage(directory: string): ModelPackage {
  const verifiable = readVerifiable(directory);
  const { manifest } = verifiable;
  requirePackaged(directory, PACKAGE_FILES.model, manifest.model);
  if (!manifest.training) return verifiable;
  const bytes = readPackaged(directory, PACKAGE_FILES.training, manifest.training);
  const path = join(directory, PACKAGE_FILES.training);
  return { ...verifiable, training: parse(trainingSchema, bytes, path, 'pack the model again') };
}

/**
 * The manifest and the golden rows of a package, whose other files need not be there.
 *
 * @throws SlipwayError as of `readModelPackage`
 */
export function readVerifiable(directory: string): Omit<ModelPackage, 'training'> {
  const described = readDescribed(directory);
  const golden = described.manifest.golden && readGolden(directory, described.manifest.golden);
  return { ...described, ...(golden && { golden }) };
}

/**
 * The manifest of a package, of which nothing else need be there.
 *
 * @throws SlipwayError as of `readModelPackage`
 */
export function readDescribed(directory: string): Pick<ModelPackage, 'directory' | 'manifest' | 'digest'> {
  const bytes = readPackageFile(directory, PACKAGE_FILES.manifest, MANIFEST_BYTES);
  const manifest = parse(manifestSchema, bytes, join(directory, PACKAGE_FILES.manifest), 'pack the model again');
  return { directory, manifest, digest: sha256(bytes) };
}

function readGolden(directory: string, described: PackagedFile): GoldenRows {
  const bytes = readPackaged(directory, PACKAGE_FILES.golden, described);
  return parseGoldenRows(bytes.toString('utf8'), join(directory, PACKAGE_FILES.golden));
}

/**
 * Packages that are served together.
 *
 * @param folders that of the default model first
 * @throws SlipwayError E_PACKAGE when a package is damaged, or two have the same name
 */
export function readModelPackages(folders: readonly string[]): ModelPackage[] {
  const packages = folders.map(readModelPackage);
  packages.forEach(({ manifest, directory }, i) => {
    const other = packages.slice(0, i).find((earlier) => earlier.manifest.name === manifest.name);
    if (!other) return;
    throw new SlipwayError(
      'E_PACKAGE',
      `${directory} and ${other.directory} are both models of the name "${manifest.name}": pack one with another --name`,
    );
  });
  return packages;
}

/** Where packages of model files are kept that slipway.yaml names, beside it. */
export const MODEL_CACHE = join('.slipway', 'models');

/** What to do where a package has no profile that does. */
export function profileRemedy(directory: string): string {
  return dirname(resolve(directory)).endsWith(MODEL_CACHE)
    ? 'run "npx slipway profile", with --shadow where it is the shadow, and commit the file that it writes beside the model file'
    : `run "npx slipway profile ${directory}"`;
}

/**
 * Read the compute profile of a model package.
 *
 * @throws SlipwayError E_PACKAGE when there is none, or it was measured with another model
 */
export function readProfile(modelPackage: ModelPackage): ComputeProfile {
  const path = join(modelPackage.directory, PACKAGE_FILES.profile);
  const remedy = profileRemedy(modelPackage.directory);
  if (realPath(path) === undefined) {
    throw new SlipwayError('E_PACKAGE', `${path}: the model has not been profiled yet; ${remedy}`);
  }
  const bytes = readPackageFile(modelPackage.directory, PACKAGE_FILES.profile, PROFILE_BYTES);
  return parseProfile(bytes, path, modelPackage.manifest, remedy);
}

/** @throws SlipwayError E_PACKAGE when it is not a profile of this model */
export function parseProfile(bytes: Buffer, path: string, manifest: Manifest, remedy: string): ComputeProfile {
  const profile = parse(profileSchema, bytes, path, remedy);
  if (profile.modelSha256 !== manifest.model.sha256) {
    throw new SlipwayError('E_PACKAGE', `${path}: was measured with another model.onnx; ${remedy}`);
  }
  return profile;
}

/**
 * What a sizing plan needs of a model package, from the bytes of its two small files: of an older commit, say.
 *
 * @param directory of the package, for messages; nothing is read from it
 * @throws SlipwayError E_PACKAGE when one is damaged, of another form, or of another model than the other
 */
export function parseMeasured(
  manifestBytes: Buffer,
  profileBytes: Buffer,
  directory: string,
): { readonly manifest: Manifest; readonly profile: ComputeProfile } {
  const manifest = parse(
    manifestSchema,
    manifestBytes,
    join(directory, PACKAGE_FILES.manifest),
    'pack the model again',
  );
  const remedy = profileRemedy(directory);
  return { manifest, profile: parseProfile(profileBytes, join(directory, PACKAGE_FILES.profile), manifest, remedy) };
}

/** @throws SlipwayError E_FILE when it cannot be written; the one that was there then stays */
export function writeProfile(modelPackage: ModelPackage, profile: ComputeProfile): void {
  replaceFile(join(modelPackage.directory, PACKAGE_FILES.profile), jsonText(profile));
}

export interface PackageContents {
  readonly manifest: Omit<Manifest, 'schemaVersion' | 'model' | 'golden' | 'training'>;
  /** The ONNX graph, serialised. */
  readonly model: Uint8Array;
  readonly golden?: { readonly rows: GoldenRows; readonly tolerance: Tolerance; readonly recordedBy?: 'pack' };
  readonly training?: TrainingDistribution;
}

/**
 * Whether a model package may be written to a folder, as far as that is known before.
 *
 * @throws SlipwayError E_FILE when something else is there
 */
export function checkPackagePlace(directory: string): void {
  if (directory === '') throw new SlipwayError('E_FILE', '"": is no folder; name one, e.g. models/credit-risk');
  named(directory, 'written', () => {
    if (lstatSync(directory, { throwIfNoEntry: false })) replaceablePackage(directory, directory);
  });
  requireWritable(dirname(resolve(directory)));
}

/**
 * Write a model package. The folder appears whole or not at all; an older package in its place is
 * replaced, and its profile is kept when the model is the same. Same contents, same bytes; a package that has them already
 * is left as it is.
 *
 * @throws SlipwayError E_FILE when something is there that is not a model package, file by file, or it cannot be written;
 *   all is then as it was
 */
export function writeModelPackage(directory: string, contents: PackageContents): ModelPackage {
  const goldenText = contents.golden && jsonText(contents.golden.rows);
  const trainingText = contents.training && jsonText(contents.training);
  const described = (bytes: Uint8Array): PackagedFile => ({ sha256: sha256(bytes), bytes: bytes.byteLength });
  const manifest: Manifest = {
    schemaVersion: MANIFEST_VERSION,
    ...contents.manifest,
    model: described(contents.model),
    ...(contents.golden && {
      golden: {
        ...described(Buffer.from(goldenText!)),
        rows: contents.golden.rows.inputs.length,
        tolerance: contents.golden.tolerance,
        ...(contents.golden.recordedBy && { recordedBy: contents.golden.recordedBy }),
      },
    }),
    ...(trainingText && { training: described(Buffer.from(trainingText)) }),
  };
  const files = new Map<string, string | Uint8Array>([
    [PACKAGE_FILES.manifest, jsonText(manifest)],
    [PACKAGE_FILES.model, contents.model],
    ...(goldenText ? [[PACKAGE_FILES.golden, goldenText] as const] : []),
    ...(trainingText ? [[PACKAGE_FILES.training, trainingText] as const] : []),
  ]);
  let profile: Buffer | undefined;
  const fill = (folder: string) => {
    for (const [file, content] of files) writeFileSync(join(folder, file), content);
    if (profile?.includes(manifest.model.sha256)) writeFileSync(join(folder, PACKAGE_FILES.profile), profile);
  };
  placeFolder(directory, fill, (folder) => {
    const found = replaceablePackage(folder, directory);
    profile ??= found.profile;
    const whole = [...files.keys()].every((file) => found.files.includes(file));
    return whole && found.manifest?.equals(Buffer.from(files.get(PACKAGE_FILES.manifest)!)) ? 'keep' : 'replace';
  });
  return readModelPackage(directory);
}
