/** Memory of this process, and how much of it other processes of the same program would share. */
import { readFileSync } from 'node:fs';

const MIB = 1024 * 1024;
const tenth = (value: number) => Math.round(value * 10) / 10;

/** A field of /proc/self/smaps_rollup in KiB. */
function field(rollup: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1] ?? Number.NaN);
}

export const residentMiB = () => tenth(process.memoryUsage.rss() / MIB);

/** The most that it ever had (VmHWM). */
export const peakMiB = () => tenth(process.resourceUsage().maxRSS / 1024); // given in KiB

/**
 * Resident memory that belongs to mapped files and was not written to: code of Node.js and of the engine. A second worker
 * has the same pages. What remains is its own (USS of a process that shares all it can). 0 where the kernel does not tell,
 * which errs to the safe side.
 */
export function sharedMiB(): number {
  let rollup: string;
  try {
    rollup = readFileSync('/proc/self/smaps_rollup', 'utf8');
  } catch {
    return 0; // not Linux, or not allowed
  }
  const own = Math.max(field(rollup, 'Anonymous'), field(rollup, 'Private_Dirty') + field(rollup, 'Shared_Dirty'));
  const shared = (field(rollup, 'Rss') - own) / 1024;
  return shared > 0 ? tenth(shared) : 0;
}
