/**
 * The alarms of an endpoint, one entry each: what is watched, beyond which value it alarms, what that means, and what to
 * do first. Data alone, for whatever watches: CloudWatch's alarms, the dashboard, the bill, and the rules of other watchers
 * are made from it. docs/runbook.md has a section for each; a test holds the two together.
 */
import { DRIFT_THRESHOLD } from '../../model/instance/instance-metrics';
import { OLD_IMAGE_DAYS } from '../plan/machine-image';
import type { SizingPlan } from '../plan/plan';
import { sustainedRate } from '../service-level/service-level';
import type { AlarmEntry, AlarmedEndpoint } from './alarm';
import { BUDGET_BURNS } from './error-budget';

/** Then CPU does not show how full workers are. */
const joinsRequests = ({ requestsPerRun }: AlarmedEndpoint) => requestsPerRun > 1;

/** A model that shares a lean fleet: errors page at once, for a sixth of what it takes to see how fast they use up a budget. */
const hasFewAlarms = ({ part, lean }: AlarmedEndpoint) => part === 'model' && lean;

const [FAST, SLOW, STEADY] = BUDGET_BURNS;

/** Requests from which on CloudWatch does not call p99 a low sample: 10 / (1 - 0.99). */
const ENOUGH_FOR_P99 = 1000;

/** The shortest period that has enough requests for p99 at the planned rate. */
function latencyMinutes({ serviceLevel }: SizingPlan) {
  return [1, 5, 15].find((minutes) => sustainedRate(serviceLevel) * 60 * minutes >= ENOUGH_FOR_P99) ?? 60;
}

/** Minutes that a deployment may take, in steps of five: each instance has its time to boot, and an hour is no cause for concern. */
const deploymentMinutes = ({ instances, bootTimeoutSeconds }: SizingPlan) =>
  Math.min(24 * 60, Math.max(60, 5 * Math.ceil((instances.maximum * bootTimeoutSeconds) / 300)));

/** Instances that are there at all times, but those at which nobody is. */
const fewestOf = ({ weekly, instances }: SizingPlan) => weekly?.fewest ?? instances.minimum;

/** Interruptions within an hour that are more than what comes now and then: half of the Spot instances. */
const manyInterruptions = ({ purchase }: SizingPlan) => Math.max(2, Math.ceil((purchase?.spot ?? 0) / 2));

