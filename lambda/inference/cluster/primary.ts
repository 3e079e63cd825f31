/**
 * The process above several workers: it forks them, replaces those that die, and adds up what they
 * measure. It serves nothing itself; Node.js hands the connections to the workers in turn.
 */
import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import { DRAIN_SECONDS } from '../../../lib/model/handler-settings';
import type { Log } from '../log';
import { type FromPrimary, isOurs, REPLACEMENT_VARIABLE } from './messages';

/** Exit status of a worker that no restart can help: its settings or its model package are wrong. */
const INPUT_IS_WRONG = 2;

/** Wait before a dead worker is replaced: doubled each time until one becomes ready. */
const BACK_OFF_MS = { first: 100, longest: 10_000 };

export interface Primary {
  /** Resolves with the exit status, when all workers have stopped. */
  readonly stopped: Promise<number>;
  stop(signal: string): void;
}

export function startPrimary(workers: number, log: Log): Primary {
  const aggregator = new AggregatorRegistry();
  const ready = new Set<number>();
  let serving = false; // true from the moment when all workers were ready for the first time
  let stopping = false;
  let status = 0;
  let deaths = 0;
  let finished: (status: number) => void;
  const stopped = new Promise<number>((resolve) => {
    finished = resolve;
  });
  const pending = new Set<NodeJS.Timeout>();

  const all = () => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  const tell = (worker: Worker, message: FromPrimary) => {
    if (worker.isConnected()) worker.send(message);
  };

  const answerMetrics = async (worker: Worker, id: number) => {
    try {
      tell(worker, { slipway: 'metrics', id, text: await aggregator.clusterMetrics() });
    } catch (error) {
      tell(worker, { slipway: 'metrics', id, error: (error as Error).message });
    }
  };

  const becameReady = (worker: Worker) => {
    ready.add(worker.id);
    deaths = 0;
    if (serving) tell(worker, { slipway: 'serve' });
    else if (ready.size === workers) {
      serving = true;
      for (const each of all()) tell(each, { slipway: 'serve' });
    }
  };

  const stopAll = () => {
    if (stopping) return;
    stopping = true;
    for (const timer of pending) clearTimeout(timer);
    pending.clear();
    for (const worker of all()) worker.process.kill('SIGTERM');
    setTimeout(() => {
      for (const worker of all()) worker.process.kill('SIGKILL');
    }, DRAIN_SECONDS * 1000).unref();
    if (all().length === 0) finished(status);
  };

  const replace = () => {
    const delay = Math.min(BACK_OFF_MS.first * 2 ** deaths++, BACK_OFF_MS.longest);
    const timer = setTimeout(() => {
      pending.delete(timer);
      cluster.fork({ [REPLACEMENT_VARIABLE]: '1' });
    }, delay);
    pending.add(timer);
  };

  cluster.on('message', (worker, message: unknown) => {
    if (!isOurs(message)) return;
    if (message.slipway === 'ready') becameReady(worker);
    else if (message.slipway === 'metrics') void answerMetrics(worker, message.id);
  });
  cluster.on('exit', (worker, code, signal) => {
    ready.delete(worker.id);
    if (!stopping) {
      log('error', 'worker died', { worker: worker.process.pid, exitStatus: code, signal });
      if (code === INPUT_IS_WRONG) {
        status = code;
        stopAll();
      } else replace();
    }
    if (stopping && all().length === 0) finished(status);
  });

  for (let i = 0; i < workers; i++) cluster.fork();
  return {
    stopped,
    stop: (signal) => {
      if (!stopping) log('info', 'stopping', { signal, workers: all().length });
      stopAll();
    },
  };
}
