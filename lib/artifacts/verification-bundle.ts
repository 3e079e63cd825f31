/** The function that judges a deployment, as the files that AWS Lambda runs: one JavaScript file, and what it judges by. */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileDigest } from '../model/files/file-digest';
import { PACKAGE_FILES } from '../model/package/manifest';
import type { ModelPackage } from '../model/package/model-package';
import { VERSIONS_FOLDER } from '../model/stage/deployment';
import { programCode } from './program';

/** Name of the file, without its ending; Lambda calls `handler` in it. */
export const FUNCTION_MODULE = 'function';

/** Beside the file; the function looks there. */
const PACKAGE_FOLDER = 'package';

/** Name of the program among the built ones. */
export const VERIFICATION_PROGRAM = 'verification.cjs';

/** Same sources, same bytes, from wherever it is called. The SDK is in it: what runs is what was tested. */
export const functionCode = (): Uint8Array =>
  programCode(VERIFICATION_PROGRAM, { entryPoints: ['lambda/verification/function.ts'], target: 'node24' });

/**
 * Fill a folder with the function, and manifest and golden rows of a package.
 *
 * @param of none, where it only protects
 * @param versions of the same model, beside it
 */
export function writeVerificationBundle(
  folder: string,
  of: ModelPackage | undefined,
  versions: readonly ModelPackage[] = [],
): void {
  writeFileSync(join(folder, `${FUNCTION_MODULE}.js`), functionCode());
  if (!of) return;
  copyVersions(join(folder, PACKAGE_FOLDER), [of, ...versions]);
}

/** A model, and further versions of it. */
export type MemberPackages = readonly [ModelPackage, ...ModelPackage[]];

/** Fill a folder with the function, and manifest and golden rows of each model of a fleet, by its name. */
export function writeFleetVerificationBundle(folder: string, members: ReadonlyMap<string, MemberPackages>): void {
  writeVerificationBundle(folder, undefined);
  for (const [name, all] of members) copyVersions(join(folder, PACKAGE_FOLDER, name), all);
}

function copyVersions(folder: string, [of, ...versions]: MemberPackages): void {
  copyVerifiable(folder, of);
  for (const version of versions) copyVerifiable(join(folder, VERSIONS_FOLDER, version.digest), version);
}

function copyVerifiable(folder: string, { directory, manifest }: ModelPackage): void {
  mkdirSync(folder, { recursive: true });
  for (const file of [PACKAGE_FILES.manifest, ...(manifest.golden ? [PACKAGE_FILES.golden] : [])]) {
    copyFileSync(join(directory, file), join(folder, file));
  }
}

/** What names a function as an asset. @param folder of its bundle */
export function bundleDigest(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const digest = createHash('sha256');
  for (const path of files.map(({ parentPath, name }) => join(parentPath, name)).sort()) {
    digest.update(`${relative(folder, path).replaceAll('\\', '/')} ${fileDigest(path)}\n`);
  }
  return digest.digest('hex');
}
