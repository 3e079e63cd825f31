/** `slipway plan --stage` of a stage with several models. */
import { readFileSync } from 'node:fs';
import type { SlipwayConfig, StageConfig } from '../../lib/config/config';
import { loadConfig } from '../../lib/config/load';
import { located } from '../../lib/config/located';
import { endpointName, packageKey } from '../../lib/config/model-place';
import { billedPlans, type MeasuredEndpoint, type PlannedGroup, planGroups } from '../../lib/config/plan-groups';
import { type FleetProposal, fleetLines, proposedFleets } from '../../lib/config/propose-fleets';
import { requireStageBudget } from '../../lib/config/shared-stage';
import { stageShadow } from '../../lib/config/stage-shadow';
import { stageVersions } from '../../lib/config/stage-versions';
import { withFleets } from '../../lib/config/write-fleets';
import { replaceFile } from '../../lib/model/files/replace-file';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { modelsText, proposalText } from '../../lib/report';
import { sharedDoor } from '../../lib/sizing/bill/shared-door';
import { print, printJson, progress } from '../terminal/output';

function measured(config: SlipwayConfig, endpoints: readonly StageConfig[]): MeasuredEndpoint[] {
  const packages = new Map<string, Pick<MeasuredEndpoint, 'manifest' | 'profile'>>();
  return endpoints.map((stage) => {
    const found =
      packages.get(stage.model) ??
      located(config, packageKey(stage), () => {
        const read = readModelPackage(stage.model);
        return { manifest: read.manifest, profile: readProfile(read) };
      });
    packages.set(stage.model, found);
    const shadow = stageShadow(config, stage, found.manifest);
    return { stage, ...found, shadow, versions: stageVersions(config, stage, found) };
  });
}

/** All models of a stage, planned with their fleets. @throws SlipwayError as `planGroups` */
export function plannedModels(config: SlipwayConfig, endpoints: readonly StageConfig[]): PlannedGroup[] {
  return planGroups(config, measured(config, endpoints));
}

/**
 * All models of a stage, and what they share.
 *
 * @throws SlipwayError as `planGroups`; E_INFEASIBLE where all of it costs more than the budget of the stage
 */
export function printModels(config: SlipwayConfig, endpoints: readonly StageConfig[], json: boolean): void {
  const all = measured(config, endpoints);
  const groups = planGroups(config, all);
  const planned = groups.flatMap((group) => group.endpoints);
  const plans = billedPlans(groups);
  requireStageBudget(config, planned, plans);
  const shared = sharedDoor(plans);
  const inOrder = all.map(({ stage }) => planned.find((one) => one.stage === stage)!);
  const models = inOrder.map(({ stage, plan }) => ({ name: stage.place!.name, endpoint: endpointName(stage), plan }));
  const fleets = groups.flatMap(({ fleet }) => fleet ?? []);
  const proposal = proposedFleets(all);
  if (json) {
    printJson({
      models: Object.fromEntries(models.map(({ name, plan }) => [name, plan])),
      ...(fleets.length > 0 && {
        fleets: Object.fromEntries(
          fleets.map(({ name, plan, models: of, usdPerMonth }) => [
            name,
            { plan, models: of.map(({ plan: _, ...model }) => model), usdPerMonth },
          ]),
        ),
      }),
      shared: shared.cost,
      usdPerMonth: shared.usdPerMonth,
      ...(proposal && { proposal }),
    });
  } else print(modelsText(endpoints[0]!.name, models, shared, fleets, proposal));
}

/**
 * Which fleets cost least, as lines of slipway.yaml.
 *
 * @param file of the configuration, into which they are written, @default - they are printed
 * @throws SlipwayError E_CONFIG where they cannot be put into it
 */
export function printFleets(
  config: SlipwayConfig,
  endpoints: readonly StageConfig[],
  { file, json = false }: { readonly file?: string; readonly json?: boolean },
): void {
  const [{ name: stage }] = endpoints as readonly [StageConfig, ...StageConfig[]];
  const proposal = proposedFleets(measured(config, endpoints));
  if (file !== undefined && proposal) write(file, stage, proposal);
  if (json) printJson(proposal ?? null);
  else print(proposal ? linesOf(stage, proposal) : `Stage ${stage}: no other fleets cost less\n`);
}

function linesOf(stage: string, proposal: FleetProposal): string {
  const lines = [`stages:\n  ${stage}:\n`, fleetLines(proposal.fleets, 4)].join('');
  return `# ${proposalText(proposal)}\n${lines}`;
}

function write(file: string, stage: string, { fleets }: FleetProposal): void {
  replaceFile(file, withFleets(readFileSync(file, 'utf8'), stage, fleets));
  loadConfig(file); // it is as valid as before
  progress(`wrote fleets of stage ${stage} into ${file}`);
}
