/**
 * One connection, read without `node:http` as long as its requests are plain ones, one after the other.
 *
 * A third of what a small prediction costs would be the objects, events and ticks by which Node.js makes streams of a
 * request and its answer (`npm run bench:handler`). Whatever is not plain to the letter, the connection goes to
 * Node.js with all bytes that were not answered, and stays there. So nothing that is ambiguous is read twice, and what
 * could hide a smuggled request is not read here at all.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { KEEP_ALIVE_SECONDS, PLAIN_BODY_BYTES } from '../../../../lib/model/instance/handler-settings';
import type { BodyReader } from '../body';
import { clientOf } from '../body-room';
import { type Answer, endsConnection } from '../http-answer';
import type { AnswerableRequest, AnswerHeaders } from '../request';
import { headOf } from './answer';
import { ComingBody } from './coming-body';
import { type PlainHead, plainHead } from './head';

/** Longest head: as that of Node.js. */
const HEAD_BYTES = 16_384;

const HEAD_END = Buffer.from('\r\n\r\n');

/** What a connection asks of the server. */
export interface PlainHost {
  /** Answer by `request.answer`, unless the client has gone. */
  serve(request: PlainRequest): void;
  /** Read the connection with Node.js from now on. */
  handOver(connection: PlainConnection): void;
  closed(connection: PlainConnection): void;
  /** Whether an answer is the last one of its connection. */
  readonly draining: boolean;
  readonly bodies: Pick<BodyReader, 'limit' | 'room'>;
}

export class PlainRequest implements AnswerableRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;

  constructor(
    head: PlainHead,
    private readonly connection: PlainConnection,
    private readonly content: Buffer | ComingBody,
  ) {
    this.method = head.method;
    this.url = head.url;
    this.headers = head.headers;
  }

  get socket(): Socket {
    return this.connection.socket;
  }

  get gone(): boolean {
    return !this.connection.socket.writable;
  }

  body(): Buffer | Promise<Buffer> {
    return this.content instanceof ComingBody ? this.content.read() : this.content;
  }

  answer(answer: Answer, headers?: AnswerHeaders): void {
    this.connection.answer(answer, headers);
  }
}

export class PlainConnection {
  /** Whether a request was answered. */
  used = false;
  private coming: ComingBody | undefined = undefined;
  /** What the last request waits for: its answer, or the client to read that. */
  private busy: 'answer' | 'client' | undefined = undefined;
  /** Bytes that came meanwhile, beyond its body. */
  private ahead: Buffer[] = [];

  constructor(
    readonly socket: Socket,
    private readonly host: PlainHost,
  ) {
    socket.setTimeout(KEEP_ALIVE_SECONDS * 1000);
    socket.on('data', this.onData);
    socket.on('end', this.onEnd);
    socket.on('error', this.onError);
    socket.on('timeout', this.onTimeout);
    socket.on('drain', this.onDrain);
    socket.on('close', this.onClose);
  }

  /** Whether nothing has been asked that is not answered. */
  get idle(): boolean {
    return this.busy === undefined && this.coming === undefined;
  }

  answer(answer: Answer, headers: AnswerHeaders | undefined): void {
    const { socket } = this;
    if (!socket.writable) return;
    this.used = true;
    const { body } = answer;
    const last = this.host.draining || endsConnection(answer);
    const head = headOf(answer, headers, last);
    let room: boolean;
    if (typeof body === 'string') room = socket.write(head + body);
    else {
      socket.cork();
      socket.write(head);
      room = socket.write(body);
      socket.uncork();
    }
    this.coming?.passOver();
    // what else was sent is not answered, as the field Connection says
    if (last) socket.destroySoon();
    else if (room) this.answered();
    else this.busy = 'client';
  }

  /** The next request may come. */
  private answered(): void {
    this.busy = undefined;
    if (this.ahead.length > 0) this.leave(Buffer.concat(this.ahead));
  }

  private readonly onDrain = (): void => {
    if (this.busy === 'client') this.answered();
  };

  private readonly onData = (chunk: Buffer): void => {
    if (this.coming) this.more(this.coming, chunk);
    else if (this.busy === undefined) this.first(chunk);
    else this.keep(chunk);
  };

  private keep(bytes: Buffer): void {
    this.ahead.push(bytes);
    this.socket.pause(); // who sends without waiting has to wait
  }

  private first(chunk: Buffer): void {
    const end = chunk.indexOf(HEAD_END);
    const head = end < 0 || end > HEAD_BYTES ? undefined : plainHead(chunk.toString('latin1', 0, end + 2));
    const begin = end + HEAD_END.length;
    const missing = head === undefined ? 0 : begin + head.length - chunk.length;
    // left to Node.js are also several requests at once, and bodies that are to be refused
    const { bodies } = this.host;
    if (
      head === undefined ||
      head.length > Math.min(PLAIN_BODY_BYTES, bodies.limit) ||
      missing < 0 ||
      !bodies.room.has(chunk.length - begin, head.headers, this.socket)
    ) {
      this.leave(chunk);
      return;
    }
    this.busy = 'answer';
    const bytes = chunk.subarray(begin);
    if (missing > 0) {
      const cut = () => this.socket.destroy();
      this.coming = new ComingBody(missing, bytes, bodies.room, clientOf(head.headers, this.socket), cut);
    }
    this.host.serve(new PlainRequest(head, this, this.coming ?? bytes));
  }

  private more(coming: ComingBody, chunk: Buffer): void {
    const rest = coming.add(chunk);
    if (coming.missing > 0) return;
    this.coming = undefined;
    if (rest === undefined) return;
    if (this.busy) this.keep(rest);
    else this.leave(rest);
  }

  private leave(bytes: Buffer): void {
    const { socket } = this;
    socket.setTimeout(0);
    socket.off('data', this.onData);
    socket.off('end', this.onEnd);
    socket.off('error', this.onError);
    socket.off('timeout', this.onTimeout);
    socket.off('drain', this.onDrain);
    socket.off('close', this.onClose);
    socket.pause();
    socket.unshift(bytes);
    this.host.handOver(this);
    socket.resume();
  }

  /** As Node.js has it, a client that ends its half of the connection does not wait for an answer. */
  private readonly onEnd = (): void => {
    this.socket.end();
  };

  private readonly onError = (): void => {
    this.socket.destroy();
  };

  private readonly onTimeout = (): void => {
    if (this.busy !== 'answer' || this.coming) this.socket.destroy();
  };

  private readonly onClose = (): void => {
    this.coming?.end();
    this.host.closed(this);
  };
}
