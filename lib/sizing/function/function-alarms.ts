/**
 * The alarms of a function behind an HTTP API, one entry each: what is watched, beyond which value it alarms, what that means,
 * and what to do first. Alarms, dashboard and bill are made from it; docs/runbook-function.md has a section for each.
 */

import { DRIFT_THRESHOLD } from '../../model/instance/instance-metrics';
import type { PlannedAlarm, Severity } from '../alarms/alarm';
import { BUDGET_BURNS } from '../alarms/error-budget';
import type { FunctionThresholds } from './function-plan';

/** What decides which alarms a function has, and by how much they are billed. */
export interface WatchedFunction {
  /** Certificates of names of the user's. */
  readonly certificates: number;
  /** Whether a new version first gets a part of the requests. */
  readonly canary: boolean;
  /** Whether the rows are held against those of training. */
  readonly watchesData: boolean;
}

/** What can be watched, in the unit of its name: of how many metrics it is computed, and the minutes of a datapoint. */
export const FUNCTION_MEASURES = {
  errorBudgetBurn: { metrics: 2, minutes: 60 },
  /** As the HTTP API counts them, from the request to the answer. */
  p99Ms: { metrics: 1, minutes: 1 },
  serverErrorPercent: { metrics: 2, minutes: 1 },
  /** Requests for which there is no environment: the account has as many as it may. */
  throttledPerMinute: { metrics: 1, minutes: 1 },
  /** Invocations that end without an answer: environments that do not start, time-outs, too little memory. */
  failedInvocations: { metrics: 1, minutes: 5 },
  /** In the function alone; 0 while there are more requests than planned. */
  durationMsWithinPlan: { metrics: 2, minutes: 1 },
  requestsPerMinute: { metrics: 1, minutes: 1 },
  certificateDays: { metrics: 1, minutes: 24 * 60 },
  /** Population stability index of the column that moved most, mean of the environments that had rows enough. */
  dataDrift: { metrics: 1, minutes: 15 },
  /** 1 when a new version was withdrawn, 0 when one was verified. */
  canaryWithdrawn: { metrics: 1, minutes: 1 },
} as const;

export type FunctionMeasure = keyof typeof FUNCTION_MEASURES;

export interface FunctionAlarmEntry
  extends Omit<PlannedAlarm<FunctionMeasure>, 'severity' | 'minutes' | 'threshold' | 'meaning' | 'runbook'> {
  readonly severity: Severity;
  /** @default - every function has it */
  readonly when?: (watched: WatchedFunction) => boolean;
  /** Minutes of a datapoint. @default - those of the measure */
  readonly minutes?: number | ((plan: FunctionThresholds) => number);
  readonly threshold: (plan: FunctionThresholds) => number;
  readonly meaning: (plan: FunctionThresholds) => string;
}

const [FAST, SLOW, STEADY] = BUDGET_BURNS;

/** As of instances: before it a certificate must be renewed. */
export const CERTIFICATE_DAYS = 30;

/** Requests from which on CloudWatch does not call p99 a low sample: 10 / (1 - 0.99). */
const ENOUGH_FOR_P99 = 1000;

/** The shortest period that has enough requests for p99 at the planned rate. */
const latencyMinutes = ({ meanRequestsPerSecond: rate }: FunctionThresholds) =>
  [1, 5, 15].find((minutes) => rate * 60 * minutes >= ENOUGH_FOR_P99) ?? 60;

