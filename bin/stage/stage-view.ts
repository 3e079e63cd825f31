/** All that `slipway status` shows of one endpoint. What cannot be read is named, and the rest is there. */
import type { Span } from '../../lib/comparison/cloudwatch';
import type { Observation } from '../../lib/comparison/observation';
import type { VersionObservation } from '../../lib/comparison/versions';
import type { SlipwayConfig, StageConfig } from '../../lib/config/config';
import { endpointName, endpointTitle, memberName } from '../../lib/config/model-place';
import { endpointStack } from '../../lib/config/stack-names';
import type { InstanceGroup } from '../../lib/deployed/instances';
import type { StackResource } from '../../lib/deployed/resources';
import type { StageStatus } from '../../lib/deployed/status';
import { SlipwayError } from '../../lib/model/error';
import { readModelPackage } from '../../lib/model/package/model-package';
import type { FunctionPlan, SizingPlan } from '../../lib/sizing';
import { HOURS_PER_MONTH } from '../../lib/sizing/bill/fixed-parts';
import { type Expectation, expectationsOf } from '../../lib/sizing/expectation';
import { awsClients } from './aws-clients';
import { decidedHere, plannedFunction, plannedStage } from './stage-plan';

/** Besides what AWS tells of the stack. */
export interface StageView extends Omit<StageStatus, 'resources'> {
  /** Stage and model as slipway.yaml has them, and when this was read, ISO 8601. */
  readonly stage: string;
  readonly at: string;
  /** SHA-256 of the package in this folder, and whether it is the deployed one. */
  readonly folder?: { readonly digest: string; readonly deployed: boolean };
  readonly groups?: readonly InstanceGroup[];
  readonly load?: Load;
  /** Of the last hour, where several are served side by side. @default - there is one */
  readonly versions?: readonly VersionView[];
  readonly plan?: PlannedLoad;
  /** By the hours since the stack was made and the plan of this folder; it is not AWS's own bill. */
  readonly bill?: { readonly usdThisMonth: number; readonly usdSinceCreation: number; readonly usdPerMonth: number };
  /** What could not be read, and why. */
  readonly unknown: readonly string[];
}

/** The last hour of CloudWatch, by five minutes. */
export interface Load {
  readonly from: string;
  readonly until: string;
  readonly requests: number;
  /** Answers of status 5xx. */
  readonly failed: number;
  /** Of the last five minutes that were measured; a function has no processor to tell of. @default - no request was answered in the hour */
  readonly latest?: Pick<Observation, 'at' | 'requestsPerSecond' | 'p99Ms'> &
    Partial<Pick<Observation, 'cpuPercent' | 'instances'>>;
  readonly slowestP99Ms?: number;
}

/** One of several versions of the model, with its share of the requests by slipway.yaml. */
export interface VersionView extends VersionObservation {
  readonly weight: number;
}

export interface PlannedLoad {
  /** Absent of a function. */
  readonly instanceType?: string;
  readonly instances?: number;
  /** Of a function. */
  readonly memoryMB?: number;
  readonly requestsPerSecond: number;
  /** The service level. */
  readonly p99Ms: number;
  /** What the plan says of the load of the last five minutes. */
  readonly expected?: Expectation;
}

const PERIOD_MS = 300_000;
const HOUR_MS = 3_600_000;
/** So long CloudWatch takes until the values of a period are whole. */
const LATE_MS = 120_000;

/** @param wait between two questions, where drift is looked for; @default - CloudFormation is not asked to look */
export interface ViewOptions {
  readonly drift?: (ms: number) => Promise<void>;
  readonly now: Date;
}

/** @throws SlipwayError E_AWS when the stack is not there, or AWS refuses to tell of it */
export async function stageView(config: SlipwayConfig, asked: StageConfig, options: ViewOptions): Promise<StageView> {
  const stack = endpointStack(asked);
  const clients = clientsOf(asked.region);
  const unknown: string[] = [];
  const known = async <T>(what: string, read: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      if (!SlipwayError.is(error)) throw error;
      unknown.push(`${what}: ${error.message}`);
      return undefined;
    }
  };
  const stage = (await known('compute: cheapest', () => decidedHere(config, asked))) ?? asked;
  const { stageStatus } = require('../../lib/deployed/status') as typeof import('../../lib/deployed/status');
  const { resources, ...status } = await stageStatus(stack, clients, memberName(stage));
  const { isNeverMade } =
    require('../../lib/deployed/protected-rest') as typeof import('../../lib/deployed/protected-rest');
  const isFunction = stage.compute === 'lambda';
  const { drift: wait, now } = options;
  const { detectDrift } = require('../../lib/deployed/drift') as typeof import('../../lib/deployed/drift');
  const [groups, load, versions, drift] = await Promise.all([
    isFunction ? undefined : known('instances', () => groupsOf(stack, resources, clients)),
    stage.fleet || isNeverMade(status.state) ? undefined : known('load', () => loadOf(stage, now, clients)),
    isNeverMade(status.state) ? undefined : known('versions', () => versionsOf(stage, now, clients)),
    wait && known('drift', () => detectDrift(stack, clients.stacks, wait)),
  ]);
  const folder = await known('package', () => readModelPackage(stage.model).digest);
  const ofFunction = isFunction ? await known('plan', () => plannedFunction(config, stage)) : undefined;
  const planned = stage.fleet || isFunction ? undefined : await known('plan', () => plannedStage(config, stage));
  const bill = ofFunction ?? planned?.plan;
  if (stage.fleet) {
    unknown.push(
      `load, plan and bill: the model shares the instances of the fleet ${stage.fleet.name}, whose CPU is of all its models; its dashboard has each of them`,
    );
  }
  return {
    stage: endpointTitle(stage),
    at: now.toISOString(),
    ...status,
    ...(drift && { drift }),
    ...(folder !== undefined && { folder: { digest: folder, deployed: folder === status.package?.digest } }),
    ...(groups && { groups }),
    ...(load && { load }),
    ...(versions && { versions }),
    ...(planned && { plan: plannedLoad(planned, load) }),
    ...(ofFunction && { plan: plannedFunctionLoad(ofFunction) }),
    ...(bill && status.created && { bill: billOf(bill, new Date(status.created), now) }),
    unknown,
  };
}

