/** Another version of a model package, as packing the model anew would give it. */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_FILES } from '../../lib/model/package/manifest';
import { type ModelPackage, readModelPackage, writeModelPackage } from '../../lib/model/package/model-package';
import { ProofProblem } from '../problem';

/**
 * The same model with golden rows that are held less strictly, so that the package has other digests.
 *
 * @param factor by which the absolute tolerance grows
 */
export function changeModel(source: string, target: string, factor: number): ModelPackage {
  const { manifest, golden } = readModelPackage(source);
  if (!golden || !manifest.golden) {
    throw new ProofProblem(`${source}: has no golden rows; the proof changes their tolerance to get another model`);
  }
  const { schemaVersion: _version, model: _model, golden: described, ...rest } = manifest;
  const { absolute, relative } = described!.tolerance;
  const tolerance = { absolute: (absolute || Number.EPSILON) * factor, relative };
  const model = readFileSync(join(source, PACKAGE_FILES.model));
  const written = writeModelPackage(target, { manifest: rest, model, golden: { rows: golden, tolerance } });
  copyFileSync(join(source, PACKAGE_FILES.profile), join(target, PACKAGE_FILES.profile));
  return written;
}
