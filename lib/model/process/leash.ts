/**
 * Children that end with their parent. A parent that is killed can tell nobody, and a child that computes does not listen:
 * so the child's standard input is a pipe that the parent holds and never writes to, and a thread of the child waits for its
 * end. The kernel closes it however the parent ends.
 */
import { join } from 'node:path';

export interface Leash {
  /** Removed by the child when it is left alone. @default - nothing */
  readonly folder?: string;
  /** Ends the child after so long, whatever its parent does. @default - it has all the time */
  readonly seconds?: number;
  /** Ends the child when it takes more memory, MiB, of whatever kind. It then says `MEMORY_TEXT` on stderr. @default - all there is */
  readonly memoryMiB?: number;
  /**
   * Whether a thread watches, which some MiB of memory are the price of. Without, a child that computes for long ends when
   * it is done with that. @default true
   */
  readonly thread?: boolean;
  /** Whether the processes that the child has started end too: it must be spawned `detached`. @default false */
  readonly group?: boolean;
}

export interface Leashed {
  /** To stand before all other arguments of Node.js. */
  readonly execArgv: readonly string[];
  /** To be added to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** For the child's standard input. */
  readonly stdin: 'pipe';
}

/** Last line on stderr of a child that took more memory than it may. */
export const MEMORY_TEXT = 'slipway: too much memory';

/** What a child of Node.js is to be spawned with, so that it is on the leash. */
export function leashed(leash: Leash = {}): Leashed {
  return {
    execArgv: ['--require', join(__dirname, 'leash.preload.js')],
    env: { SLIPWAY_LEASH: JSON.stringify({ thread: true, ...leash }) },
    stdin: 'pipe',
  };
}
