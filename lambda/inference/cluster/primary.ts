/**
 * The process above the workers: it forks them, hands them the connections, replaces those that die or hang, adds up what
 * they measure, and exchanges them for others when other models are to be served. It serves nothing itself.
 */
import cluster, { type Worker } from 'node:cluster';
import { DRAIN_SECONDS, type HandlerSettings, hungMs } from '../../../lib/model/instance/handler-settings';
import { LIMIT_SIGNAL } from '../engine/contract/load-bound';
import { listen } from '../http/listen';
import type { Log } from '../log/log';
import { Distribution } from './distribution';
import { Heartbeats } from './heartbeats';
import { Gathering } from './measurements';
import { type FromPrimary, type FromWorker, isOurs, type Measurements, REPLACEMENT_VARIABLE } from './messages';
import { Trials } from './rollout';

/** Exit status of a worker that no restart can help: its settings or its model package are wrong. */
const INPUT_IS_WRONG = 2;

/** Wait before a dead worker is replaced: doubled each time until one becomes ready. */
const BACK_OFF_MS = { first: 100, longest: 10_000 };

export interface Primary {
  /** Port that is listened on. */
  readonly port: number;
  /** Resolves with the exit status, when all workers have stopped. */
  readonly stopped: Promise<number>;
  stop(signal: string): void;
  /** From now on no worker says that it is ready; all go on answering. */
  withdraw(): void;
  /** What all workers measured. */
  measurements(): Promise<Measurements>;
  /** Whether all workers have been ready, and none of this is over yet. */
  readonly serving: boolean;
  /**
   * Exchange the workers, one after the other, for some with other variables in their environment. Each begins to
   * take connections before the one that it replaces stops, which finishes what it has begun. When one does not become
   * ready all are as before. Calls must not overlap.
   *
   * @throws UnfitWorkerError
   */
  exchange(environment: Readonly<Record<string, string>>): Promise<void>;
}

