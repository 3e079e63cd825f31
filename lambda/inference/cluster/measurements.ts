/** The measurements of all workers as one text, for Prometheus. */
import type { Worker } from 'node:cluster';
import type { Registry as ClientRegistry } from 'prom-client';
import { Gauge, Registry } from '../telemetry/prometheus';
import { AggregatorRegistry } from './aggregator-registry';
import type { FromPrimary, Measurements } from './messages';

/** Time that a worker has to tell what it measured; Prometheus itself waits for ten seconds. */
const PATIENCE_MS = 2000;

export class Gathering {
  private readonly open = new Map<number, (worker: Worker, measurements: Measurements) => void>();
  private lastId = 0;

  /** @param tell sends a message, unless the worker has gone */
  constructor(private readonly tell: (worker: Worker, message: FromPrimary) => void) {}

  /** A worker's answer. */
  measured(worker: Worker, id: number, measurements: Measurements): void {
    this.open.get(id)?.(worker, measurements);
  }

  /** The same as Prometheus's text. */
  async text(workers: readonly Worker[], should: number): Promise<string> {
    return (await this.all(workers, should)).metrics();
  }

  /**
   * What those workers measured that answer.
   *
   * @param workers that may answer
   * @param should how many there should be
   */
  async all(workers: readonly Worker[], should: number): Promise<ClientRegistry> {
    const answers = await this.ask(workers);
    const all = Math.max(should, workers.length);
    const own = new Registry();
    new Gauge({ name: 'slipway_workers', help: 'Workers that there should be', registers: [own] }).set(all);
    new Gauge({
      name: 'slipway_workers_unmeasured_ratio',
      help: 'Share of the workers whose measurements are missing here, since they do not answer or are being replaced',
      registers: [own],
    }).set((all - answers.length) / all);
    return AggregatorRegistry.aggregate([...answers, await own.getMetricsAsJSON()]);
  }

  private ask(workers: readonly Worker[]): Promise<readonly Measurements[]> {
    return new Promise((resolve) => {
      const id = ++this.lastId;
      const answers = new Map<Worker, Measurements>();
      const finish = () => {
        clearTimeout(patience);
        this.open.delete(id);
        resolve([...answers.values()]);
      };
      const patience = setTimeout(finish, PATIENCE_MS);
      this.open.set(id, (worker, measurements) => {
        answers.set(worker, measurements);
        if (answers.size === workers.length) finish();
      });
      for (const worker of workers) this.tell(worker, { slipway: 'measure', id });
      if (workers.length === 0) finish();
    });
  }
}