/** In the order of their importance. */
export const FUNCTION_ALARM_TABLE: readonly FunctionAlarmEntry[] = [
  {
    name: 'ErrorBudgetFast',
    symptom: 'errors use up the budget in two days',
    severity: 'page',
    measure: 'errorBudgetBurn',
    comparison: 'above',
    minutes: FAST.minutes,
    alsoMinutes: FAST.alsoMinutes,
    threshold: () => FAST.burn,
    datapoints: 1,
    meaning: ({ errorBudgetPercent }) =>
      `In the last hour and in the last five minutes requests failed ${FAST.burn} times as often as ${errorBudgetPercent} %, which is what may fail in a month.`,
    firstStep: 'see on the dashboard whether invocations fail or are throttled; then read the log of the function.',
  },
  {
    name: 'ErrorBudgetSlow',
    symptom: 'errors use up the budget in five days',
    severity: 'page',
    measure: 'errorBudgetBurn',
    comparison: 'above',
    minutes: SLOW.minutes,
    alsoMinutes: SLOW.alsoMinutes,
    threshold: () => SLOW.burn,
    datapoints: 1,
    meaning: ({ errorBudgetPercent }) =>
      `In the last six hours and in the last half an hour requests failed ${SLOW.burn} times as often as ${errorBudgetPercent} %, which is what may fail in a month.`,
    firstStep: 'see on the dashboard since when, and what changed then: traffic, a release, a client.',
  },
  {
    name: 'Latency',
    symptom: 'answers are slow',
    severity: 'page',
    measure: 'p99Ms',
    comparison: 'above',
    minutes: latencyMinutes,
    threshold: ({ p99Ms }) => p99Ms,
    datapoints: 5,
    breaching: 3,
    meaning: ({ p99Ms }) => `The slowest hundredth of the requests take longer than ${p99Ms} ms.`,
    firstStep:
      'see on the dashboard whether the function is slow or starts often: REPORT lines of the log have Init Duration.',
  },
  {
    name: 'ServerErrors',
    symptom: 'answers fail',
    severity: 'inform',
    measure: 'serverErrorPercent',
    comparison: 'above',
    threshold: ({ serverErrorPercent }) => serverErrorPercent,
    datapoints: 5,
    breaching: 3,
    meaning: ({ serverErrorPercent }) => `More than ${serverErrorPercent} % of the requests are answered 5xx.`,
    firstStep: 'read the errors of the log, with "slipway logs --errors".',
  },
  {
    name: 'FailedInvocations',
    symptom: 'invocations end without an answer',
    severity: 'inform',
    measure: 'failedInvocations',
    comparison: 'above',
    threshold: () => 0,
    datapoints: 3,
    breaching: 2,
    meaning: () =>
      'Invocations ended without an answer of the handler: an environment did not start, took too long, or had too little memory.',
    firstStep: 'read the last lines of the log before "Status: error" or "Status: timeout" in a REPORT line.',
  },
  {
    name: 'Throttled',
    symptom: 'requests find no environment',
    severity: 'inform',
    measure: 'throttledPerMinute',
    comparison: 'above',
    threshold: () => 0,
    datapoints: 5,
    breaching: 3,
    meaning: ({ concurrency }) =>
      `Requests are answered 503, since the account has as many environments at a time as it may. The plan needs ${concurrency} of them.`,
    firstStep: 'compare "aws lambda get-account-settings" with the plan; ask for more in Service Quotas.',
  },
  {
    name: 'ErrorBudgetSteady',
    symptom: 'errors use up the budget by the end of the month',
    severity: 'inform',
    measure: 'errorBudgetBurn',
    comparison: 'above',
    minutes: STEADY.minutes,
    threshold: () => STEADY.burn,
    datapoints: STEADY.datapoints,
    meaning: ({ errorBudgetPercent }) =>
      `On each of three days more than ${errorBudgetPercent} % of the requests failed.`,
    firstStep: 'read the errors of the log by the day; the most frequent comes first.',
  },
  {
    name: 'Prediction',
    symptom: 'slower than the plan says',
    severity: 'inform',
    measure: 'durationMsWithinPlan',
    comparison: 'above',
    threshold: ({ predictedDurationMs }) => predictedDurationMs,
    datapoints: 15,
    breaching: 12,
    meaning: ({ predictedDurationMs }) =>
      `For a quarter of an hour p99 in the function has been above the ${predictedDurationMs} ms that the plan allows for, with no more traffic than was planned: the plan is wrong about this model or the processor.`,
    firstStep: 'profile the model again on arm64, and plan again: more memory is more of a processor.',
  },
  {
    name: 'Overload',
    symptom: 'more requests than planned',
    severity: 'inform',
    measure: 'requestsPerMinute',
    comparison: 'above',
    threshold: ({ requestsPerSecond }) => requestsPerSecond * 60,
    datapoints: 15,
    meaning: ({ requestsPerSecond }) =>
      `For a quarter of an hour there have been more than the planned ${requestsPerSecond} requests a second. Each is billed, and beyond the limit of the HTTP API they are answered 429.`,
    firstStep: 'raise requestsPerSecond and plan again: instances may be cheaper by now.',
  },
  {
    name: 'CertificateExpiry',
    symptom: 'certificate ends soon',
    severity: 'inform',
    when: ({ certificates }) => certificates > 0,
    measure: 'certificateDays',
    comparison: 'below',
    threshold: () => CERTIFICATE_DAYS,
    datapoints: 1,
    missing: 'ignored', // published by the day, and not before the first
    meaning: () => `The certificate ends in less than ${CERTIFICATE_DAYS} days and has not been renewed.`,
    firstStep:
      'see in ACM whether the validation record is still in the hosted zone; an imported certificate has to be imported again.',
  },
  {
    name: 'DataDrift',
    symptom: 'rows are unlike those of training',
    severity: 'inform',
    when: ({ watchesData }) => watchesData,
    measure: 'dataDrift',
    comparison: 'above',
    threshold: () => DRIFT_THRESHOLD,
    datapoints: 3,
    meaning: () =>
      `For three quarters of an hour the rows that come in have been unlike those of training: the population stability index of a column is above ${DRIFT_THRESHOLD}.`,
    firstStep:
      'the lines "data quality" of the log name the column; see whether a client sends it otherwise than before (a unit, a default), or the world has changed and the model wants training.',
  },
  {
    name: 'CanaryWithdrawn',
    symptom: 'a new package was withdrawn',
    severity: 'inform',
    when: ({ canary }) => canary,
    early: true,
    measure: 'canaryWithdrawn',
    comparison: 'at least',
    threshold: () => 1,
    datapoints: 1,
    missing: 'ignored', // until the next deployment
    meaning: () =>
      'A new version was withdrawn while it had a part of the requests, and the deployment was rolled back.',
    firstStep: 'read the reason in this mail or in the events of the stack.',
  },
];

