import { join } from 'node:path';

/** The ignored folder for what can be made again: bundles, certificates, the fetched Node.js runtime. */
export function workspace(): string {
  return join(process.cwd(), '.slipway');
}
