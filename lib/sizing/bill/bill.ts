/** The whole monthly bill of an endpoint, of a model on a fleet, or of what several endpoints share. */
import type { Cost } from '../plan/plan';
import { sustainedRate } from '../service-level/service-level';
import type { BillOf, OwnBill, PriceBook } from './bill-of';
import { eachLine } from './endpoint-lines';
import { type FixedParts, fixedLines, HOURS_PER_MONTH } from './fixed-parts';
import { cents, priced } from './priced-lines';

/** The bill of a fleet that runs all month. Each line is rounded to cents; the total is the sum of the lines. */
export function bill(of: BillOf): Cost {
  const { serviceLevel, surplusVcpus = 0, likelySurplusVcpus = surplusVcpus } = of;
  const lines = priced(
    of,
    (take) => eachLine(of, take),
    (item, usd) => (item.startsWith('CPU over') ? usd * (1 - likelySurplusVcpus / surplusVcpus) : 0),
  );
  const predictions = sustainedRate(serviceLevel) * serviceLevel.rowsPerRequest * 3600 * HOURS_PER_MONTH;
  return { ...lines, usdPerMillionPredictions: (lines.usdPerMonth / predictions) * 1e6 };
}

/** The bill of the network and the front door that several endpoints share. */
export function fixedBill(
  catalogue: PriceBook,
  parts: Omit<FixedParts, 'prices'>,
): Pick<Cost, 'lines' | 'usdPerMonth' | 'range'> {
  return priced({ catalogue }, (take) => fixedLines({ ...parts, prices: catalogue.prices }, take));
}

/** Of a model on a fleet: the same whatever the fleet. */
const ownTotals = new WeakMap<OwnBill, WeakMap<PriceBook, number>>();

/** USD a month of the lines that a model has for itself on a fleet. */
export function ownTotal(of: BillOf, model: OwnBill): number {
  const byBook = ownTotals.get(model) ?? new WeakMap<PriceBook, number>();
  ownTotals.set(model, byBook);
  const known = byBook.get(of.catalogue);
  if (known !== undefined) return known;
  const total = billTotal(ownBill(of, model));
  byBook.set(of.catalogue, total);
  return total;
}

/** What the lines are of that a model has for itself on a fleet. */
export function ownBill(of: BillOf, { serviceLevel, request, watchesData, versions }: OwnBill): BillOf {
  const { models: _, ...fleet } = of;
  return {
    ...fleet,
    serviceLevel,
    request,
    versions,
    part: 'model',
    ...(watchesData !== undefined && { watchesData }),
  };
}

/** The total of `bill`, and of the models' own on a fleet, for less: a search wants no more. */
export function billTotal(of: BillOf): number {
  let sum = 0;
  for (const model of of.models ?? []) sum += ownTotal(of, model);
  eachLine(of, (_, quantity, __, usdPerUnitMonth) => (sum += cents(quantity * usdPerUnitMonth)));
  return cents(sum);
}
