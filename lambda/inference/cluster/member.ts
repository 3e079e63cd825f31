/** A worker's side of the cluster. */
import cluster from 'node:cluster';
import type { Registry } from 'prom-client';
import type { HeldBack, Metrics } from '../protocols/operations';
import { AggregatorRegistry } from './aggregator-registry';
import { type FromPrimary, type FromWorker, isOurs, REPLACEMENT_VARIABLE } from './messages';

interface Waiting {
  readonly resolve: (text: string) => void;
  readonly reject: (error: Error) => void;
}

export class ClusterMember {
  /** Whether this worker takes the place of another while others serve. */
  readonly replacement = process.env[REPLACEMENT_VARIABLE] === '1';
  /** Measurements of all workers together. */
  readonly metrics: Metrics;
  private serving = false;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  /** In a worker of a cluster. */
  constructor(registry: Registry) {
    AggregatorRegistry.setRegistries(registry);
    new AggregatorRegistry(); // answers the primary's questions for this worker's measurements
    this.metrics = { contentType: registry.contentType, read: () => this.readAll() };
    process.on('message', (message: unknown) => {
      if (isOurs(message)) this.receive(message as FromPrimary);
    });
  }

  /** Until every worker is ready none says so: the load balancer's question reaches only one of them. */
  heldBack(): HeldBack | undefined {
    return this.serving ? undefined : 'waiting for the other workers';
  }

  reportReady(): void {
    this.send({ slipway: 'ready' });
  }

  /** @param reason why the models never become ready, although the process stays */
  reportUnfit(reason: string): void {
    this.send({ slipway: 'unfit', reason });
  }

  /**
   * Before the process ends, once it no longer listens: waits until no connection is on its way from the primary. One that
   * comes after the worker has stopped listening is handed back and goes to another; were the process gone by then, nobody
   * would close it, and the client would wait for ever.
   */
  leave(): Promise<void> {
    return new Promise((resolve) => {
      if (!process.connected) {
        resolve();
        return;
      }
      process.once('disconnect', resolve);
      cluster.worker!.disconnect();
    });
  }

  private send(message: FromWorker): void {
    process.send?.(message);
  }

  private readAll(): Promise<string> {
    return new Promise((resolve, reject) => {
      const id = ++this.lastId;
      this.waiting.set(id, { resolve, reject });
      this.send({ slipway: 'metrics', id });
    });
  }

  private receive(message: FromPrimary): void {
    if (message.slipway === 'serve') {
      this.serving = true;
      return;
    }
    const { id, text, error } = message;
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (text !== undefined) waiting?.resolve(text);
    else waiting?.reject(new Error(`the measurements of all workers cannot be read: ${error}`));
  }
}
