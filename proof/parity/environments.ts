/** Python environments of several releases of the libraries, made once and kept in the ignored workspace. */
import { copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { NEWEST_PYTHON, RELEASES, type Release } from '../../testing/library-releases';
import { ProofProblem } from '../problem';
import { run } from '../process';
import { pythonOf } from './python';

/** Whatever the libraries' newest releases are on the day that it is installed; proved when it is asked for. */
const LATEST: Release = {
  version: 'latest',
  packages: ['scikit-learn', 'joblib', 'numpy', 'scipy', 'pandas', 'xgboost', 'lightgbm'],
  python: NEWEST_PYTHON,
};

/** @throws ProofProblem for a version that is none of them */
export function releasesCalled(versions: readonly string[] | undefined): readonly Release[] {
  if (!versions) return RELEASES;
  const all = [...RELEASES, LATEST];
  const unknown = versions.find((wanted) => !all.some(({ version }) => version === wanted));
  if (unknown !== undefined) {
    const known = all.map(({ version }) => version).join(', ');
    throw new ProofProblem(`--release ${unknown}: there is none; there are ${known}`);
  }
  return all.filter(({ version }) => versions.includes(version));
}

/** What old releases compile with, and run with, for Python 3.11: the last ones that they still know. */
const TO_COMPILE = 'setuptools==59.8.0 wheel==0.38.4 Cython==0.29.37 numpy==1.23.5 scipy==1.9.3'.split(' ');
const COMPILED_WITH = 'joblib==1.1.1 pandas==1.5.3 xgboost==1.7.6 lightgbm==3.3.5'.split(' ');

/** There is no Python here that a release has wheels for. */
export class NoPython extends ProofProblem {}

/**
 * The interpreter with a release; made when it is not there yet.
 *
 * @throws NoPython
 */
export async function interpreterOf(release: Release, onProgress: (text: string) => void): Promise<string> {
  const { version, packages } = release;
  const directory = resolve('.slipway/parity', `scikit-learn-${version}`);
  const python = join(directory, 'bin/python');
  const marker = join(directory, packages.join(',').replaceAll(/[^\w.,-]+/g, '-'));
  const changing = packages.some((name) => !name.includes('=='));
  if (existsSync(marker) && !changing) return python;
  const wanted = release.python === undefined ? 'python3' : await pythonOf(release.python);
  if (!wanted && !release.compiled) throw new NoPython(`there is no Python ${release.python} with venv here`);
  onProgress(`installing scikit-learn ${version} and its libraries into ${directory}`);
  rmSync(directory, { recursive: true, force: true });
  await step(
    [wanted ?? 'python3', '-m', 'venv', directory],
    'python3 with venv is needed; on Debian: apt install python3 python3-venv',
  );
  const pip = [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  if (wanted) {
    await step(
      [...pip, '--only-binary', ':all:', ...packages],
      `pip cannot install scikit-learn ${version} for this Python; 1.1 to 1.9 all have wheels for Python 3.11`,
    );
  } else {
    onProgress(`compiling it, as there is no Python ${release.python} here; that takes a quarter of an hour`);
    await step(
      [...pip, '--only-binary', ':all:', ...TO_COMPILE, ...COMPILED_WITH],
      'pip cannot install what scikit-learn is compiled with; that is for Python 3.9 to 3.11',
    );
    await step(
      [...pip, '--no-build-isolation', '--no-binary', 'scikit-learn', `scikit-learn==${version}`],
      `scikit-learn ${version} cannot be compiled; on Debian: apt install g++ python3-dev`,
    );
    await importAlways(python, 'old_scipy');
  }
  if (changing) onProgress((await run([...pip.slice(0, 3), 'freeze'])).output.trim().replaceAll('\n', ', '));
  writeFileSync(marker, '');
  return python;
}

/** Has a module of this folder imported whenever that Python starts. */
async function importAlways(python: string, module: string): Promise<void> {
  const { output } = await run([python, '-c', 'import sysconfig; print(sysconfig.get_path("purelib"))']);
  const packages = output.trim();
  copyFileSync(join(__dirname, `${module}.py`), join(packages, `${module}.py`));
  writeFileSync(join(packages, `${module}.pth`), `import ${module}\n`);
}

async function step(command: readonly string[], problem: string): Promise<void> {
  const { code, output } = await run(command);
  if (code !== 0) throw new ProofProblem(`${problem}\n${output.trim().split('\n').slice(-3).join('\n')}`);
}
