/**
 * The room for bodies that are on their way, counted for what has come of them: what was announced takes none. When it is
 * short, a body of which nothing comes any more gives way, else one of the client that holds the most. A body that does
 * not come in time is not waited for.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { HttpError, unavailable } from './http-answer';

/** Between two looks at what is on its way. Time is counted in looks: while this process is held up, no client is late. */
const LOOK_MS = 1000;

/** Looks without a byte after which a body gives way to others, and after which it is not waited for any more. */
const STALLED_LOOKS = 2;
const LATE_LOOKS = 10;

/** Looks in which a whole body has to come, and the bytes for each of which it may take one more: large ones take longer. */
const WHOLE_LOOKS = 30;
const BYTES_PER_LOOK = 65_536;

/** Who sends a request: the address that a load balancer adds behind those that are claimed, or that of the connection. */
export function clientOf(headers: IncomingHttpHeaders, socket: Socket): string {
  const forwarded = headers['x-forwarded-for'] as string | undefined;
  if (forwarded === undefined) return socket.remoteAddress ?? '';
  return forwarded.slice(forwarded.lastIndexOf(',') + 1).trim();
}

interface Client {
  readonly name: string;
  /** Bytes that are held of its bodies. */
  held: number;
  /** In the order in which they began. */
  readonly bodies: Set<ComingBytes>;
}

/** A body that is on its way. */
export interface ComingBytes {
  readonly client: Client;
  /** Told what to answer: 503 when it has to give way, 408 when it is late, with each look until it has ended. */
  readonly giveUp: (error: HttpError) => void;
  readonly begunAt: number;
  /** When something came, in looks. */
  cameAt: number;
  /** Bytes that came. */
  came: number;
  /** Bytes that are kept; what comes after it was dropped is not. */
  held: number;
  dropped: boolean;
}

export class BodyRoom {
  private held = 0;
  private readonly clients = new Map<string, Client>();
  private looks = 0;
  private timer?: NodeJS.Timeout;

  /** @param most bytes of all bodies that are on their way at the same time */
  constructor(private readonly most: number) {}

  /** Whether there is room for a body that came as a whole. */
  has(bytes: number, headers: IncomingHttpHeaders, socket: Socket): boolean {
    if (this.held + bytes <= this.most) return true;
    return this.make(bytes, bytes + (this.clients.get(clientOf(headers, socket))?.held ?? 0));
  }

  begin(name: string, giveUp: ComingBytes['giveUp']): ComingBytes {
    const client = this.clients.get(name) ?? { name, held: 0, bodies: new Set() };
    this.clients.set(name, client);
    this.timer ??= setInterval(() => this.look(), LOOK_MS).unref();
    const { looks } = this;
    const body = { client, giveUp, begunAt: looks, cameAt: looks, came: 0, held: 0, dropped: false };
    client.bodies.add(body);
    return body;
  }

  /** So many more bytes came of it. It may be given up thereby. */
  add(body: ComingBytes, bytes: number): void {
    body.came += bytes;
    body.cameAt = this.looks;
    if (body.dropped) return;
    body.held += bytes;
    body.client.held += bytes;
    this.held += bytes;
    if (this.held > this.most && !this.make(0, body.client.held)) this.giveWay(body);
  }

  /** Its bytes are not kept any more, nor are those that are still to come. */
  drop(body: ComingBytes): void {
    body.dropped = true;
    body.client.held -= body.held;
    this.held -= body.held;
    body.held = 0;
  }

  /** Nothing more will come of it. */
  end(body: ComingBytes): void {
    this.drop(body);
    body.client.bodies.delete(body);
    this.forget(body.client);
  }

  /**
   * All of it is there, and is being made rows of: it takes room until that has been done, but nobody waits for it.
   *
   * @returns gives the room back
   */
  keep(body: ComingBytes): () => void {
    const { client, held } = body;
    client.bodies.delete(body);
    return () => {
      client.held -= held;
      this.held -= held;
      this.forget(client);
    };
  }

  private forget({ name, bodies, held }: Client): void {
    if (bodies.size === 0 && held === 0) this.clients.delete(name);
  }

  /** @param share bytes that the client for which there is to be room would hold */
  private make(bytes: number, share: number): boolean {
    while (this.held + bytes > this.most) {
      const body = this.stalled() ?? this.oldestOfLargest(share);
      if (body === undefined) return false;
      this.giveWay(body);
    }
    return true;
  }

  private giveWay(body: ComingBytes): void {
    this.drop(body);
    body.giveUp(unavailable('queue_full', 'too many large bodies are being sent; try again in a second'));
  }

  private *bodies(): Generator<ComingBytes> {
    for (const { bodies } of this.clients.values()) yield* bodies;
  }

  /** The body that has stalled for the longest time, of those that hold anything. */
  private stalled(): ComingBytes | undefined {
    let found: ComingBytes | undefined;
    for (const body of this.bodies()) {
      if (body.held === 0 || this.looks - body.cameAt < STALLED_LOOKS) continue;
      if (found === undefined || body.cameAt < found.cameAt) found = body;
    }
    return found;
  }

  /** The first body of the client that holds the most, and more than `share`. */
  private oldestOfLargest(share: number): ComingBytes | undefined {
    let largest: Client | undefined;
    for (const client of this.clients.values()) if (client.held > (largest?.held ?? share)) largest = client;
    for (const body of largest?.bodies ?? []) if (body.held > 0) return body;
    return undefined;
  }

  private look(): void {
    this.looks++;
    for (const body of this.bodies()) {
      const { begunAt, cameAt, came, giveUp } = body;
      const late = this.looks - cameAt > LATE_LOOKS || this.looks - begunAt > WHOLE_LOOKS + came / BYTES_PER_LOOK;
      if (late) giveUp(new HttpError(408, 'body', 'the body does not come in time: send all of it at once'));
    }
    if (!this.bodies().next().done) return;
    clearInterval(this.timer);
    delete this.timer;
  }
}
