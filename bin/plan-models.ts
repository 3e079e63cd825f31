/** `slipway plan --stage` of a stage with several models. */
import type { SlipwayConfig, StageConfig } from '../lib/config/config';
import { located } from '../lib/config/located';
import { endpointName, packageKey } from '../lib/config/model-place';
import { planStage } from '../lib/config/plan-stage';
import { requireStageBudget } from '../lib/config/shared-stage';
import { stageShadow } from '../lib/config/stage-shadow';
import { readModelPackage, readProfile } from '../lib/model/package/model-package';
import { modelsText } from '../lib/report';
import { sharedDoor } from '../lib/sizing/shared-door';
import { print, printJson } from './output';

/**
 * All models of a stage, and what they share.
 *
 * @throws SlipwayError as `planStage`; E_INFEASIBLE where all of it costs more than the budget of the stage
 */
export function printModels(config: SlipwayConfig, endpoints: readonly StageConfig[], json: boolean): void {
  const planned = endpoints.map((endpoint) => {
    const { manifest, profile } = located(config, packageKey(endpoint), () => {
      const read = readModelPackage(endpoint.model);
      return { manifest: read.manifest, profile: readProfile(read) };
    });
    const shadow = stageShadow(config, endpoint, manifest);
    return { stage: endpoint, plan: planStage(config, endpoint, { profile, manifest, shadow }) };
  });
  requireStageBudget(config, planned);
  const shared = sharedDoor(planned.map(({ plan }) => plan));
  const models = planned.map(({ stage, plan }) => ({ name: stage.place!.name, endpoint: endpointName(stage), plan }));
  if (json) {
    const plans = Object.fromEntries(models.map(({ name, plan }) => [name, plan]));
    printJson({ models: plans, shared: shared.cost, usdPerMonth: shared.usdPerMonth });
  } else print(modelsText(endpoints[0]!.name, models, shared));
}
