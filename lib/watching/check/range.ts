/** Thresholds as plugins of Nagios take them (Monitoring Plugins Development Guidelines, "Threshold and Ranges"). */
import { SlipwayError } from '../../model/error';

/** Values from `start` to `end` are fine; with `inside` those are the ones that alert. */
export interface Range {
  /** As it was written. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly inside: boolean;
}

const FORM = /^(@)?(?:(~|-?\d+(?:\.\d+)?):)?(-?\d+(?:\.\d+)?)?$/;

const FORMS = '"10" (above 10 or below 0), "10:" (below 10), "~:10" (above 10), "10:20" (outside), "@10:20" (inside)';

/** @throws SlipwayError E_USAGE for a range that is none, or whose start is beyond its end */
export function parseRange(text: string, option: string): Range {
  const [all, at, start, end] = FORM.exec(text) ?? [];
  if (all === undefined || (start === undefined && end === undefined)) {
    throw new SlipwayError('E_USAGE', `${option} ${text}: is no range; a value alerts with ${FORMS}`);
  }
  const range = {
    text,
    start: start === '~' ? Number.NEGATIVE_INFINITY : Number(start ?? 0),
    end: end === undefined ? Number.POSITIVE_INFINITY : Number(end),
    inside: at !== undefined,
  };
  if (range.start <= range.end) return range;
  throw new SlipwayError('E_USAGE', `${option} ${text}: begins at ${range.start}, beyond its end at ${range.end}`);
}

export function alerts({ start, end, inside }: Range, value: number): boolean {
  return (value >= start && value <= end) === inside;
}

/**
 * Whether a warning could never be seen, since all that it is about is critical already. Of ranges that turn around
 * (`@`) nothing is said.
 */
export function contradict(warning: Range, critical: Range): boolean {
  if (warning.inside || critical.inside) return false;
  const within = critical.start >= warning.start && critical.end <= warning.end;
  return within && (critical.start !== warning.start || critical.end !== warning.end);
}
