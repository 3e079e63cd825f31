/** The folder of a run, with its process in the name: so the next one finds what one has left that was killed. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProofProblem } from '../problem';

const PREFIX = 'slipway-watch-';

/** Whether a process is a run of this proof: a number is given to others later. */
function runs(pid: string): boolean {
  if (process.platform !== 'linux') return false;
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) && readFileSync(file, 'utf8').includes('proof/watch');
}

/** @throws ProofProblem while another run is under way: both would take the same ports */
export function runFolder(): { readonly folder: string; readonly remove: () => void } {
  for (const name of readdirSync(tmpdir()).filter((one) => one.startsWith(PREFIX))) {
    const [pid] = name.slice(PREFIX.length).split('-');
    if (runs(pid!)) throw new ProofProblem(`this proof runs already, as process ${pid}: wait until it ends, or end it`);
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
