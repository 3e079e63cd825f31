import { type Command, Option } from 'commander';
import { buildHandlerBundle, HANDLER_FILE, type HandlerTarget, handlerFiles } from '../../lib/artifacts/handler-bundle';
import { print } from '../output';

interface BundleFlags {
  architecture: HandlerTarget['architecture'];
}

export function addBundle(program: Command): void {
  program
    .command('bundle')
    .summary('write the handler for a container or a server of your own')
    .description(
      'Write the handler for Linux into a folder, as instances on AWS run it: one JavaScript file and the native library.\n' +
        `It needs Node.js and nothing else: SLIPWAY_MODEL=<folder> node ${HANDLER_FILE}`,
    )
    .argument('<folder>', 'is made if need be')
    .addOption(
      new Option('--architecture <name>', 'processors that it is for')
        .choices(['x64', 'arm64'])
        .default(process.arch === 'arm64' ? 'arm64' : 'x64'),
    )
    .action((folder: string, { architecture }: BundleFlags) => {
      const target: HandlerTarget = { platform: 'linux', architecture };
      buildHandlerBundle(folder, target);
      print(`wrote ${handlerFiles(target).join(', ')} for linux ${architecture} to ${folder}`);
    });
}
