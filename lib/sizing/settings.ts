/** Everything that follows from the chosen fleet: queue bound, scaling, times, limits and alarm thresholds. */
import { LONGEST_DEADLINE_MS, MOST_QUEUE_ROWS } from '../model/instance/handler-settings';
import { MIB } from '../model/units';
import { ERROR_BUDGET_PERCENT } from './alarms/error-budget';
import type { PriceBook } from './bill/bill-of';
import { creditModeOf } from './catalogue/burstable';
import { cpuShare, surplusVcpus } from './judgement/judgement';
import { FRONT_DOOR_MS } from './judgement/lateness';
import { IN_FLIGHT_MIB, memoryLimitMiB, volumeGiB } from './judgement/memory';
import { bootTimeoutSeconds, healthCheckGraceSeconds } from './judgement/start';
import type { Prediction, SizingPlan } from './plan/plan';
import { mayGrow } from './search/fleet-usd';
import type { Option } from './search/search';
import type { ServiceLevel } from './service-level/service-level';

export type Settings = Pick<
  SizingPlan,
  | 'instances'
  | 'queueRows'
  | 'queueBytes'
  | 'deadlineMs'
  | 'scalingTargetCpuPercent'
  | 'scalingTargetRequestsPerMinute'
  | 'healthCheckGraceSeconds'
  | 'bootTimeoutSeconds'
  | 'bakeSeconds'
  | 'memoryLimitMiB'
  | 'volumeGiB'
  | 'alarms'
>;

/** One batch of a replay of golden rows must find room, however slow the model. */
const LEAST_QUEUE_ROWS = 256;

/**
 * A client that waits ten times the promised p99 is better told so. Not sooner than a second: one disturbance of the machine
 * should not fail requests that nobody has given up; and not later than a stopping handler may take.
 */
const DEADLINE_FACTOR = 10;
const LEAST_DEADLINE_MS = 1000;

/**
 * The alarms by which a deployment goes back look at the last 5 minutes, the one on the prediction at 15, and CloudWatch is a
 * minute late. A stage that bears a gap does not wait for the last one.
 */
const SHORT_BAKE_SECONDS = 360;
const LONG_BAKE_SECONDS = 960;

/** Operating system and agents, MiB. */
const OTHER_PROCESSES_MIB = 400;

const MINUTES_PER_DAY = 24 * 60;
/** Minutes of the whole processor that somebody is told before they are spent. */
const LEAST_CREDIT_MINUTES = 10;

const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

/** Rows that a worker can answer within the deadline: more may not wait, since their answers would come too late. */
function queueRows({ candidate }: Option): number {
  const { meanMs, requests: joined } = candidate.mode.service;
  return queueRowsOf(candidate.demand.serviceLevel, (meanMs / joined) * candidate.transfer.factor);
}

/** @param requestMs in which a worker answers one, while others take their turns */
export function queueRowsOf(serviceLevel: ServiceLevel, requestMs: number): number {
  const requests = Math.floor((serviceLevel.p99Ms - FRONT_DOOR_MS) / requestMs);
  return clamp(
    requests * serviceLevel.rowsPerRequest,
    Math.max(LEAST_QUEUE_ROWS, 2 * serviceLevel.rowsPerRequest),
    MOST_QUEUE_ROWS,
  );
}

/**
 * The fleet is sized for the peak, so that it need not grow to meet it, or follows the day; the rest is for what nobody
 * expected: half as much again, as far as the budget goes.
 */
function instanceBounds({ candidate, fleet }: Option, book: PriceBook): Settings['instances'] {
  const { availability } = candidate.demand.serviceLevel;
  const { instances } = fleet;
  let maximum = instances;
  const minimum = fleet.daily?.minimum ?? instances;
  if (availability !== 'single' || instances > 1) {
    const wanted = Math.max(instances + fleet.zones, Math.ceil(instances * 1.5));
    while (maximum < wanted && mayGrow(candidate, { ...fleet, instances: maximum }, book)) maximum++;
  }
  return { minimum, desired: instances, maximum };
}

/** Mean CPU of all instances, in percent, when they carry `requestsPerSecond` and none is lost. */
function cpuPercent({ candidate, fleet }: Option, requestsPerSecond: number): number {
  return 100 * cpuShare(candidate, fleet.instances, requestsPerSecond);
}

/**
 * What is predicted for the peak is the most that is predicted for any traffic below it. Doubled, and at least 5 ms more:
 * a short service time is at the mercy of the network and of neighbours on the host.
 */
