/** All checks of `slipway check` by name. */
import { ENDPOINT_CHECKS } from './endpoint-checks';
import { INSTANCE_CHECKS } from './instance-checks';

export const CHECKS = { ...ENDPOINT_CHECKS, ...INSTANCE_CHECKS };

export type CheckName = keyof typeof CHECKS;

export const isEndpointCheck = (name: CheckName): name is keyof typeof ENDPOINT_CHECKS => name in ENDPOINT_CHECKS;

/** Thresholds where none is given; of the others the value alone is told. */
export const DEFAULT_THRESHOLDS: Partial<Record<CheckName, { readonly warning?: string; readonly critical: string }>> =
  {
    predictions: { critical: '0' },
    certificate: { warning: '30:', critical: '7:' },
  };
