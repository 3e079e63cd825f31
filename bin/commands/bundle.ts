import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { createEngine } from '../../lambda/inference/engine';
import { buildFunctionBundle, FUNCTION_INDEX } from '../../lib/artifacts/function-bundle';
import { buildHandlerBundle, HANDLER_FILE, type HandlerTarget, handlerFiles } from '../../lib/artifacts/handler-bundle';
import { SlipwayError } from '../../lib/model/error';
import { PACKAGE_FILES } from '../../lib/model/package/manifest';
import { readModelPackage } from '../../lib/model/package/model-package';
import { print, progress } from '../terminal/output';

interface BundleFlags {
  architecture: HandlerTarget['architecture'];
  native?: true;
  lambda?: string;
}

export function addBundle(program: Command): void {
  program
    .command('bundle')
    .description(
      'Write the handler for Linux into a folder, as instances on AWS run it: one JavaScript file and ONNX Runtime. ' +
        `It needs Node.js and nothing else: SLIPWAY_MODEL=<folder> node ${HANDLER_FILE}. With --lambda it is a function of ` +
        'AWS Lambda, with its model.',
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
    .option(
      '--lambda <package>',
      'a function of AWS Lambda that serves this model package, behind an HTTP API or a function URL: native engine alone',
    )
    .action(async (folder: string, { architecture, native, lambda }: BundleFlags, command: Command) => {
      if (lambda !== undefined) {
        refuseBesideLambda(command);
        await bundleFunction(folder, lambda);
        return;
      }
      const target: HandlerTarget = { platform: 'linux', architecture };
      const parts = { onnxRuntime: !native };
      progress('building the handler');
      buildHandlerBundle(folder, target, parts);
      print(`wrote ${handlerFiles(target, parts).join(', ')} for linux ${architecture} to ${folder}`);
    });
}

function refuseBesideLambda(command: Command): void {
  const both = ['architecture', 'native'].filter((flag) => command.getOptionValueSource(flag) === 'cli');
  if (both.length === 0) return;
  const named = both.map((flag) => `--${flag}`).join(', ');
  throw new SlipwayError('E_USAGE', `a function runs on every architecture, by the native engine; leave out ${named}`);
}

/** @throws SlipwayError E_PACKAGE when the native engine does not evaluate the model */
async function bundleFunction(folder: string, directory: string): Promise<void> {
  const model = readModelPackage(directory);
  const engine = await createEngine(join(directory, PACKAGE_FILES.model), { engine: 'native' }).catch((cause) => {
    if (!SlipwayError.is(cause)) throw cause;
    const [why] = cause.message.split('; choose the engine');
    throw new SlipwayError('E_PACKAGE', `${why}; a function has no other engine: serve the model on instances`, {
      cause,
    });
  });
  await engine.close();
  progress('building the function');
  const names = buildFunctionBundle(folder, model);
  print(`wrote ${names.join(', ')} to ${folder}`);
  print(`zip it for the runtime nodejs24.x, handler ${FUNCTION_INDEX}.handler; docs/guide/lambda.md has the rest`);
}
