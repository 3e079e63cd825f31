/** Another version of the example model: it answers otherwise for rows near its boundary. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Manifest, PACKAGE_FILES } from '../lib/model/package/manifest';
import { type ModelPackage, readModelPackage, writeModelPackage } from '../lib/model/package/model-package';

/** Name of the intercept in the graph of the example; its eight bytes follow two of Protocol Buffers. */
const INTERCEPT = 'constant_3';

export interface Shift {
  /** Added to the score of every row. */
  readonly by: number;
  /** @default - as the source has it */
  readonly change?: (manifest: Manifest) => Partial<Manifest>;
}

/** Write the package of a logistic regression with another intercept, without golden rows. */
export function shiftedPackage(source: string, target: string, { by, change }: Shift): ModelPackage {
  const { manifest } = readModelPackage(source);
  const model = readFileSync(join(source, PACKAGE_FILES.model));
  const at = model.lastIndexOf(INTERCEPT) + INTERCEPT.length + 2;
  model.writeDoubleLE(model.readDoubleLE(at) + by, at);
  const { schemaVersion: _version, model: _model, golden: _golden, training: _training, ...rest } = manifest;
  const written = writeModelPackage(target, { manifest: { ...rest, ...change?.(manifest) }, model });
  const profile = join(source, PACKAGE_FILES.profile);
  if (existsSync(profile)) {
    const text = readFileSync(profile, 'utf8').replaceAll(manifest.model.sha256, written.manifest.model.sha256);
    writeFileSync(join(target, PACKAGE_FILES.profile), text);
  }
  return written;
}
