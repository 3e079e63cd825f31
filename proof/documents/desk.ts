/** The folder of somebody who follows a page: the files that pages speak of are there, in git. */
import { cpSync, mkdtempSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DEPLOYMENT_FIXTURES } from '../../testing/fixtures';
import { shiftedPackage } from '../../testing/shifted-package';
import { ProofProblem } from '../problem';
import { run } from '../process';

const ROOT = resolve(__dirname, '../..');
const EXAMPLE = join(DEPLOYMENT_FIXTURES, 'models/breast-cancer');

/** Packages that pages speak of and do not make. */
const PACKAGES = ['screening', 'credit', 'credit-risk', 'titanic', 'readmission', 'billing', 'claims'];

/** The package of loans, whose profile the fixtures lack. */
export async function profileLoans(saved: string): Promise<void> {
  const folder = join(saved, 'models/loan');
  cpSync(join(DEPLOYMENT_FIXTURES, 'models/loan'), folder, { recursive: true });
  const { code, output } = await run([process.execPath, join(ROOT, 'bin/launcher.js'), 'profile', folder]);
  if (code !== 0) throw new ProofProblem(`loans are not profiled: ${output}`);
}

/** @param saved model files and their rows, as `desk.py` makes them */
export async function deskIn(parent: string, saved: string): Promise<string> {
  const folder = mkdtempSync(join(parent, 'desk-'));
  cpSync(saved, folder, { recursive: true });
  cpSync(DEPLOYMENT_FIXTURES, folder, { recursive: true });
  for (const name of PACKAGES) cpSync(EXAMPLE, join(folder, 'models', name), { recursive: true });
  for (const name of ['credit-risk-2', 'claims-2']) shiftedPackage(EXAMPLE, join(folder, 'models', name), { by: 0.1 });
  cpSync(join(ROOT, 'examples/sagemaker'), join(folder, 'examples/sagemaker'), { recursive: true });
  await git(folder, 'init', '--quiet', '--initial-branch=main');
  await git(folder, 'add', '.');
  await git(folder, 'commit', '--quiet', '--no-verify', '--message', 'What is deployed');
  await git(folder, 'update-ref', 'refs/remotes/origin/main', 'main');
  return folder;
}

async function git(folder: string, ...words: readonly string[]): Promise<void> {
  const { code, output } = await run(['git', '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], {
    cwd: folder,
  });
  if (code !== 0) throw new ProofProblem(`git ${words[0]}: ${output}`);
}
