/** One JSON line for each event worth keeping; CloudWatch and journald take them as they are. */
import { printable } from '../../../lib/model/text/printable';
import { MIB } from '../../../lib/model/units';

export type LogLevel = 'info' | 'warn' | 'error';

export type Log = (level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>) => void;

/** What a line has, beside the fields of its event. */
export interface LogRecord extends Readonly<Record<string, unknown>> {
  readonly time: string;
  readonly level: LogLevel;
  readonly event: string;
}

/**
 * A log that writes lines, each with `time`, `level`, `event`, `pid` and the fields of the event.
 *
 * @param tell gets each event, too. @default - nobody does
 */
export function createLog(write: (line: string) => void, tell?: (record: LogRecord) => void): Log {
  return (level, event, fields = {}) => {
    const record = { time: new Date().toISOString(), level, event, pid: process.pid, ...fields };
    write(`${printable(JSON.stringify(record))}\n`);
    tell?.(record);
  };
}

/** Bytes of lines that may wait for whoever reads the log. */
const MOST_WAITING_BYTES = MIB;

/** Longest that the end of a process waits for its last lines to be read. */
const LAST_LINES_MS = 1000;

/**
 * Lines for a stream that may be a pipe which nobody reads: what waits is bounded, so that the process serves on and can
 * end. Lines beyond it are dropped, and counted in a line of their own once others are read again.
 */
export class LogStream {
  private dropped = 0;

  constructor(private readonly stream: NodeJS.WritableStream & { readonly writableLength: number }) {
    stream.on('error', () => {}); // whoever read the log has gone; that is no reason to stop serving
  }

  readonly write = (line: string): void => {
    if (this.stream.writableLength > MOST_WAITING_BYTES) {
      this.dropped++;
      return;
    }
    if (this.dropped > 0) {
      const lines = this.dropped;
      this.dropped = 0;
      createLog((text) => this.stream.write(text))('warn', 'log lines dropped', { lines });
    }
    this.stream.write(line);
  };

  /** Calls back when all lines are written, or when nobody has read them for a second. */
  end(done: () => void): void {
    const timer = setTimeout(done, LAST_LINES_MS);
    this.stream.write('', () => {
      clearTimeout(timer);
      done();
    });
  }
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
