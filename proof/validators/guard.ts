/** AWS's Guard rules: the proactive controls of Control Tower, as the npm package of cdklabs brings them. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { npmPack } from '../../lib/artifacts/npm-pack';
import { ProofProblem } from '../problem';
import { run } from '../process';

/** Its rules are read, and nothing of it is run: the engine for them is in aws-cdk-lib. */
const RULES = {
  package: '@cdklabs/cdk-validator-cfnguard@0.0.62',
  sha512: 'Sg2k8067B0AIJ82QFSLhHTUIqxOYTKABvVrTHiyc6j0rE2NHli2diIYqf+w+DkuDKCYYgMIOga3OrYMOHUw0mQ==',
} as const;

export const GUARD_VERSION = RULES.package.split('@').at(-1)!;

/** Fetch the rules unless they are there. @returns the folder that they are in */
export async function guardRules(folder: string, onProgress: (text: string) => void): Promise<string> {
  const place = join(folder, RULES.sha512.slice(0, 12));
  const rules = join(place, 'package/rules');
  if (readdirIfThere(rules).length > 0) return rules;
  onProgress(`fetching ${RULES.package} (once, 12 MB)`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  const tarball = join(place, await npmPack(RULES.package, place));
  const digest = createHash('sha512').update(readFileSync(tarball)).digest('base64');
  if (digest !== RULES.sha512) throw new ProofProblem(`${RULES.package} has another digest than the pinned one`);
  const { code, output } = await run(['tar', '-xzf', tarball, '-C', place, 'package/rules']);
  if (code !== 0) throw new ProofProblem(`${tarball} cannot be unpacked: ${output}`);
  return rules;
}

function readdirIfThere(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The rules by their names, as aws-cdk-lib takes them. @param folder from `guardRules` */
export function readGuardRules(folder: string): { readonly name: string; readonly content: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.guard'))
    .map((name) => ({ name, content: readFileSync(join(folder, name), 'utf8') }));
}
