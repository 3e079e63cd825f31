/** Spans in the form of OTLP/HTTP with JSON (opentelemetry-proto, trace/v1/trace.proto; ids are hexadecimal there). */

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string;
  readonly name: string;
  /** Milliseconds since 1970, with fractions. */
  readonly from: number;
  readonly to: number;
  readonly kind: 'server' | 'internal';
  readonly attributes?: Readonly<Record<string, string | number>>;
  readonly failed?: boolean;
}

const KINDS = { internal: 1, server: 2 } as const;
const STATUS_ERROR = 2;

/** A double holds today's milliseconds to a quarter of a microsecond; the digits below are noughts. */
export const nanoseconds = (milliseconds: number) => {
  const whole = Math.floor(milliseconds);
  return String(BigInt(whole) * 1_000_000n + BigInt(Math.round((milliseconds - whole) * 1e6)));
};

export function attributes(values: Readonly<Record<string, string | number>>): object[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : Number.isInteger(value)
          ? { intValue: String(value) }
          : { doubleValue: value },
  }));
}

/** The body of an export request. */
export function exportRequest(
  resource: Readonly<Record<string, string | number>>,
  version: string,
  spans: readonly Span[],
): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributes(resource) },
        scopeSpans: [
          {
            scope: { name: 'slipway', version },
            spans: spans.map((span) => ({
              traceId: span.traceId,
              spanId: span.spanId,
              ...(span.parentId !== undefined && { parentSpanId: span.parentId }),
              name: span.name,
              kind: KINDS[span.kind],
              startTimeUnixNano: nanoseconds(span.from),
              endTimeUnixNano: nanoseconds(span.to),
              ...(span.attributes && { attributes: attributes(span.attributes) }),
              ...(span.failed && { status: { code: STATUS_ERROR } }),
            })),
          },
        ],
      },
    ],
  });
}
