/** The bundled function for some packages, made once in a process and shared by all stages. */
import { rmSync } from 'node:fs';
import {
  type MemberPackages,
  writeFleetVerificationBundle,
  writeVerificationBundle,
} from '../../artifacts/verification-bundle';
import { temporaryFolder } from '../../model/files/temporary-folder';
import type { ModelPackage } from '../../model/package/model-package';
import { undoAtEnd } from '../../model/process/interruption';

const bundles = new Map<string, string>();

/** Folder of the bundle; it is gone when the process ends, also where that is interrupted. */
export function verificationBundle(model?: ModelPackage, versions: readonly ModelPackage[] = []): string {
  const digest = [model, ...versions].map((each) => each?.digest ?? 'none').join('-');
  return bundled(digest, (folder) => writeVerificationBundle(folder, model, versions));
}

/** Folder of the bundle that judges all models of a fleet. @param members by their names, each with its further versions */
export function fleetVerificationBundle(members: ReadonlyMap<string, MemberPackages>): string {
  const digest = [...members].map(([name, all]) => `${name} ${all.map((one) => one.digest).join(' ')}`).join('-');
  return bundled(digest, (folder) => writeFleetVerificationBundle(folder, members));
}

function bundled(digest: string, write: (folder: string) => void): string {
  const kept = bundles.get(digest);
  if (kept !== undefined) return kept;
  const made = temporaryFolder('slipway-verification-');
  undoAtEnd(() => rmSync(made, { recursive: true, force: true }));
  write(made);
  bundles.set(digest, made);
  return made;
}