/** In the order of their importance. */
const ALARMS = [
  {
    name: 'NoHealthyHost',
    symptom: 'no healthy instance',
    severity: 'page always',
    measure: 'healthyHosts',
    comparison: 'below',
    threshold: () => 1,
    datapoints: 3,
    breaching: 2,
    missing: 'breaching', // no targets, no datapoints
    meaning: () => 'No instance passes the health check: every request fails.',
    firstStep: 'read the boot and handler streams of the newest instance in the log group.',
  },
  {
    name: 'ErrorBudgetFast',
    of: 'model',
    symptom: 'errors use up the budget in two days',
    severity: 'page',
    when: (endpoint) => !hasFewAlarms(endpoint),
    measure: 'errorBudgetBurn',
    comparison: 'above',
    minutes: () => FAST.minutes,
    alsoMinutes: FAST.alsoMinutes,
    threshold: () => FAST.burn,
    datapoints: 1,
    meaning: ({ alarms }) =>
      `In the last hour and in the last five minutes requests failed ${FAST.burn} times as often as ${alarms.errorBudgetPercent} %, which is what may fail in a month.`,
    firstStep:
      'see on the dashboard whether CPU is high (overload) or a release is new; if neither, read the log of the handler.',
  },
  {
    name: 'ErrorBudgetSlow',
    of: 'model',
    symptom: 'errors use up the budget in five days',
    severity: 'page',
    when: (endpoint) => !hasFewAlarms(endpoint),
    measure: 'errorBudgetBurn',
    comparison: 'above',
    minutes: () => SLOW.minutes,
    alsoMinutes: SLOW.alsoMinutes,
    threshold: () => SLOW.burn,
    datapoints: 1,
    meaning: ({ alarms }) =>
      `In the last six hours and in the last half an hour requests failed ${SLOW.burn} times as often as ${alarms.errorBudgetPercent} %, which is what may fail in a month.`,
    firstStep: 'see on the dashboard since when, and what changed then: traffic, a release, a client.',
  },
  {
    name: 'UnhealthyHosts',
    symptom: 'instances are missing',
    rollsBack: true,
    measure: 'healthyHosts',
    comparison: 'below',
    threshold: fewestOf,
    datapoints: 5,
    breaching: 3,
    // without targets there are no datapoints: then the one that pages is on, but not while the first instances of all boot
    missing: 'ignored',
    meaning: (plan) =>
      `Fewer than ${fewestOf(plan)} instance(s) pass the health check, so the endpoint is down or has no reserve.`,
    firstStep: 'read the boot and handler streams of the newest instance in the log group.',
  },
  {
    name: 'ServerErrors',
    of: 'model',
    symptom: 'answers fail',
    pagesWhere: hasFewAlarms,
    rollsBack: true,
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
    name: 'EdgeErrors',
    symptom: 'API Gateway fails',
    when: ({ edge }) => edge === 'api',
    severity: 'page',
    measure: 'edgeErrorsPerMinute',
    comparison: 'above',
    threshold: () => 0,
    datapoints: 5,
    breaching: 3,
    meaning: () =>
      'API Gateway answers 5xx that come neither from the load balancer nor from an instance: it does not reach the load balancer, or gives a request up after 30 s.',
    firstStep:
      'see in the console of API Gateway whether the VPC link is available; after 60 days without requests it sleeps.',
  },
  {
    name: 'Latency',
    of: 'model',
    symptom: 'answers are slow',
    severity: 'page',
    rollsBack: true,
    measure: 'p99Seconds',
    minutes: latencyMinutes,
    comparison: 'above',
    threshold: ({ alarms }) => alarms.p99Ms / 1000,
    datapoints: 5,
    breaching: 3,
    meaning: ({ alarms }) => `The slowest hundredth of the requests take longer than ${alarms.p99Ms} ms.`,
    firstStep: 'compare requests and CPU on the dashboard with the sizing plan; if the traffic has grown, plan again.',
  },
  {
    name: 'ErrorBudgetSteady',
    of: 'model',
    symptom: 'errors use up the budget by the end of the month',
    measure: 'errorBudgetBurn',
    comparison: 'above',
    minutes: () => STEADY.minutes,
    threshold: () => STEADY.burn,
    datapoints: STEADY.datapoints,
    meaning: ({ alarms }) => `On each of three days more than ${alarms.errorBudgetPercent} % of the requests failed.`,
    firstStep: 'group the answers 5xx of the access log by path, status and client; the most frequent comes first.',
  },
  {
    name: 'Prediction',
    of: 'model',
    symptom: 'slower than the plan says',
    rollsBack: true,
    measure: 'p99SecondsWithinPlan',
    comparison: 'above',
    threshold: ({ alarms }) => alarms.predictedP99Ms / 1000,
    datapoints: 15,
    breaching: 12,
    meaning: ({ alarms, serviceLevel: { balancerNodes: nodes } }) =>
      `For a quarter of an hour p99 has been above the ${alarms.predictedP99Ms} ms that the sizing plan allows for, with no more traffic than was planned: the plan is wrong about this model or these instances${nodes === undefined ? '' : `, or the load balancer has more than ${nodes} nodes`}.`,
    firstStep: '"slipway compare" for this stage shows by how much, and what to plan instead.',
  },
  {
    name: 'Cpu',
    symptom: 'processors are busy',
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
    symptom: 'more requests than the fleet carries',
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
    name: 'Refused',
    symptom: 'requests are refused for overload',
    measure: 'refusedPerMinute',
    comparison: 'above',
    threshold: () => 0,
    datapoints: 5,
    breaching: 3,
    meaning: ({ queueRows, deadlineMs }) =>
      `Handlers answer 503 or 504: more than ${queueRows} rows wait in a worker, or a request would wait longer than ${deadlineMs} ms.`,
    firstStep: 'compare requests and rows a minute on the dashboard with the plan; if either is above it, plan again.',
  },
  {
    name: 'GroupAtMaximum',
    symptom: 'the group cannot grow any more',
    when: ({ grows }) => grows,
    measure: 'wantedInstances',
    comparison: 'at least',
    threshold: ({ instances }) => instances.maximum,
    datapoints: 15,
    meaning: ({ instances }) =>
      `For a quarter of an hour the group has wanted ${instances.maximum} instances, the most that it may have.`,
    firstStep: 'compare requests on the dashboard with the planned peak; if the traffic has grown, plan again.',
  },
  {
    name: 'EmptyZone',
    symptom: 'a zone has no instance',
    when: ({ zones = 0 }) => zones > 0,
    measure: 'emptiestZoneInstances',
    comparison: 'below',
    threshold: () => 1,
    datapoints: 15,
    missing: 'breaching', // no instances, no datapoints
    meaning: ({ zones }) =>
      `For a quarter of an hour no instance in one of the ${zones} zones has told of itself: the promise that a zone may be lost is not kept.`,
    firstStep: 'the activity history of the group says why none is launched there: capacity of the zone, or its loss.',
  },
  {
    name: 'FailedLaunches',
    symptom: 'instances cannot be launched',
    measure: 'missingInstances',
    comparison: 'above',
    threshold: ({ daily }) => daily?.pending ?? 0, // as many may be on their way for as long as the rate rises
    datapoints: 10,
    meaning: ({ daily }) =>
      daily
        ? `For ten minutes the group has had over ${daily.pending} instance(s) fewer in service than it wants, more than the steepest rise explains: launches fail.`
        : 'For ten minutes the group has had fewer instances in service than it wants: launches fail.',
    firstStep: 'the activity history of the group says why: capacity of the zone, a quota, an image, a key.',
  },
  {
    name: 'BootFailures',
    symptom: 'an instance failed to boot',
    rollsBack: true,
    measure: 'bootFailures',
    comparison: 'above',
    threshold: () => 0,
    datapoints: 1,
    meaning: () => 'An instance ended its boot without a handler that answers.',
    firstStep: 'its boot stream in the log group has the line that failed, and the last lines of the handler.',
  },
  {
    name: 'ShadowBehind',
    symptom: 'the shadow does not get its rows',
    measure: 'shadowDroppedPercent',
    comparison: 'above',
    threshold: () => 50,
    datapoints: 6,
    breaching: 6,
    when: ({ shadowGroup = false }) => shadowGroup,
    meaning: () =>
      'For half an hour more than half of the rows for the shadow were dropped: its instances are gone, do not start, or are too slow. Answers are not harmed.',
    firstStep: 'read the boot and handler streams of the newest instance in the log group of the shadow.',
  },
  {
    name: 'SurplusCredits',
    symptom: 'more CPU credits bought than planned',
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
    symptom: 'CPU credits are nearly spent',
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
    name: 'SpotInterruptions',
    symptom: 'Spot instances are taken back',
    when: ({ spot }) => spot === true,
    measure: 'spotInterruptions',
    comparison: 'at least',
    threshold: manyInterruptions,
    datapoints: 1,
    meaning: (plan) =>
      `EC2 took back ${manyInterruptions(plan)} or more Spot instances within an hour: there is little Spot capacity of the types of the plan.`,
    firstStep:
      'see on the dashboard whether the instances that are there carry the load; if it goes on, raise purchase.onDemandBase.',
  },
  {
    name: 'Memory',
    symptom: 'memory is nearly full',
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
    symptom: 'disk is nearly full',
    measure: 'diskPercent',
    comparison: 'above',
    threshold: ({ alarms }) => alarms.diskPercent,
    datapoints: 3,
    breaching: 3,
    meaning: ({ alarms }) => `The root volume of an instance is more than ${alarms.diskPercent} % full.`,
    firstStep: 'terminate that instance, a group replaces it; then find in its logs what was written.',
  },
  {
    name: 'ImageAge',
    symptom: 'the machine image is old',
    measure: 'imageAgeDays',
    comparison: 'above',
    threshold: () => OLD_IMAGE_DAYS,
    datapoints: 1,
    missing: 'ignored', // told once a day by each instance; an image of somebody's own may not say
    meaning: () =>
      `An instance runs a machine image that is more than ${OLD_IMAGE_DAYS} days old, without the security updates since.`,
    firstStep: '"slipway image" writes the newest image of each region; commit the file and deploy.',
  },
  {
    name: 'CertificateExpiry',
    of: 'each',
    symptom: 'certificate ends soon',
    when: ({ edge, certificates = 1 }) => edge === undefined && certificates > 0,
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
    of: 'model',
    symptom: 'rows are unlike those of training',
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
  {
    name: 'CanaryWithdrawn',
    symptom: 'a new package was withdrawn',
    when: ({ canary }) => canary === true,
    early: true,
    measure: 'canaryWithdrawn',
    comparison: 'at least',
    threshold: () => 1,
    datapoints: 1,
    missing: 'ignored', // until the next deployment
    meaning: () =>
      'A new package was withdrawn while it had a part of the requests, and the deployment was rolled back.',
    firstStep: 'read the reason in this mail or in the events of the stack.',
  },
  {
    name: 'Deploying',
    symptom: 'a deployment runs',
    severity: 'note',
    measure: 'otherReleases',
    comparison: 'above',
    threshold: () => 0,
    datapoints: 2,
    breaching: 1,
    meaning: () => 'Two releases answer requests, as they do while a deployment replaces instances.',
    firstStep: 'wait for the deployment; it ends by itself, or is rolled back.',
  },
  {
    name: 'DeploymentHangs',
    symptom: 'a deployment does not end',
    measure: 'otherReleases',
    comparison: 'above',
    minutes: () => 5,
    threshold: () => 0,
    datapoints: (plan) => deploymentMinutes(plan) / 5,
    meaning: (plan) =>
      `Two releases have answered requests for ${deploymentMinutes(plan)} minutes, longer than a deployment may take.`,
    firstStep: 'the events of the stack say what it waits for; continue or cancel the update.',
  },
] as const satisfies readonly AlarmEntry[];

export type AlarmName = (typeof ALARMS)[number]['name'];

/** Of every endpoint there is; which of them one has, and with which numbers: planned-alarms.ts. */
export const ALARM_TABLE: readonly (AlarmEntry & { readonly name: AlarmName })[] = ALARMS;
