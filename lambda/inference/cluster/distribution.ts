/**
 * The door of the cluster: the primary listens and hands each connection to a worker, in turn.
 *
 * Node.js's own cluster would do so too, but forgets a connection that it has handed to a worker which ends before taking
 * it, and resets those that wait when the last worker stops. Here a connection stays with the primary, unread, until its
 * worker has taken it; if that ends first, the next one gets it. A worker is handed one at a time, and more as long as it takes
 * them and others wait: so one which does not take any gets no other, and a crowd is let in.
 */
import type { Worker } from 'node:cluster';
import { createServer, type Server, type Socket } from 'node:net';
import { stopListening } from '../http/listen';
import type { FromPrimary } from './messages';

const CONNECTION: FromPrimary = { slipway: 'connection' };

/** Connections that wait while no worker takes one; the system has a queue of its own, too. */
const MOST_WAITING = 4096;

/** Connections that a worker is handed at once: it takes all of them in one turn of its event loop. */
const MOST_HANDED = 64;

/** A worker that takes connections. */
interface Member {
  /** Sent to it, and not known to have come there; the first was sent first. */
  readonly handed: Socket[];
  /** How many these may be: twice as many after each that it took while others wait. */
  most: number;
  /** Gets no more. */
  leaving: boolean;
}

export class Distribution {
  /** Listens when whoever made this says so. */
  readonly server: Server;
  /** Connections that no worker has been handed. */
  private readonly waiting: Socket[] = [];
  private readonly members = new Map<Worker, Member>();
  /** Those that could take a connection now, longest waiting first. */
  private readonly free = new Set<Worker>();
  private onChange: () => void = () => {};

  constructor() {
    // unread, since whoever gets it reads it from its beginning; the rest is what an HTTP server would set
    this.server = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {}); // whether the client is still there is its worker's affair
      this.waiting.push(socket);
      this.handOut();
      if (this.waiting.length > MOST_WAITING) this.waiting.pop()!.destroy();
    });
  }

  /** The worker takes connections from now on. */
  join(worker: Worker): void {
    if (this.members.has(worker)) return;
    this.members.set(worker, { handed: [], most: 1, leaving: false });
    this.free.add(worker);
    this.handOut();
  }

  /** Whether it takes connections. */
  has(worker: Worker): boolean {
    return this.members.get(worker)?.leaving === false;
  }

  /** The worker has what it was handed. */
  taken(worker: Worker): void {
    const member = this.members.get(worker);
    if (!member) return;
    member.handed.shift()?.destroy(); // only this process lets go of it
    if (member.leaving) return;
    member.most = this.waiting.length > 0 ? Math.min(2 * member.most, MOST_HANDED) : 1;
    this.free.add(worker);
    this.handOut();
  }

  /** The worker is handed no more; what is on its way to it gets there. */
  leave(worker: Worker): void {
    const member = this.members.get(worker);
    if (!member) return;
    member.leaving = true;
    this.free.delete(worker);
    this.onChange();
  }

  /** The worker is no more. */
  ended(worker: Worker): void {
    const { handed = [] } = this.members.get(worker) ?? {};
    this.members.delete(worker);
    this.free.delete(worker);
    this.waiting.unshift(...handed);
    this.handOut();
  }

  /** Listens no more. Resolves when what had come is on its way to a worker, or there is none to take it. */
  async close(): Promise<void> {
    await stopListening(this.server);
    const isOver = () => this.waiting.length === 0 || ![...this.members.values()].some(({ leaving }) => !leaving);
    if (!isOver()) {
      await new Promise<void>((resolve) => {
        this.onChange = () => isOver() && resolve();
      });
    }
    for (const socket of this.waiting.splice(0)) socket.destroy();
  }

  private handOut(): void {
    // a set goes on to what is added to it meanwhile: whoever may have more is last again
    for (const worker of this.free) {
      const socket = this.waiting.shift();
      if (!socket) break;
      this.free.delete(worker);
      const { handed, most } = this.members.get(worker)!;
      handed.push(socket);
      if (handed.length < most) this.free.add(worker);
      // that a worker is gone is told by its end
      worker.send(CONNECTION, socket, { keepOpen: true }, () => {});
    }
    this.onChange();
  }
}
