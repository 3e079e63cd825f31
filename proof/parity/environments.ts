/** Python environments of several releases of the libraries, made once and kept in the ignored workspace. */
import { copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ProofProblem } from '../problem';
import { run } from '../process';
import { pythonOf } from './python';

export interface Release {
  /** What it is called by `--release`: the version of scikit-learn, with what is not of its time. */
  readonly version: string;
  /** What pip installs, all of it at exact versions. */
  readonly packages: readonly string[];
  /** The Python that these have wheels for; `python3` when absent. */
  readonly python?: string;
  /** Whether scikit-learn is compiled where there is no such Python. */
  readonly compiled?: boolean;
}

/** What the newest libraries have wheels for. */
const NEWEST_PYTHON = '3.13';

/** Every minor release that is converted; each with libraries of its time. */
export const RELEASES: readonly Release[] = [
  old(
    '0.22.2.post1',
    '3.8',
    'joblib==0.14.1 numpy==1.18.5 scipy==1.4.1 pandas==1.0.5 imbalanced-learn==0.6.2 scikit-optimize==0.8.1',
  ),
  old('0.23.2', '3.8', 'joblib==0.16.0 numpy==1.18.5 scipy==1.5.4 pandas==1.1.5'),
  old('0.24.2', '3.9', 'joblib==1.0.1 numpy==1.19.5 scipy==1.5.4 pandas==1.1.5'),
  old('1.0.2', '3.9', 'joblib==1.1.1 numpy==1.21.6 scipy==1.7.3 pandas==1.3.5'),
  release(
    '1.1.3',
    'joblib==1.1.1 numpy==1.23.5 scipy==1.9.3 pandas==1.5.3 xgboost==1.7.6 lightgbm==3.3.5 imbalanced-learn==0.10.1 scikit-optimize==0.9.0',
  ),
  release('1.2.2', 'joblib==1.2.0 numpy==1.24.4 scipy==1.10.1 pandas==1.5.3 xgboost==1.7.6 lightgbm==3.3.5'),
  release('1.3.2', 'joblib==1.3.2 numpy==1.26.4 scipy==1.11.4 pandas==2.1.4 xgboost==1.7.6 lightgbm==3.3.5'),
  release('1.4.2', 'joblib==1.4.2 numpy==1.26.4 scipy==1.12.0 pandas==2.2.3 xgboost==2.1.4 lightgbm==4.6.0'),
  release(
    '1.5.2',
    'joblib==1.4.2 numpy==2.0.2 scipy==1.14.1 pandas==2.2.3 xgboost==2.1.4 lightgbm==4.6.0 imbalanced-learn==0.13.0 scikit-optimize==0.10.2',
  ),
  release('1.6.1', 'joblib==1.4.2 numpy==2.1.3 scipy==1.15.3 pandas==2.2.3 xgboost==2.1.4 lightgbm==4.6.0'),
  release('1.7.2', 'joblib==1.5.2 numpy==2.3.5 scipy==1.16.3 pandas==2.3.3 xgboost==3.1.3 lightgbm==4.6.0'),
  release('1.8.0', 'joblib==1.5.3 numpy==2.4.6 scipy==1.17.1 pandas==2.3.3 xgboost==3.1.3 lightgbm==4.7.0'),
  release(
    '1.9.1',
    'joblib==1.6.0 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1 xgboost==3.2.0 lightgbm==4.7.0 imbalanced-learn==0.14.2 scikit-optimize==0.10.2',
  ),
  newest('1.9.1-xgboost-3.3', '1.9.1', 'xgboost==3.3.0'),
  newest('1.9.1-xgboost-3.4', '1.9.1', 'xgboost==3.4.1'),
];

/** Whatever the libraries' newest releases are on the day that it is installed; proved when it is asked for. */
const LATEST: Release = {
  version: 'latest',
  packages: ['scikit-learn', 'joblib', 'numpy', 'scipy', 'pandas', 'xgboost', 'lightgbm'],
  python: NEWEST_PYTHON,
};

function release(version: string, others: string): Release {
  return { version, packages: [`scikit-learn==${version}`, ...others.split(' ')] };
}

/** Libraries that are newer than the oldest Python here. */
function newest(name: string, version: string, others: string): Release {
  const libraries = 'joblib==1.6.0 numpy==2.5.5 scipy==1.18.1 pandas==3.1.1 lightgbm==4.7.0';
  return { ...release(version, `${libraries} ${others}`), version: name, python: NEWEST_PYTHON };
}

function old(version: string, python: string, others: string): Release {
  return { ...release(version, `${others} xgboost==1.7.6 lightgbm==3.3.5`), python, compiled: true };
}

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
