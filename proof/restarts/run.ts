/**
 * `npm run proof:restarts`: no request is lost while handlers stop and start under load.
 *
 * Two instances, each a cluster of two workers as on a machine of two processors, behind a client that does what a load
 * balancer does: it sends to those that are registered, and takes one out before that is stopped. Load goes on throughout.
 *
 * 1. Rolling restarts: an instance is taken out and told to stop in the same moment, with requests under way.
 * 2. A worker is killed: requests that it had begun are lost with it, and no others; another one takes its place.
 * 3. An instance is told to stop unannounced: whatever had begun before is answered.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import * as http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Report } from '../report';
import { goldenRequest } from '../serving/golden-requests';
import { bundleHandler, type ServingHandler, startHandler } from '../serving/handler';
import { NUMBERS } from '../serving/models';

const RESTARTS = 6;
const WORKERS = 2;
const AT_ONCE = 16;
const PAUSE_MS = 300;
/** By then a busy machine has closed the connections of a process that was killed. */
const NOTICED_MS = 1000;

/** A started instance, with connections of its own. */
interface Instance {
  readonly handler: ServingHandler;
  readonly port: number;
  readonly agent: http.Agent;
  registered: boolean;
  underWay: number;
}

interface Lost {
  readonly instance: Instance;
  readonly begunAt: number;
  readonly reason: string;
}

interface Outcome {
  right: number;
  readonly wrong: string[];
  readonly lost: Lost[];
}

function ask(instance: Instance, turn: number): Promise<string | undefined> {
  const { body, answer } = goldenRequest(turn, turn % 5 === 0 ? 200 : 1);
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const { port, agent } = instance;
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host: '127.0.0.1', port, path: '/predict', method: 'POST', agent, headers },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('error', reject);
        response.on('end', () => resolve(text === answer ? undefined : `${response.statusCode} ${text.slice(0, 200)}`));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** Keeps requests under way to whichever instances are registered, in turn. */
class Load {
  readonly outcome: Outcome = { right: 0, wrong: [], lost: [] };
  readonly instances: Instance[] = [];
  private running = true;
  private turn = 0;
  private readonly senders = Array.from({ length: AT_ONCE }, () => this.keepSending());

  async end(): Promise<Outcome> {
    this.running = false;
    await Promise.all(this.senders);
    return this.outcome;
  }

  private async keepSending(): Promise<void> {
    while (this.running) {
      const turn = this.turn++;
      const open = this.instances.filter(({ registered }) => registered);
      const instance = open[turn % open.length];
      if (!instance) {
        await setTimeout(5);
        continue;
      }
      const begunAt = Date.now();
      instance.underWay++;
      try {
        const wrong = await ask(instance, turn);
        if (wrong === undefined) this.outcome.right++;
        else this.outcome.wrong.push(wrong);
      } catch (error) {
        this.outcome.lost.push({ instance, begunAt, reason: (error as Error).message });
      } finally {
        instance.underWay--;
      }
    }
  }
}

async function main(): Promise<void> {
  const report = new Report(console.log);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-restarts-'));
  const bundle = bundleHandler(folder);
  const start = async (): Promise<Instance> => {
    const handler = await startHandler(bundle, { model: NUMBERS, workers: WORKERS });
    const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });
    const port = Number(new URL(handler.url).port);
    while ((await fetch(`${handler.url}/readyz`)).status !== 200) await setTimeout(10);
    return { handler, port, agent, registered: true, underWay: 0 };
  };
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
  rmSync(folder, { recursive: true });
  process.exitCode = report.close().failed === 0 ? 0 : 1;
}

function lost(requests: readonly Lost[]): string {
  return requests.length === 0 ? '' : `; lost: ${[...new Set(requests.map(({ reason }) => reason))].join(', ')}`;
}

void main();
