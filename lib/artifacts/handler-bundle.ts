/** The handler as the files that an instance runs: one JavaScript file, and the native library of one platform where a model needs it. */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';
import { SlipwayError } from '../model/error';

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

/** Oldest Node.js that the bundle runs on, as `engines` in package.json. */
const NODE = 'node20.19';

const ROOT = join(__dirname, '..', '..');

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

/** How esbuild makes the JavaScript file of the bundle and copies the binding beside it. */
export function bundleOptions(
  directory: string,
  { platform, architecture }: HandlerTarget,
  { onnxRuntime = true }: HandlerParts = {},
): BuildOptions {
  return {
    absWorkingDir: ROOT, // paths in comments are relative to it
    entryPoints: ['lambda/inference/main.ts'],
    outfile: join(directory, HANDLER_FILE),
    bundle: true,
    platform: 'node',
    target: NODE,
    format: 'cjs',
    // ONNX Runtime requires `../bin/napi-v6/${process.platform}/${process.arch}/onnxruntime_binding.node`. With the
    // target put in for the two variables, minifySyntax folds that into the name of one file, and the loader copies
    // that file beside the bundle. Without them esbuild would take the bindings of every platform.
    define: { 'process.platform': JSON.stringify(platform), 'process.arch': JSON.stringify(architecture) },
    minifySyntax: true,
    minifyWhitespace: true, // but not identifiers: a stack trace in the log should still tell something
    external: onnxRuntime ? [] : ['onnxruntime-node'],
    loader: { '.node': 'copy', '.css': 'text', '.browser.js': 'text' }, // the page for a browser is in the bundle
    assetNames: '[name]',
    logLevel: 'silent', // a failure is thrown, with what esbuild has to say
  };
}

/**
 * Write the handler for one target into a folder: `handler.cjs`, and unless it is left out ONNX Runtime, which is a
 * binding and a library. It runs there without node_modules. Same sources, same bytes, from wherever it is called.
 *
 * @param directory is made if need be; files of these names in it are replaced
 * @throws SlipwayError E_PLATFORM for a target that ONNX Runtime is not delivered for
 */
export function buildHandlerBundle(directory: string, target: HandlerTarget, parts: HandlerParts = {}): void {
  const { platform, architecture } = checked(target.platform, target.architecture);
  mkdirSync(directory, { recursive: true });
  buildSync(bundleOptions(directory, { platform, architecture }, parts));
  if (parts.onnxRuntime === false) {
    for (const file of [BINDING, LIBRARY[platform]]) rmSync(join(directory, file), { force: true });
    return;
  }
  const delivered = join(dirname(require.resolve('onnxruntime-node/package.json')), 'bin', 'napi-v6');
  copyFileSync(join(delivered, platform, architecture, LIBRARY[platform]), join(directory, LIBRARY[platform]));
}

/** Files of the bundle for a target, by name. */
export function handlerFiles(target: HandlerTarget, { onnxRuntime = true }: HandlerParts = {}): string[] {
  return [HANDLER_FILE, ...(onnxRuntime ? [LIBRARY[target.platform], BINDING] : [])].sort();
}
