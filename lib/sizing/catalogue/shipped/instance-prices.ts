/**
 * Prices of the instances in the catalogue that ships, typed in.
 *
 * Of a family with CPUs alone the price of the xlarge size (4 vCPU) is in its row (`processors.ts`): within each of these
 * families the price is proportional to the memory of the size (checked over all their sizes but metal, within 0.5 %). Types
 * with accelerators follow no such rule and are listed here.
 */
import type { TypeRow } from '../file';
import { familyOf, xlargeUsdPerHour } from '../processors';

export const CAPTURED_AT = '2026-07-20';
export const PRICE_SOURCE = 'AWS price list, Linux on-demand, us-east-1, 2026-07-20';

const ACCELERATED_USD_PER_HOUR: Readonly<Record<string, number>> = {
  'g4dn.xlarge': 0.526,
  'g4dn.2xlarge': 0.752,
  'g4dn.4xlarge': 1.204,
  'g4dn.8xlarge': 2.176,
  'g4dn.12xlarge': 3.912,
  'g4dn.16xlarge': 4.352,
  'g5.xlarge': 1.006,
  'g5.2xlarge': 1.212,
  'g5.4xlarge': 1.624,
  'g5.8xlarge': 2.448,
  'g5.16xlarge': 4.096,
  'g5.12xlarge': 5.672,
  'g5.24xlarge': 8.144,
  'g5.48xlarge': 16.288,
  'g5g.xlarge': 0.42,
  'g5g.2xlarge': 0.556,
  'g5g.4xlarge': 0.828,
  'g5g.8xlarge': 1.372,
  'g5g.16xlarge': 2.744,
  'g6.xlarge': 0.8048,
  'g6.2xlarge': 0.9776,
  'g6.4xlarge': 1.3232,
  'g6.8xlarge': 2.0144,
  'g6.16xlarge': 3.3968,
  'g6.12xlarge': 4.6016,
  'g6.24xlarge': 6.6752,
  'g6.48xlarge': 13.3504,
  'g6e.xlarge': 1.861,
  'g6e.2xlarge': 2.24208,
  'g6e.4xlarge': 3.00424,
  'g6e.8xlarge': 4.52856,
  'g6e.16xlarge': 7.57719,
  'g6e.12xlarge': 10.4926,
  'g6e.24xlarge': 15.0656,
  'g6e.48xlarge': 30.1312,
  'gr6.4xlarge': 1.5392,
  'gr6.8xlarge': 2.4464,
  'inf2.xlarge': 0.7582,
  'inf2.8xlarge': 1.96786,
  'inf2.24xlarge': 6.49063,
  'inf2.48xlarge': 12.9813,
  'p4d.24xlarge': 21.9576,
  'p5.4xlarge': 6.88,
  'p5.48xlarge': 55.04,
};

/**
 * USD per hour of a type, or undefined when its price was not typed in.
 *
 * @param xlargeMiB memory of the xlarge size of its family
 */
export function shippedUsdPerHour({ name, memoryMiB }: TypeRow, xlargeMiB: number | undefined): number | undefined {
  const accelerated = ACCELERATED_USD_PER_HOUR[name];
  if (accelerated !== undefined) return accelerated;
  const xlarge = xlargeUsdPerHour(familyOf(name));
  if (xlarge === undefined || xlargeMiB === undefined || name.includes('.metal')) return undefined;
  return Number(((xlarge * memoryMiB) / xlargeMiB).toFixed(6));
}
