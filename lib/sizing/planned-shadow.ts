/** What a plan says of a shadow: where it stands, what it takes, and of a group of its own all that its instances are told. */
import type { EngineKind } from '../model/package/engine-kind';
import type { ComputeProfile } from '../model/package/profile';
import { creditModeOf } from './catalogue/burstable';
import type { Catalogue } from './catalogue/catalogue';
import type { ShadowRequest } from './demand/demand-of';
import { utilisation } from './judgement/judgement';
import { neededMiB } from './judgement/memory';
import { weeklySteps } from './judgement/weekly';
import type { PlannedShadow, PlannedShadowGroup } from './plan/plan';
import { usdOf } from './search/fleet-usd';
import { candidateOf, decimals, plannedChanges, roundedPrediction } from './search/rounded';
import type { Option } from './search/search';
import type { Placed } from './search/shadow-group';
import { settings } from './settings';

/** Of a model that is not run on a GPU. */
export const engineOf = ({ machine }: ComputeProfile): EngineKind =>
  machine.engineKind === 'native' ? 'native' : 'onnxruntime';

export function plannedShadow(
  { candidate, fleet }: Option,
  { profile, manifest, share }: ShadowRequest,
  { group, reason = '' }: Placed,
  catalogue: Catalogue,
): PlannedShadow {
  const { shadow: _none, shadowGroup: _alone, ...demand } = candidate.demand;
  const alone = { ...candidate, demand };
  const rate = demand.serviceLevel.requestsPerSecond;
  return {
    name: manifest.name,
    modelSha256: manifest.model.sha256,
    engine: engineOf(profile), // a GPU is the served model's
    share,
    memoryMiB: Math.ceil(neededMiB(candidate.demand, fleet.workers) - neededMiB(demand, fleet.workers)),
    utilisation: decimals(utilisation(candidate, fleet, rate) - utilisation(alone, fleet, rate), 4),
    ...(group && {
      group: plannedGroup(
        group,
        profile,
        usdOf(candidate, fleet, catalogue) - usdOf(alone, fleet, catalogue),
        catalogue,
      ),
    }),
    reason,
  };
}

function plannedGroup(
  group: Option,
  profile: ComputeProfile,
  usdPerMonth: number,
  catalogue: Catalogue,
): PlannedShadowGroup {
  const { candidate, fleet } = group;
  const creditMode = creditModeOf(candidate.type.name);
  const { queueRows, queueBytes, deadlineMs, healthCheckGraceSeconds, bootTimeoutSeconds, memoryLimitMiB, volumeGiB } =
    settings(group, roundedPrediction(group), catalogue);
  const { weekly } = fleet;
  const { schedule } = candidate.demand.serviceLevel;
  return {
    choice: { ...candidateOf(group), usdPerMonth: decimals(usdPerMonth, 2) },
    engine: engineOf(profile),
    ...(creditMode && { creditMode }),
    serviceLevel: candidate.demand.serviceLevel,
    workersPerInstance: fleet.workers,
    threadsPerWorker: candidate.mode.threads,
    requestsPerRun: candidate.mode.service.requests,
    ...{ queueRows, queueBytes, deadlineMs },
    ...{ healthCheckGraceSeconds, bootTimeoutSeconds, memoryLimitMiB, volumeGiB },
    ...(weekly && { changes: plannedChanges(weeklySteps(candidate, weekly, schedule!)) }),
  };
}
