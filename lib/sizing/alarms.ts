/**
 * The alarms of an endpoint, one entry each: what is watched, beyond which value it alarms, what that means, and what to
 * do first. Data alone, for whatever watches: CloudWatch's alarms, the dashboard and the bill are made from it.
 */
import { DRIFT_THRESHOLD } from '../model/instance/instance-metrics';
import type { SizingPlan } from './plan';

/**
 * What can be watched, in the unit of its name: how many metrics CloudWatch computes it from, by which an alarm on it is
 * billed, and the minutes of a datapoint.
 */
export const MEASURES = {
  healthyHosts: { metrics: 1, minutes: 1 },
  serverErrorPercent: { metrics: 3, minutes: 1 },
  p99Seconds: { metrics: 1, minutes: 1 },
  /** 0 while there are more requests than planned. */
  p99SecondsWithinPlan: { metrics: 2, minutes: 1 },
  /** Mean of the instances. */
  cpuPercent: { metrics: 1, minutes: 1 },
  requestsPerMinute: { metrics: 1, minutes: 1 },
  /** Of the instance that uses most. */
  memoryPercent: { metrics: 1, minutes: 1 },
  /** Of the root volume that is fullest. */
  diskPercent: { metrics: 1, minutes: 1 },
  certificateDays: { metrics: 1, minutes: 24 * 60 },
  /** CPU credits that the fleet bought, vCPU-minutes. */
  surplusCredits: { metrics: 1, minutes: 24 * 60 },
  /** CPU credits of the instance that has fewest, vCPU-minutes. */
  creditBalance: { metrics: 1, minutes: 5 },
  /** Population stability index of the column that moved most. */
  dataDrift: { metrics: 1, minutes: 15 },
} as const;

export type Measure = keyof typeof MEASURES;

/** What decides which alarms an endpoint has. */
export interface AlarmedEndpoint extends Pick<SizingPlan, 'requestsPerRun' | 'creditMode'> {
  /** Whether the rows are held against those of training. */
  readonly watchesData: boolean;
}

interface Watch {
  readonly measure: Measure;
  readonly comparison: 'above' | 'below';
  /** Datapoints that are looked at. */
  readonly datapoints: number;
  /** How many of them must breach. @default - all */
  readonly breaching?: number;
  /** What a datapoint that is not there counts as. @default 'good' */
  readonly missing?: 'good' | 'breaching' | 'ignored';
}

interface AlarmEntry extends Watch {
  /** Part of a logical id of the template: it stays. */
  readonly name: string;
  /** Which endpoints have it. @default - all */
  readonly when?: (endpoint: AlarmedEndpoint) => boolean;
  /** In the unit of the measure. */
  readonly threshold: (plan: SizingPlan) => number;
  /** A sentence. */
  readonly meaning: (plan: SizingPlan) => string;
  /** A sentence without its capital. */
  readonly firstStep: string;
}

/** Then CPU does not show how full workers are. */
const joinsRequests = ({ requestsPerRun }: AlarmedEndpoint) => requestsPerRun > 1;

