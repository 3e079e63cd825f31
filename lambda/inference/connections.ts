/** The connections of a server, and how they end when it stops. */
import type * as http from 'node:http';
import type * as https from 'node:https';
import type { Socket } from 'node:net';
import { stopListening } from './http/listen';
import type { PlainHttp } from './http/plain/plain-http';
import { eventLoop } from './turns/event-loop';

/**
 * Time that a connection has to send its next request while the server stops. One may be on its way on a connection that is
 * new, and one on an idle connection would meet its end: only an answer can tell the client to use it no more.
 */
const NEXT_REQUEST_MS = 1000;

/** Connections that turn idle after that are closed this often. */
const SWEEP_MS = 100;

export class Connections {
  private readonly open = new Set<Socket>();
  /** Those that have not sent a request yet. */
  private readonly untouched = new Set<Socket>();
  private onClosed: () => void = () => {};

  /**
   * @param plain reads them as long as they are plain; undefined where Node.js reads them all
   * @param most that may be open; what is idle beyond it is closed
   */
  constructor(
    private readonly server: http.Server | https.Server,
    private readonly plain: PlainHttp | undefined,
    most: number,
  ) {
    server.on('connection', (socket: Socket) => {
      this.open.add(socket);
      socket.once('close', () => {
        this.open.delete(socket);
        this.onClosed();
      });
    });
    let usable = 0; // behind TLS a request has another socket than its connection, once that is secure
    server.on(plain ? 'connection' : 'secureConnection', (socket: Socket) => {
      eventLoop.accepted();
      this.untouched.add(socket);
      socket.once('close', () => {
        this.untouched.delete(socket);
        usable--;
      });
      if (++usable > most) this.makeRoom(socket);
    });
  }

  /**
   * A request is read on it.
   *
   * @returns when it can have come at the earliest, as of `performance.now()`
   */
  cameAt(socket: Socket, now: number): number {
    this.untouched.delete(socket);
    return eventLoop.cameAt(now);
  }

  /**
   * Take no new connections, answer what has begun, and close each connection after it.
   *
   * @param milliseconds after which connections are cut, answered or not
   * @returns whether everything that had begun was answered
   */
  async drain(milliseconds: number): Promise<boolean> {
    const begin = performance.now();
    await stopListening(this.server);
    const complete = await this.untilClosed(begin + milliseconds, begin + Math.min(NEXT_REQUEST_MS, milliseconds));
    this.server.close(); // which ends its watch over time limits
    return complete;
  }

  /** @param newest the connection that is one too many */
  private makeRoom(newest: Socket): void {
    // of those that have not asked anything the first has had the longest time to do so; the last of them is the newest
    const [first] = this.untouched;
    if (first !== newest || !this.plain?.closeIdleOne()) first?.destroy();
  }

  /**
   * @param end time, as of `performance.now()`, at which all are cut
   * @param patience time until which idle ones are left alone
   */
  private untilClosed(end: number, patience: number): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (complete: boolean) => {
        clearTimeout(cut);
        clearTimeout(sweep);
        this.onClosed = () => {};
        resolve(complete);
      };
      const closeIdle = () => {
        sweep = setTimeout(closeIdle, SWEEP_MS);
        // a connection is idle when all that has come on it has been read
        setImmediate(() => {
          for (const socket of this.untouched) socket.destroy();
          this.plain?.closeIdleConnections();
          this.server.closeIdleConnections();
        });
      };
      let sweep = setTimeout(closeIdle, Math.max(0, patience - performance.now()));
      const cut = setTimeout(
        () => {
          for (const socket of this.open) socket.destroy();
          finish(false); // at once: a TLS handshake that hangs may not be told
        },
        Math.max(0, end - performance.now()),
      );
      this.onClosed = () => {
        if (this.open.size === 0) finish(true);
      };
      this.onClosed();
    });
  }
}
