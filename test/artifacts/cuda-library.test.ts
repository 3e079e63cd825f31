import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CUDA_WHEEL, cudaLibrary, fetchCudaLibrary } from '../../lib/artifacts/cuda-library';
import { GPU_LIBRARY } from '../../lib/sizing/plan/gpu-image';
import { dependencies } from '../../package.json';
import { temporaryFolder } from '../../testing/temporary-folder';

const bytes = Buffer.from('a small wheel');
const sha256 = createHash('sha256').update(bytes).digest('hex');

let directory: string;
beforeEach(() => {
  directory = temporaryFolder();
});

/** Stands in for `pip download`. */
const downloading = (content: Buffer) =>
  jest.fn(async (folder: string) => writeFileSync(join(folder, CUDA_WHEEL.file), content));

test('is of the version of onnxruntime-node, and the plan names it', () => {
  expect(CUDA_WHEEL.version).toBe(dependencies['onnxruntime-node']);
  expect(CUDA_WHEEL.file).toContain(`-${CUDA_WHEEL.version}-`);
  expect(GPU_LIBRARY).toBe(`${CUDA_WHEEL.package} ${CUDA_WHEEL.version} (CUDA 13)`);
});

test('one that was never fetched is refused with the command that brings it', () => {
  expect(() => cudaLibrary({ directory })).toThrow(
    expect.objectContaining({
      code: 'E_RUNTIME_MISSING',
      message: expect.stringMatching(/has not been fetched yet; fetch it with "npx slipway runtime --gpu"$/),
    }),
  );
});

test('a fetched one is found, not fetched twice, and fetched again when it is damaged', async () => {
  const download = downloading(bytes);
  await fetchCudaLibrary(undefined, { directory, sha256, download });
  await fetchCudaLibrary(undefined, { directory, sha256, download });
  expect(download).toHaveBeenCalledTimes(1);
  expect(cudaLibrary({ directory, sha256 })).toEqual({ path: join(directory, CUDA_WHEEL.file), sha256 });
  expect(readdirSync(directory)).toEqual([CUDA_WHEEL.file]);
  writeFileSync(join(directory, CUDA_WHEEL.file), 'cut off');
  expect(() => cudaLibrary({ directory, sha256 })).toThrow(/is damaged/);
  await fetchCudaLibrary(undefined, { directory, sha256, download });
  expect(cudaLibrary({ directory, sha256 }).sha256).toBe(sha256);
});

test('another file than the pinned one is refused and leaves nothing behind', async () => {
  const download = downloading(Buffer.from('something else'));
  await expect(fetchCudaLibrary(undefined, { directory, sha256, download })).rejects.toMatchObject({
    code: 'E_FILE',
    message: expect.stringContaining(sha256),
  });
  expect(readdirSync(directory)).toEqual([]);
});
