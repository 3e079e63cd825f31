/** The lines of the log by OTLP (opentelemetry-proto, logs/v1/logs.proto), beside standard output. */
import { version } from '../../../package.json';
import type { Log, LogLevel, LogRecord } from '../log/log';
import { attributes, nanoseconds } from './otlp';
import { OtlpSender, type OtlpTarget } from './sender';

/** Lines that may wait; beyond it new ones are dropped here, and stay in standard output. */
const MOST_WAITING = 4096;
const FLUSH_MS = 2000;

/** logs.proto, SeverityNumber. */
const SEVERITY: Readonly<Record<LogLevel, number>> = { info: 9, warn: 13, error: 17 };

/** Of the load balancer's X-Amzn-Trace-Id, which is the trace of spans, too (trace-context.ts). */
const AMAZON_ROOT = /Root=1-([0-9a-f]{8})-([0-9a-f]{24})/;

function recordOf({ time, level, event, ...fields }: LogRecord): object {
  const at = nanoseconds(Date.parse(time));
  const [, seconds, rest] = AMAZON_ROOT.exec(String(fields.trace ?? '')) ?? [];
  const values = Object.entries(fields).map(([key, value]) => [
    key,
    typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value),
  ]);
  return {
    timeUnixNano: at,
    observedTimeUnixNano: at,
    severityNumber: SEVERITY[level],
    severityText: level.toUpperCase(),
    body: { stringValue: event },
    attributes: attributes(Object.fromEntries(values)),
    ...(seconds !== undefined && { traceId: seconds + rest }),
  };
}

/** The body of an export request. */
export function logsRequest(resource: OtlpTarget['resource'], records: readonly LogRecord[]): string {
  const logRecords = records.map(recordOf);
  return JSON.stringify({
    resourceLogs: [
      {
        resource: { attributes: attributes(resource) },
        scopeLogs: [{ scope: { name: 'slipway', version }, logRecords }],
      },
    ],
  });
}

export class LogExporter {
  private waiting: LogRecord[] = [];
  private readonly sender: OtlpSender;

  /** @param log that is not exported: it tells that lines cannot be sent */
  constructor(
    private readonly target: OtlpTarget,
    log: Log,
  ) {
    this.sender = new OtlpSender('log lines', target, log);
    setInterval(() => void this.flush(), FLUSH_MS).unref();
  }

  readonly record = (record: LogRecord): void => {
    if (this.waiting.length < MOST_WAITING) this.waiting.push(record);
  };

  async flush(): Promise<void> {
    if (this.waiting.length === 0) return;
    const records = this.waiting;
    this.waiting = [];
    await this.sender.send(logsRequest(this.target.resource, records), records.length);
  }
}
