/** The bundled function of a package, made once in a process and shared by all stages. */
import { rmSync } from 'node:fs';
import { writeFunctionBundle } from '../../artifacts/function-bundle';
import { temporaryFolder } from '../../model/files/temporary-folder';
import type { ModelPackage } from '../../model/package/model-package';
import { undoAtEnd } from '../../model/process/interruption';

const bundles = new Map<string, string>();

/**
 * Folder of the bundle; it is gone when the process ends, also where that is interrupted.
 *
 * @throws SlipwayError E_LIMIT when it is larger than Lambda takes
 */
export function functionBundle(model: ModelPackage): string {
  let folder = bundles.get(model.digest);
  if (folder === undefined) {
    const made = temporaryFolder('slipway-function-');
    undoAtEnd(() => rmSync(made, { recursive: true, force: true }));
    writeFunctionBundle(made, model);
    bundles.set(model.digest, made);
    folder = made;
  }
  return folder;
}
