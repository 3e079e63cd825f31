/** `schedule` of slipway.yaml. */
import { z } from 'zod';
import { edgeOf } from '../sizing/service-level/front-door';
import {
  type Schedule,
  scheduleMistakes,
  WAKE_NEEDS_CALLERS,
  WAKE_NEEDS_ITS_DOOR,
  WEEKDAYS,
  type Weekday,
} from '../sizing/service-level/schedule';
import type { StageMistake } from './mistake';
import { parsePercent } from './quantity';
import type { StageDocument } from './schema';

const TIME = 'must be a time in quotes in steps of five minutes, e.g. "07:30"';
const DAYS = 'must be days, e.g. mon-fri, sat or [mon, thu]';
const AWAKE = 'must be true, or the share of the time off for which it is then awake, above 0 to 100 %, e.g. 25 %';
const LOAD = 'must be off, or a share of the peak above 0 to 100 %, e.g. 30 %';

function minutesOf(text: string): number | undefined {
  const match = /^([01]?\d|2[0-4]):([0-5][05])$/.exec(text);
  const minutes = match ? 60 * Number(match[1]) + Number(match[2]) : Number.NaN;
  return minutes <= 24 * 60 ? minutes : undefined;
}

/** `mon-fri`, `sat`. */
function daysOf(text: string): Weekday[] | undefined {
  const [first, last = first, ...more] = text.split('-').map((name) => WEEKDAYS.indexOf(name.trim() as Weekday));
  if (more.length > 0 || first === undefined || last === undefined || first < 0 || last < 0) return undefined;
  const length = ((last - first + WEEKDAYS.length) % WEEKDAYS.length) + 1;
  return Array.from({ length }, (_, i) => WEEKDAYS[(first + i) % WEEKDAYS.length]!);
}

const loadOf = (text: string) => (text === 'off' ? 0 : parsePercent(text));

const days = z.string(DAYS).refine((text) => daysOf(text) !== undefined, DAYS);
const time = z.string(TIME).refine((text) => minutesOf(text) !== undefined, TIME);
const load = z.string(LOAD).refine((text) => loadOf(text) !== undefined, LOAD);

const formSchema = z.strictObject({
  timeZone: z.string('must be the name of a time zone, e.g. Europe/Berlin'),
  otherwise: load.optional(),
  wake: z
    .union([z.literal(true), z.string()], AWAKE)
    .refine((text) => text === true || parsePercent(text) !== undefined, AWAKE)
    .optional(),
  periods: z
    .array(
      z.strictObject({
        days: z.union([days, z.array(days).min(1, DAYS)], DAYS).optional(),
        from: time,
        to: time,
        load,
      }),
    )
    .min(1, 'must have a period: leave schedule out otherwise'),
});

type ScheduleDocument = z.infer<typeof formSchema>;

export function scheduleOf({ timeZone, otherwise, wake, periods }: ScheduleDocument): Schedule {
  return {
    timeZone,
    ...(otherwise !== undefined && { otherwise: loadOf(otherwise)! }),
    ...(wake && { wake: wake === true || parsePercent(wake)! }),
    periods: periods.map(({ days: named = 'mon-sun', from, to, load: share }) => ({
      days: [...new Set([named].flat().flatMap((text) => daysOf(text)!))],
      from: minutesOf(from)!,
      to: minutesOf(to)!,
      load: loadOf(share)!,
    })),
  };
}

/** Its parts have been told of where they are not. */
const isSound = ({ otherwise, wake, periods }: ScheduleDocument) =>
  (typeof wake !== 'string' || parsePercent(wake) !== undefined) &&
  (otherwise === undefined || load.safeParse(otherwise).success) &&
  periods.every((period) => {
    const named = [period.days ?? []].flat();
    return [...named.map(daysOf), minutesOf(period.from), minutesOf(period.to), loadOf(period.load)].every(
      (part) => part !== undefined,
    );
  });

export const scheduleSchema = formSchema.superRefine((document, context) => {
  if (!isSound(document)) return;
  for (const { path, message } of scheduleMistakes(scheduleOf(document))) {
    context.addIssue({ code: 'custom', message, path: [...path] });
  }
});

export function wakeMistakes(stage: StageDocument): StageMistake[] {
  const { schedule, listener, models, internal, allowFrom } = stage;
  if (!schedule?.wake) return [];
  if (edgeOf(stage) || listener || models) return [[['schedule', 'wake'], WAKE_NEEDS_ITS_DOOR]];
  return internal || allowFrom ? [] : [[['schedule', 'wake'], WAKE_NEEDS_CALLERS]];
}
