/** Python environments of several releases of the libraries, made once and kept in the ignored workspace. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ProofProblem } from '../problem';
import { run } from '../process';

export interface Release {
  /** Version of scikit-learn. */
  readonly version: string;
  /** What pip installs, all of it at exact versions. */
  readonly packages: readonly string[];
}

/** The oldest release that is converted, the newest, and two between; each with libraries of its time. */
export const RELEASES: readonly Release[] = [
  release('1.1.3', 'joblib==1.1.1 numpy==1.23.5 scipy==1.9.3 pandas==1.5.3 xgboost==1.7.6 lightgbm==3.3.5'),
  release('1.3.2', 'joblib==1.3.2 numpy==1.26.4 scipy==1.11.4 pandas==2.1.4 xgboost==1.7.6 lightgbm==3.3.5'),
  release('1.5.2', 'joblib==1.4.2 numpy==2.0.2 scipy==1.14.1 pandas==2.2.3 xgboost==2.1.4 lightgbm==4.6.0'),
  release('1.9.1', 'joblib==1.6.0 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1 xgboost==3.2.0 lightgbm==4.7.0'),
];

function release(version: string, others: string): Release {
  return { version, packages: [`scikit-learn==${version}`, ...others.split(' ')] };
}

/** The interpreter with a release; made when it is not there yet. */
export async function interpreterOf(
  { version, packages }: Release,
  onProgress: (text: string) => void,
): Promise<string> {
  const directory = resolve('.slipway/parity', `scikit-learn-${version}`);
  const python = join(directory, 'bin/python');
  const marker = join(directory, packages.join(',').replaceAll(/[^\w.,-]+/g, '-'));
  if (existsSync(marker)) return python;
  onProgress(`installing scikit-learn ${version} and its libraries into ${directory}`);
  rmSync(directory, { recursive: true, force: true });
  await step(
    ['python3', '-m', 'venv', directory],
    'python3 with venv is needed; on Debian: apt install python3 python3-venv',
  );
  await step(
    [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:', ...packages],
    `pip cannot install scikit-learn ${version} for this Python; releases before 1.2 need Python 3.11 or older`,
  );
  writeFileSync(marker, '');
  return python;
}

async function step(command: readonly string[], problem: string): Promise<void> {
  const { code, output } = await run(command);
  if (code !== 0) throw new ProofProblem(`${problem}\n${output.trim().split('\n').slice(-3).join('\n')}`);
}
