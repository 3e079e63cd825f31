/** What a change does to the sizing plans of the stages, as Markdown for a pull request. */

import type { ComputeProfile } from '../model/package/profile';
import { printable } from '../model/text/printable';
import { usd } from '../model/units';
import { burstsText, type FunctionPlan } from '../sizing';
import type { Cost, CostLine, SizingPlan } from '../sizing/plan/plan';
import { discountsText } from '../sizing/service-level/discounts';
import type { FrontDoorKind } from '../sizing/service-level/front-door';
import { purchaseText as boughtText } from '../sizing/service-level/purchase';
import { choiceText } from '../sizing/service-level/restriction';
import { scheduleText } from '../sizing/service-level/schedule';
import type { ServiceLevel } from '../sizing/service-level/service-level';
import { dailyText, dayText, fewestOfWeek, joinedText, weeklyText } from './plan-text';
import { purchaseText } from './purchase-text';
import { namedVersionsText } from './served-versions-text';
import { standInText } from './unsure';
import { warmPoolText } from './warm-pool-text';

/** What of a stage is not in its plan. */
export interface Deployment {
  /** Region and account. */
  readonly place: string;
  readonly domainName: string;
  /** What clients write after `https://`. @default - the domain name */
  readonly address?: string;
  /** Names of the stacks that are made for the domain name. */
  readonly stacks: readonly string[];
  /** Of an existing network. @default - the stage has a network of its own */
  readonly vpcId?: string;
  /** Addresses of its own network. @default - as always */
  readonly cidr?: string;
  /** Whether its load balancer has no public addresses. @default false */
  readonly internal?: boolean;
  readonly frontDoor?: FrontDoorKind;
  /** ARN of the load balancer of the user's behind which it stands. @default - it has one that is made */
  readonly balancer?: string;
  /** Whether instances are called by HTTPS. @default false */
  readonly backendTls?: boolean;
  /** Ids of the zones of its own network, in the order of its subnets. @default - the stage has none */
  readonly zones?: readonly string[];
  /** AMI id, and its date where it is known. @default - the newest at each deployment */
  readonly machineImage?: string;
  /** What answers requests. @default - instances */
  readonly compute?: 'lambda';
}

/** A stage as it is planned in one commit. */
export interface PlannedStage {
  readonly name: string;
  readonly region: string;
  readonly serviceLevel: ServiceLevel;
  readonly profile: ComputeProfile;
  /** What decides how a deployment of it goes. @default - not known */
  readonly deployment?: Deployment;
  /** The plan, or why there is none. */
  readonly outcome: SizingPlan | FunctionPlan | { readonly infeasible: string };
}

/** A stage in two commits; absent in the one that does not have it. */
export interface StageChange {
  readonly before?: PlannedStage;
  readonly after?: PlannedStage;
}

/** USD a month of the network and the front door that the models of a stage share, in two commits. */
export interface SharedChange {
  readonly stage: string;
  readonly before?: number;
  readonly after?: number;
}

const isInfeasible = (outcome: PlannedStage['outcome']) => 'infeasible' in outcome;
const isPlan = (outcome: PlannedStage['outcome']): outcome is SizingPlan => 'choice' in outcome;
const isFunction = (outcome: PlannedStage['outcome']): outcome is FunctionPlan => 'compute' in outcome;
/** The plan of instances, if it is one. */
const planOf = (stage: PlannedStage | undefined): SizingPlan | undefined =>
  stage && isPlan(stage.outcome) ? stage.outcome : undefined;
const costOf = (stage: PlannedStage | undefined): Cost | undefined =>
  stage && !('infeasible' in stage.outcome) ? stage.outcome.cost : undefined;

function p99Of(stage: PlannedStage | undefined): number | undefined {
  const outcome = stage?.outcome;
  if (!outcome || 'infeasible' in outcome) return undefined;
  return isFunction(outcome) ? outcome.p99Ms : outcome.predicted.p99Ms;
}

const signed = (amount: number) => `${amount < 0 ? '−' : '+'}${usd(Math.abs(amount))}`;
const ms = (value: number) => `${Number(value.toPrecision(3))} ms`;

