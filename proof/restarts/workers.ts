/**
 * One instance under load of clients that keep their connections: a worker is stopped, one is killed, and all are told to
 * stop. Each connection of a worker that is lost loses one request at most; a stop loses none.
 */
import * as http from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { Report } from '../report';
import { AT_ONCE, Load, lost, startInstance } from './load';

/** So that a worker which hangs is noticed after 5 s. */
const DEADLINE_MS = 1000;
const PAUSE_MS = 300;

/** Asks on a connection of its own. */
function statusOf(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    });
    request.on('error', reject);
  });
}

export async function tryWorkers(bundle: string, workers: number, report: Report): Promise<void> {
  report.section(`${workers} ${workers === 1 ? 'worker' : 'workers'}`);
  const instance = await startInstance(bundle, { workers, deadlineMs: DEADLINE_MS });
  const { handler, agent } = instance;
  const load = new Load();
  const { outcome, instances } = load;
  instances.push(instance);
  await setTimeout(PAUSE_MS);

  const named = (name: string) => handler.events.filter(({ event }) => event === name);
  const loses = async (worker: number, signal: NodeJS.Signals, what: string, meanwhile: () => Promise<unknown>) => {
    outcome.lost.length = 0;
    const { right } = outcome;
    const ready = named('ready').length;
    process.kill(named('ready')[worker]!.pid as number, signal);
    await meanwhile();
    while (named('ready').length === ready) await setTimeout(20);
    const [before, replacedAt] = [outcome.right - right, Date.now()];
    await setTimeout(PAUSE_MS);
    const late = outcome.lost.filter(({ begunAt }) => begunAt > replacedAt);
    report.check(
      outcome.lost.length <= AT_ONCE && late.length === 0,
      `${what}: each of its connections loses one request at most, and none once it is replaced`,
      `${outcome.lost.length} lost, ${before} answered until then${lost(late)}`,
    );
  };
  const metrics = async () => {
    while (named('worker hangs').length === 0) {
      const status = await statusOf(instance.port, '/metrics');
      if (status !== 200) report.check(false, 'measurements are told meanwhile', String(status));
      await setTimeout(100);
    }
  };
  if (workers > 1) {
    await loses(0, 'SIGSTOP', 'a worker that is stopped', metrics);
    await loses(1, 'SIGKILL', 'a worker that is killed', async () => {});
  }

  outcome.lost.length = 0;
  const { right } = outcome;
  const status = await handler.stop();
  instance.registered = false;
  await load.end();
  agent.destroy();
  const begun = outcome.lost.filter(({ unconnected }) => !unconnected);
  report.check(
    status === 0 && begun.length === 0,
    'told to stop, with status 0, it loses no request',
    `${outcome.right - right} answered after that, ${outcome.lost.length} refused since nobody listened${lost(begun)}`,
  );
  report.check(
    outcome.wrong.length === 0,
    `${outcome.right} answers, all of them right`,
    outcome.wrong.slice(0, 3).join('; '),
  );
}
