/**
 * Workers that are stopped, whose event loop does not turn, or whose engine, in a thread of its own, does not come to the end
 * of a run: they keep their connections and answer none of them, and nobody else would notice.
 */
import type { Worker } from 'node:cluster';

/** How often each worker says that its event loop turns. */
export const BEAT_MS = 1000;

/** Beats that a busy machine may hold up. */
const MISSED = 3;

export class Heartbeats {
  /**
   * Beats of this process's own since the last of each worker. Time that passes for neither, as on a paused machine,
   * counts for none.
   */
  private readonly silentBeats = new Map<Worker, number>();
  private readonly timer: NodeJS.Timeout;

  /**
   * @param longestMs silence, or time of one run, after which a worker is given up
   * @param giveUp called once for such a worker
   */
  constructor(
    private readonly longestMs: number,
    private readonly giveUp: (worker: Worker, hungMs: number) => void,
  ) {
    this.timer = setInterval(() => this.count(), BEAT_MS);
  }

  /**
   * The worker's event loop turns. The first time begins the watch over it.
   *
   * @param runMs how long its engine has been at one run
   */
  beat(worker: Worker, runMs: number): void {
    this.silentBeats.set(worker, 0);
    if (runMs >= this.longestMs) this.end(worker, runMs);
  }

  /** Whether the worker says nothing, although it may come back. */
  isSilent(worker: Worker): boolean {
    return (this.silentBeats.get(worker) ?? 0) > MISSED;
  }

  ended(worker: Worker): void {
    this.silentBeats.delete(worker);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private count(): void {
    for (const [worker, beats] of this.silentBeats) {
      this.silentBeats.set(worker, beats + 1);
      const silentMs = beats * BEAT_MS; // the beat that has just begun is not over
      if (silentMs >= this.longestMs) this.end(worker, silentMs);
    }
  }

  private end(worker: Worker, hungMs: number): void {
    this.silentBeats.delete(worker);
    this.giveUp(worker, hungMs);
  }
}
