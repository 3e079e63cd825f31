/** The trace that a request belongs to: W3C Trace Context, or the load balancer's own header. */
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits; absent where the trace begins here. */
  readonly parentId?: string;
  /** What whoever began the trace has decided; absent where nobody has. */
  readonly sampled?: boolean;
}

/** version-traceid-parentid-flags; a later version may add more (W3C Trace Context, 3.2.2.1 and 4.1). */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;

/** Root=1-58406520-a006649127e371903a2de979;Parent=...;Sampled=1 (X-Ray developer guide, tracing header). */
const AMAZON_ROOT = /Root=1-([0-9a-f]{8})-([0-9a-f]{24})/;
const AMAZON_PARENT = /Parent=([0-9a-f]{16})/;
const AMAZON_SAMPLED = /Sampled=([01])/;

export const newSpanId = () => randomBytes(8).toString('hex');

export function traceContext(headers: IncomingHttpHeaders): TraceContext {
  const [, traceId, parentId, flags] = TRACEPARENT.exec(String(headers.traceparent ?? '')) ?? [];
  if (traceId && parentId && flags) return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
  const amazon = String(headers['x-amzn-trace-id'] ?? '');
  const [, seconds, rest] = AMAZON_ROOT.exec(amazon) ?? [];
  if (!seconds || !rest) return { traceId: randomBytes(16).toString('hex') };
  const parent = AMAZON_PARENT.exec(amazon)?.[1];
  const sampled = AMAZON_SAMPLED.exec(amazon)?.[1];
  return {
    traceId: seconds + rest,
    ...(parent !== undefined && { parentId: parent }),
    ...(sampled !== undefined && { sampled: sampled === '1' }),
  };
}
