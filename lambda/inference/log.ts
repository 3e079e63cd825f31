/** One JSON line for each event worth keeping; CloudWatch and journald take them as they are. */
import { printable } from '../../lib/model/printable';

export type LogLevel = 'info' | 'warn' | 'error';

export type Log = (level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>) => void;

/** A log that writes lines, each with `time`, `level`, `event`, `pid` and the fields of the event. */
export function createLog(write: (line: string) => void): Log {
  return (level, event, fields = {}) => {
    const line = JSON.stringify({ time: new Date().toISOString(), level, event, pid: process.pid, ...fields });
    write(`${printable(line)}\n`);
  };
}

/** Everything that is known about an error, for the log alone: a client never sees it. */
export function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  const { code, problems } = error as Error & { code?: unknown; problems?: readonly unknown[] };
  return {
    error: error.message,
    ...(code !== undefined && { code }),
    ...(problems && problems.length > 0 && { problems }),
    stack: error.stack,
    ...(error.cause !== undefined && { cause: errorFields(error.cause).error }),
  };
}