function fleetText(stage: PlannedStage | undefined): string {
  if (!stage) return 'none';
  const { outcome } = stage;
  if (isFunction(outcome)) return `a function of ${outcome.memoryMB} MB`;
  const plan = planOf(stage);
  const fewest = plan?.daily ? `${plan.instances.minimum} to ` : plan?.weekly ? `${fewestOfWeek(plan.weekly)} to ` : '';
  return plan ? `${fewest}${plan.choice.instances} x ${plan.choice.instanceType}` : '**no fleet keeps it**';
}

function costText(before: number | undefined, after: number | undefined): string {
  if (before === undefined || after === undefined) return `${arrow(before, after, usd)}`;
  const change = after - before;
  return Math.abs(change) < 0.005 ? usd(after) : `${usd(before)} → ${usd(after)} (${signed(change)})`;
}

/** Both values where they differ, one where they do not, a dash where one is missing. */
function arrow<T>(before: T | undefined, after: T | undefined, text: (value: T) => string): string {
  const [old, now] = [before, after].map((value) => (value === undefined ? '-' : text(value)));
  return old === now ? now! : `${old} → ${now}`;
}

function row({ before, after }: StageChange): string {
  const same = before && after && fleetText(before) === fleetText(after);
  return `| ${[
    (after ?? before)!.name,
    fleetText(before),
    same ? 'the same' : fleetText(after),
    costText(costOf(before)?.usdPerMonth, costOf(after)?.usdPerMonth),
    arrow(p99Of(before), p99Of(after), ms),
  ].join(' | ')} |`;
}

const LEVEL_NAMES: Readonly<Record<keyof ServiceLevel, string>> = {
  requestsPerSecond: 'peak requests per second',
  meanRequestsPerSecond: 'mean requests per second',
  day: 'the day',
  schedule: 'schedule',
  risePerMinute: 'steepest rise, requests/s in a minute',
  bursts: 'how requests come',
  rowsPerRequest: 'rows a request',
  p99Ms: 'p99 in ms',
  availability: 'availability',
  accessControl: 'access control',
  egress: 'way out of the network',
  internal: 'internal',
  frontDoor: 'front door',
  balancerLogs: 'further logs of the load balancer',
  firewallRules: 'rules of WAF',
  mutualTls: 'mutual TLS',
  ipAddressType: 'addresses of the load balancer',
  verifyJwt: 'tokens that the load balancer checks',
  signIn: 'signing in at the load balancer',
  zonalShift: 'zonal shift',
  privateLink: 'PrivateLink',
  alarmTopic: 'somebody is told of alarms',
  leanMonitoring: 'lean monitoring',
  requestsPerConnection: 'requests over a connection',
  freeTier: 'free tier taken off',
  hostedZone: 'hosted zone',
  names: 'further names',
  ownName: 'name of yours before the function',
  existingListener: 'load balancer of yours',
  sharedDoor: 'front door shared with other models',
  ownCertificate: 'certificate of its own behind it',
  encryptionKey: 'encryption key',
  sessionManager: 'Session Manager',
  backendTls: 'TLS to the instances',
  instances: 'allowed instance types',
  discounts: 'discounts',
  predictive: 'predictive scaling',
  warmPool: 'warm pool',
  purchase: 'how instances are bought',
  rollout: 'rollout',
  budgetUsdPerMonth: 'budget in USD/month',
};

function levelText({ serviceLevel }: PlannedStage, key: keyof ServiceLevel): string {
  const { bursts, instances, rollout, discounts, schedule, purchase } = serviceLevel;
  if (key === 'day') return dayText(serviceLevel) ?? 'not given';
  if (key === 'bursts') return burstsText(bursts);
  if (key === 'ipAddressType') return serviceLevel.ipAddressType ?? 'ipv4';
  if (key === 'verifyJwt') return printable(serviceLevel.verifyJwt ?? 'none');
  if (key === 'names') return `${serviceLevel.names?.count ?? 'none'}`;
  if (key === 'instances' && instances) return choiceText(instances);
  if (key === 'schedule' && schedule) return scheduleText(schedule);
  if (key === 'purchase' && purchase) return boughtText(purchase);
  if (key === 'discounts' && discounts) return discountsText(discounts);
  if (key === 'rollout' && rollout) {
    return `${rollout.shares.join(', ')} % of the requests, ${rollout.holdSeconds} s each`;
  }
  return `${serviceLevel[key] ?? 'not given'}`;
}

