/** When an endpoint has how much to do in a week, as its owner knows it: off at night, less at weekends, more before a known peak. */

/** Midnight to midnight, the first on Monday. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export const MINUTES_PER_DAY = 24 * 60;
export const MINUTES_PER_STEP = 5;
const STEPS_PER_DAY = MINUTES_PER_DAY / MINUTES_PER_STEP;
export const STEPS_PER_WEEK = 7 * STEPS_PER_DAY;

/** A time that comes every week. */
export interface Period {
  /** On which it begins. */
  readonly days: readonly Weekday[];
  /** Minutes from midnight, in steps of five, 0 to 1435. */
  readonly from: number;
  /** Likewise, up to 1440; at or before `from` it is on the next day. */
  readonly to: number;
  /** Share of the peak that it is ready for, 0 to 1; 0 is off. */
  readonly load: number;
}

export interface Schedule {
  /** IANA name, e.g. `Europe/Berlin`. */
  readonly timeZone: string;
  readonly periods: readonly Period[];
  /** Share of the peak at all other times. @default 1 */
  readonly otherwise?: number;
  /**
   * Whether a request wakes it while it is off: those that come until then are answered 503. A number is the share of that time,
   * 0 to 1, for which it is then awake, by which it is billed; `true` is 0.1.
   * @default false
   */
  readonly wake?: boolean | number;
}

/** What nobody knows before: as if three nights of a month were wholly awake. */
const USUALLY_AWAKE = 0.1;

/** Share of the time off for which requests keep it awake. */
export const awakeShare = ({ wake = false }: Pick<Schedule, 'wake'>): number =>
  typeof wake === 'number' ? wake : wake ? USUALLY_AWAKE : 0;

/** Metrics of the alarm that wakes a group: what the load balancer refused, and instances that are wanted. */
export const WAKE_ALARM_METRICS = 2;

export const WAKE_NEEDS_ITS_DOOR =
  'is by what the load balancer of the endpoint refuses, and here that is of others, too, or stands behind CloudFront or an HTTP API, which anybody calls; leave it out';

export const WAKE_NEEDS_CALLERS =
  'is for an endpoint whose callers are named: anybody may ask this one, and who looks for open doors would wake it every night; set internal or allowFrom, or leave it out';

export const timeText = (minutes: number) =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => `${part}`.padStart(2, '0')).join(':');

const shareText = (load: number) => (load === 0 ? 'off' : `${Number((100 * load).toFixed(2))} %`);

const periodText = ({ days, from, to, load }: Period) =>
  `${days.length === WEEKDAYS.length ? 'daily' : days.join(' ')} ${timeText(from)}-${timeText(to)} ${shareText(load)}`;

/** A schedule in words. */
export function scheduleText({ periods, otherwise = 1, timeZone, wake }: Schedule): string {
  const woken = wake ? `, woken by requests for ${shareText(awakeShare({ wake }))} of the time off` : '';
  return `${periods.map(periodText).join(', ')}, otherwise ${shareText(otherwise)} (${timeZone})${woken}`;
}

/** Steps of a week, each with the index of the period that it is in; those that a second one has as well. */
function stepsOf(periods: readonly Period[]): { of: (number | undefined)[]; twice?: readonly [number, number] } {
  const of: (number | undefined)[] = new Array(STEPS_PER_WEEK).fill(undefined);
  for (const [index, { days, from, to }] of periods.entries()) {
    const length = ((to <= from ? to + MINUTES_PER_DAY : to) - from) / MINUTES_PER_STEP;
    for (const day of days) {
      const first = WEEKDAYS.indexOf(day) * STEPS_PER_DAY + from / MINUTES_PER_STEP;
      for (let i = 0; i < length; i++) {
        const step = (first + i) % STEPS_PER_WEEK;
        const already = of[step];
        if (already !== undefined) return { of, twice: [already, index] };
        of[step] = index;
      }
    }
  }
  return { of };
}

