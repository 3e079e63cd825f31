/** The models of a stage that share a network and a front door, as plain text of at most 100 columns. */
import { percent, usd } from '../model/units';
import type { SharedDoor } from '../sizing/bill/shared-door';
import type { FleetPlan } from '../sizing/fleet-plan';
import type { SizingPlan } from '../sizing/plan/plan';
import { billTable, EXISTING_DOOR } from './plan-text';
import { servedVersionsText } from './served-versions-text';
import { table, wrapped } from './table';

export interface PlannedModel {
  readonly name: string;
  /** What clients write after `https://`. */
  readonly endpoint: string;
  readonly plan: SizingPlan;
}

/** Fleets that would cost less. */
export interface ProposedFleets {
  readonly fleets: Readonly<Record<string, readonly string[]>>;
  /** @default - some model cannot be served as it is now */
  readonly savesUsdPerMonth?: number;
}

/** What other fleets would save, as a sentence without its full stop. */
export function proposalText({ fleets, savesUsdPerMonth }: ProposedFleets): string {
  const groups = Object.values(fleets).map((models) => models.join(', '));
  const what = groups.length === 0 ? 'a fleet for each model' : `sharing instances (${groups.join('; ')})`;
  if (savesUsdPerMonth === undefined) return `${what} keeps the service levels, which are not kept now`;
  return `${what} would save ${usd(savesUsdPerMonth)} USD/month`;
}

/** What each model costs, what they share, once, and all of it. */
export function modelsText(
  stage: string,
  models: readonly PlannedModel[],
  shared: SharedDoor,
  fleets: readonly FleetPlan[] = [],
  proposal?: ProposedFleets,
): string {
  const fleetOf = new Map(fleets.flatMap((fleet) => fleet.models.map(({ name }) => [name, fleet] as const)));
  const rows = models.map(({ name, plan }) => {
    const { choice, predicted, serviceLevel, cost, instances } = plan;
    const fewest = plan.daily ? `${instances.minimum} to ` : '';
    return [
      name,
      fleetOf.get(name) ? `fleet ${fleetOf.get(name)!.name}` : `${fewest}${choice.instances} x ${choice.instanceType}`,
      `${serviceLevel.requestsPerSecond}`,
      `${predicted.p99Ms.toFixed(1)} of ${serviceLevel.p99Ms}`,
      usd(cost.usdPerMonth),
    ];
  });
  const each = (shared.usdPerMonth / models.length).toFixed(2);
  const existing = models.some(({ plan }) => plan.serviceLevel.existingListener);
  const addresses = models.map(({ name, endpoint }) => [name, `https://${endpoint}`]);
  return `${[
    `Stage ${stage}: ${models.length} models behind ${existing ? 'a listener of yours' : 'one front door'}`,
    ...table([['model', 'instances', 'requests/s', 'p99 ms', 'USD/month'], ...rows]),
    '',
    ...fleets.flatMap(fleetLines),
    `Shared, whatever the number of models: ${usd(shared.cost.usdPerMonth)} USD/month`,
    ...(shared.cost.lines.length > 0 ? billTable(shared.cost.lines) : []),
    ...(existing ? wrapped(EXISTING_DOOR, '  ') : []),
    '',
    ...versionLines(models),
    `Bill: ${totalOf(models, shared, fleets)} USD/month for all of it, ${each} a model`,
    ...wrapped(
      `"slipway plan --stage ${stage} --model NAME" has the plan of one, with its own lines of the bill.`,
      '  ',
    ),
    ...(proposal
      ? wrapped(
          `${proposalText(proposal)}: "slipway plan --stage ${stage} --fleets" prints the lines for slipway.yaml, and with --write puts them in.`,
          '  ',
        )
      : []),
    '',
    'Addresses',
    ...table(addresses),
  ].join('\n')}\n`;
}

/** What each version of a model gets and takes, where one has several. */
function versionLines(models: readonly PlannedModel[]): string[] {
  const lines = models.flatMap(({ name, plan }) => {
    const text = servedVersionsText(plan);
    return text === undefined ? [] : wrapped(`${name}: ${text}.`, '  ');
  });
  return lines.length > 0 ? ['Versions', ...lines, ''] : [];
}

/** What the models of a fleet have once, and what of it is each one's. */
function fleetLines({ name, plan, models, usdPerMonth }: FleetPlan): string[] {
  const { choice, predicted, cost, workersPerInstance: workers, serviceLevel } = plan;
  const each = workers === 1 ? '1 worker' : `${workers} workers`;
  const busy = `${percent(predicted.utilisation, 1)} busy${serviceLevel.availability === 'single' ? '' : ' with the loss'}`;
  return [
    `Fleet ${name}, ${choice.instances} x ${choice.instanceType}: ${usd(cost.usdPerMonth)} USD/month once, ${usd(usdPerMonth)} with the lines of its models`,
    ...wrapped(`${each} each, ${busy}, ${predicted.memoryMiB} MiB an instance, because ${plan.binding}`, '  '),
    ...table([
      ['model', 'CPU', 'weight', 'rows that wait', 'own', 'with its share'],
      ...models.map((model) => [
        model.name,
        percent(model.cpuShare),
        `${model.weight}`,
        `${model.plan.queueRows}`,
        usd(model.plan.cost.usdPerMonth),
        usd(model.usdPerMonth),
      ]),
    ]),
    ...billTable(cost.lines),
    '',
  ];
}

/** What the total is between where a price is estimated. */
function totalOf(
  models: readonly PlannedModel[],
  { cost, usdPerMonth }: SharedDoor,
  fleets: readonly FleetPlan[],
): string {
  const costs = [cost, ...fleets.map(({ plan }) => plan.cost), ...models.map(({ plan }) => plan.cost)];
  if (costs.every(({ range }) => range === undefined)) return usd(usdPerMonth);
  const sum = (end: 'low' | 'high') => costs.reduce((total, one) => total + (one.range?.[end] ?? one.usdPerMonth), 0);
  return `${Math.round(usdPerMonth)} (${Math.floor(sum('low'))} to ${Math.ceil(sum('high'))})`;
}
