/** A worker's side of the cluster. */
import type { Server, Socket } from 'node:net';
import type { Registry } from 'prom-client';
import type { HeldBack, Metrics } from '../protocols/operations';
import { BEAT_MS } from './heartbeats';
import { type FromPrimary, type FromWorker, isOurs, type Measurements, REPLACEMENT_VARIABLE } from './messages';

export class ClusterMember {
  /** Whether this worker takes the place of another while others serve. */
  readonly replacement = process.env[REPLACEMENT_VARIABLE] === '1';
  /** Measurements of all workers together. */
  readonly metrics: Metrics;
  /** Resolves when no more connections come, since the worker is to finish what it has begun and end. */
  readonly dismissed: Promise<void>;
  private dismiss!: () => void;
  private serving = false;
  private withdrawn = false;
  private server?: Server;
  private readonly waiting = new Map<number, (text: string) => void>();
  private lastId = 0;

  /** In a worker of a cluster. */
  constructor(private readonly registry: Pick<Registry, 'contentType' | 'getMetricsAsJSON'>) {
    this.metrics = { contentType: registry.contentType, read: () => this.readAll() };
    this.dismissed = new Promise((resolve) => {
      this.dismiss = resolve;
    });
    process.on('message', (message: unknown, handle: unknown) => {
      if (isOurs(message)) this.receive(message as FromPrimary, handle as Socket | undefined);
    });
  }

  /** Until every worker is ready none says so: the load balancer's question reaches only one of them. */
  heldBack(): HeldBack | undefined {
    if (this.withdrawn) return 'taken back';
    return this.serving ? undefined : 'waiting for the other workers';
  }

  /** Take connections from the primary, which listens. */
  open(server: Server): void {
    this.server = server;
    server.emit('listening'); // on which a server of node:http begins to look after the time limits of its connections
    this.send({ slipway: 'open' });
  }

  /** @param runMs tells for how many milliseconds an engine has been at the run that it is at; 0 when at none */
  reportReady(runMs: () => number): void {
    this.send({ slipway: 'ready' });
    const beat = () => this.send({ slipway: 'alive', runMs: runMs() });
    beat();
    setInterval(beat, BEAT_MS).unref();
  }

  /** @param reason why the models never become ready, although the process stays */
  reportUnfit(reason: string): void {
    this.send({ slipway: 'unfit', reason });
  }

  /** Somebody else than the primary stops this worker: it may end once it is `dismissed`. */
  reportLeaving(): void {
    this.send({ slipway: 'leaving' });
  }

  private send(message: FromWorker): void {
    if (process.connected) process.send!(message, undefined, undefined, () => {}); // without the primary it ends anyway
  }

  private readAll(): Promise<string> {
    return new Promise((resolve) => {
      const id = ++this.lastId;
      this.waiting.set(id, resolve);
      this.send({ slipway: 'metrics', id });
    });
  }

  private receive(message: FromPrimary, socket?: Socket): void {
    switch (message.slipway) {
      case 'connection':
        this.take(socket);
        break;
      case 'leave':
        this.dismiss();
        break;
      case 'serve':
        this.serving = true;
        break;
      case 'withdraw':
        this.withdrawn = true;
        break;
      case 'metrics':
        this.waiting.get(message.id)?.(message.text);
        this.waiting.delete(message.id);
        break;
      case 'measure':
        void this.measure(message.id);
    }
  }

  /** @param socket absent when the connection has gone on its way here */
  private take(socket: Socket | undefined): void {
    this.send({ slipway: 'taken' });
    if (!socket) return;
    socket.allowHalfOpen = true; // as those that a server of node:http accepts itself
    this.server!.emit('connection', socket);
  }

  private async measure(id: number): Promise<void> {
    const measurements: Measurements = await this.registry.getMetricsAsJSON();
    this.send({ slipway: 'measured', id, measurements });
  }
}