/** Where the runbook of functions lies, in the repository. */
export const FUNCTION_RUNBOOK = 'docs/runbook-function.md';

/** A deployment itself sets those that are early: they are there where monitoring is lean, too. */
const entriesOf = (watched: WatchedFunction, lean: boolean) =>
  FUNCTION_ALARM_TABLE.filter(
    ({ severity, early, when = () => true }) => when(watched) && (!lean || early || severity.startsWith('page')),
  );

/** The alarms of a function, in the order of their importance. */
export function plannedFunctionAlarms(plan: FunctionThresholds, lean: boolean): PlannedAlarm<FunctionMeasure>[] {
  return entriesOf(plan, lean).map(({ minutes, threshold, meaning, when: _, ...same }) => ({
    ...same,
    minutes: (typeof minutes === 'function' ? minutes(plan) : minutes) ?? FUNCTION_MEASURES[same.measure].minutes,
    threshold: threshold(plan),
    meaning: meaning(plan),
    runbook: `${FUNCTION_RUNBOOK}#${same.symptom.toLowerCase().replaceAll(' ', '-')}`,
  }));
}

/** Metrics that CloudWatch computes an alarm from, and bills it by. @param certificates of the names */
export const functionMetricsOf = (
  { measure, alsoMinutes }: Pick<FunctionAlarmEntry, 'measure' | 'alsoMinutes'>,
  certificates = 1,
) =>
  FUNCTION_MEASURES[measure].metrics *
  (measure === 'certificateDays' ? certificates : 1) *
  (alsoMinutes === undefined ? 1 : 2);

/** Metrics that all alarms of a function watch. */
export const functionAlarmMetrics = (watched: WatchedFunction, lean: boolean) =>
  entriesOf(watched, lean).reduce((sum, entry) => sum + functionMetricsOf(entry, watched.certificates), 0);
