/** Models of one stage together. */
import { SlipwayError } from '../model/error';
import type { SizingPlan } from '../sizing';
import { sharedDoor } from '../sizing/bill/shared-door';
import type { SlipwayConfig, StageConfig } from './config';
import { atPath } from './located';

/** The endpoints of each stage, in the order of the file. */
export function byStage({ stages }: Pick<SlipwayConfig, 'stages'>): StageConfig[][] {
  const names = [...new Set(stages.map(({ name }) => name))];
  return names.map((name) => stages.filter((stage) => stage.name === name));
}

/**
 * @param planned all models of a stage
 * @param plans whose bills have each line once, @default - those of the models, each of which has a fleet of its own
 * @throws SlipwayError E_INFEASIBLE with the line of the budget, where they and what they share cost more
 */
export function requireStageBudget(
  config: SlipwayConfig,
  planned: readonly { readonly stage: StageConfig; readonly plan: SizingPlan }[],
  plans: readonly SizingPlan[] = planned.map(({ plan }) => plan),
): void {
  const [{ stage }] = planned as [(typeof planned)[number]];
  const budget = stage.place?.stageBudgetUsdPerMonth;
  if (budget === undefined) return;
  const { usdPerMonth, cost } = sharedDoor(plans);
  if (usdPerMonth <= budget) return;
  const error = new SlipwayError(
    'E_INFEASIBLE',
    `the budget of ${budget} USD/month cannot be kept: ${planned.length} models and what they share (${cost.usdPerMonth} USD/month) cost ${usdPerMonth} USD/month`,
  );
  throw atPath(config, ['stages', stage.name, 'budget'], error);
}
