/**
 * The kinds of problem that a request can meet.
 *
 * The key is the label of the metric and the end of the problem's `type` (RFC 9457): `/problems/too_large`, a path
 * of the endpoint itself, so that it resolves wherever the endpoint is, without a domain of ours. docs/reference/errors.md
 * lists the same table; a test keeps the two equal.
 */
interface ProblemKind {
  /** Status codes with which the own routes tell it. The Open Inference Protocol tells what is wrong with tensors as 400. */
  readonly statuses: readonly number[];
  readonly title: string;
  readonly meaning: string;
}

export const PROBLEMS = {
  body: {
    statuses: [400, 408, 411],
    title: 'The body is malformed',
    meaning:
      'there is no body, or it does not come in time (408), or is cut short, not JSON, CSV or UTF-8, damaged by compression, or of no form that is known',
  },
  input: {
    statuses: [400, 422],
    title: 'A value does not fit',
    meaning:
      'the form is right and a value is not (422): an unknown category, a missing value where none may be, a wrong number of columns; or an unknown query, or a method that the model does not have (400)',
  },
  route: {
    statuses: [404],
    title: 'Not found',
    meaning: 'there is no such path, model or version here; the answer names those there are',
  },
  method: {
    statuses: [405],
    title: 'Method not allowed',
    meaning: 'the path is there, and not for this HTTP method; `Allow` names those it has',
  },
  too_large: {
    statuses: [413],
    title: 'Too large',
    meaning:
      'the body, also after it was inflated, a part of it, or its rows are more than are ever taken: send fewer rows in a request',
  },
  media_type: {
    statuses: [415],
    title: 'Unsupported media type',
    meaning: 'the content type or the content encoding is not read; `Accept` or `Accept-Encoding` names those that are',
  },
  access: {
    statuses: [401, 403],
    title: 'Not allowed',
    meaning:
      'the endpoint wants an API key or a token, and there is none that it knows (401), or the token lacks the scope (403); `WWW-Authenticate` says which',
  },
  not_ready: {
    statuses: [503],
    title: 'Not ready',
    meaning:
      'the model is still loading, its golden rows differ, or the server stops; `Retry-After` says when to try again',
  },
  queue_full: {
    statuses: [503],
    title: 'Overloaded',
    meaning: 'more requests, rows or bytes come than can be answered; `Retry-After` says when to try again',
  },
  deadline: {
    statuses: [503, 504],
    title: 'Out of time',
    meaning:
      'the rows would not be computed (503, with `Retry-After`), or were not (504), in the time that the request may take',
  },
  internal: {
    statuses: [500],
    title: 'Internal error',
    meaning: 'a fault of Slipway; the log has the reason under the request id of the answer',
  },
} as const satisfies Record<string, ProblemKind>;

/** Why a request was refused, as the label of the metric. */
export type Refusal = keyof typeof PROBLEMS;

/** Base of the `type` of a problem. */
export const PROBLEM_PATH = '/problems';

export const problemType = (refusal: Refusal) => `${PROBLEM_PATH}/${refusal}`;
