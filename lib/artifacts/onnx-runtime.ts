/** The installed ONNX Runtime, which a bundle of the handler takes its libraries from. An installation of the package may lack it. */
import { dirname } from 'node:path';
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
