/**
 * Spans of requests, sent to an OpenTelemetry collector where the environment names one. The packages of OpenTelemetry
 * would make the bundle several times as large for one form of one message, so that it is written here.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { version } from '../../../package.json';
import type { Stages } from '../http/stages';
import type { Log } from '../log/log';
import { exportRequest, type Span } from './otlp';
import { OtlpSender, type OtlpTarget } from './sender';
import { newSpanId, traceContext } from './trace-context';

export interface TracerOptions extends OtlpTarget {
  /** Share of the traces that begin here and are told; whoever began a trace elsewhere decides for it. */
  readonly ratio: number;
}

/** Spans that may wait to be sent; beyond it new ones are dropped, and counted. */
const MOST_WAITING = 4096;

/** Longest that a span waits. */
const FLUSH_MS = 2000;

export interface TracedRequest {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  /** As of `performance.now()`. */
  readonly startedAt: number;
  readonly endedAt: number;
}

export class Tracer {
  private waiting: Span[] = [];
  private readonly sender: OtlpSender;

  constructor(
    private readonly options: TracerOptions,
    log: Log,
  ) {
    this.sender = new OtlpSender('spans', options, log);
    setInterval(() => void this.flush(), FLUSH_MS).unref();
  }

  /** A request that has been answered, with its stages. */
  record(headers: IncomingHttpHeaders, request: TracedRequest, stages: Stages): void {
    const { traceId, parentId, sampled } = traceContext(headers);
    // of the id's own randomness, so that every service decides alike
    const chosen = sampled ?? Number.parseInt(traceId.slice(-8), 16) / 0x1_0000_0000 < this.options.ratio;
    if (!chosen) return;
    const { method, route, status, startedAt, endedAt } = request;
    const spanId = newSpanId();
    const at = (time: number) => performance.timeOrigin + time;
    const spans: Span[] = [
      {
        traceId,
        spanId,
        ...(parentId !== undefined && { parentId }),
        name: `${method} ${route}`,
        kind: 'server',
        from: at(startedAt),
        to: at(endedAt),
        attributes: { 'http.request.method': method, 'http.route': route, 'http.response.status_code': status },
        failed: status >= 500,
      },
    ];
    const stage = (name: string, from: number, to: number) => {
      if (from === 0 || to === 0) return;
      spans.push({
        traceId,
        spanId: newSpanId(),
        parentId: spanId,
        name,
        kind: 'internal',
        from: at(from),
        to: at(to),
      });
    };
    stage('read body', startedAt, stages.readAt);
    stage('parse', stages.readAt, stages.submittedAt);
    stage('queue and run', stages.submittedAt, stages.computedAt);
    stage('serialise', stages.computedAt, endedAt);
    if (this.waiting.length + spans.length > MOST_WAITING) this.sender.dropped += spans.length;
    else this.waiting.push(...spans);
  }

  /** Send what waits. */
  async flush(): Promise<void> {
    if (this.waiting.length === 0) return;
    const spans = this.waiting;
    this.waiting = [];
    await this.sender.send(exportRequest(this.options.resource, version, spans), spans.length);
  }
}
