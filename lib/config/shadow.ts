/** `shadow` of slipway.yaml. */
import { z } from 'zod';
import { DEFAULT_SHADOW } from '../model/instance/handler-settings';
import type { ShadowConfig } from './config';
import type { StageMistake } from './mistake';
import { packageOrFile } from './model-source';
import { parsePercent } from './quantity';
import type { StageDocument } from './schema';
import { percent } from './value-forms';
import { versionsOf } from './versions';

export const shadowSchema = z.strictObject({
  model: packageOrFile,
  share: percent.optional(),
  tolerance: percent.optional(),
  rowValues: z.boolean().optional(),
  group: z.boolean('must be true or false; left out, it has instances of its own where that costs less').optional(),
});

type ShadowDocument = z.infer<typeof shadowSchema>;

/** Its model as the file has it, of which `check` makes a folder. */
export type ResolvedShadow = Omit<ShadowConfig, 'model' | 'modelFile'> & Pick<ShadowDocument, 'model'>;

export function shadowOf({ model, share, tolerance, rowValues = false, group }: ShadowDocument): ResolvedShadow {
  return {
    model,
    share: share === undefined ? DEFAULT_SHADOW.share : parsePercent(share)!,
    tolerance: tolerance === undefined ? DEFAULT_SHADOW.tolerance : parsePercent(tolerance)!,
    rowValues,
    ...(group !== undefined && { group }),
  };
}

export function shadowMistakes({ shadow, versions = [] }: StageDocument): StageMistake[] {
  const unasked = versionsOf(versions).some(({ model, weight }) => model === undefined && weight === 0);
  if (!shadow || !unasked) return [];
  const message =
    'is given the rows of the version that is the model of the file, whose weight is 0 %; give that version a weight, or leave the shadow out';
  return [[['shadow'], message]];
}
