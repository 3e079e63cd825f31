/** What a route answers, and the two forms in which the protocols want their errors. */
import type { InputProblem } from '../../../lib/model/rows/row';
import { PROBLEMS, problemType, type Refusal } from './problems';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `problem`: RFC 9457, `application/problem+json`. `open-inference`: `{"error": string}`. */
export type ErrorForm = 'problem' | 'open-inference';

/** Whether the connection ends with it: nobody knows when the rest of the request comes. */
export function endsConnection({ status }: Answer): boolean {
  return status === 408;
}

export const JSON_TYPE = 'application/json';

export function jsonAnswer(value: unknown, status = 200): Answer {
  return { status, type: JSON_TYPE, body: JSON.stringify(value) };
}

export interface HttpErrorOptions {
  readonly errors?: readonly InputProblem[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Nobody waits for the answer any more: the client has gone. */
export class ClientGoneError extends Error {}

/** A request that cannot be answered; `detail` is for whoever sent it. The table of problems says with which status. */
export class HttpError<R extends Refusal = Refusal> extends Error {
  constructor(
    readonly status: (typeof PROBLEMS)[R]['statuses'][number],
    readonly refusal: R,
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
  // to collect a stack that nobody reads would cost more than all else of a refusal, when there is least time to spare
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const error = new HttpError(503, refusal, detail, { headers: { 'retry-after': String(seconds) } });
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}

/** More requests come than can be answered. Made once, and its answers, too: a refusal costs as little as can be. */
export const OVERLOADED = unavailable('queue_full', 'more requests come than can be answered; try again in a second');

export function errorAnswer(error: HttpError, form: ErrorForm): Answer {
  return error === OVERLOADED ? OVERLOADED_ANSWERS[form] : answerOf(error, form);
}

function answerOf(error: HttpError, form: ErrorForm): Answer {
  const { status, refusal, detail, options } = error;
  const headers = options.headers;
  if (form === 'open-inference') return { ...jsonAnswer({ error: detail }, status), ...(headers && { headers }) };
  const body = JSON.stringify({
    type: problemType(refusal),
    title: PROBLEMS[refusal].title,
    status,
    detail,
    ...(options.errors && { errors: options.errors }),
  });
  return { status, type: 'application/problem+json', body, ...(headers && { headers }) };
}

const OVERLOADED_ANSWERS: Readonly<Record<ErrorForm, Answer>> = {
  problem: answerOf(OVERLOADED, 'problem'),
  'open-inference': answerOf(OVERLOADED, 'open-inference'),
};