/** CPU milliseconds of a request with as many rows as the service level says, or the nearest that was measured. */
function requestCpuMs({ profile, serviceLevel }: PlannedStage): number {
  const nearest = [...profile.batches].sort(
    (a, b) => Math.abs(a.rows - serviceLevel.rowsPerRequest) - Math.abs(b.rows - serviceLevel.rowsPerRequest),
  )[0]!;
  return nearest.cpuMs;
}

/** What a line of a bill is for, whatever its fleet is called. */
const lineName = ({ item, unit }: CostLine) => (unit === 'instance' ? 'instances' : item.replace(/ \(.*\)$/, ''));

/** Why a line is another: how much of it, or its price. */
function whyChanged(before: CostLine | undefined, after: CostLine | undefined): string {
  if (!before) return 'new';
  if (!after) return 'gone';
  if (before.item !== after.item) return `${before.item} → ${after.item}`;
  const amount = ({ quantity }: CostLine) => `${Number(quantity.toPrecision(4))}`;
  const changes = [
    ...(before.quantity === after.quantity ? [] : [`${amount(before)} → ${amount(after)} ${after.unit}`]),
    ...(before.usdPerUnitMonth === after.usdPerUnitMonth
      ? []
      : [`price ${before.usdPerUnitMonth} → ${after.usdPerUnitMonth} USD`]),
  ];
  return changes.join(', ');
}

/** Lines of two bills that differ, the largest change first, each with why. */
function billChanges(before: Cost, after: Cost): string[] {
  const lines = (cost: Cost) => new Map(cost.lines.map((line) => [lineName(line), line]));
  const [old, now] = [lines(before), lines(after)];
  const change = (name: string) => (now.get(name)?.usdPerMonth ?? 0) - (old.get(name)?.usdPerMonth ?? 0);
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((name) => Math.abs(change(name)) >= 0.005)
    .sort((a, b) => Math.abs(change(b)) - Math.abs(change(a)))
    .map((name) => {
      const [was, is] = [old.get(name), now.get(name)];
      return `bill, ${name}: ${signed(change(name))} USD/month (${whyChanged(was, is)})`;
    });
}

