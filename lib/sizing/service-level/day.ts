/** How the rate goes over a day. */

/**
 * The rate at each full hour as a share of the peak, the first at midnight of any time zone; the highest is 1. Between two
 * hours it goes in a straight line, and after the last to the first.
 */
export type Day = readonly number[];

export const HOURS_PER_DAY = 24;
const MINUTES_PER_STEP = 5;
const STEPS_PER_HOUR = 60 / MINUTES_PER_STEP;

/** A fleet follows a falling rate so late, minutes: the alarm by which a group shrinks looks at a quarter of an hour. */
const SHRINKS_AFTER_MINUTES = 20;

/** Lowest mean of a day that is drawn from mean and peak, as a share of the peak: below it the hours have to be given. */
export const LEAST_MEAN_SHARE = 0.1;

/** What is known of days: a search asks for it many times. */
function ofDay<T>(make: (day: Day) => T): (day: Day) => T {
  const known = new WeakMap<Day, { readonly made: T }>();
  return (day) => {
    const there = known.get(day);
    if (there) return there.made;
    const made = make(day);
    known.set(day, { made });
    return made;
  };
}

/** The mean as a share of the peak. */
export const meanShare = ofDay((day) => day.reduce((sum, share) => sum + share, 0) / day.length);

/** @param values one for each hour, in any unit, such as requests of the hour */
export function dayOf(values: readonly number[]): Day {
  const highest = Math.max(...values);
  return values.map((value) => value / highest);
}

/** A day that rises and falls like a wave, once; where the mean is below half of the peak, with a longer night. */
export function smoothDay(mean: number): Day {
  const wave = Array.from(
    { length: HOURS_PER_DAY },
    (_, hour) => (1 - Math.cos((2 * Math.PI * hour) / HOURS_PER_DAY)) / 2,
  );
  if (mean >= 0.5) return wave.map((share) => 2 * mean - 1 + (2 - 2 * mean) * share);
  let [flatter, sharper] = [1, 100];
  for (let step = 0; step < 50; step++) {
    const power = (flatter + sharper) / 2;
    if (meanShare(wave.map((share) => share ** power)) > mean) flatter = power;
    else sharper = power;
  }
  return wave.map((share) => share ** sharper);
}

/** What makes no sense about a day, each as a sentence without its full stop. */
export function dayProblems(day: Day | undefined, risePerMinute: number | undefined): string[] {
  const problems: string[] = [];
  if (day && day.length !== HOURS_PER_DAY) problems.push(`day must have ${HOURS_PER_DAY} hours, got ${day.length}`);
  else if (day && !(day.every((share) => share >= 0 && share <= 1) && Math.max(...day) === 1)) {
    problems.push('day must have shares of the peak, 0 to 1, and the highest must be 1');
  }
  if (risePerMinute === undefined) return problems;
  if (!day) problems.push('risePerMinute needs day: without it no fleet grows');
  if (!(risePerMinute >= 0 && Number.isFinite(risePerMinute))) {
    problems.push(`risePerMinute must be a number of at least 0, got ${risePerMinute}`);
  }
  return problems;
}

/** The steepest rise from one hour to the next, as a share of the peak, in a minute. */
export const steepestRise = ofDay(
  (day) => Math.max(0, ...day.map((share, hour) => day[(hour + 1) % day.length]! - share)) / 60,
);

/** Five minutes of a day, in shares of the peak. */
export interface Moment {
  /** The mean. */
  readonly rate: number;
  /** The highest of them and of the time after which a group shrinks. */
  readonly lately: number;
}

/** A day in steps of five minutes, from its first hour on. */
export const momentsOf = ofDay((day): readonly Moment[] => {
  const steps = day.length * STEPS_PER_HOUR;
  /** At the beginning of a step, which may be one of the day before or after. */
  const rateAt = (step: number) => {
    const hours = ((step + steps) % steps) / STEPS_PER_HOUR;
    const hour = Math.floor(hours);
    const [from, to] = [day[hour]!, day[(hour + 1) % day.length]!];
    return from + (hours - hour) * (to - from);
  };
  const before = SHRINKS_AFTER_MINUTES / MINUTES_PER_STEP;
  return Array.from({ length: steps }, (_, step): Moment => {
    const recent = Array.from({ length: before + 2 }, (_, i) => rateAt(step + 1 - i));
    return {
      rate: (rateAt(step) + rateAt(step + 1)) / 2,
      lately: Math.max(...recent),
    };
  });
});

/** The most of each hour. @param ofSteps one for each moment of a day */
export function mostByHour(ofSteps: readonly number[]): number[] {
  return Array.from({ length: HOURS_PER_DAY }, (_, hour) =>
    Math.max(...ofSteps.slice(hour * STEPS_PER_HOUR, (hour + 1) * STEPS_PER_HOUR)),
  );
}
