/** The bundled function for one package, made once in a process and shared by all stages. */
import { rmSync } from 'node:fs';
import { writeVerificationBundle } from '../../artifacts/verification-bundle';
import { temporaryFolder } from '../../model/files/temporary-folder';
import type { ModelPackage } from '../../model/package/model-package';
import { undoAtEnd } from '../../model/process/interruption';

const bundles = new Map<string, string>();

/** Folder of the bundle; it is gone when the process ends, also where that is interrupted. */
export function verificationBundle(model?: ModelPackage, versions: readonly ModelPackage[] = []): string {
  const digest = [model, ...versions].map((each) => each?.digest ?? 'none').join('-');
  let folder = bundles.get(digest);
  if (folder === undefined) {
    const made = temporaryFolder('slipway-verification-');
    undoAtEnd(() => rmSync(made, { recursive: true, force: true }));
    writeVerificationBundle(made, model, versions);
    bundles.set(digest, made);
    folder = made;
  }
  return folder;
}
