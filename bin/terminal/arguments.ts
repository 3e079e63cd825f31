/** Values of command line options. */
import { InvalidArgumentError } from 'commander';
import { regionProblem } from '../../lib/aws/regions';
import { parseBudget, parseDuration, parsePercent, parseTime } from '../../lib/config/quantity';
import { type Day, dayOf, HOURS_PER_DAY } from '../../lib/sizing/service-level/day';
import { ARCHITECTURES, INSTANCE_NAME, type InstanceChoice } from '../../lib/sizing/service-level/restriction';
import {
  AVAILABILITIES,
  type Availability,
  isNodeCount,
  NODE_COUNT,
} from '../../lib/sizing/service-level/service-level';
import { port, positiveInteger, positiveNumber } from './numbers';

export { port, positiveInteger, positiveNumber };

/** CloudWatch keeps periods of five minutes for so many days. */
const KEPT_DAYS = 63;

export function days(text: string): number {
  const value = positiveInteger(text);
  if (value > KEPT_DAYS) throw new InvalidArgumentError(`CloudWatch keeps what is compared for ${KEPT_DAYS} days.`);
  return value;
}

export function duration(text: string): number {
  const value = parseDuration(text);
  if (value === undefined) throw new InvalidArgumentError('It must be a duration with its unit, e.g. 40ms or 0.5s.');
  return value;
}

/** Seconds. */
export function time(text: string): number {
  const value = parseTime(text);
  if (value === undefined) throw new InvalidArgumentError('It must be a time with its unit, e.g. 90s, 15m or 12h.');
  return value;
}

/** A share, from 0 to 1. */
export function percent(text: string): number {
  const value = parsePercent(/^[\d.]+$/.test(text) ? `${text}%` : text);
  if (value === undefined) throw new InvalidArgumentError('It must be a share above 0 to 100 %, e.g. 10%.');
  return value;
}

export function budget(text: string): number {
  const value = parseBudget(text) ?? Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('It must be an amount, e.g. 600 or "600 USD/month".');
  return value;
}

export function region(text: string): string {
  const problem = regionProblem(text);
  if (problem === undefined) return text;
  throw new InvalidArgumentError(`It ${problem}${problem.endsWith('?') ? '' : '.'}`);
}

export function instanceNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !INSTANCE_NAME.test(name));
  if (wrong === undefined) return names;
  throw new InvalidArgumentError(`"${wrong}" must be a family, e.g. c7g, or a type, e.g. c7g.large.`);
}

export function architecture(text: string): InstanceChoice['architecture'] {
  const found = ARCHITECTURES.find((known) => known === text);
  if (!found) throw new InvalidArgumentError(`It must be one of ${ARCHITECTURES.join(', ')}.`);
  return found;
}

export function day(text: string): Day | 'smooth' {
  if (text === 'smooth') return text;
  const hours = text.split(',').map((value) => (value.trim() === '' ? Number.NaN : Number(value)));
  if (hours.length !== HOURS_PER_DAY || !hours.every((value) => value >= 0) || !hours.some((value) => value > 0)) {
    throw new InvalidArgumentError(
      `It must be ${HOURS_PER_DAY} numbers with commas, none below 0 and not all 0, or smooth.`,
    );
  }
  return dayOf(hours);
}

export function requestsPerConnection(text: string): number {
  const value = positiveNumber(text);
  if (value < 1) throw new InvalidArgumentError('It must be at least 1.');
  return value;
}

export function balancerNodes(text: string): number {
  const value = positiveNumber(text);
  if (!isNodeCount(value)) throw new InvalidArgumentError(`It must be ${NODE_COUNT}.`);
  return value;
}

export function availability(text: string): Availability {
  const found = AVAILABILITIES.find((known) => known === text);
  if (!found) throw new InvalidArgumentError(`It must be one of ${AVAILABILITIES.join(', ')}.`);
  return found;
}
