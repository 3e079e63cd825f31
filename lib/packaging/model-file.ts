/** A model file that slipway.yaml names: packed when it, or what belongs to it, has changed. */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { version } from '../../package.json';
import { type ErrorCode, SlipwayError } from '../model/error';
import { fileDigest } from '../model/files/file-digest';
import { named } from '../model/files/file-error';
import { placeFolder } from '../model/files/place-folder';
import { readRegularFile } from '../model/files/read-file';
import { sha256 } from '../model/formats/digest';
import { PACKAGE_FILES, PROFILE_BYTES } from '../model/package/manifest';
import { TYPESCRIPT } from '../model/process/typescript';
import type { PackOptions } from './pack';

type Chosen = Pick<PackOptions, 'golden' | 'labels' | 'data' | 'select' | 'threshold' | 'missing' | 'batch'>;

/** Paths are absolute. */
export interface ModelFile extends Chosen {
  /** One, or several in the order of the data. */
  readonly file: readonly string[];
  readonly name: string;
  /** Where the compute profile is, or is to be: beside the model file, to be committed. */
  readonly profile: string;
}

/** Hexadecimal digits of a digest in the name of a folder. */
const DIGITS = 16;

const SCRATCH = '.pack-';

/** A conversion has minutes. */
const DEAD_MS = 3_600_000;

/** What the child says on stdout when it fails. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly problems: readonly string[];
}

/** Text of a failure at most; problems quote values. */
const MOST_BYTES = 2 ** 20;

/**
 * The folder of the package of a model file, with its profile where there is one. It is made by the first who asks, in a
 * process of its own, and never changed: the same files give the same folder, others another.
 *
 * @param cache folder of all such packages, which is made if need be
 * @throws SlipwayError as of `pack`; E_FILE when a file is missing, or changes meanwhile
 */
export function packedFile(model: ModelFile, cache: string): string {
  const key = keyOf(model);
  const folder = join(cache, `${model.name}-${key}`);
  if (!existsSync(folder)) packInto(model, key, folder, cache);
  return existsSync(model.profile) ? withProfile(folder, readRegularFile(model.profile, PROFILE_BYTES)) : folder;
}

/** The part of a file after `#` names what is in it. */
const pathOf = (name: string) => (existsSync(name) ? name : name.replace(/#[^#]*$/, ''));

function keyOf({ file, golden, labels, data, profile: _profile, ...chosen }: ModelFile): string {
  const digests = Object.entries({ file, golden, labels, data }).flatMap(([role, paths]) =>
    [paths ?? []].flat().map((path) => [role, basename(path), digestOf(pathOf(path))]),
  );
  return sha256(JSON.stringify([version, chosen, digests])).slice(0, DIGITS);
}

/** Of a folder, as MLflow has it, that of all of its files. */
function digestOf(path: string): string {
  const files = named(path, 'read', () => filesIn(path));
  if (files === undefined) return fileDigest(path);
  return sha256(files.map((file) => `${file} ${fileDigest(join(path, file))}\n`).join(''));
}

/** Undefined for what is no folder. */
function filesIn(path: string): string[] | undefined {
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function packInto(model: ModelFile, key: string, folder: string, cache: string): void {
  named(cache, 'made', () => mkdirSync(cache, { recursive: true }));
  sweep(cache);
  const scratch = named(cache, 'written', () => mkdtempSync(join(cache, SCRATCH)));
  try {
    const made = join(scratch, model.name);
    const { profile: _profile, ...options } = model;
    run({ ...options, out: made });
    if (keyOf(model) !== key) {
      throw new SlipwayError('E_FILE', `${model.file.join(', ')}: changed while it was packed; try again`);
    }
    const move = (to: string) => {
      for (const name of readdirSync(made)) renameSync(join(made, name), join(to, name));
    };
    placeFolder(folder, move, () => 'keep'); // of the same files it is the same
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What a process that was killed has left. */
function sweep(cache: string): void {
  for (const name of readdirSync(cache).filter((each) => each.startsWith(SCRATCH))) {
    const path = join(cache, name);
    const { mtimeMs = Date.now() } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > DEAD_MS) rmSync(path, { recursive: true, force: true });
  }
}

/** Whoever reads a configuration cannot wait otherwise: synthesis is not asynchronous. */
function run(options: PackOptions): void {
  const { status, signal, stdout, error } = spawnSync(
    process.execPath,
    [...TYPESCRIPT, require.resolve('./pack-main'), JSON.stringify(options)],
    { stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: MOST_BYTES },
  );
  if (error) throw error;
  if (status === 0) return;
  if (status === 2) {
    const { code, message, problems } = JSON.parse(stdout.toString('utf8')) as Failure;
    throw new SlipwayError(code, message, { problems });
  }
  throw new SlipwayError('E_INTERNAL', `the process that packs ended with ${signal ?? `status ${status}`}; see above`);
}

function withProfile(from: string, profile: Buffer): string {
  const folder = `${from}-${sha256(profile).slice(0, DIGITS)}`;
  if (existsSync(folder)) return folder;
  const fill = (made: string) => {
    for (const name of readdirSync(from)) linkOrCopy(join(from, name), join(made, name));
    writeFileSync(join(made, PACKAGE_FILES.profile), profile);
  };
  placeFolder(folder, fill, () => 'keep');
  return folder;
}

/** A second name takes no room; not every file system has them. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

/** A name of a model, as near as can be to that of its file. */
export function nameOf(file: string): string {
  const words = basename(file, extname(file))
    .toLowerCase()
    .match(/[a-z0-9]+/g) ?? ['model'];
  return words.join('-').slice(0, 48).replace(/-$/, '');
}

/** Where the profile of a model file belongs. @param file absolute */
export function profileBeside(file: string, name: string): string {
  return join(dirname(pathOf(file)), `${name}.profile.json`);
}
