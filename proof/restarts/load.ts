/** Load on handlers that come and go: requests whose answers are known, each sender one after the other. */
import * as http from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { HandlerSettings } from '../../lib/model/instance/handler-settings';
import { goldenRequest } from '../serving/golden-requests';
import { type ServingHandler, startHandler } from '../serving/handler';
import { NUMBERS } from '../serving/models';

/** Requests under way at any time. */
export const AT_ONCE = 16;

/** A started instance, with connections of its own. */
export interface Instance {
  readonly handler: ServingHandler;
  readonly port: number;
  readonly agent: http.Agent;
  registered: boolean;
  underWay: number;
}

export interface Lost {
  readonly instance: Instance;
  readonly begunAt: number;
  /** No connection came about (refused, or reset while it waited to be accepted), so that nothing was asked. */
  readonly unconnected: boolean;
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
export class Load {
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
        const { syscall, message: reason } = error as NodeJS.ErrnoException;
        this.outcome.lost.push({ instance, begunAt, unconnected: syscall === 'connect', reason });
      } finally {
        instance.underWay--;
      }
    }
  }
}

/** Start an instance and wait until all its workers are ready. */
export async function startInstance(bundle: string, settings: Partial<HandlerSettings>): Promise<Instance> {
  const handler = await startHandler(bundle, { model: NUMBERS, ...settings });
  const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const port = Number(new URL(handler.url).port);
  return { handler, port, agent, registered: true, underWay: 0 };
}

/** The reasons, for a report. */
export function lost(requests: readonly Lost[]): string {
  return requests.length === 0 ? '' : `; lost: ${[...new Set(requests.map(({ reason }) => reason))].join(', ')}`;
}
