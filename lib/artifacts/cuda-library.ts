/**
 * ONNX Runtime's library for NVIDIA GPUs. The npm package does not hold it; PyPI's does, of the same version: a pinned
 * wheel, fetched once into an ignored cache by `slipway runtime --gpu` and never during synthesis. The wheel is the asset.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../model/error';
import { fileDigest } from '../model/files/file-digest';
import { fetchError, runFetcher } from './fetched-file';
import { cacheFolder, fetchPinned, type PinnedFile, requirePinned } from './pinned-file';

/** The same version as onnxruntime-node in package.json: the two speak to each other by an interface of that version. */
export const CUDA_WHEEL = {
  package: 'onnxruntime-gpu',
  version: '1.30.0',
  python: '3.12',
  platform: 'manylinux_2_28_x86_64',
  file: 'onnxruntime_gpu-1.30.0-cp312-cp312-manylinux_2_28_x86_64.whl',
  sha256: '6acc0f4b3d5ac5f2984432faa59dd8fcce6775f8b43a7140afa0f322c7a703b1',
} as const;

const NAME = `${CUDA_WHEEL.package} ${CUDA_WHEEL.version}`;

/** The wheel; the libraries are in `onnxruntime/capi` in it. */
export type CudaLibrary = PinnedFile;

export interface CudaCacheOptions {
  /** @default - `.slipway/runtime` in the working directory */
  readonly directory?: string;
  /** Digest that is expected. @default - that of the pinned wheel */
  readonly sha256?: string;
}

export interface CudaFetchOptions extends CudaCacheOptions {
  /** Puts the wheel into a folder. @default - `pip download` */
  readonly download?: (directory: string) => Promise<void>;
}

function place({ directory = cacheFolder(), sha256 = CUDA_WHEEL.sha256 }: CudaCacheOptions): PinnedFile {
  return { path: join(directory, CUDA_WHEEL.file), sha256 };
}

/**
 * The library from the cache; its digest is compared.
 *
 * @throws SlipwayError E_RUNTIME_MISSING when it has not been fetched, or is not what was pinned
 */
export function cudaLibrary(options: CudaCacheOptions = {}): CudaLibrary {
  const library = place(options);
  requirePinned(library, `${NAME}, which a plan with GPUs needs,`, 'npx slipway runtime --gpu');
  return library;
}

/**
 * Fetch the library into the cache unless it is there and whole. It appears whole or not at all.
 *
 * @throws SlipwayError E_UNREACHABLE when pip cannot fetch it, E_FILE when what came has another digest, or the cache cannot be written
 */
export async function fetchCudaLibrary(
  onProgress: (message: string) => void = () => {},
  options: CudaFetchOptions = {},
): Promise<CudaLibrary> {
  const library = place(options);
  const fetch = async (folder: string) => {
    await (options.download ?? pipDownload)(folder);
    const fetched = join(folder, CUDA_WHEEL.file);
    if (!existsSync(fetched) || fileDigest(fetched) !== library.sha256) {
      throw new SlipwayError(
        'E_FILE',
        `${NAME}: what pip fetched is not ${CUDA_WHEEL.file} with the pinned digest ${library.sha256}; check the index that pip is set to use`,
      );
    }
    return fetched;
  };
  await fetchPinned(library, { name: NAME, how: 'with pip, about 250 MB', fetch }, onProgress);
  return library;
}

/** `pip download`, so that the user's own index, proxy and credentials apply; nothing of the wheel is run. */
async function pipDownload(directory: string): Promise<void> {
  const { package: name, version, python, platform } = CUDA_WHEEL;
  const choice = ['--no-deps', '--only-binary=:all:', '--python-version', python, '--platform', platform];
  const command = ['-m', 'pip', 'download', '--quiet', ...choice, '--dest', directory, `${name}==${version}`];
  try {
    await runFetcher('python3', command);
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message: string };
    const said = (stderr || message).split('\n').filter((line) => line.trim() !== '');
    throw fetchError({
      what: NAME,
      command: 'pip download',
      folder: directory,
      cause,
      output: stderr || message,
      line: said.at(-1) ?? message,
      remedy: 'it takes Python 3 with pip and a way to a package index',
    });
  }
}
