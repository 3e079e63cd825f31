/** The handler as the files that an instance runs: one JavaScript file, and the native library of one platform where a model needs it. */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { SlipwayError } from '../model/error';
import { placeFolder } from '../model/files/place-folder';
import { readRegularFile } from '../model/files/read-file';
import { refusal, replaceableFolder } from '../model/files/replaceable-folder';
import { MIB } from '../model/units';
import { onnxRuntimeFile } from './onnx-runtime';
import { PROGRAM, programCode } from './program';

export interface HandlerTarget {
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly architecture: 'x64' | 'arm64';
}

/** Name of the file to run: `node handler.cjs`. */
export const HANDLER_FILE = 'handler.cjs';

export interface HandlerParts {
  /** Whether ONNX Runtime is a part, some 46 MB; models that the native engine evaluates need none. @default true */
  readonly onnxRuntime?: boolean;
}

/** First line of the file, by which it is known again: what does not begin so was written by somebody else. */
const BANNER = '// The handler of Slipway: "slipway bundle" writes it, and replaces it.';

/** What a bundle is called where something else is in its place. */
const WHAT = 'a bundle of the handler';

/** Bytes of the file at most; it has some hundred thousand. */
const LARGEST_HANDLER = 64 * MIB;

const BINDING = 'onnxruntime_binding.node';

/** What the binding is linked with and expects beside it; the others that are delivered are for GPUs or are copies. */
const LIBRARY: Readonly<Record<HandlerTarget['platform'], string>> = {
  linux: 'libonnxruntime.so.1',
  darwin: 'libonnxruntime.1.dylib',
  win32: 'onnxruntime.dll',
};

const TARGETS = ['linux x64', 'linux arm64', 'darwin arm64', 'win32 x64', 'win32 arm64'];

function checked(platform: string, architecture: string): HandlerTarget {
  if (TARGETS.includes(`${platform} ${architecture}`)) return { platform, architecture } as HandlerTarget;
  throw new SlipwayError(
    'E_PLATFORM',
    `the handler does not run on ${platform} ${architecture}: ONNX Runtime is delivered for ${TARGETS.join(', ')}`,
  );
}

/** @throws SlipwayError E_PLATFORM on a machine that the handler does not run on */
export function currentTarget(): HandlerTarget {
  return checked(process.platform, process.arch);
}

/** How esbuild makes the JavaScript file of the bundle. */
export function handlerOptions(
  { platform, architecture }: HandlerTarget,
  { onnxRuntime = true }: HandlerParts = {},
): BuildOptions {
  return {
    ...PROGRAM,
    entryPoints: ['lambda/inference/main.ts'],
    // ONNX Runtime requires `../bin/napi-v6/${process.platform}/${process.arch}/onnxruntime_binding.node`. With the
    // target put in for the two variables, minifySyntax folds that into the name of one file, which lies beside the
    // bundle. Without them esbuild would take the bindings of every platform.
    define: { 'process.platform': JSON.stringify(platform), 'process.arch': JSON.stringify(architecture) },
    external: onnxRuntime ? [] : ['onnxruntime-node'],
    loader: { '.node': 'copy', '.css': 'text', '.browser.js': 'text' }, // the page for a browser is in the bundle
    assetNames: '[name]',
    banner: { js: BANNER },
  };
}

/** Name of the file among the built programs: Linux has bytes of its own, all others and all processors run the same. */
export const handlerProgram = ({ platform }: HandlerTarget, { onnxRuntime = true }: HandlerParts = {}): string =>
  `handler${platform === 'linux' ? '-linux' : ''}${onnxRuntime ? '' : '-native'}.cjs`;

/** A file of a bundle: its content, or the path of the file that it is a copy of. */
export type HandlerFile =
  | { readonly name: string; readonly content: Uint8Array }
  | { readonly name: string; readonly path: string };

/**
 * The JavaScript of the handler for one target. Same sources, same bytes, from wherever it is called.
 *
 * @throws SlipwayError E_PLATFORM for a target that ONNX Runtime is not delivered for
 */
export function handlerCode(target: HandlerTarget, parts: HandlerParts = {}): Uint8Array {
  const known = checked(target.platform, target.architecture);
  return programCode(handlerProgram(known, parts), handlerOptions(known, parts));
}

/**
 * The handler for one target: `handler.cjs`, and unless it is left out ONNX Runtime, which is a binding and a library. It
 * runs without node_modules.
 *
 * @throws SlipwayError E_PLATFORM for a target that ONNX Runtime is not delivered or installed for
 */
export function handlerContents(target: HandlerTarget, parts: HandlerParts = {}): HandlerFile[] {
  const { platform, architecture } = target;
  const handler = { name: HANDLER_FILE, content: handlerCode(target, parts) };
  if (parts.onnxRuntime === false) return [handler];
  const libraries = [BINDING, LIBRARY[platform]];
  return [handler, ...libraries.map((name) => ({ name, ...onnxRuntimeFile(platform, architecture, name) }))];
}

export function writeHandlerFile(folder: string, file: HandlerFile): void {
  const path = join(folder, file.name);
  if ('content' in file) writeFileSync(path, file.content);
  else copyFileSync(file.path, path);
}

/**
 * Write the handler for one target to a folder, which appears whole or not at all. A bundle that is there is replaced.
 *
 * @param directory relative to the working directory
 * @throws SlipwayError E_PLATFORM for a target that ONNX Runtime is not delivered for; E_FILE when something is there that
 *   is not a bundle, or the folder cannot be written; all is then as it was
 */
export function buildHandlerBundle(directory: string, target: HandlerTarget, parts: HandlerParts = {}): void {
  const files = handlerContents(target, parts);
  const fill = (folder: string) => {
    for (const file of files) writeHandlerFile(folder, file);
  };
  placeFolder(directory, fill, (folder) => {
    requireBundle(folder, directory);
    return 'replace';
  });
}

/** @throws SlipwayError E_FILE when a folder holds anything but a bundle of ours */
function requireBundle(folder: string, shown: string): void {
  const names = [HANDLER_FILE, BINDING, ...Object.values(LIBRARY)];
  const files = replaceableFolder(folder, shown, WHAT, names);
  if (files.length === 0) return;
  const start = files.includes(HANDLER_FILE) && readRegularFile(join(folder, HANDLER_FILE), LARGEST_HANDLER);
  if (!start || start.toString('latin1', 0, BANNER.length) !== BANNER) {
    throw refusal(shown, WHAT, `it has no ${HANDLER_FILE} of Slipway`);
  }
}

/** Files of the bundle for a target, by name. */
export function handlerFiles(target: HandlerTarget, { onnxRuntime = true }: HandlerParts = {}): string[] {
  return [HANDLER_FILE, ...(onnxRuntime ? [LIBRARY[target.platform], BINDING] : [])].sort();
}
