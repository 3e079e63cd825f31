/** The model that a stage runs beside the served one. */
import { SlipwayError } from '../model/error';
import type { Manifest } from '../model/package/manifest';
import { type ModelPackage, readModelPackage, readProfile } from '../model/package/model-package';
import type { ComputeProfile } from '../model/package/profile';
import { shadowProblems } from '../model/package/shadow-fit';
import type { ShadowConfig, SlipwayConfig, StageConfig } from './config';
import { located } from './located';

export interface StageShadow extends Omit<ShadowConfig, 'model'> {
  readonly model: ModelPackage;
  readonly manifest: Manifest;
  readonly profile: ComputeProfile;
}

/**
 * Read the shadow of a stage.
 *
 * @param served manifest of the model that is served
 * @returns undefined for a stage without one
 * @throws SlipwayError E_PACKAGE with the line of the key, when it is not usable, or cannot be given the served model's rows
 */
export function stageShadow(
  config: SlipwayConfig,
  { name, shadow }: StageConfig,
  served: Manifest,
): StageShadow | undefined {
  if (shadow === undefined) return undefined;
  return located(config, ['stages', name, 'shadow', 'model'], () => {
    const model = readModelPackage(shadow.model);
    const profile = readProfile(model);
    checkShadow(served, model.manifest, shadow.model);
    return { ...shadow, model, manifest: model.manifest, profile };
  });
}

/**
 * @param folder of the shadow, for the message
 * @throws SlipwayError E_PACKAGE when a model cannot be run on the rows of the served one
 */
export function checkShadow(served: Manifest, shadow: Manifest, folder: string): void {
  const problems = shadowProblems(served, shadow);
  if (problems.length === 0) return;
  throw new SlipwayError('E_PACKAGE', `${folder}: cannot run beside ${served.name}`, { problems });
}
