/** What a route answers, and the two forms in which the protocols want their errors. */
import { STATUS_CODES } from 'node:http';
import type { InputError, InputProblem } from '../../lib/model/row';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `problem`: RFC 9457, `application/problem+json`. `open-inference`: `{"error": string}`. */
export type ErrorForm = 'problem' | 'open-inference';

export const JSON_TYPE = 'application/json';

export function jsonAnswer(value: unknown, status = 200): Answer {
  return { status, type: JSON_TYPE, body: JSON.stringify(value) };
}

/** Why a request was refused, as the label of the metric. */
export type Refusal =
  | 'body'
  | 'input'
  | 'route'
  | 'too_large'
  | 'media_type'
  | 'not_ready'
  | 'queue_full'
  | 'deadline'
  | 'internal';

export interface HttpErrorOptions {
  readonly errors?: readonly InputProblem[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that cannot be answered; `detail` is for whoever sent it. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly refusal: Refusal,
    readonly detail: string,
    readonly options: HttpErrorOptions = {},
  ) {
    super(detail);
  }
}

/** Longest Retry-After: who waits longer should ask whether there is still a queue. */
const LONGEST_WAIT_SECONDS = 60;

/**
 * Refused because of load or a stop.
 *
 * @param waitMs after which trying again makes sense; told in whole seconds, at least one
 */
export function unavailable(
  refusal: 'not_ready' | 'queue_full' | 'deadline',
  detail: string,
  waitMs = 1000,
): HttpError {
  const seconds = Math.min(Math.max(1, Math.ceil(waitMs / 1000)), LONGEST_WAIT_SECONDS);
  return new HttpError(503, refusal, detail, { headers: { 'retry-after': String(seconds) } });
}

/** A mistake in the input as the 400 that tells it. */
export function inputRefused(error: InputError): HttpError {
  return new HttpError(400, 'input', error.message, { errors: error.fields });
}

export function errorAnswer(error: HttpError, form: ErrorForm): Answer {
  const { status, detail, options } = error;
  const headers = options.headers;
  if (form === 'open-inference') return { ...jsonAnswer({ error: detail }, status), ...(headers && { headers }) };
  const title = STATUS_CODES[status] ?? 'Error';
  const body = JSON.stringify({
    type: 'about:blank',
    title,
    status,
    detail,
    ...(options.errors && { errors: options.errors }),
  });
  return { status, type: 'application/problem+json', body, ...(headers && { headers }) };
}
