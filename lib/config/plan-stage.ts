/** The sizing plan of a stage of slipway.yaml. */
import { SlipwayError } from '../model/error';
import { type SizingPlan, type SizingRequest, sizingPlan } from '../sizing';
import type { SlipwayConfig, StageConfig } from './config';
import { atPath } from './located';

/**
 * Size a stage.
 *
 * @throws SlipwayError E_INFEASIBLE with the line of its budget or instances, where that is what cannot be kept, else of its traffic
 */
export function planStage(
  config: SlipwayConfig,
  { name, serviceLevel, region, zones }: StageConfig,
  measured: Pick<SizingRequest, 'profile' | 'manifest' | 'shadow'>,
): SizingPlan {
  try {
    return sizingPlan({ ...measured, serviceLevel, region, zones });
  } catch (error) {
    if (!SlipwayError.is(error) || error.code !== 'E_INFEASIBLE') throw error;
    const [first] = /^(the budget|instances)/.exec(error.message) ?? [];
    const key = first === undefined ? 'traffic' : first === 'instances' ? first : 'budget';
    throw atPath(config, ['stages', name, key], error);
  }
}