export function predictedP99Ms({ p99Ms }: Pick<Prediction, 'p99Ms'>, serviceLevel: ServiceLevel): number {
  return Math.ceil(Math.min(Math.max(2 * p99Ms, p99Ms + 5), serviceLevel.p99Ms));
}

/** What measures how full the fleet is: when the group grows, and when somebody is told. */
function loadThresholds(
  option: Option,
  { maximumRequestsPerSecond }: Prediction,
): Pick<Settings, 'scalingTargetCpuPercent' | 'scalingTargetRequestsPerMinute'> & {
  readonly alarm: Pick<Settings['alarms'], 'cpuPercent' | 'requestsPerSecond'>;
} {
  const { candidate, fleet } = option;
  const { type, demand, mode } = candidate;
  const { daily } = fleet;
  if (mode.service.requests > 1) {
    return {
      scalingTargetRequestsPerMinute:
        daily?.target ?? Math.max(1, Math.floor((60 * maximumRequestsPerSecond) / fleet.instances)),
      alarm: { requestsPerSecond: maximumRequestsPerSecond },
    };
  }
  // What the fleet may carry before the tolerated loss would break the service level. As a share of CPU it holds whatever
  // the true speed of the type is.
  const target = cpuPercent(option, maximumRequestsPerSecond);
  const saturated = (90 * fleet.workers * mode.threads) / type.vCpus;
  // A burstable type that stays over its baseline is charged for it; one whose mean is known to be lower may go over it.
  const baseline = 100 * (type.baseline ?? 1);
  const atPeak = daily?.target ?? cpuPercent(option, demand.serviceLevel.requestsPerSecond);
  const sustained = atPeak > baseline ? 100 : baseline;
  return {
    scalingTargetCpuPercent: daily?.target ?? Math.floor(clamp(Math.min(target, sustained), 10, 70)),
    alarm: { cpuPercent: Math.floor(clamp(Math.min(saturated, sustained), 20, 90)) },
  };
}

/** Above the bill by a quarter, and by an hour of a vCPU for each instance that is replaced: what it borrowed is charged then. */
function creditThresholds({
  candidate,
  fleet,
}: Option): Pick<Settings['alarms'], 'surplusCreditsPerDay' | 'creditBalance'> {
  const { type } = candidate;
  const mode = creditModeOf(type.name);
  if (mode === 'standard') return { creditBalance: LEAST_CREDIT_MINUTES * type.vCpus };
  if (mode === undefined) return {};
  const billed = surplusVcpus(candidate, fleet) * MINUTES_PER_DAY;
  return { surplusCreditsPerDay: Math.ceil(1.25 * billed + 60 * fleet.instances) };
}

export const deadlineMsOf = ({ p99Ms }: Pick<ServiceLevel, 'p99Ms'>) =>
  Math.round(clamp(DEADLINE_FACTOR * p99Ms, LEAST_DEADLINE_MS, LONGEST_DEADLINE_MS));

export function settings(option: Option, predicted: Prediction, book: PriceBook): Settings {
  const { type, demand } = option.candidate;
  const { serviceLevel, modelBytes } = demand;
  const { alarm, ...scaling } = loadThresholds(option, predicted);
  const limit = memoryLimitMiB(type, predicted.memoryMiB);
  return {
    instances: instanceBounds(option, book),
    queueRows: queueRows(option),
    queueBytes: (IN_FLIGHT_MIB / 2) * MIB, // half for bodies, half for the rows that were in them
    deadlineMs: deadlineMsOf(serviceLevel),
    ...scaling,
    healthCheckGraceSeconds: healthCheckGraceSeconds(option.candidate),
    bootTimeoutSeconds: bootTimeoutSeconds(option.candidate),
    bakeSeconds: serviceLevel.availability === 'single' ? SHORT_BAKE_SECONDS : LONG_BAKE_SECONDS,
    memoryLimitMiB: limit,
    volumeGiB: volumeGiB(modelBytes, type),
    alarms: {
      ...alarm,
      memoryPercent: Math.ceil(clamp((100 * (limit + OTHER_PROCESSES_MIB)) / type.memoryMiB, 80, 95)),
      diskPercent: 80,
      p99Ms: serviceLevel.p99Ms,
      predictedP99Ms: predictedP99Ms(predicted, serviceLevel),
      serverErrorPercent: 1,
      errorBudgetPercent: ERROR_BUDGET_PERCENT[serviceLevel.availability],
      certificateDays: 30,
      ...creditThresholds(option),
    },
  };
}
