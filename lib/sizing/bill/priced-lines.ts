/** Lines of a bill in cents, with their sources, and what their sum is between. */
import type { Prices } from '../catalogue/catalogue';
import type { Cost, CostLine } from '../plan/plan';
import type { BillOf, PriceBook } from './bill-of';
import { HOURS_PER_MONTH, type Take } from './fixed-parts';
import { priceSource } from './price-sources';

/** How far an estimated price may be off: that of an instance family, the worst of 589 known ones; of another service, of 32. */
const ESTIMATE = { instance: 0.11, other: 0.3 } as const;

/** Half a cent is rounded up, whatever the last bits of the product that it came from. */
export const cents = (usd: number) => Math.round(Math.round(usd * 1e8) / 1e6) / 100;

/** What a Spot instance of any of the types costs in a month. @param own that of the type which is planned */
function spotMonth({ spotUsdPerHour }: Pick<BillOf, 'spotUsdPerHour'>, own: number): { low: number; high: number } {
  if (!spotUsdPerHour) return { low: own, high: own };
  return { low: spotUsdPerHour.low * HOURS_PER_MONTH, high: spotUsdPerHour.high * HOURS_PER_MONTH };
}

/** Lines in cents, and what their sum is between. @param unlikely USD of a line that may turn out not to be needed */
export function priced(
  of: { readonly catalogue: PriceBook } & Partial<Pick<BillOf, 'type' | 'shadowGroup' | 'spotUsdPerHour'>>,
  each: (take: Take) => void,
  unlikely: (item: string, usdPerMonth: number) => number = () => 0,
): Pick<Cost, 'lines' | 'usdPerMonth' | 'range'> {
  const { catalogue, type, shadowGroup } = of;
  const estimated = new Set(catalogue.estimated);
  const lines: CostLine[] = [];
  let [low, high] = [0, 0];
  each((item, quantity, unit, usdPerUnitMonth, price, listUsdPerUnitMonth) => {
    const usdPerMonth = cents(quantity * usdPerUnitMonth);
    if (price === 'Spot') {
      const { low: cheapest, high: dearest } = spotMonth(of, usdPerUnitMonth);
      low += cents(quantity * cheapest);
      high += cents(quantity * dearest);
      const source = priceSource(catalogue, price, false);
      lines.push({ item, quantity, unit, usdPerUnitMonth, usdPerMonth, source });
      return;
    }
    const machine = price === 'instance' ? type : price === 'shadow instance' ? shadowGroup?.type : undefined;
    const guessed = machine ? machine.estimated === true : estimated.has(price as keyof Prices);
    const off = guessed ? usdPerMonth * (machine ? ESTIMATE.instance : ESTIMATE.other) : 0;
    low += usdPerMonth - Math.abs(off) - unlikely(item, usdPerMonth);
    high += usdPerMonth + Math.abs(off);
    const listed = priceSource(catalogue, price, guessed);
    const line = { item, quantity, unit, usdPerUnitMonth, usdPerMonth };
    lines.push(
      listUsdPerUnitMonth === undefined
        ? { ...line, source: listed }
        : { ...line, listUsdPerUnitMonth, source: `${listed}; discounted` },
    );
  });
  const usdPerMonth = cents(lines.reduce((sum, line) => sum + line.usdPerMonth, 0));
  const range = { low: cents(low), high: cents(high) };
  return { lines, usdPerMonth, ...(range.high - range.low >= 0.01 && { range }) };
}