/** In the order of their importance. */
const ALARMS = [
  {
    name: 'UnhealthyHosts',
    measure: 'healthyHosts',
    comparison: 'below',
    threshold: ({ instances }) => instances.minimum,
    datapoints: 5,
    breaching: 3,
    missing: 'breaching', // no targets, no datapoints
    meaning: ({ instances }) =>
      `Fewer than ${instances.minimum} instance(s) pass the health check, so the endpoint is down or has no reserve.`,
    firstStep: 'read the boot and handler streams of the newest instance in the log group.',
  },
  {
    name: 'ServerErrors',
    measure: 'serverErrorPercent',
    comparison: 'above',
    threshold: ({ alarms }) => alarms.serverErrorPercent,
    datapoints: 5,
    breaching: 3,
    meaning: ({ alarms }) => `More than ${alarms.serverErrorPercent} % of the requests are answered 5xx.`,
    firstStep:
      "see on the dashboard whether CPU is high (503: overload, add capacity); if not, read the handler's log.",
  },
  {
    name: 'Latency',
    measure: 'p99Seconds',
    comparison: 'above',
    threshold: ({ alarms }) => alarms.p99Ms / 1000,
    datapoints: 5,
    breaching: 3,
    meaning: ({ alarms }) => `The slowest hundredth of the requests take longer than ${alarms.p99Ms} ms.`,
    firstStep: 'compare requests and CPU on the dashboard with the sizing plan; if the traffic has grown, plan again.',
  },
  {
    name: 'Prediction',
    measure: 'p99SecondsWithinPlan',
    comparison: 'above',
    threshold: ({ alarms }) => alarms.predictedP99Ms / 1000,
    datapoints: 15,
    breaching: 12,
    meaning: ({ alarms }) =>
      `For a quarter of an hour p99 has been above the ${alarms.predictedP99Ms} ms that the sizing plan allows for, with no more traffic than was planned: the plan is wrong about this model or these instances.`,
    firstStep: '"slipway compare" for this stage shows by how much, and what to plan instead.',
  },
  {
    name: 'Cpu',
    when: (endpoint) => !joinsRequests(endpoint),
    measure: 'cpuPercent',
    comparison: 'above',
    threshold: ({ alarms }) => alarms.cpuPercent!,
    datapoints: 5,
    breaching: 5,
    meaning: ({ alarms }) => `CPU has been above ${alarms.cpuPercent} % for five minutes; requests queue.`,
    firstStep: 'see whether the group is at its maximum size; if so, raise requestsPerSecond and plan again.',
  },
  {
    name: 'Overload',
    when: joinsRequests,
    measure: 'requestsPerMinute',
    comparison: 'above',
    threshold: ({ alarms }) => alarms.requestsPerSecond! * 60,
    datapoints: 5,
    breaching: 5,
    meaning: ({ alarms }) =>
      `For five minutes there have been more than ${alarms.requestsPerSecond} requests a second, which is what the planned fleet carries with the loss that it must bear.`,
    firstStep: 'see whether the group is at its maximum size; if so, raise requestsPerSecond and plan again.',
  },
  {
    name: 'SurplusCredits',
    when: ({ creditMode }) => creditMode === 'unlimited',
    measure: 'surplusCredits',
    comparison: 'above',
    threshold: ({ alarms }) => alarms.surplusCreditsPerDay!,
    datapoints: 1,
    meaning: ({ alarms }) =>
      `On one day the instances bought more than ${alarms.surplusCreditsPerDay} CPU credits (vCPU-minutes), which is above the bill of the plan.`,
    firstStep:
      'compare requests and CPU on the dashboard with the sizing plan; give meanRequestsPerSecond as it is, and plan again.',
  },
  {
    name: 'CreditBalance',
    when: ({ creditMode }) => creditMode === 'standard',
    measure: 'creditBalance',
    comparison: 'below',
    threshold: ({ alarms }) => alarms.creditBalance!,
    datapoints: 3,
    meaning: ({ alarms }) =>
      `An instance has fewer than ${alarms.creditBalance} CPU credits; when they are spent it is throttled to its baseline.`,
    firstStep: 'see whether the traffic is above the plan; if so, raise meanRequestsPerSecond and plan again.',
  },
  {
    name: 'Memory',
    measure: 'memoryPercent',
    comparison: 'above',
    threshold: ({ alarms }) => alarms.memoryPercent,
    datapoints: 5,
    breaching: 5,
    meaning: ({ alarms }) =>
      `An instance uses more than ${alarms.memoryPercent} % of its memory; soon the handler is ended and restarted.`,
    firstStep: 'see which instance, and whether it grows steadily (a leak) or since a new model (plan again).',
  },
  {
    name: 'Disk',
    measure: 'diskPercent',
    comparison: 'above',
    threshold: ({ alarms }) => alarms.diskPercent,
    datapoints: 3,
    breaching: 3,
    meaning: ({ alarms }) => `The root volume of an instance is more than ${alarms.diskPercent} % full.`,
    firstStep: 'terminate that instance, a group replaces it; then find in its logs what was written.',
  },
  {
    name: 'CertificateExpiry',
    measure: 'certificateDays',
    comparison: 'below',
    threshold: ({ alarms }) => alarms.certificateDays,
    datapoints: 1,
    breaching: 1,
    missing: 'ignored', // published by the day, and not before the first
    meaning: ({ alarms }) =>
      `The certificate ends in less than ${alarms.certificateDays} days and has not been renewed.`,
    firstStep:
      'see in ACM whether the validation record is still in the hosted zone; an imported certificate has to be imported again.',
  },
  {
    name: 'DataDrift',
    when: ({ watchesData }) => watchesData,
    measure: 'dataDrift',
    comparison: 'above',
    threshold: () => DRIFT_THRESHOLD,
    datapoints: 3,
    breaching: 3,
    meaning: () =>
      `For three quarters of an hour the rows that come in have been unlike those of training: the population stability index of a column is above ${DRIFT_THRESHOLD}.`,
    firstStep:
      '/metrics of an instance has slipway_data_drift by column; see whether a client sends it otherwise than before (a unit, a default), or the world has changed and the model wants training.',
  },
] as const satisfies readonly AlarmEntry[];

export type AlarmName = (typeof ALARMS)[number]['name'];

const ENTRIES: readonly (AlarmEntry & { readonly name: AlarmName })[] = ALARMS;

const entriesOf = (endpoint: AlarmedEndpoint) => ENTRIES.filter(({ when }) => when?.(endpoint) ?? true);

/** An alarm with the numbers of a plan. */
export interface PlannedAlarm extends Watch {
  readonly name: AlarmName;
  readonly threshold: number;
  readonly meaning: string;
  readonly firstStep: string;
}

/** The alarms of an endpoint, in the order of their importance. */
export function plannedAlarms(plan: SizingPlan, watchesData: boolean): PlannedAlarm[] {
  return entriesOf({ ...plan, watchesData }).map(({ when: _, threshold, meaning, ...entry }) => ({
    ...entry,
    threshold: threshold(plan),
    meaning: meaning(plan),
  }));
}

/** Metrics that the alarms of an endpoint watch: CloudWatch bills an alarm by them. */
export function alarmedMetrics(endpoint: AlarmedEndpoint): number {
  return entriesOf(endpoint).reduce((sum, { measure }) => sum + MEASURES[measure].metrics, 0);
}
