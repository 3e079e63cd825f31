/**
 * Events of an HTTP API for a function, and what the function gives back: payload format 2.0
 * (docs.aws.amazon.com/apigateway, "Create AWS Lambda proxy integrations for HTTP APIs", 2026-11).
 */
import { isRecord } from '../../../lib/model/formats/json';
import type { Answer } from '../http/http-answer';
import type { AnswerHeaders } from '../http/request';

/** The part of an event that is read. Names of headers are in lower case; what came several times is joined with commas. */
export interface HttpEvent {
  readonly version: '2.0';
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly requestContext: { readonly http: { readonly method: string } };
  /** Absent where there is none. */
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

export interface HttpResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** Most bytes of a result as JSON (AWS Lambda quotas, invocation payload, 2026-11). */
export const LONGEST_RESULT_BYTES = 6 * 1024 * 1024;

/** Text has at most so many bytes for a UTF-16 unit in JSON: `\u0000`. */
const MOST_BYTES_OF_UNIT = 6;

/** Whether it is an event of an HTTP API: a function can be called by whoever may, with anything. */
export function isHttpEvent(event: unknown): event is HttpEvent {
  if (!isRecord(event) || event.version !== '2.0' || !isRecord(event.requestContext)) return false;
  const { http } = event.requestContext;
  return (
    isRecord(http) &&
    typeof http.method === 'string' &&
    typeof event.rawPath === 'string' &&
    isRecord(event.headers) &&
    (event.body === undefined || event.body === null || typeof event.body === 'string')
  );
}

/** Path and query, as a request line has them. An HTTP API decodes the path, so that a question mark can be a part of it. */
export function targetOf({ rawPath, rawQueryString }: HttpEvent): string {
  const path = rawPath.replaceAll('?', '%3F');
  return rawQueryString ? `${path}?${rawQueryString}` : path;
}

/** Undefined where it has none. */
export function bodyOf({ body, isBase64Encoded }: HttpEvent): Buffer | undefined {
  return typeof body === 'string' ? Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') : undefined;
}

/** Bytes go as base64, text as it is. */
export function resultOf({ status, type, body, headers: own }: Answer, headers?: AnswerHeaders): HttpResult {
  const text = typeof body === 'string';
  return {
    statusCode: status,
    headers: { 'content-type': type, ...headers, ...own },
    body: text ? body : body.toString('base64'),
    isBase64Encoded: !text,
  };
}

/** Bytes of a result where there are more than a function may give back; undefined where there are not. */
export function excessOf(result: HttpResult): number | undefined {
  // exactly only where it could be: most answers are short
  if (MOST_BYTES_OF_UNIT * result.body.length < LONGEST_RESULT_BYTES / 2) return undefined;
  const bytes = Buffer.byteLength(JSON.stringify(result));
  return bytes > LONGEST_RESULT_BYTES ? bytes : undefined;
}
