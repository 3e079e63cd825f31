/** The plan in a few lines: what was asked, what is chosen and why, what it costs. */
import type { SizingPlan } from '../sizing/plan/plan';
import { fleetText, serviceLevelText, totalText } from './plan-text';
import { wrapped } from './table';

/** @param more says how to see the rest */
export function planSummary(plan: SizingPlan, more: string): string {
  const [chosen, ...predicted] = fleetText(plan);
  const lines = [
    ...wrapped(`${serviceLevelText(plan.serviceLevel)}; ${plan.region}`, 'Asked    '),
    ...wrapped(chosen!, 'Chosen   '),
    ...predicted.map((line) => `         ${line.trimStart()}`),
    ...wrapped(plan.binding, 'Because  '),
    ...wrapped(`${totalText(plan)} USD/month; ${more}`, 'Bill     '),
  ];
  return `${lines.join('\n')}\n`;
}
