import type { SlipwayConfig, StageConfig } from '../../lib/config/config';
import { located } from '../../lib/config/located';
import { packageKey } from '../../lib/config/model-place';
import { planFunction } from '../../lib/config/plan-function';
import { decided, planStage } from '../../lib/config/plan-stage';
import { stageShadow } from '../../lib/config/stage-shadow';
import { stageVersions } from '../../lib/config/stage-versions';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import type { FunctionPlan, SizingPlan, SizingRequest } from '../../lib/sizing';

/**
 * The plan of one endpoint from this folder, and what it was made from.
 *
 * @throws SlipwayError with the line of slipway.yaml where its package cannot be read, or no fleet does
 */
export function plannedStage(
  config: SlipwayConfig,
  stage: StageConfig,
): { readonly request: SizingRequest; readonly plan: SizingPlan } {
  const { region, serviceLevel } = stage;
  const modelPackage = located(config, packageKey(stage), () => readModelPackage(stage.model));
  const { manifest } = modelPackage;
  const shadow = stageShadow(config, stage, manifest);
  const profile = readProfile(modelPackage);
  const versions = stageVersions(config, stage, { manifest, profile });
  const request = { profile, manifest, serviceLevel, region, shadow, versions };
  return { request, plan: planStage(config, stage, request) };
}

/**
 * The same of a stage that is a function.
 *
 * @throws SlipwayError with the line of slipway.yaml where its package cannot be read, or no function keeps the service level
 */
export function plannedFunction(config: SlipwayConfig, stage: StageConfig): FunctionPlan {
  const modelPackage = located(config, packageKey(stage), () => readModelPackage(stage.model));
  return planFunction(config, stage, { profile: readProfile(modelPackage), manifest: modelPackage.manifest });
}

/**
 * A stage as what it is made, where the plan is to decide.
 *
 * @throws SlipwayError with the line of slipway.yaml where its package cannot be read
 */
export function decidedHere(config: SlipwayConfig, stage: StageConfig): StageConfig {
  if (stage.orFunction === undefined) return stage;
  const modelPackage = located(config, packageKey(stage), () => readModelPackage(stage.model));
  return decided(config, stage, { profile: readProfile(modelPackage), manifest: modelPackage.manifest });
}
