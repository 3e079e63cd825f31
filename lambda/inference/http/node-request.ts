import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { BodyReader } from './body';
import { type Answer, endsConnection } from './http-answer';
import type { AnswerableRequest, AnswerHeaders } from './request';

/** A request whose head Node.js has read. */
export class NodeRequest implements AnswerableRequest {
  readonly method: string;
  readonly url: string;

  /** @param draining whether an answer is the last one of its connection */
  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly bodies: BodyReader,
    private readonly draining: () => boolean,
  ) {
    this.method = request.method ?? 'GET';
    this.url = request.url ?? '/';
  }

  get headers(): IncomingHttpHeaders {
    return this.request.headers;
  }

  get gone(): boolean {
    return this.response.destroyed;
  }

  body(): Promise<Buffer> {
    return this.bodies.read(this.request, this.response);
  }

  answer(answer: Answer, headers?: AnswerHeaders): void {
    const all: OutgoingHttpHeaders = {
      'content-type': answer.type,
      'content-length': Buffer.byteLength(answer.body),
      ...headers,
      ...answer.headers,
    };
    // a client that was never told to continue may or may not send the body: the next bytes mean nothing
    const uncertain = answer.status >= 400 && this.headers.expect !== undefined && !this.request.complete;
    if (uncertain || this.draining() || endsConnection(answer)) all.connection = 'close';
    this.response.writeHead(answer.status, all);
    this.response.end(answer.body);
  }
}
