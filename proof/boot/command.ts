/** Running programs of the system. */
import { type SpawnSyncOptions, spawnSync } from 'node:child_process';

export interface Finished {
  readonly status: number;
  /** Standard output and standard error, in that order. */
  readonly output: string;
}

/** Runs a program to its end, whatever its exit status. */
export function attempt(program: string, arguments_: readonly string[], options: SpawnSyncOptions = {}): Finished {
  const { status, stdout, stderr, error } = spawnSync(program, arguments_, {
    maxBuffer: 64 * 1024 * 1024,
    ...options,
    encoding: 'utf8',
  });
  if (error) return { status: 127, output: error.message };
  return { status: status ?? 128, output: `${stdout ?? ''}${stderr ?? ''}` };
}

/** Runs a program that must succeed and returns what it printed. */
export function command(program: string, arguments_: readonly string[], options: SpawnSyncOptions = {}): string {
  const { status, output } = attempt(program, arguments_, options);
  if (status !== 0) {
    throw new Error(`${program} ${arguments_.join(' ')} ended with status ${status}: ${output.trim().slice(-2000)}`);
  }
  return output;
}
