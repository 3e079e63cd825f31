/** How instances are bought: some on demand, the others as Spot, which EC2 may take away with two minutes' notice. */
import type { InstanceType } from '../catalogue/catalogue';

export interface Purchase {
  /** Instances that are on demand before any is Spot. */
  readonly onDemandBase: number;
  /** Of those beyond the base, percent, 1 to 100: EC2 Auto Scaling takes whole ones. */
  readonly spotPercent: number;
}

/** Of so many instances those that are on demand; EC2 Auto Scaling rounds in their favour (user guide, mixed instances groups, 2026-07). */
export function onDemandOf({ onDemandBase, spotPercent }: Purchase, instances: number): number {
  const beyond = Math.max(0, instances - onDemandBase);
  return Math.min(instances, onDemandBase) + Math.ceil((beyond * (100 - spotPercent)) / 100);
}

/** USD an hour of an instance at the least. */
export function leastHour({ usdPerHour, spotUsdPerHour }: InstanceType, purchase: Purchase | undefined): number {
  return purchase && spotUsdPerHour !== undefined ? Math.min(usdPerHour, spotUsdPerHour) : usdPerHour;
}

export const NO_SPOT_ACROSS_ZONES =
  'must be at least 1 with availability: zone: all Spot instances may go at once, from every zone; give the instances that stay, e.g. purchase: { onDemandBase: 2, spot: true }, or take another availability';

/** Most instances of a group that a plan has. */
export const MOST_BASE = 64;

/** What makes no sense, each as a sentence without its full stop. */
export function purchaseProblems(purchase: Purchase | undefined, availability: string): string[] {
  if (!purchase) return [];
  const { onDemandBase, spotPercent } = purchase;
  const problems: string[] = [];
  const whole = (value: number, least: number, most: number) =>
    Number.isSafeInteger(value) && value >= least && value <= most;
  if (!whole(onDemandBase, 0, MOST_BASE)) {
    problems.push(`purchase.onDemandBase must be a whole number from 0 to ${MOST_BASE}, got ${onDemandBase}`);
  } else if (onDemandBase === 0 && availability === 'zone') {
    problems.push(`purchase.onDemandBase ${NO_SPOT_ACROSS_ZONES}`);
  }
  if (!whole(spotPercent, 1, 100)) {
    problems.push(`purchase.spotPercent must be a whole number from 1 to 100, got ${spotPercent}`);
  }
  return problems;
}

/** In words. */
export const purchaseText = ({ onDemandBase, spotPercent }: Purchase) =>
  `${onDemandBase} on demand, ${spotPercent === 100 ? 'the others' : `${spotPercent} % of the others`} as Spot`;
