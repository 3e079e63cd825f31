/** Lines of a bill for the instances of a fleet. */
import type { BillOf } from './bill-of';
import { HOURS_PER_MONTH, listMonth, type Take } from './fixed-parts';

const countText = (fewest: number, most: number) => (fewest === most ? `${most}` : `${fewest} to ${most}`);

/** Those on demand at the price of the type; Spot at that of the day on which the catalogue was written. */
export function instanceLines(of: BillOf, line: Take): void {
  const { type, woken = 0 } = of;
  scheduledLines(of, line);
  const month = type.usdPerHour * HOURS_PER_MONTH;
  if (woken > 0) line('instances woken while off', woken, 'woken instance', month, 'instance', listMonth(type));
}

function scheduledLines({ type, instances, running, onDemand }: BillOf, line: Take): void {
  const { mean, fewest } = running ?? { mean: instances, fewest: instances };
  const month = type.usdPerHour * HOURS_PER_MONTH;
  if (!onDemand) {
    line(`${countText(fewest, instances)} x ${type.name}`, mean, 'instance', month, 'instance', listMonth(type));
    return;
  }
  const item = `${countText(onDemand.fewest, onDemand.most)} x ${type.name}, on demand`;
  if (onDemand.most > 0) line(item, onDemand.mean, 'instance', month, 'instance', listMonth(type));
  if (instances === onDemand.most) return;
  const spot = countText(fewest - onDemand.fewest, instances - onDemand.most);
  const spotMonth = type.spotUsdPerHour! * HOURS_PER_MONTH;
  line(`${spot} x ${type.name}, Spot`, mean - onDemand.mean, 'instance', spotMonth, 'Spot');
}
