/**
 * The Python environments of the servers that are compared, each made once: they do not agree on the versions of what
 * they are built with. The newest versions that install are taken, and the benchmark prints them.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type EnvironmentName = 'web' | 'mlserver' | 'bentoml';

/** @returns the folder of the environment's programs */
export function environment(cache: string, name: EnvironmentName): string {
  const requirements = join(__dirname, 'python', `requirements-${name}.txt`);
  const folder = join(cache, `python-${name}`);
  const marker = join(folder, 'installed.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (!existsSync(marker) || readFileSync(marker, 'utf8') !== wanted) {
    console.log(`installing ${name} for comparison into ${folder} (once)`);
    rmSync(folder, { recursive: true, force: true });
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirements];
    execFileSync(join(folder, 'bin/python'), pip, { stdio: ['ignore', 'inherit', 'inherit'] });
    writeFileSync(marker, wanted);
  }
  return join(folder, 'bin');
}

/** Versions of packages in an environment, for the record. */
export function versions(bin: string, packages: readonly string[]): string {
  const program =
    'import sys; from importlib.metadata import version; print(*(f"{n} {version(n)}" for n in sys.argv[1:]), sep=", ")';
  return execFileSync(join(bin, 'python'), ['-c', program, ...packages], { encoding: 'utf8' }).trim();
}
