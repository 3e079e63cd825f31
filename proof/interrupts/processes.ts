/** The processes of a command, found by a variable that all of them inherit: also those whose parent is gone. */
import { readdirSync, readFileSync } from 'node:fs';

export const MARK = 'SLIPWAY_INTERRUPTS_MARK';

interface Found {
  readonly pid: number;
  readonly command: string;
}

/** Processes with this value of the variable; those that have ended and are not yet buried are none. */
export function marked(mark: string): Found[] {
  const wanted = `${MARK}=${mark}`;
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!(pid > 0)) return [];
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(wanted)) return [];
      return [{ pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 200) }];
    } catch {
      return []; // ended meanwhile, or another user's
    }
  });
}
