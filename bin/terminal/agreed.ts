/** Asks whoever sits at the terminal. */
import { createInterface } from 'node:readline/promises';
import { SlipwayError } from '../../lib/model/error';
import { endOfWork } from './output';

/** @throws SlipwayError E_USAGE where nobody sits */
export async function agreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new SlipwayError('E_USAGE', 'nobody can be asked here; look at the above, and say --yes');
  endOfWork(); // the clock would run over what is typed
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}