/** Changes that no deployment makes to a running stage, each with the way to make it. */
function undeployable({ before, after }: StageChange): string[] {
  const [from, to] = [before?.deployment, after?.deployment];
  if (!from || !to) return [];
  const remove = `"aws cloudformation delete-stack --stack-name" for ${from.stacks.join(', then ')}`;
  const beside = `Add a stage beside "${after!.name}" with another domain.name and this, deploy it, move the clients, then remove the old one: ${remove}`;
  const network = ({ vpcId, cidr, zones = [] }: Deployment) =>
    vpcId ?? ['a network of its own', ...(cidr === undefined ? [] : [cidr]), `zones ${zones.join(' ')}`].join(', ');
  const moved = `**the network: ${network(from)} → ${network(to)}.**`;
  if (from.place !== to.place) {
    return [
      `**the place: ${from.place} → ${to.place}.** "cdk deploy" makes new stacks there, and the old ones run and cost on. ${beside}`,
    ];
  }
  if (from.domainName !== to.domainName) {
    return [
      `**the name of the endpoint: ${from.domainName} → ${to.domainName}.** Stacks are named after it: "cdk deploy" makes new ones, and the old ones run and cost on. ${beside}`,
    ];
  }
  if (from.compute !== to.compute) {
    const kind = ({ compute }: Deployment) => (compute === 'lambda' ? 'a function' : 'instances');
    return [
      `**what answers: ${kind(from)} → ${kind(to)}.** Clients call another address, and what answers now would be removed with it. ${beside}`,
    ];
  }
  if (from.vpcId !== to.vpcId) {
    return [`${moved} A load balancer cannot move to another network, so CloudFormation will refuse this. ${beside}`];
  }
  if (network(from) !== network(to)) {
    return [
      `${moved} Subnets that are in use cannot change their addresses or their zone, so CloudFormation will refuse this. ${beside}`,
    ];
  }
  if ((from.backendTls ?? false) !== (to.backendTls ?? false)) {
    const kind = ({ backendTls }: Deployment) => (backendTls ? 'HTTPS' : 'HTTP');
    return [
      `**the way to the instances: ${kind(from)} → ${kind(to)}.** The target group would be a new one, in which the instances that run are unhealthy: the endpoint would be down until all are new. ${beside}`,
    ];
  }
  if ((from.internal ?? false) !== (to.internal ?? false)) {
    const kind = ({ internal }: Deployment) => (internal ? 'internal' : 'public');
    return [
      `**the load balancer: ${kind(from)} → ${kind(to)}.** A target group cannot move to another load balancer, so CloudFormation will refuse this. ${beside}`,
    ];
  }
  if (from.balancer !== to.balancer) {
    const [was, is] = [from, to].map(({ balancer }) => balancer?.replace(/^.*:loadbalancer\//, 'yours, ') ?? 'its own');
    return [
      `**the load balancer: ${was} → ${is}.** A target group cannot move to another load balancer, so CloudFormation will refuse this. ${beside}`,
    ];
  }
  const door = ({ frontDoor = 'alb' }: Deployment) => frontDoor;
  if (door(from) !== door(to)) {
    return [
      `**the front door: ${door(from)} → ${door(to)}.** Clients call another address, and a target group cannot move to another load balancer. ${beside}`,
    ];
  }
  return [];
}

/** What of the changes no deployment makes, by the stage; whoever deploys them all the same says so. */
export function refusedChanges(changes: readonly StageChange[]): { readonly stage: string; readonly why: string }[] {
  return changes.flatMap((change) =>
    undeployable(change).map((why) => ({ stage: change.after!.name, why: why.replaceAll('**', '') })),
  );
}

/** What went into the plans and is not the same. */
function causes(before: PlannedStage, after: PlannedStage): string[] {
  const lines: string[] = [];
  const say = (what: string, old: string, now: string) => {
    if (old !== now) lines.push(`${what}: ${old} → ${now}`);
  };
  for (const key of Object.keys(LEVEL_NAMES) as (keyof ServiceLevel)[]) {
    say(LEVEL_NAMES[key], levelText(before, key), levelText(after, key));
  }
  say('region', before.region, after.region);
  const address = ({ deployment }: PlannedStage) => deployment?.address ?? 'not known';
  say('address, and clients of the old one find nothing', address(before), address(after));
  if (before.deployment && after.deployment) {
    const [from, to] = [before.deployment, after.deployment].map((one) => one.machineImage ?? 'the newest of the day');
    const instances = [before, after].every(({ deployment }) => deployment?.compute === undefined);
    if (instances) say('machine image, so all instances are replaced', from!, to!);
    lines.push(...undeployable({ before, after }));
  }
  say('model', before.profile.modelSha256.slice(0, 12), after.profile.modelSha256.slice(0, 12));
  say('CPU of a request', ms(requestCpuMs(before)), ms(requestCpuMs(after)));
  say('memory with the model', `${before.profile.memory.loadedMiB} MiB`, `${after.profile.memory.loadedMiB} MiB`);
  say('measured on', printable(before.profile.machine.cpuModel), printable(after.profile.machine.cpuModel));
  const [was, is] = [costOf(before), costOf(after)];
  const bill = was && is ? billChanges(was, is) : [];
  const [old, now] = [planOf(before), planOf(after)];
  if (!old || !now) return [...lines, ...bill];
  say('versions', namedVersionsText(old.versions), namedVersionsText(now.versions));
  say('requests that a run joins', `${old.requestsPerRun}`, `${now.requestsPerRun}`);
  if (old.catalogue.sha256 !== now.catalogue.sha256) {
    const text = ({ capturedAt, priceRegion }: SizingPlan['catalogue']) => `${priceRegion}, ${capturedAt}`;
    lines.push(`catalogue: ${text(old.catalogue)} → ${text(now.catalogue)}`);
  }
  return [...lines, ...bill];
}

function decidedBy(outcome: PlannedStage['outcome']): string {
  if ('infeasible' in outcome) return `no fleet: ${outcome.infeasible}`;
  if (!isFunction(outcome)) return `decided by: ${outcome.binding}`;
  const { memoryMB, coldStart } = outcome;
  return `decided by: ${memoryMB} MB cost least of those that keep the service level; a cold start takes ${coldStart.milliseconds} ms`;
}

function details({ before, after }: StageChange): string[] {
  const stage = (after ?? before)!;
  if (!after) return [`**${stage.name}** is gone: its stacks stay in AWS until somebody destroys them.`, ''];
  const changed = before ? causes(before, after) : ['a new stage'];
  const { outcome } = after;
  const joined = isPlan(outcome) ? joinedText(outcome) : undefined;
  const daily = isPlan(outcome) ? dailyText(outcome) : undefined;
  const weekly = isPlan(outcome) ? weeklyText(outcome) : undefined;
  const bought = isPlan(outcome) ? purchaseText(outcome) : undefined;
  const pool = isPlan(outcome) ? warmPoolText(outcome) : undefined;
  const decides = decidedBy(outcome);
  const standIn = isPlan(outcome) ? standInText(outcome) : undefined;
  const same = before && fleetText(before) === fleetText(after);
  if (same && changed.length === 0 && !isInfeasible(outcome)) return [];
  return [
    `**${stage.name}**`,
    '',
    ...[
      ...changed,
      decides,
      ...(joined ? [joined] : []),
      ...(daily ? [daily] : []),
      ...(weekly ? [weekly] : []),
      ...(bought ? [bought] : []),
      ...(pool ? [`warm pool: ${pool}`] : []),
      ...(standIn ? [standIn] : []),
    ].map((line) => `- ${line}`),
    '',
  ];
}

/** Whether a stage of the change cannot be sized. */
export function somethingInfeasible(changes: readonly StageChange[]): boolean {
  return changes.some(({ after }) => after && isInfeasible(after.outcome));
}

/** The sum of the bills; a stage that has none is left out of both sides, lest it look like money saved. */
function totalText(changes: readonly StageChange[], shared: readonly SharedChange[]): string {
  const unknown = changes.filter((change) => [change.before, change.after].some((stage) => stage && !costOf(stage)));
  const known = changes.filter((change) => !unknown.includes(change));
  const [old, now] = (['before', 'after'] as const).map((side) =>
    [
      ...known.map((change) => costOf(change[side])?.usdPerMonth ?? 0),
      ...shared.map((change) => change[side] ?? 0),
    ].reduce((sum, usd) => sum + usd, 0),
  );
  const names = unknown.map(({ before, after }) => (after ?? before)!.name);
  if (known.length === 0) return 'No stage has a bill to compare.';
  return `All stages${names.length > 0 ? ` but ${names.join(', ')}` : ''} together: ${costText(old, now)} USD/month.`;
}

/**
 * Old and new fleet, bill and p99 of every stage, and what moved them.
 *
 * @param base name of the commit it is compared with
 * @param problem why the base could not be planned
 * @param shared of stages with several models
 */
export function planDifferenceText(
  base: string,
  changes: readonly StageChange[],
  problem?: string,
  shared: readonly SharedChange[] = [],
): string {
  const lines = [
    `### Sizing plan, compared with \`${base}\``,
    '',
    ...(problem ? [`\`${base}\` cannot be planned, so all stages look new: ${problem}`, ''] : []),
    totalText(changes, shared),
    '',
    '| stage | before | after | USD/month | p99 |',
    '| --- | --- | --- | --- | --- |',
    ...changes.map(row),
    ...shared.map(({ stage, before, after }) => `| ${stage}, shared | | | ${costText(before, after)} | |`),
    '',
    ...changes.flatMap(details),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}
