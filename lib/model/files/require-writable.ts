import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { named } from './file-error';

/**
 * Whether something can be written to a folder, which may be missing yet: said before work that takes minutes.
 *
 * @throws SlipwayError E_FILE
 */
export function requireWritable(folder: string): void {
  let there = resolve(folder);
  while (!existsSync(there) && there !== dirname(there)) there = dirname(there);
  named(folder, 'written', () => accessSync(there, constants.W_OK));
}