function isTimeZone(name: string): boolean {
  if (!/^[A-Z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(name)) return false; // no offsets, which EC2 does not take
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const isTime = (minutes: number, most: number) =>
  Number.isInteger(minutes / MINUTES_PER_STEP) && minutes >= 0 && minutes <= most;

/** Changes of a group in a week that EC2 Auto Scaling takes: 125 scheduled actions of a group (quotas, 2026-07); each day may have its own. */
const MOST_CHANGES = 100;

/** What makes no sense about a schedule. */
interface ScheduleMistake {
  /** Keys within it. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What stands there, where the message depends on it. */
  readonly got?: string | number;
}

export function scheduleMistakes(schedule: Schedule): ScheduleMistake[] {
  const { timeZone, periods, otherwise = 1, wake } = schedule;
  const mistakes: ScheduleMistake[] = [];
  const at = (path: ScheduleMistake['path'], message: string, got?: string | number) =>
    mistakes.push({ path, message, ...(got !== undefined && { got }) });
  if (!isTimeZone(timeZone)) at(['timeZone'], 'must be the name of a time zone, e.g. Europe/Berlin or UTC', timeZone);
  if (!(otherwise >= 0 && otherwise <= 1)) at(['otherwise'], 'must be a share of the peak, 0 to 1', otherwise);
  if (typeof wake === 'number' && !(wake > 0 && wake <= 1))
    at(['wake'], 'must be a share of the time off, above 0 to 1', wake);
  for (const [i, { days, from, to, load }] of periods.entries()) {
    if (days.length === 0) at(['periods', i, 'days'], 'must name a day');
    if (!isTime(from, MINUTES_PER_DAY - MINUTES_PER_STEP))
      at(['periods', i, 'from'], 'must be a time of the day in steps of five minutes');
    if (!isTime(to, MINUTES_PER_DAY)) at(['periods', i, 'to'], 'must be a time of the day in steps of five minutes');
    if (!(load >= 0 && load <= 1)) at(['periods', i, 'load'], 'must be a share of the peak, 0 to 1', load);
  }
  if (mistakes.length > 0) return mistakes;
  const { of, twice } = stepsOf(periods);
  if (twice) {
    const [one, other] = twice.map((index) => periodText(periods[index]!));
    at(['periods', twice[1]], `is ${other}, which overlaps ${one}; a time has one load`);
    return mistakes;
  }
  const loads = of.map((index) => (index === undefined ? otherwise : periods[index]!.load));
  if (!loads.includes(1))
    at([], 'must leave a time at the peak, 100 %: requestsPerSecond is then, and shares are of it');
  else if (wake && !loads.includes(0)) at(['wake'], 'is for times that are off, and there are none');
  else if (changes(loads).length > MOST_CHANGES)
    at(['periods'], `change the load ${changes(loads).length} times a week; ${MOST_CHANGES} is the most`);
  return mistakes;
}

/** The same as sentences without their full stops. */
export const scheduleProblems = (schedule: Schedule | undefined): string[] =>
  schedule
    ? scheduleMistakes(schedule).map(({ path, message, got }) => {
        const found = got === undefined ? '' : `, got ${JSON.stringify(got)}`;
        return `${['schedule', ...path].join('.')} ${message}${found}`;
      })
    : [];

const known = new WeakMap<Schedule, readonly number[]>();

/** Shares of the peak in steps of five minutes, from Monday midnight on. */
export function loadsOf(schedule: Schedule): readonly number[] {
  const there = known.get(schedule);
  if (there) return there;
  const { periods, otherwise = 1 } = schedule;
  const loads = stepsOf(periods).of.map((index) => (index === undefined ? otherwise : periods[index]!.load));
  known.set(schedule, loads);
  return loads;
}

/** The mean of a week, as a share of the peak. */
export const weeklyShare = (schedule: Schedule): number =>
  loadsOf(schedule).reduce((sum, load) => sum + load, 0) / STEPS_PER_WEEK;

/** Whether there are times without an instance. */
export const goesOff = (schedule: Schedule | undefined): boolean =>
  schedule !== undefined && loadsOf(schedule).includes(0);

/** The most of each step and of the next ones: what a group is for that begins to grow so many steps before it has to. */
export function ahead(loads: readonly number[], steps: number): number[] {
  return loads.map((_, i) =>
    Math.max(...Array.from({ length: steps + 1 }, (_, more) => loads[(i + more) % loads.length]!)),
  );
}

/** Steps to take before a load, so that instances that take so many seconds to be ready are there. */
export const stepsBefore = (seconds: number) => Math.ceil(seconds / 60 / MINUTES_PER_STEP);

/** Steps of a week at which values change, in order. */
function changes<T>(values: readonly T[]): number[] {
  return values.flatMap((value, i) => (value === values.at(i - 1) ? [] : [i]));
}

/** A change that comes on some days of a week at the same time. */
export interface Change<T> {
  readonly days: readonly Weekday[];
  /** From midnight. */
  readonly minutes: number;
  readonly before: T;
  readonly value: T;
}

/** The changes of values over a week, those of several days at one time together. @param values by the step */
export function changesOf<T extends number>(values: readonly T[]): Change<T>[] {
  const byTime = new Map<string, Change<T>>();
  for (const step of changes(values)) {
    const day = WEEKDAYS[Math.floor(step / STEPS_PER_DAY)]!;
    const minutes = (step % STEPS_PER_DAY) * MINUTES_PER_STEP;
    const [before, value] = [values.at(step - 1)!, values[step]!];
    const key = `${minutes} ${before} ${value}`;
    byTime.set(key, { days: [...(byTime.get(key)?.days ?? []), day], minutes, before, value });
  }
  return [...byTime.values()];
}
