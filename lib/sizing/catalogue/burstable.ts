/**
 * What no API tells of burstable types: the share of each vCPU that may be used without end. That `-flex` types guarantee
 * 40 % is AWS's description of them.
 */
import { creditUsdPerVcpuHour, familyOf } from './processors';

export const BASELINE_SOURCE =
  'EC2 user guide, "Key concepts for burstable performance instances" (baselines), 2026-07';

const BASELINE_BY_SIZE: Readonly<Record<string, number>> = {
  nano: 0.05,
  micro: 0.1,
  small: 0.2,
  medium: 0.2,
  large: 0.3,
  xlarge: 0.4,
  '2xlarge': 0.4,
};

/** t2 has fewer vCPUs in its small sizes and earns less in its large ones. */
const T2_BASELINE: Readonly<Record<string, number>> = {
  ...BASELINE_BY_SIZE,
  xlarge: 0.225,
  '2xlarge': 0.17,
};

const FLEX_BASELINE = 0.4;

/** Share of each vCPU that may be used without end, 0 to 1; undefined where it is all of it. */
export function baselineOf(type: string): number | undefined {
  const family = familyOf(type);
  if (family.endsWith('-flex')) return FLEX_BASELINE;
  if (!/^t\d/.test(family)) return undefined;
  return (family === 't2' ? T2_BASELINE : BASELINE_BY_SIZE)[type.slice(family.length + 1)];
}

/** What a burstable type does beyond its baseline: buys the CPU that it has not earned, or is throttled. */
export type CreditMode = 'unlimited' | 'standard';

/**
 * The mode that a plan counts on, whatever the default of an account is: where credits can be bought, they are, and the bill
 * has their price. Undefined for types without credits, of which `-flex` are ones: they have a baseline and no mode.
 */
export function creditModeOf(type: string): CreditMode | undefined {
  const family = familyOf(type);
  if (!/^t\d/.test(family)) return undefined;
  return creditUsdPerVcpuHour(family) === undefined ? 'standard' : 'unlimited';
}
