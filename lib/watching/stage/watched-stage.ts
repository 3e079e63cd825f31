import { relative, resolve } from 'node:path';
import type { SlipwayConfig, StageConfig } from '../../config/config';
import { located } from '../../config/located';
import { endpointName, packageKey } from '../../config/model-place';
import { planStage } from '../../config/plan-stage';
import { stageShadow } from '../../config/stage-shadow';
import { stageVersions } from '../../config/stage-versions';
import { readModelPackage, readProfile } from '../../model/package/model-package';
import { plannedAlarms } from '../../sizing/alarms/planned-alarms';
import type { WatchedStage } from './stage';

/** A stage of slipway.yaml with its plan. @param folder of slipway.yaml */
export function watchedStage(
  config: SlipwayConfig,
  stage: StageConfig,
  {
    folder,
    ...given
  }: Pick<WatchedStage, 'instances' | 'documents'> &
    Partial<Pick<WatchedStage, 'address'>> & { readonly folder: string },
): WatchedStage {
  const modelPackage = located(config, packageKey(stage), () => readModelPackage(stage.model));
  const { manifest, digest, training } = modelPackage;
  const shadow = stageShadow(config, stage, manifest);
  const profile = readProfile(modelPackage);
  const versions = stageVersions(config, stage, { manifest, profile });
  const plan = planStage(config, stage, { profile, manifest, shadow, versions });
  return {
    name: stage.place ? `${stage.name}-${stage.place.name}` : stage.name,
    domainName: endpointName(stage),
    address: endpointName(stage),
    region: stage.region,
    model: { name: manifest.name, digest, folder: relative(resolve(folder), stage.model) },
    plan,
    alarms: plannedAlarms(plan, training !== undefined),
    keys: stage.endpoint.access !== undefined,
    ...given,
  };
}