type Sdk = ReturnType<typeof clientsOf>;

function clientsOf(region: string) {
  const sdk = awsClients(region);
  return {
    stacks: sdk.stacks(),
    alarms: sdk.alarms(),
    topics: sdk.topics(),
    balancer: sdk.balancer(),
    scaling: sdk.scaling(),
  };
}

async function groupsOf(stack: string, resources: readonly StackResource[], { balancer, scaling }: Sdk) {
  const { instanceGroups, targetsOf } =
    require('../../lib/deployed/instances') as typeof import('../../lib/deployed/instances');
  return instanceGroups(stack, resources, await targetsOf(stack, resources, balancer), scaling);
}

/** The last hour, as far as its values are whole. */
function lastHour(now: Date): Span {
  const until = new Date(Math.floor((now.getTime() - LATE_MS) / PERIOD_MS) * PERIOD_MS);
  return { from: new Date(until.getTime() - HOUR_MS), until };
}

const deployedAs = (stage: StageConfig) => ({
  stack: endpointStack(stage),
  name: endpointName(stage),
  region: stage.region,
});

async function versionsOf(stage: StageConfig, now: Date, { alarms }: Sdk): Promise<VersionView[] | undefined> {
  const { versions } = stage;
  if (!versions) return undefined;
  const { glanceAtVersions } =
    require('../../lib/comparison/versions') as typeof import('../../lib/comparison/versions');
  const names = versions.map(({ name }) => name);
  const seen = await glanceAtVersions(deployedAs(stage), names, lastHour(now), { cloudWatch: alarms });
  return seen.map((one, i) => ({ ...one, weight: versions[i]!.weight }));
}

async function loadOf(stage: StageConfig, now: Date, { stacks, alarms }: Sdk): Promise<Load> {
  const { glance, glanceAtFunction } =
    require('../../lib/comparison/cloudwatch') as typeof import('../../lib/comparison/cloudwatch');
  const look = stage.compute === 'lambda' ? glanceAtFunction : glance;
  const sdk = { cloudFormation: stacks, cloudWatch: alarms };
  const seen = await look(deployedAs(stage), lastHour(now), sdk);
  const served = seen.periods.filter(({ requestsPerSecond }) => requestsPerSecond > 0);
  const latest = served.at(-1);
  return {
    from: seen.from,
    until: seen.until,
    requests: seen.requests,
    failed: seen.failed,
    ...(latest && { latest, slowestP99Ms: Math.max(...served.map(({ p99Ms }) => p99Ms)) }),
  };
}

function plannedLoad({ request, plan }: ReturnType<typeof plannedStage>, load: Load | undefined): PlannedLoad {
  const { choice, serviceLevel } = plan;
  const latest = load?.latest;
  return {
    instanceType: choice.instanceType,
    instances: choice.instances,
    requestsPerSecond: serviceLevel.requestsPerSecond,
    p99Ms: serviceLevel.p99Ms,
    ...(latest && {
      expected: expectationsOf(request, plan)(latest.requestsPerSecond, Math.max(1, latest.instances ?? 1)),
    }),
  };
}

function plannedFunctionLoad({ memoryMB, serviceLevel }: FunctionPlan): PlannedLoad {
  return { memoryMB, requestsPerSecond: serviceLevel.requestsPerSecond, p99Ms: serviceLevel.p99Ms };
}

function billOf(
  { cost: { usdPerMonth } }: Pick<SizingPlan, 'cost'>,
  created: Date,
  now: Date,
): NonNullable<StageView['bill']> {
  const month = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
  const since = (moment: number) => ((now.getTime() - moment) / HOUR_MS / HOURS_PER_MONTH) * usdPerMonth;
  const cents = (usd: number) => Math.round(Math.max(0, usd) * 100) / 100;
  return {
    usdThisMonth: cents(since(Math.max(month, created.getTime()))),
    usdSinceCreation: cents(since(created.getTime())),
    usdPerMonth,
  };
}
