/** `scaling` of slipway.yaml. */
import * as z from 'zod';
import {
  NO_WARM_POOL_OF_SPOT,
  PREDICTIVE_NEEDS_A_DAY,
  type ServiceLevel,
  WARM_POOL_NEEDS_CHANGE,
} from '../sizing/service-level/service-level';
import type { StageMistake } from './mistake';
import type { StageDocument } from './schema';

export const scalingSchema = z
  .strictObject({
    predictive: z.union([z.literal(true), z.literal('forecastOnly')], 'must be true or forecastOnly').optional(),
    warmPool: z.literal(true, 'must be true').optional(),
  })
  .refine(
    (scaling) => Object.keys(scaling).length > 0,
    'must have predictive or warmPool: leave scaling out otherwise',
  );

type Scaling = NonNullable<StageDocument['scaling']>;

export function scalingOf({ predictive, warmPool }: Scaling): Pick<ServiceLevel, 'predictive' | 'warmPool'> {
  return {
    ...(predictive && { predictive: predictive === true ? 'scale' : predictive }),
    ...(warmPool && { warmPool }),
  };
}

/** Keys within `scaling`, each with what does not go with the rest of the stage. */
export function scalingMistakes({ scaling, traffic, schedule, purchase }: StageDocument): StageMistake[] {
  const mistakes: StageMistake[] = [];
  const day = traffic?.day !== undefined;
  if (scaling?.predictive && !day) mistakes.push([['scaling', 'predictive'], PREDICTIVE_NEEDS_A_DAY]);
  if (!scaling?.warmPool) return mistakes;
  if (!day && !schedule) mistakes.push([['scaling', 'warmPool'], WARM_POOL_NEEDS_CHANGE]);
  if (purchase) mistakes.push([['scaling', 'warmPool'], NO_WARM_POOL_OF_SPOT]);
  return mistakes;
}
