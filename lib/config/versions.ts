/** Versions of a model that a stage serves side by side. */
import { z } from 'zod';
import {
  type HandlerVersion,
  MOST_VERSIONS,
  VERSION_NAME,
  VERSION_NAME_FORM,
  versionListProblems,
} from '../model/instance/handler-versions';
import { packageFolder } from './model-source';
import { parseShare } from './quantity';

const WEIGHT = 'must be the share of the requests that name no version, e.g. 90 %';

export const versionsSchema = z
  .array(
    z.strictObject({
      // YAML reads 2 as a number
      name: z.preprocess(
        (value) => (typeof value === 'number' ? String(value) : value),
        z.string(VERSION_NAME_FORM).regex(VERSION_NAME, VERSION_NAME_FORM),
      ),
      model: packageFolder.optional(),
      weight: z.string(WEIGHT).refine((text) => parseShare(text) !== undefined, WEIGHT),
    }),
  )
  .min(2, 'must be two versions at least: leave it out otherwise')
  .max(MOST_VERSIONS, `must be at most ${MOST_VERSIONS}: each worker loads all of them`)
  .superRefine((list, context) => {
    const weighed = versionsOf(list);
    if (weighed.some(({ weight }) => Number.isNaN(weight))) return; // told already
    for (const { at, message } of versionListProblems(weighed)) {
      context.addIssue({ code: 'custom', message, path: at < 0 ? [] : [at, 'name'] });
    }
  });

export type VersionsDocument = z.infer<typeof versionsSchema>;

/** With numbers in place of quantities. */
export const versionsOf = (document: VersionsDocument): HandlerVersion[] =>
  document.map(({ name, model, weight }) => ({
    name,
    ...(model !== undefined && { model }),
    weight: parseShare(weight) ?? Number.NaN,
  }));
