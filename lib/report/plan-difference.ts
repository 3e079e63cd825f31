/** What a change does to the sizing plans of the stages, as Markdown for a pull request. */
import type { ComputeProfile } from '../model/profile';
import type { SizingPlan } from '../sizing/plan';
import type { ServiceLevel } from '../sizing/service-level';
import { joinedText } from './plan-text';

/** A stage as it is planned in one commit. */
export interface PlannedStage {
  readonly name: string;
  readonly region: string;
  readonly serviceLevel: ServiceLevel;
  readonly profile: ComputeProfile;
  /** The plan, or why there is none. */
  readonly outcome: SizingPlan | { readonly infeasible: string };
}

/** A stage in two commits; absent in the one that does not have it. */
export interface StageChange {
  readonly before?: PlannedStage;
  readonly after?: PlannedStage;
}

const isPlan = (outcome: PlannedStage['outcome']): outcome is SizingPlan => !('infeasible' in outcome);
const planOf = (stage: PlannedStage | undefined): SizingPlan | undefined =>
  stage && isPlan(stage.outcome) ? stage.outcome : undefined;

const usd = (amount: number) => amount.toFixed(2);
const signed = (amount: number) => `${amount < 0 ? '−' : '+'}${usd(Math.abs(amount))}`;
const ms = (value: number) => `${Number(value.toPrecision(3))} ms`;

function fleetText(stage: PlannedStage | undefined): string {
  if (!stage) return 'none';
  const plan = planOf(stage);
  return plan ? `${plan.choice.instances} x ${plan.choice.instanceType}` : '**no fleet keeps it**';
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
  const [old, now] = [planOf(before), planOf(after)];
  const same = before && after && fleetText(before) === fleetText(after);
  return `| ${[
    (after ?? before)!.name,
    fleetText(before),
    same ? 'the same' : fleetText(after),
    costText(old?.cost.usdPerMonth, now?.cost.usdPerMonth),
    arrow(old?.predicted.p99Ms, now?.predicted.p99Ms, ms),
  ].join(' | ')} |`;
}

const LEVEL_NAMES: Readonly<Record<keyof ServiceLevel, string>> = {
  requestsPerSecond: 'peak requests per second',
  meanRequestsPerSecond: 'mean requests per second',
  rowsPerRequest: 'rows a request',
  p99Ms: 'p99 in ms',
  availability: 'availability',
  accessControl: 'access control',
  budgetUsdPerMonth: 'budget in USD/month',
};

/** CPU milliseconds of a request with as many rows as the service level says, or the nearest that was measured. */
function requestCpuMs({ profile, serviceLevel }: PlannedStage): number {
  const nearest = [...profile.batches].sort(
    (a, b) => Math.abs(a.rows - serviceLevel.rowsPerRequest) - Math.abs(b.rows - serviceLevel.rowsPerRequest),
  )[0]!;
  return nearest.cpuMs;
}

/** Of a stage without a plan nothing is known. */
const joinedIn = (stage: PlannedStage) => `${planOf(stage)?.requestsPerRun ?? 'not known'}`;

/** What went into the plans and is not the same. */
function causes(before: PlannedStage, after: PlannedStage): string[] {
  const lines: string[] = [];
  const say = (what: string, old: string, now: string) => {
    if (old !== now) lines.push(`${what}: ${old} → ${now}`);
  };
  for (const key of Object.keys(LEVEL_NAMES) as (keyof ServiceLevel)[]) {
    say(LEVEL_NAMES[key], `${before.serviceLevel[key] ?? 'not given'}`, `${after.serviceLevel[key] ?? 'not given'}`);
  }
  say('region', before.region, after.region);
  say('model', before.profile.modelSha256.slice(0, 12), after.profile.modelSha256.slice(0, 12));
  say('CPU of a request', ms(requestCpuMs(before)), ms(requestCpuMs(after)));
  say('memory with the model', `${before.profile.memory.loadedMiB} MiB`, `${after.profile.memory.loadedMiB} MiB`);
  say('requests that a run joins', joinedIn(before), joinedIn(after));
  say('measured on', before.profile.machine.cpuModel, after.profile.machine.cpuModel);
  const [old, now] = [planOf(before), planOf(after)];
  if (old && now && old.catalogue.sha256 !== now.catalogue.sha256) {
    const text = ({ capturedAt, priceRegion }: SizingPlan['catalogue']) => `${priceRegion}, ${capturedAt}`;
    lines.push(`catalogue: ${text(old.catalogue)} → ${text(now.catalogue)}`);
  }
  return lines;
}

function details({ before, after }: StageChange): string[] {
  const stage = (after ?? before)!;
  if (!after) return [`**${stage.name}** is gone: its stacks stay in AWS until somebody destroys them.`, ''];
  const changed = before ? causes(before, after) : ['a new stage'];
  const { outcome } = after;
  const joined = isPlan(outcome) ? joinedText(outcome) : undefined;
  const decides = isPlan(outcome) ? `decided by: ${outcome.binding}` : `no fleet: ${outcome.infeasible}`;
  const same = before && fleetText(before) === fleetText(after);
  if (same && changed.length === 0) return [];
  return [
    `**${stage.name}**`,
    '',
    ...[...changed, decides, ...(joined ? [joined] : [])].map((line) => `- ${line}`),
    '',
  ];
}

/** Whether a stage of the change cannot be sized. */
export function somethingInfeasible(changes: readonly StageChange[]): boolean {
  return changes.some(({ after }) => after && !isPlan(after.outcome));
}

/**
 * Old and new fleet, bill and p99 of every stage, and what moved them.
 *
 * @param base name of the commit it is compared with
 * @param problem why the base could not be planned
 */
export function planDifferenceText(base: string, changes: readonly StageChange[], problem?: string): string {
  const totals = (['before', 'after'] as const).map((side) =>
    changes.reduce((sum, change) => sum + (planOf(change[side])?.cost.usdPerMonth ?? 0), 0),
  );
  const [old, now] = totals as [number, number];
  const lines = [
    `### Sizing plan, compared with \`${base}\``,
    '',
    ...(problem
      ? [`\`${base}\` cannot be planned by this version of Slipway, so all stages look new: ${problem}`, '']
      : []),
    `All stages together: ${costText(old, now)} USD/month.`,
    '',
    '| stage | before | after | USD/month | p99 |',
    '| --- | --- | --- | --- | --- |',
    ...changes.map(row),
    '',
    ...changes.flatMap(details),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}
