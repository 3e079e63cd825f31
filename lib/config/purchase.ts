/** `purchase` of slipway.yaml. */
import { z } from 'zod';
import { MOST_BASE, NO_SPOT_ACROSS_ZONES, type Purchase } from '../sizing/service-level/purchase';
import type { StageMistake } from './mistake';
import { parsePercent } from './quantity';
import type { StageDocument } from './schema';

const SPOT = 'must be true, or the share of the instances beyond onDemandBase in whole percent, e.g. 70 %';
const BASE = `must be a whole number of instances from 0 to ${MOST_BASE}`;

/** Whole ones, which EC2 Auto Scaling takes. */
function percentOf(text: string): number | undefined {
  const percent = Math.round(1e6 * (parsePercent(text) ?? Number.NaN)) / 1e4;
  return Number.isInteger(percent) && percent >= 1 ? percent : undefined;
}

export const purchaseSchema = z.strictObject({
  onDemandBase: z.number(BASE).int(BASE).min(0, BASE).max(MOST_BASE, BASE).optional(),
  spot: z.union([z.literal(true), z.string().refine((text) => percentOf(text) !== undefined, SPOT)], SPOT),
});

export function purchaseOf({ onDemandBase = 0, spot }: z.infer<typeof purchaseSchema>): Purchase {
  return { onDemandBase, spotPercent: spot === true ? 100 : percentOf(spot)! };
}

export function purchaseMistakes({ purchase, availability }: StageDocument): StageMistake[] {
  if (!purchase || availability !== 'zone' || purchaseOf(purchase).onDemandBase > 0) return [];
  return [[['purchase', 'onDemandBase'], NO_SPOT_ACROSS_ZONES]];
}
