/** Interpreters of Python on this machine. */
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from '../process';

/**
 * A Python of the given minor version: `python3.8` on the path, or one that pyenv has.
 *
 * @param version e.g. `3.8`
 * @returns undefined when there is none that has venv and pip
 */
export async function pythonOf(version: string): Promise<string | undefined> {
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const kept = names(pyenv).filter((name) => name.startsWith(`${version}.`));
  const candidates = [`python${version}`, ...kept.map((name) => join(pyenv, name, 'bin/python'))];
  const program = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';
  for (const python of candidates) {
    const found = await run([python, '-c', program]).catch(() => undefined);
    if (found?.code === 0 && found.output.trim() === version) return python;
  }
  return undefined;
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // no pyenv here
  }
}
