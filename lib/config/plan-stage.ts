/** The sizing plan of a stage of slipway.yaml. */
import { SlipwayError } from '../model/error';
import { type SizingPlan, type SizingRequest, sizingPlan } from '../sizing';
import type { SlipwayConfig, StageConfig } from './config';
import { atPath } from './located';
import { planFunction } from './plan-function';

/** The key that cannot be kept, by how the error begins; else it is the traffic. */
const KEYS = { 'the budget': 'budget', 'instances:': 'instances', 'zones:': 'zones', 'purchase:': 'purchase' } as const;

/** Plans of this process: stages are often alike, as are those of a pull request and of the branch that it is held against. */
const plans = new Map<string, SizingPlan>();

/** @param request without a catalogue: that of the region does not change while a process runs */
function plannedOnce(request: Omit<SizingRequest, 'catalogue'>): SizingPlan {
  const key = JSON.stringify(request);
  const known = plans.get(key) ?? sizingPlan(request);
  plans.set(key, known);
  return known;
}

type Measured = Pick<SizingRequest, 'profile' | 'manifest' | 'shadow' | 'versions'>;

/**
 * A stage as what it is made: where the plan is to decide, the kind that keeps the service level and the budget for less.
 * Instances where both cost the same, or neither does.
 */
export function decided(config: SlipwayConfig, stage: StageConfig, measured: Measured): StageConfig {
  const { orFunction, ...instances } = stage;
  if (orFunction === undefined || 'refused' in orFunction) return instances;
  const served: StageConfig = { ...instances, ...orFunction.stage, compute: 'lambda' };
  const usdOf = (plan: () => number) => {
    try {
      return plan();
    } catch (error) {
      if (!SlipwayError.is(error) || error.code !== 'E_INFEASIBLE') throw error;
      return Number.POSITIVE_INFINITY;
    }
  };
  const asFunction = usdOf(() => planFunction(config, served, measured).cost.usdPerMonth);
  const asInstances = usdOf(() => planStage(config, instances, measured).choice.usdPerMonth);
  return asFunction < asInstances ? served : instances;
}

/**
 * Size a stage.
 *
 * @throws SlipwayError E_INFEASIBLE with the line of the key that cannot be kept; E_USAGE for a stage without instances
 */
export function planStage(config: SlipwayConfig, stage: StageConfig, measured: Measured): SizingPlan {
  const { name, compute, serviceLevel, region, zones } = stage.orFunction ? decided(config, stage, measured) : stage;
  if (compute === 'lambda') {
    throw new SlipwayError(
      'E_USAGE',
      `stage ${name} is a function of AWS Lambda (compute: ${stage.orFunction ? 'cheapest' : 'lambda'}) and has no instances to plan, to compare or to watch; "slipway plan --stage ${name}" has its plan, and CloudWatch its alarms`,
    );
  }
  try {
    return plannedOnce({ ...measured, serviceLevel, region, zones });
  } catch (error) {
    if (!SlipwayError.is(error) || error.code !== 'E_INFEASIBLE') throw error;
    const [, key = 'traffic'] = Object.entries(KEYS).find(([start]) => error.message.startsWith(start)) ?? [];
    throw atPath(config, ['stages', name, key], error);
  }
}
