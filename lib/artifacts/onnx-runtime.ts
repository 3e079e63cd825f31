/** The installed ONNX Runtime, which a bundle of the handler takes its libraries from. An installation of the package may lack it. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { SlipwayError } from '../model/error';
import { CUDA_WHEEL } from './cuda-library';

/** The handler's bytes go with this one: they call it by an interface that is not public. */
const { version: VERSION } = CUDA_WHEEL;

/** Its install script fetches libraries for GPUs from elsewhere, which nothing here needs. */
export const INSTALL_ONNX_RUNTIME = `npm install --ignore-scripts onnxruntime-node@${VERSION}`;

function manifestPath(): string | undefined {
  try {
    return require.resolve('onnxruntime-node/package.json');
  } catch {
    return undefined;
  }
}

/** Whether it is installed, in whatever version. */
export const hasOnnxRuntime = (): boolean => manifestPath() !== undefined;

/** @throws SlipwayError E_PLATFORM where it is not installed, or in another version */
export function onnxRuntimeFolder(): string {
  const path = manifestPath();
  if (path === undefined) {
    throw new SlipwayError(
      'E_PLATFORM',
      `ONNX Runtime is not installed, and what is asked for needs it; install it with "${INSTALL_ONNX_RUNTIME}"`,
    );
  }
  const { version } = require(path) as { version: string };
  if (version === VERSION) return dirname(path);
  throw new SlipwayError(
    'E_PLATFORM',
    `onnxruntime-node ${version} is installed, and the handler goes with ${VERSION}; install that with "${INSTALL_ONNX_RUNTIME}"`,
  );
}

/** Of a library that this machine does not load: `npm ci` of a clone compresses it (`scripts/lighten/pack-libraries.cjs`). */
const PACKED = '.br';

/**
 * A file that is delivered for a platform: its path, or its content where it is kept compressed.
 *
 * @throws SlipwayError E_PLATFORM where ONNX Runtime is not installed, in another version, or not for that platform
 */
export function onnxRuntimeFile(
  platform: string,
  architecture: string,
  name: string,
): { readonly path: string } | { readonly content: Uint8Array } {
  const path = join(onnxRuntimeFolder(), 'bin', 'napi-v6', platform, architecture, name);
  if (existsSync(path)) return { path };
  if (existsSync(`${path}${PACKED}`)) return { content: brotliDecompressSync(readFileSync(`${path}${PACKED}`)) };
  throw new SlipwayError(
    'E_PLATFORM',
    `ONNX Runtime is not installed for ${platform} ${architecture}: ${path} is missing; ` +
      'install again, in a clone with "SLIPWAY_INSTALL=whole npm ci"',
  );
}
