/** The models of a stage that share a network and a front door, as plain text of at most 100 columns. */
import { usd } from '../model/units';
import type { SizingPlan } from '../sizing/plan';
import type { SharedDoor } from '../sizing/shared-door';
import { billLine } from './plan-text';
import { table, wrapped } from './table';

export interface PlannedModel {
  readonly name: string;
  /** What clients write after `https://`. */
  readonly endpoint: string;
  readonly plan: SizingPlan;
}

/** What each model costs, what they share, once, and all of it. */
export function modelsText(stage: string, models: readonly PlannedModel[], shared: SharedDoor): string {
  const rows = models.map(({ name, plan }) => {
    const { choice, predicted, serviceLevel, cost, instances } = plan;
    const fewest = plan.daily ? `${instances.minimum} to ` : '';
    return [
      name,
      `${fewest}${choice.instances} x ${choice.instanceType}`,
      `${serviceLevel.requestsPerSecond}`,
      `${predicted.p99Ms.toFixed(1)} of ${serviceLevel.p99Ms}`,
      usd(cost.usdPerMonth),
    ];
  });
  const each = (shared.usdPerMonth / models.length).toFixed(2);
  const addresses = models.map(({ name, endpoint }) => [name, `https://${endpoint}`]);
  return `${[
    `Stage ${stage}: ${models.length} models behind one front door`,
    ...table([['model', 'instances', 'requests/s', 'p99 ms', 'USD/month'], ...rows]),
    '',
    `Shared, whatever the number of models: ${usd(shared.cost.usdPerMonth)} USD/month`,
    ...table([['item', 'quantity', 'USD/unit', 'USD/month'], ...shared.cost.lines.map(billLine)]),
    '',
    `Bill: ${totalOf(models, shared)} USD/month for all of it, ${each} a model`,
    ...wrapped(
      `"slipway plan --stage ${stage} --model NAME" has the plan of one, with its own lines of the bill.`,
      '  ',
    ),
    '',
    'Addresses',
    ...table(addresses),
  ].join('\n')}\n`;
}

/** What the total is between where a price is estimated. */
function totalOf(models: readonly PlannedModel[], { cost, usdPerMonth }: SharedDoor): string {
  const costs = [cost, ...models.map(({ plan }) => plan.cost)];
  if (costs.every(({ range }) => range === undefined)) return usd(usdPerMonth);
  const sum = (end: 'low' | 'high') => costs.reduce((total, one) => total + (one.range?.[end] ?? one.usdPerMonth), 0);
  return `${Math.round(usdPerMonth)} (${Math.floor(sum('low'))} to ${Math.ceil(sum('high'))})`;
}
