/** Reading and writing model packages: a folder with a manifest, the model, golden rows and a compute profile. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type * as z from 'zod';
import { SlipwayError } from './error';
import { type GoldenRows, parseGoldenRows, type Tolerance } from './golden';
import { MANIFEST_VERSION, type Manifest, manifestSchema, PACKAGE_FILES, type PackagedFile } from './manifest';
import { type ComputeProfile, profileSchema } from './profile';
import { type TrainingDistribution, trainingSchema } from './training';

export interface ModelPackage {
  readonly directory: string;
  readonly manifest: Manifest;
  /** SHA-256 of the manifest, which holds the digests of the model and of the golden rows: the version of the package. */
  readonly digest: string;
  /** Absent when the package is unverified. */
  readonly golden?: GoldenRows;
  /** Absent when the package was made without training rows. */
  readonly training?: TrainingDistribution;
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The text of a JSON file of ours: two spaces, a final line feed, keys in the order they were given. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function read(directory: string, file: string): Buffer {
  try {
    return readFileSync(join(directory, file));
  } catch (cause) {
    const what = existsSync(directory) ? `has no ${file}` : 'does not exist';
    throw new SlipwayError('E_PACKAGE', `${directory}: ${what}; make the model package with "slipway pack"`, { cause });
  }
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

function check(directory: string, file: string, bytes: Buffer, expected: PackagedFile): void {
  const found = sha256(bytes);
  if (found !== expected.sha256) {
    throw new SlipwayError(
      'E_PACKAGE',
      `${join(directory, file)}: has SHA-256 ${found} but the manifest says ${expected.sha256}; it was changed after packing: pack it again`,
    );
  }
}

/**
 * Read a model package and check the digests of its files.
 *
 * @throws SlipwayError E_PACKAGE when a file is missing, damaged or changed
 */
export function readModelPackage(directory: string): ModelPackage {
  const manifestBytes = read(directory, PACKAGE_FILES.manifest);
  const path = join(directory, PACKAGE_FILES.manifest);
  const manifest = parse(manifestSchema, manifestBytes, path, 'pack the model again');
  check(directory, PACKAGE_FILES.model, read(directory, PACKAGE_FILES.model), manifest.model);
  let golden: GoldenRows | undefined;
  if (manifest.golden) {
    const bytes = read(directory, PACKAGE_FILES.golden);
    check(directory, PACKAGE_FILES.golden, bytes, manifest.golden);
    golden = parseGoldenRows(bytes.toString('utf8'), join(directory, PACKAGE_FILES.golden));
  }
  let training: TrainingDistribution | undefined;
  if (manifest.training) {
    const bytes = read(directory, PACKAGE_FILES.training);
    check(directory, PACKAGE_FILES.training, bytes, manifest.training);
    training = parse(trainingSchema, bytes, join(directory, PACKAGE_FILES.training), 'pack the model again');
  }
  return {
    directory,
    manifest,
    digest: sha256(manifestBytes),
    ...(golden && { golden }),
    ...(training && { training }),
  };
}

/**
 * Read the compute profile of a model package.
 *
 * @throws SlipwayError E_PACKAGE when there is none, or it was measured with another model
 */
export function readProfile(modelPackage: ModelPackage): ComputeProfile {
  const path = join(modelPackage.directory, PACKAGE_FILES.profile);
  const remedy = `run "slipway profile ${modelPackage.directory}"`;
  if (!existsSync(path)) throw new SlipwayError('E_PACKAGE', `${path}: the model has not been profiled yet; ${remedy}`);
  return parseProfile(readFileSync(path), path, modelPackage.manifest, remedy);
}

function parseProfile(bytes: Buffer, path: string, manifest: Manifest, remedy: string): ComputeProfile {
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
  const remedy = `run "slipway profile ${directory}"`;
  return { manifest, profile: parseProfile(profileBytes, join(directory, PACKAGE_FILES.profile), manifest, remedy) };
}

/** @throws SlipwayError E_FILE when it cannot be written; the one that was there then stays */
export function writeProfile(modelPackage: ModelPackage, profile: ComputeProfile): void {
  const path = join(modelPackage.directory, PACKAGE_FILES.profile);
  const beside = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(beside, jsonText(profile));
    renameSync(beside, path); // the one that was there stays until this one is whole
  } catch (cause) {
    throw new SlipwayError('E_FILE', `${path}: cannot be written (${(cause as Error).message})`, { cause });
  } finally {
    rmSync(beside, { force: true });
  }
}

export interface PackageContents {
  readonly manifest: Omit<Manifest, 'schemaVersion' | 'model' | 'golden' | 'training'>;
  /** The ONNX graph, serialised. */
  readonly model: Uint8Array;
  readonly golden?: { readonly rows: GoldenRows; readonly tolerance: Tolerance };
  readonly training?: TrainingDistribution;
}

/**
 * Write a model package. The folder appears whole or not at all; an older package in its place is
 * replaced, and its profile is kept when the model is the same. Same contents, same bytes.
 *
 * @throws SlipwayError E_FILE when the folder holds something that is not a model package
 */
export function writeModelPackage(directory: string, contents: PackageContents): ModelPackage {
  const target = resolve(directory);
  const old = join(target, PACKAGE_FILES.manifest);
  if (existsSync(target) && !existsSync(old) && !isEmpty(target)) {
    throw new SlipwayError(
      'E_FILE',
      `${directory}: exists and is not a model package; choose another --out, or empty it`,
    );
  }
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
      },
    }),
    ...(trainingText && { training: described(Buffer.from(trainingText)) }),
  };
  const profile = keptProfile(target, manifest);

  mkdirSync(dirname(target), { recursive: true });
  const temporary = mkdtempSync(join(dirname(target), `.${basename(target)}-`));
  try {
    writeFileSync(join(temporary, PACKAGE_FILES.manifest), jsonText(manifest));
    writeFileSync(join(temporary, PACKAGE_FILES.model), contents.model);
    if (goldenText) writeFileSync(join(temporary, PACKAGE_FILES.golden), goldenText);
    if (trainingText) writeFileSync(join(temporary, PACKAGE_FILES.training), trainingText);
    if (profile) writeFileSync(join(temporary, PACKAGE_FILES.profile), profile);
    chmodSync(temporary, 0o755); // mkdtemp makes folders private; the handler runs as another user
    rmSync(target, { recursive: true, force: true });
    renameSync(temporary, target);
  } catch (cause) {
    rmSync(temporary, { recursive: true, force: true });
    throw new SlipwayError('E_FILE', `${directory}: cannot be written (${(cause as Error).message})`, { cause });
  }
  return readModelPackage(directory);
}

function isEmpty(path: string): boolean {
  if (!statSync(path).isDirectory()) return false;
  return readdirSync(path).length === 0;
}

function keptProfile(target: string, manifest: Manifest): Buffer | undefined {
  const path = join(target, PACKAGE_FILES.profile);
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  return bytes.includes(manifest.model.sha256) ? bytes : undefined;
}
