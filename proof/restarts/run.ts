/**
 * `npm run proof:restarts`: no request is lost while handlers stop and start under load.
 *
 * Two instances, each a cluster of two workers as on a machine of two processors, behind a client that does what a load
 * balancer does: it sends to those that are registered, and takes one out before that is stopped. Load goes on throughout.
 *
 * 1. Rolling restarts: an instance is taken out and told to stop in the same moment, with requests under way.
 * 2. A worker is killed: requests that it had begun are lost with it, and no others; another one takes its place.
 * 3. An instance is told to stop unannounced: whatever had begun before is answered.
 * 4. One instance alone, with 1, 2 and 4 workers and clients that keep their connections: see workers.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Report } from '../report';
import { bundleHandler } from '../serving/handler';
import { AT_ONCE, type Instance, Load, lost, startInstance } from './load';
import { tryWorkers } from './workers';

const RESTARTS = 6;
const WORKERS = 2;
const PAUSE_MS = 300;
/** By then a busy machine has closed the connections of a process that was killed. */
const NOTICED_MS = 1000;

async function main(): Promise<void> {
  const report = new Report(console.log);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-restarts-'));
  const bundle = bundleHandler(folder);
  const start = () => startInstance(bundle, { workers: WORKERS });
  const load = new Load();
  const { outcome, instances } = load;
  instances.push(await start(), await start());

  report.section('rolling restarts');
  let underWay = 0;
  for (let restart = 0; restart < RESTARTS; restart++) {
    await setTimeout(PAUSE_MS);
    const leaving = instances.shift()!;
    leaving.registered = false;
    underWay += leaving.underWay;
    const status = await leaving.handler.stop();
    leaving.agent.destroy();
    if (status !== 0) report.check(false, 'an instance stops with status 0', String(status));
    instances.push(await start());
  }
  report.check(
    outcome.lost.length === 0,
    `${RESTARTS} restarts lost no request`,
    `${underWay} were under way when told to stop; ${outcome.right} answered in all${lost(outcome.lost)}`,
  );

  report.section('a worker is killed');
  await setTimeout(PAUSE_MS);
  const [victim] = instances as [Instance, Instance];
  const ready = () => victim.handler.events.filter(({ event }) => event === 'ready').length;
  const killed = victim.handler.events.find(({ event }) => event === 'ready')!.pid as number;
  const before = outcome.right;
  const killedAt = Date.now();
  process.kill(killed, 'SIGKILL');
  while (ready() < WORKERS + 1) await setTimeout(20);
  await setTimeout(PAUSE_MS);
  const late = outcome.lost.filter(({ begunAt }) => begunAt > killedAt + NOTICED_MS);
  report.check(
    outcome.lost.length <= AT_ONCE && late.length === 0,
    'each of its connections loses one request at most, and none later',
    `${outcome.lost.length} lost, ${outcome.right - before} answered until another was ready${lost(late)}`,
  );

  report.section('an unannounced stop');
  outcome.lost.length = 0;
  const stopped = victim.handler.stop();
  const stoppedAt = Date.now();
  await stopped;
  victim.registered = false;
  const begun = outcome.lost.filter(({ begunAt, instance }) => instance !== victim || begunAt < stoppedAt);
  report.check(
    begun.length === 0,
    'what had begun before is answered',
    `${outcome.lost.length} were sent after it had stopped listening${lost(begun)}`,
  );

  const { right, wrong } = await load.end();
  report.section('answers');
  report.check(wrong.length === 0, `${right} answers, all of them right`, wrong.slice(0, 3).join('; '));
  for (const { handler, agent } of instances) {
    await handler.stop();
    agent.destroy();
  }

  for (const workers of [1, 2, 4]) await tryWorkers(bundle, workers, report);
  rmSync(folder, { recursive: true });
  process.exitCode = report.close().failed === 0 ? 0 : 1;
}

void main();
