/** A request, whichever way it was read: by Node.js (node-request.ts), or as a plain one (plain/). */
import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from './http-answer';

export interface RequestHead {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** What a route gets to see. */
export interface InferenceRequest extends RequestHead {
  /** Whether nobody waits for the answer any more. */
  readonly gone: boolean;
  /**
   * The whole body, to be asked for once, inflated where it came compressed.
   *
   * @throws HttpError 400, 408, 411, 413, 415, 503; ClientGoneError when the client went away
   */
  body(): Buffer | Promise<Buffer>;
}

export type AnswerHeaders = Readonly<Record<string, string>>;

export interface AnswerableRequest extends InferenceRequest {
  /** @param headers beside those of the answer */
  answer(answer: Answer, headers?: AnswerHeaders): void;
}
