/**
 * Programs that were bundled before from the same sources, kept beside the libraries of a clone. Where that folder cannot
 * be written nothing is kept, which costs time and nothing else.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions, BuildResult, Metafile } from 'esbuild';

/** A bundle, and what it was made of: paths relative to the root with the digests of their contents. */
interface Kept {
  /** Of everything that decides which files it is made of. */
  readonly resolution: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly code: string;
}

export interface Sources {
  /** Folder that all paths are relative to. */
  readonly root: string;
  /** Folders below it whose names of files decide what an import finds. */
  readonly folders: readonly string[];
  /** Files below it that do so by their contents. @default - none */
  readonly files?: readonly string[];
}

type Build = (
  options: BuildOptions & { metafile: true; write: false },
) => BuildResult<{ metafile: true; write: false }>;

/**
 * A program's JavaScript, from the folder where it is kept if its sources are what they were.
 *
 * @param key tells it from all others: its options, and the version of what bundles it
 */
export function keptProgram(
  cache: string,
  key: string,
  sources: Sources,
  options: BuildOptions,
  build: Build,
): Uint8Array {
  const path = join(cache, `${digestOf(key)}.json`);
  const resolution = resolutionOf(sources);
  const kept = readKept(path);
  if (kept?.resolution === resolution && unchanged(kept.inputs, sources.root)) return Buffer.from(kept.code);
  const { outputFiles, metafile } = build({ ...options, metafile: true, write: false });
  const { contents } = outputFiles.find((file) => !file.path.endsWith('.node'))!;
  const inputs = inputsOf(metafile, sources.root);
  if (inputs) keep(cache, path, { resolution, inputs, code: Buffer.from(contents).toString() });
  return contents;
}

const digestOf = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');

/** A file that is new can be found in place of another one, though none has changed. */
function resolutionOf({ root, folders, files = [] }: Sources): string {
  const names = folders.map((folder) => readdirSync(join(root, folder), { recursive: true }).sort().join('\n'));
  const contents = files.map((file) => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : ''));
  return digestOf(JSON.stringify([names, contents]));
}

function readKept(path: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Kept;
  } catch {
    return undefined;
  }
}

function unchanged(inputs: Kept['inputs'], root: string): boolean {
  try {
    return Object.entries(inputs).every(([path, digest]) => digestOf(readFileSync(join(root, path))) === digest);
  } catch {
    return false; // a file has gone
  }
}

/** Undefined where a source is no file, so that nobody could tell whether it has changed. */
function inputsOf({ inputs }: Metafile, root: string): Kept['inputs'] | undefined {
  try {
    return Object.fromEntries(Object.keys(inputs).map((path) => [path, digestOf(readFileSync(join(root, path)))]));
  } catch {
    return undefined;
  }
}

/** Written beside its place and renamed: others start at the same time, and may be ended at any. */
function keep(folder: string, path: string, program: Kept): void {
  const beside = `${path}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(beside, JSON.stringify(program));
    renameSync(beside, path);
  } catch {}
}
