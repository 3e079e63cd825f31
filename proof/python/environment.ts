/** Python virtual environments of the proofs, each with exact versions, made once. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ProofProblem } from '../problem';
import { run } from '../process';

/** moto 5.2.1 asks for it. */
const OLDEST_PYTHON = [3, 10] as const;

export interface PythonEnvironment {
  /** Interpreter of the environment, absolute. */
  readonly python: string;
  /** The cfn-lint of the environment, absolute. */
  readonly cfnLint: string;
}

/**
 * The environment of the deployment proof: moto and cfn-lint.
 *
 * @param directory of the environment; ignored by git
 * @throws ProofProblem as `virtualEnvironment` does
 */
export async function pythonEnvironment(
  onProgress: (message: string) => void = () => {},
  directory: string = resolve('.slipway/proof-venv'),
): Promise<PythonEnvironment> {
  const requirements = join(__dirname, 'requirements.txt');
  await virtualEnvironment({ requirements, directory, contents: 'moto and cfn-lint' }, onProgress);
  return { python: join(directory, 'bin/python'), cfnLint: join(directory, 'bin/cfn-lint') };
}

export interface Requirements {
  /** File with everything that pip installs, at exact versions. */
  readonly requirements: string;
  /** Folder of the environment; ignored by git. */
  readonly directory: string;
  /** What it is for, in a few words. */
  readonly contents: string;
}

/**
 * Make an environment, or reuse it while requirements and interpreter are the same.
 *
 * @throws ProofProblem when there is no Python, an old one, or one without venv, or pip cannot install
 */
export async function virtualEnvironment(
  { requirements, directory, contents }: Requirements,
  onProgress: (message: string) => void = () => {},
): Promise<void> {
  const python = join(directory, 'bin/python');
  const version = await systemPython();
  const digest = createHash('sha256').update(readFileSync(requirements)).update(version).digest('hex');
  const marker = join(directory, 'requirements.sha256');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === digest) return;

  onProgress(`installing ${contents} into ${directory} (once, half a minute)`);
  rmSync(directory, { recursive: true, force: true });
  await install(['python3', '-m', 'venv', directory], missing('has no venv'));
  await install(
    [python, ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirements]],
    `pip cannot install ${requirements}; check the network and the package index that pip is set to use`,
  );
  writeFileSync(marker, digest);
}

async function systemPython(): Promise<string> {
  const program = 'import sys; print("%d.%d" % sys.version_info[:2])';
  const found = await run(['python3', '-c', program]).catch(() => undefined);
  if (found?.code !== 0) throw new ProofProblem(missing('is not there'));
  const version = found.output.trim();
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor < OLDEST_PYTHON[1])) {
    throw new ProofProblem(missing(`is ${version}`));
  }
  return version;
}

function missing(what: string): string {
  return `the proof needs Python ${OLDEST_PYTHON.join('.')} or newer with venv, but python3 ${what}; on Debian and Ubuntu: apt install python3 python3-venv`;
}

async function install(command: readonly string[], problem: string): Promise<void> {
  const { code, output } = await run(command);
  if (code !== 0) throw new ProofProblem(`${problem}\n${output.trim().split('\n').slice(-5).join('\n')}`);
}
