/** One line for each request: who asked what, and how it ended. Never a key, never a row. */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Log } from '../log/log';
import type { RequestHead } from './request';

/** Ids of clients are taken over when they are safe to show. */
const SAFE_ID = /^[\w.:-]{1,64}$/;

/** Longest trace header that is logged. */
const LONGEST_TRACE = 200;

/** The id of a request: the client's own, or a new one. */
export function requestId(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && SAFE_ID.test(given) ? given : randomUUID();
}

/** The load balancer's trace, by which its access log is joined with this one. */
export function traceFields(headers: IncomingHttpHeaders): { readonly trace?: string } {
  const trace = headers['x-amzn-trace-id'];
  return trace === undefined ? {} : { trace: String(trace).slice(0, LONGEST_TRACE) };
}

/** An id by which whoever keeps a request finds it again: the client's own, or the load balancer's, or a new one. */
export function foreignId(headers: IncomingHttpHeaders): string {
  const { trace } = traceFields(headers);
  return headers['x-request-id'] === undefined && trace !== undefined ? trace : requestId(headers);
}

export interface Ended {
  readonly id: string;
  /** The path of the route, with its open segments. */
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
  /** @default - nobody was asked for */
  readonly caller?: string;
}

export function logRequest(log: Log, { method, headers }: RequestHead, ended: Ended): void {
  const { id, route, status, milliseconds, caller } = ended;
  log('info', 'request', {
    requestId: id,
    ...traceFields(headers),
    method,
    route,
    status,
    milliseconds: Math.round(milliseconds * 1000) / 1000,
    ...(caller !== undefined && { caller }),
  });
}
