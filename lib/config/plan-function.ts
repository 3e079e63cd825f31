/** The plan of a stage of slipway.yaml that is a function of AWS Lambda. */
import { SlipwayError } from '../model/error';
import { type FunctionPlan, functionPlan, type SizingRequest } from '../sizing';
import type { SlipwayConfig, StageConfig } from './config';
import { atPath } from './located';

/**
 * @throws SlipwayError E_INFEASIBLE with the line of the key that cannot be kept: of the budget, of the traffic, or of `compute`
 *   where no function serves such a model
 */
export function planFunction(
  config: SlipwayConfig,
  { name, serviceLevel, region }: StageConfig,
  measured: Pick<SizingRequest, 'profile' | 'manifest'>,
): FunctionPlan {
  try {
    return functionPlan({ ...measured, serviceLevel, region });
  } catch (error) {
    if (!SlipwayError.is(error) || error.code !== 'E_INFEASIBLE') throw error;
    throw atPath(config, ['stages', name, keyOf(error.message)], error);
  }
}

function keyOf(message: string): string {
  if (message.startsWith('no function: ')) return 'compute';
  return message.includes('the budget of') ? 'budget' : 'traffic';
}
