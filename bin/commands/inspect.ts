import { basename } from 'node:path';
import type { Command } from 'commander';
import { runInChild } from '../../lib/packaging/conversion/child';
import type { Inspection } from '../../lib/packaging/inspect/inspection';
import { inspectionText } from '../../lib/packaging/inspect/text';
import { print, printJson, progress } from '../output';

export function addInspect(program: Command): void {
  program
    .command('inspect')
    .summary('show what is inside a model file')
    .description(
      'Show what a model file holds as a tree: steps, options, shapes, versions, and whether it can be packed and why not.\n' +
        'The file is read as data; nothing that it names is run.',
    )
    .argument('<file>', 'the model file, e.g. model.joblib')
    .option('--json', 'print the tree as JSON')
    .action(async (file: string, flags: { json?: boolean }) => {
      const { result } = await runInChild<Inspection>({ name: 'inspect', request: file }, basename(file), progress);
      if (flags.json) printJson(result);
      else print(inspectionText(result));
    });
}
