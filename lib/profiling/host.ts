/** Whether other machines may share the processors of the one that is measured. */
import { readFileSync } from 'node:fs';
import type { HostKind } from '../model/package/profile';

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return ''; // not Linux, or not told
  }
}

/** Instance types whose vCPUs are time of processors that other instances have too. */
const BURSTABLE = /^t\d|-flex\./;

/**
 * @param vendor and
 * @param product of the machine, as its firmware tells Linux; that of an EC2 instance is its type
 * @param cpuinfo of Linux, which marks virtual machines on x86
 */
export function hostKindOf(vendor: string, product: string, cpuinfo: string): HostKind {
  if (vendor === 'Amazon EC2') return BURSTABLE.test(product) ? 'shared' : 'dedicated';
  return /^flags\s*:.*\bhypervisor\b/m.test(cpuinfo) ? 'shared' : 'unknown';
}

export const hostKind = (): HostKind =>
  hostKindOf(text('/sys/class/dmi/id/sys_vendor'), text('/sys/class/dmi/id/product_name'), text('/proc/cpuinfo'));
