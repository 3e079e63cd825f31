import { type Command, Option } from 'commander';
import { buildHandlerBundle, HANDLER_FILE, type HandlerTarget, handlerFiles } from '../../lib/artifacts/handler-bundle';
import { print, progress } from '../terminal/output';

interface BundleFlags {
  architecture: HandlerTarget['architecture'];
  native?: true;
}

export function addBundle(program: Command): void {
  program
    .command('bundle')
    .description(
      'Write the handler for Linux into a folder, as instances on AWS run it: one JavaScript file and ONNX Runtime. ' +
        `It needs Node.js and nothing else: SLIPWAY_MODEL=<folder> node ${HANDLER_FILE}`,
    )
    .argument('<folder>', 'is made, or replaced where it is a bundle that was written before')
    .addOption(
      new Option('--architecture <name>', 'processors that it is for')
        .choices(['x64', 'arm64'])
        .default(process.arch === 'arm64' ? 'arm64' : 'x64'),
    )
    .option(
      '--native',
      'without ONNX Runtime, 46 MB: for models that the native engine evaluates (GET / names the engine)',
    )
    .action((folder: string, { architecture, native }: BundleFlags) => {
      const target: HandlerTarget = { platform: 'linux', architecture };
      const parts = { onnxRuntime: !native };
      progress('building the handler');
      buildHandlerBundle(folder, target, parts);
      print(`wrote ${handlerFiles(target, parts).join(', ')} for linux ${architecture} to ${folder}`);
    });
}
