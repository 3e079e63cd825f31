/** The handler as the files that AWS Lambda runs: a module that waits until the model is ready, the handler, and the model package. */
import { copyFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { SlipwayError } from '../model/error';
import { placeFolder } from '../model/files/place-folder';
import { readRegularFile } from '../model/files/read-file';
import { refusal, replaceableFolder } from '../model/files/replaceable-folder';
import { PACKAGE_FILES } from '../model/package/manifest';
import type { ModelPackage } from '../model/package/model-package';
import { MIB } from '../model/units';
import { programCode } from './program';

/** Name of the module without its ending; Lambda calls `handler` in it. */
export const FUNCTION_INDEX = 'index';

/** Names of the programs, among the built ones and in a bundle. The second reads parameters of SSM; the SDK is in it. */
export const FUNCTION_PROGRAM = 'function.cjs';
export const PARAMETER_PROGRAM = 'parameter.cjs';

/** Most bytes of a function with its layers, unzipped (AWS Lambda quotas, 2026-11). */
export const MOST_FUNCTION_BYTES = 250 * MIB;

/** First line of the module, by which a bundle is known again. */
const BANNER = '// The handler of Slipway as a function of AWS Lambda: "slipway bundle" writes it, and replaces it.';

const WHAT = 'a bundle of a function';

/** Lambda waits for what a module waits for, while it starts an environment: for a file of CommonJS it would not. */
const INDEX = `${BANNER}
import { start } from './${FUNCTION_PROGRAM}';
export const handler = await start();
`;

const INDEX_FILE = `${FUNCTION_INDEX}.mjs`;

/** Of the runtime `nodejs24.x`. */
const TARGET = 'node24';

const HANDLER: BuildOptions = {
  entryPoints: ['lambda/inference/function.ts'],
  target: TARGET,
  external: ['onnxruntime-node'], // it has the native engine alone
  define: { 'process.platform': '"linux"' },
  loader: { '.css': 'text', '.browser.js': 'text' },
};

/** Same sources, same bytes, from wherever it is called. */
export const functionHandlerCode = (): Uint8Array => programCode(FUNCTION_PROGRAM, HANDLER);

export const parameterReaderCode = (): Uint8Array =>
  programCode(PARAMETER_PROGRAM, { entryPoints: ['lambda/verification/parameter.ts'], target: TARGET });

function packageFiles({ manifest }: Pick<ModelPackage, 'manifest'>): string[] {
  const { manifest: described, model, golden, training } = PACKAGE_FILES;
  return [described, model, ...(manifest.golden ? [golden] : []), ...(manifest.training ? [training] : [])];
}

/**
 * Fill a folder with the function of a model that the native engine evaluates; the package lies beside the handler.
 *
 * @throws SlipwayError E_LIMIT when it is larger than Lambda takes
 */
export function writeFunctionBundle(folder: string, model: ModelPackage): void {
  const programs = {
    [INDEX_FILE]: INDEX,
    [FUNCTION_PROGRAM]: functionHandlerCode(),
    [PARAMETER_PROGRAM]: parameterReaderCode(),
  };
  const files = packageFiles(model).map((file) => [file, join(model.directory, file)] as const);
  const bytes =
    Object.values(programs).reduce((sum, { length }) => sum + length, 0) +
    files.reduce((sum, [, path]) => sum + statSync(path).size, 0);
  if (bytes > MOST_FUNCTION_BYTES) {
    throw new SlipwayError(
      'E_LIMIT',
      `${model.directory}: is too large for a function: with the handler it has ${bytes} bytes, and AWS Lambda takes ${MOST_FUNCTION_BYTES}; serve it on instances`,
    );
  }
  for (const [name, content] of Object.entries(programs)) writeFileSync(join(folder, name), content);
  for (const [name, path] of files) copyFileSync(path, join(folder, name));
}

/**
 * Write the function to a folder, which appears whole or not at all. A bundle of a function that is there is replaced.
 *
 * @returns the names of its files
 * @throws SlipwayError E_LIMIT as of `writeFunctionBundle`; E_FILE when something is there that is no such bundle
 */
export function buildFunctionBundle(directory: string, model: ModelPackage): string[] {
  const names = [INDEX_FILE, FUNCTION_PROGRAM, PARAMETER_PROGRAM, ...packageFiles(model)];
  placeFolder(
    directory,
    (folder) => writeFunctionBundle(folder, model),
    (folder) => {
      const known = [...names, PACKAGE_FILES.golden, PACKAGE_FILES.training];
      const files = replaceableFolder(folder, directory, WHAT, known);
      if (files.length === 0) return 'replace';
      const start = files.includes(INDEX_FILE) && readRegularFile(join(folder, INDEX_FILE), MIB);
      if (start && start.toString('utf8', 0, BANNER.length) === BANNER) return 'replace';
      throw refusal(directory, WHAT, `it has no ${INDEX_FILE} of Slipway`);
    },
  );
  return names;
}
