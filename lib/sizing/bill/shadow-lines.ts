/** Lines of a bill for a shadow that has a group of its own. */
import type { ShadowGroupDemand } from '../demand/demand';
import { HOURS_PER_MONTH, listMonth, type Take } from './fixed-parts';

/** USD for what leaves one zone, and as much for what enters another, the same in every region that is planned for (EC2 on-demand pricing, 2026-07). */
const BETWEEN_ZONES_GB = 2 * 0.01;

export function shadowInstances({ type, instances, running, surplusVcpus }: ShadowGroupDemand, line: Take): void {
  const item = `instances of the shadow (${instances} x ${type.name})`;
  line(item, running, 'shadow instance', type.usdPerHour * HOURS_PER_MONTH, 'shadow instance', listMonth(type));
  if (surplusVcpus === 0) return;
  const usd = type.surplusUsdPerVcpuHour! * HOURS_PER_MONTH;
  line('CPU of the shadow over its baseline', surplusVcpus, 'vCPU', usd, 'shadow instance');
}

/** @param gigabytes a month that go to instances in another zone */
export function copiesLine(gigabytes: number, line: Take): void {
  line('copies to the shadow in another zone', gigabytes, 'GB', BETWEEN_ZONES_GB, 'zones');
}
