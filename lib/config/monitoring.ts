/** `monitoring` of slipway.yaml: who is told of alarms, and who may read measurements. */
import { z } from 'zod';
import { LIMITS, MOST_CALLERS } from '../aws/limits';
import { notifyProblems } from '../aws/notify-problems';
import type { Notify } from '../model/stage/notify';
import type { StageMistake } from './mistake';
import { distinct, text } from './value-forms';

/** A fault is told at the address that has it. */
const notify = z.custom<Notify>().superRefine((value: unknown, context) => {
  for (const { path, message } of notifyProblems(value)) {
    context.addIssue({ code: 'custom', message, path: [...path] });
  }
});

/** `lean` alone is a stage that nobody watches. */
export const monitoringSchema = z.preprocess(
  (value) => (value === 'lean' ? { lean: true } : value),
  z.strictObject({
    notify: notify.optional(),
    lean: z.boolean().optional(),
    metrics: z.enum(['private', 'public']).optional(),
    scrapeFrom: distinct(text(LIMITS.scraper), 1, 'must name somebody: leave it out otherwise')
      .max(MOST_CALLERS, `must be at most ${MOST_CALLERS}`)
      .optional(),
  }),
);

export type MonitoringDocument = z.infer<typeof monitoringSchema>;

/** Who is told of alarms; undefined where it is not said, and has to be. */
export const notifyOf = ({ lean = false, notify = lean ? 'none' : undefined }: MonitoringDocument) => notify;

/** @param controlled whether callers need a key or a token */
export function monitoringMistakes(monitoring: MonitoringDocument, controlled: boolean): StageMistake[] {
  const mistakes: StageMistake[] = [];
  if (notifyOf(monitoring) === undefined) {
    const message = 'is missing: e-mail addresses to tell of alarms, or none to decline';
    mistakes.push([['monitoring', 'notify'], message]);
  }
  if (monitoring.metrics === 'public' && !controlled) {
    const message =
      'is public, and there is no access control: everybody could read the measurements; add access with apiKeys or jwt, or leave metrics private';
    mistakes.push([['monitoring', 'metrics'], message]);
  }
  return mistakes;
}
