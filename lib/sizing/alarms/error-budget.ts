/**
 * How much of the requests may fail, and when somebody is told that it is too much.
 *
 * Several windows at several burn rates: The Site Reliability Workbook, chapter 5, table 5-8. A window of CloudWatch is one
 * period, which slides by the minute up to a day; three days are three periods of one.
 */
import type { Availability } from '../service-level/service-level';

/**
 * Percent of the requests of a month that may fail, by what may be lost: a VM that is replaced is gone for minutes, and that
 * some times a month.
 */
export const ERROR_BUDGET_PERCENT: Readonly<Record<Availability, number>> = { single: 0.5, instance: 0.1, zone: 0.05 };

/** How many times as fast as planned the budget of a month is spent, and over how many minutes. */
export const BUDGET_BURNS = [
  { burn: 14.4, minutes: 60, alsoMinutes: 5, datapoints: 1 },
  { burn: 6, minutes: 6 * 60, alsoMinutes: 30, datapoints: 1 },
  { burn: 1, minutes: 24 * 60, datapoints: 3 },
] as const;

/** Requests that fail in a window of an hour or more before it counts: a quiet stage stays quiet over a handful. */
export const LEAST_FAILURES = 10;
