import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { SlipwayError } from '../../lib/model/error';
import { readRegularFile } from '../../lib/model/files/read-file';
import { replaceFile } from '../../lib/model/files/replace-file';
import { MIB } from '../../lib/model/units';
import { print, printAsIs } from '../terminal/output';

const NAME = 'slipway_save.py';
const FILE = join(__dirname, '..', 'python', NAME);

/** What every version of the file has, and no other. */
const OURS = 'Saves a fitted model with what Slipway checks it by.';

export function addPythonHelper(program: Command): void {
  program
    .command('python-helper')
    .description(
      'Write a file of Python to use where the model is trained: save(model, X, y, "folder") writes the model, golden rows ' +
        'and training rows. It needs nothing of Slipway.',
    )
    .option('--out <file>', 'where to write it', NAME)
    .option('--print', 'print it instead')
    .addHelpText(
      'after',
      `
Example:
  slipway python-helper
In Python:
  from slipway_save import save
  save(model, X, y, "credit")
Then:
  slipway pack credit --name credit --out models/credit`,
    )
    .action(({ out, print: shown }: { out: string; print?: boolean }) => {
      const text = readFileSync(FILE, 'utf8');
      if (shown) return printAsIs(text);
      if (existsSync(out) && !readRegularFile(out, MIB).includes(OURS)) {
        throw new SlipwayError('E_FILE', `${out}: is another file, which stays as it is; name one with --out`);
      }
      replaceFile(out, text);
      print(
        `wrote ${out}\n\nwhere the model is trained:\n  from slipway_save import save\n  save(model, X, y, "credit")`,
      );
    });
}
