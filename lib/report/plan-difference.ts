/** What a change does to the sizing plans of the stages, as Markdown for a pull request. */
import { printable } from '../model/text/printable';
import { usd } from '../model/units';
import type { SizingPlan } from '../sizing/plan/plan';
import type { ServiceLevel } from '../sizing/service-level/service-level';
import { billChanges, signed } from './bill-changes';
import { LEVEL_NAMES, levelText } from './level-text';
import { dailyText, joinedText, weeklyText } from './plan-text';
import {
  costOf,
  fleetText,
  isFunction,
  isInfeasible,
  isPlan,
  type PlannedStage,
  p99Of,
  planOf,
  type SharedChange,
  type StageChange,
} from './planned-stage';
import { purchaseText } from './purchase-text';
import { namedVersionsText } from './served-versions-text';
import { undeployable } from './undeployable';
import { standInText } from './unsure';
import { warmPoolText } from './warm-pool-text';

const ms = (value: number) => `${Number(value.toPrecision(3))} ms`;

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

/** CPU milliseconds of a request with as many rows as the service level says, or the nearest that was measured. */
function requestCpuMs({ profile, serviceLevel }: PlannedStage): number {
  const nearest = [...profile.batches].sort(
    (a, b) => Math.abs(a.rows - serviceLevel.rowsPerRequest) - Math.abs(b.rows - serviceLevel.rowsPerRequest),
  )[0]!;
  return nearest.cpuMs;
}

/** What went into the plans and is not the same. */
function causes(before: PlannedStage, after: PlannedStage): string[] {
  const lines: string[] = [];
  const say = (what: string, old: string, now: string) => {
    if (old !== now) lines.push(`${what}: ${old} → ${now}`);
  };
  for (const key of Object.keys(LEVEL_NAMES) as (keyof ServiceLevel)[]) {
    say(LEVEL_NAMES[key], levelText(before.serviceLevel, key), levelText(after.serviceLevel, key));
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