/** @throws SlipwayError E_PORT */
export async function startPrimary(
  { workers, host, port: wanted, deadlineMs }: HandlerSettings,
  log: Log,
): Promise<Primary> {
  const trials = new Trials();
  const retiring = new Set<number>();
  let environment: Readonly<Record<string, string>> = {};
  const distribution = new Distribution();
  const ready = new Set<number>();
  let serving = false; // true from the moment when all workers were ready for the first time
  let withdrawn = false;
  let stopping = false;
  let status = 0;
  let deaths = 0;
  let finished: (status: number) => void;
  const stopped = new Promise<number>((resolve) => {
    finished = resolve;
  });
  const pending = new Set<NodeJS.Timeout>();

  // one that has ended is among them until its channel is closed, too
  const all = () =>
    Object.values(cluster.workers ?? {})
      .filter((worker) => worker !== undefined)
      .filter((worker) => !worker.isDead());
  const tell = (worker: Worker, message: FromPrimary) => {
    if (worker.isConnected()) worker.send(message, () => {}); // that it is gone is told by its end
  };
  const gathering = new Gathering(tell);

  // what waits longer than a request may has nothing to answer any more
  const heartbeats = new Heartbeats(hungMs({ deadlineMs }), (worker, silentMs) => {
    log('error', 'worker hangs', { worker: worker.process.pid, seconds: Math.round(silentMs / 1000) });
    worker.process.kill('SIGKILL'); // it hears nothing else
  });

  const heard = () => all().filter((each) => each.isConnected() && !heartbeats.isSilent(each));
  const answerMetrics = async (worker: Worker, id: number) => {
    tell(worker, { slipway: 'metrics', id, text: await gathering.text(heard(), workers) });
  };

  const becameReady = (worker: Worker) => {
    ready.add(worker.id);
    trials.becameReady(worker);
    deaths = 0;
    if (withdrawn) tell(worker, { slipway: 'withdraw' });
    if (serving) tell(worker, { slipway: 'serve' });
    else if (ready.size === workers) {
      serving = true;
      for (const each of all()) tell(each, { slipway: 'serve' });
    }
  };

  /** It is handed no more connections, answers what it has begun, and ends. */
  const dismiss = (worker: Worker) => {
    distribution.leave(worker);
    tell(worker, { slipway: 'leave' });
  };

  const finishIfOver = () => {
    if (!stopping || all().length > 0) return;
    heartbeats.stop();
    finished(status);
  };

  const stopAll = () => {
    if (stopping) return;
    stopping = true;
    for (const timer of pending) clearTimeout(timer);
    pending.clear();
    // whoever takes no connections yet may as well end in the middle of its start
    for (const worker of all()) if (!distribution.has(worker)) worker.process.kill('SIGTERM');
    void distribution.close().then(() => {
      for (const worker of all()) dismiss(worker);
    });
    setTimeout(() => {
      for (const worker of all()) worker.process.kill('SIGKILL');
    }, DRAIN_SECONDS * 1000).unref();
    finishIfOver();
  };

  const replace = () => {
    const delay = Math.min(BACK_OFF_MS.first * 2 ** deaths++, BACK_OFF_MS.longest);
    const timer = setTimeout(() => {
      pending.delete(timer);
      startReplacement();
    }, delay);
    pending.add(timer);
  };

  const startReplacement = () => cluster.fork({ ...environment, [REPLACEMENT_VARIABLE]: '1' });

  /** Ends a worker that is not to be replaced. */
  const retire = (worker: Worker): Promise<void> => {
    if (worker.isDead()) return Promise.resolve();
    retiring.add(worker.id);
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    dismiss(worker);
    return gone;
  };

  const exchange = async (next: Readonly<Record<string, string>>, old = all()): Promise<void> => {
    const before = environment;
    environment = next;
    const exchanged: Worker[] = [];
    for (const worker of old) {
      if (worker.isDead()) continue; // it died by itself, and one with the new variables takes its place
      const fresh = startReplacement();
      try {
        await trials.ready(fresh);
      } catch (error) {
        await retire(fresh);
        environment = before;
        if (exchanged.length > 0) await exchange(before, exchanged);
        throw error;
      }
      exchanged.push(fresh);
      await retire(worker);
    }
  };

  const received = (worker: Worker, message: FromWorker) => {
    switch (message.slipway) {
      case 'open':
        distribution.join(worker);
        break;
      case 'taken':
        distribution.taken(worker);
        break;
      case 'alive':
        heartbeats.beat(worker, message.runMs);
        break;
      case 'ready':
        becameReady(worker);
        break;
      case 'unfit':
        trials.failed(worker, message.reason);
        break;
      case 'leaving':
        dismiss(worker);
        break;
      case 'metrics':
        void answerMetrics(worker, message.id);
        break;
      case 'measured':
        gathering.measured(worker, message.id, message.measurements);
    }
  };

  cluster.on('message', (worker, message: unknown) => {
    if (isOurs(message)) received(worker, message as FromWorker);
  });
  cluster.on('exit', (worker, code, signal) => {
    ready.delete(worker.id);
    heartbeats.ended(worker);
    distribution.ended(worker);
    const onTrial = trials.failed(worker, 'the process that loaded it ended; the log says why');
    if (!retiring.delete(worker.id) && !onTrial && !stopping) {
      log('error', 'worker died', { worker: worker.process.pid, exitStatus: code, signal });
      // a model that takes too much to load will do so again; while others serve it, the machine may just have been busy
      if (code === INPUT_IS_WRONG || (signal === LIMIT_SIGNAL && !serving)) {
        status = INPUT_IS_WRONG;
        stopAll();
      } else replace();
    }
    finishIfOver();
  });

  const port = await listen(distribution.server, wanted, host);
  for (let i = 0; i < workers; i++) cluster.fork();
  return {
    port,
    stopped,
    exchange: (next) => exchange(next),
    measurements: async () => (await gathering.all(heard(), workers)).getMetricsAsJSON(),
    get serving() {
      return serving && !stopping;
    },
    withdraw: () => {
      withdrawn = true;
      for (const worker of all()) tell(worker, { slipway: 'withdraw' });
    },
    stop: (signal) => {
      if (!stopping) log('info', 'stopping', { signal, workers: all().length });
      stopAll();
    },
  };
}
