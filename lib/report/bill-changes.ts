/** Two bills, line by line. */
import { usd } from '../model/units';
import type { Cost, CostLine } from '../sizing/plan/plan';

export const signed = (amount: number) => `${amount < 0 ? '−' : '+'}${usd(Math.abs(amount))}`;

/** What a line of a bill is for, whatever its fleet is called; no two lines of a bill are for the same. */
function lineName({ item, unit }: CostLine): string {
  if (unit !== 'instance') return item.replace(/ \(.*\)$/, '');
  return item.endsWith(', Spot') ? 'Spot instances' : 'instances';
}

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
export function billChanges(before: Cost, after: Cost): string[] {
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
