/** A request that has come as the event of an invocation: all of it is there. */
import type { IncomingHttpHeaders } from 'node:http';
import { codingOf, inflate, tooLarge } from '../http/content-coding';
import { type Answer, errorAnswer, HttpError } from '../http/http-answer';
import type { AnswerableRequest, AnswerHeaders } from '../http/request';
import {
  bodyOf,
  excessOf,
  type HttpEvent,
  type HttpResult,
  LONGEST_RESULT_BYTES,
  resultOf,
  targetOf,
} from './http-event';

export class InvokedRequest implements AnswerableRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Whether somebody still waits is not known. */
  readonly gone = false;
  /** What it was answered with. */
  result?: HttpResult;

  /**
   * @param id of the invocation, which is that of the request unless the client gave one: Lambda's own lines have it
   * @param longest bytes of a body, once inflated
   */
  constructor(
    private readonly event: HttpEvent,
    id: string,
    private readonly longest: number,
  ) {
    this.method = event.requestContext.http.method;
    this.url = targetOf(event);
    this.headers = { 'x-request-id': id, ...event.headers };
  }

  body(): Buffer | Promise<Buffer> {
    const coding = codingOf(this);
    const body = bodyOf(this.event);
    if (body === undefined && this.headers['content-length'] === undefined) {
      throw new HttpError(411, 'body', 'the request has no body: send one, with a content-length');
    }
    if ((body?.length ?? 0) > this.longest) throw tooLarge(this.longest);
    const bytes = body ?? Buffer.alloc(0);
    return coding === undefined ? bytes : inflate(bytes, coding, this.longest);
  }

  answer(answer: Answer, headers?: AnswerHeaders): void {
    const result = resultOf(answer, headers);
    const bytes = excessOf(result);
    this.result = bytes === undefined ? result : resultOf(this.tooLong(bytes), headers);
  }

  private tooLong(bytes: number): Answer {
    const detail = `the answer has ${bytes} bytes, and a function gives back ${LONGEST_RESULT_BYTES} at most: send fewer rows in a request, or accept gzip`;
    return errorAnswer(
      new HttpError(413, 'too_large', detail),
      this.url.startsWith('/v2') ? 'open-inference' : 'problem',
    );
  }
}
