/** A worker that is started beside others, to take the place of one of them. */
import type { Worker } from 'node:cluster';

/** A worker that was to take another's place did not get ready. */
export class UnfitWorkerError extends Error {}

/** Workers that were started on trial: their death is an answer, not an accident. */
export class Trials {
  private readonly waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();

  /** @throws UnfitWorkerError when the worker says that it will not become ready, or ends before it is */
  ready(worker: Worker): Promise<void> {
    return new Promise((resolve, reject) => this.waiting.set(worker.id, { resolve, reject }));
  }

  becameReady(worker: Worker): void {
    this.waiting.get(worker.id)?.resolve();
    this.waiting.delete(worker.id);
  }

  /** @returns whether the worker was on trial */
  failed(worker: Worker, reason: string): boolean {
    this.waiting.get(worker.id)?.reject(new UnfitWorkerError(reason));
    return this.waiting.delete(worker.id);
  }
}
