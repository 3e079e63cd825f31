/** Several workers: what a client notices when one of them is killed, hangs, or is stopped; and when all are. */
import * as http from 'node:http';
import { toEnvironment } from '../../../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS, type HandlerSettings } from '../../../../lib/model/instance/handler-settings';
import { bundledHandler } from '../../../../testing/bundled-handler';
import { LoggedHandler } from '../../../../testing/handler-process';
import { send } from '../http-client';
import { labels, MODEL, rows } from '../serving';

jest.setTimeout(60_000); // it starts processes, on a machine that may be busy

let folder: string;
beforeAll(() => {
  folder = bundledHandler();
});
afterEach(() => LoggedHandler.killAll());

const environment = (settings: Partial<HandlerSettings>) =>
  toEnvironment({ ...DEFAULT_HANDLER_SETTINGS, model: MODEL, host: '127.0.0.1', port: 0, ...settings });

async function start(settings: Partial<HandlerSettings> & { workers: number }) {
  const handler = new LoggedHandler(folder, environment(settings));
  await handler.event('ready', settings.workers);
  const base = await handler.base();
  // the word that all are ready reaches the workers one after the other
  for (let inARow = 0; inARow < settings.workers; ) {
    inARow = (await send(base, '/readyz')).status === 200 ? inARow + 1 : 0;
  }
  const pids = handler.events.filter(({ event }) => event === 'ready').map(({ pid }) => pid as number);
  return { handler, base, pids };
}

/** Each on a connection of its own, so by turns. */
const predict = (base: string) => send(base, '/predict', { body: rows });

const unmeasured = ({ text }: { text: string }) => Number(/^slipway_workers_unmeasured_ratio (.+)$/m.exec(text)![1]);

test('a connection that a worker was handed and has not taken when it dies goes to another', async () => {
  const { handler, base, pids } = await start({ workers: 2 });
  process.kill(pids[0]!, 'SIGSTOP');
  const asked = [predict(base), predict(base)]; // one of them comes to the one that is stopped
  expect((await Promise.race(asked)).json).toEqual({ result: labels });
  process.kill(pids[0]!, 'SIGKILL');
  for (const answer of await Promise.all(asked)) expect(answer.json).toEqual({ result: labels });
  handler.signal('SIGTERM');
  expect(await handler.exited).toBe(0);
});

test('a worker that is stopped or hangs is replaced, and what was handed to it is answered; measurements say who is missing', async () => {
  const { handler, base, pids } = await start({ workers: 2, deadlineMs: 1000 });
  expect(unmeasured(await send(base, '/metrics'))).toBe(0);
  process.kill(pids[0]!, 'SIGSTOP');
  const asked = [predict(base), predict(base)];
  await Promise.race(asked);
  const measured = await send(base, '/metrics');
  expect(measured.status).toBe(200);
  expect(unmeasured(measured)).toBe(0.5);
  expect(measured.text).toContain('slipway_workers 2');
  expect(measured.text).toContain('slipway_model_ready 1');

  expect(await handler.event('worker hangs')).toMatchObject({ level: 'error', worker: pids[0] });
  expect(await handler.event('worker died')).toMatchObject({ worker: pids[0], signal: 'SIGKILL' });
  for (const answer of await Promise.all(asked)) expect(answer.json).toEqual({ result: labels });
  await handler.event('ready', 3);
  expect(unmeasured(await send(base, '/metrics'))).toBe(0);
  handler.signal('SIGTERM');
  expect(await handler.exited).toBe(0);
});

test('a worker that somebody terminates answers what it has begun, and is replaced', async () => {
  const { handler, base, pids } = await start({ workers: 1, adminPort: 0 });
  process.kill(pids[0]!, 'SIGTERM');
  await handler.event('stopping');
  expect((await predict(base)).json).toEqual({ result: labels }); // it waits for the other, since there is none
  expect((await handler.event('ready', 2)).pid).not.toBe(pids[0]);
  handler.signal('SIGTERM');
  expect(await handler.exited).toBe(0);
});

test.each([1, 2, 4])(
  'no client that keeps its connection loses a request when %i workers are told to stop',
  async (workers) => {
    const { handler, base } = await start({ workers, adminPort: 0 });
    let answered = 0;
    const client = async (): Promise<string> => {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      for (;;) {
        try {
          expect((await send(base, '/predict', { body: rows, agent })).json).toEqual({ result: labels });
          answered++;
        } catch (error) {
          agent.destroy();
          return (error as NodeJS.ErrnoException).code ?? String(error);
        }
      }
    };
    const clients = Array.from({ length: 12 }, client);
    while (answered < 50) await send(base, '/livez');
    handler.signal('SIGTERM');
    // nobody listens any more: that is all that a client may learn
    expect(new Set(await Promise.all(clients))).toEqual(new Set(['ECONNREFUSED']));
    expect(await handler.exited).toBe(0);
  },
);

test('what Node.js reads of a connection that was handed over has its time limits', async () => {
  const { handler, base } = await start({ workers: 1, adminPort: 0 });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  await send(base, '/livez', { agent }); // GET: read by Node.js; the connection stays open
  handler.signal('SIGTERM');
  expect(await handler.exited).toBe(0);
  // an idle connection that the server did not know would be cut at the end of its patience
  expect(await handler.event('stopped')).toMatchObject({ complete: true });
  agent.destroy();
});

test('told to stop before its workers are up, it stops', async () => {
  for (let i = 0; i < 3; i++) {
    const handler = new LoggedHandler(folder, environment({ workers: 3 }));
    await handler.event('listening'); // the workers have just been started
    handler.signal('SIGTERM');
    expect(await handler.exited).toBe(0);
  }
});
