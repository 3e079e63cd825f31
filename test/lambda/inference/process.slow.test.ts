/** The handler as a process: what it logs, how it stops, with which status, alone and with several workers. */
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import * as http from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { localCertificate } from '../../../bin/local/certificate';
import { toEnvironment } from '../../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS, type HandlerSettings } from '../../../lib/model/instance/handler-settings';
import { bundledHandler } from '../../../testing/bundled-handler';
import { LoggedHandler } from '../../../testing/handler-process';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { onLinux } from '../../on-linux';
import { JSON_HEADERS, reply, send } from './http-client';
import { labels, MODEL, rows } from './serving';

jest.setTimeout(30_000); // it starts processes, on a machine that may be busy

const folder = temporaryFolder();
let bundle: string;
beforeAll(() => {
  bundle = bundledHandler();
});
afterAll(() => LoggedHandler.killAll());

const start = (settings: Partial<HandlerSettings> = {}, environment: Record<string, string> = {}) =>
  new LoggedHandler(bundle, {
    ...toEnvironment({ ...DEFAULT_HANDLER_SETTINGS, model: MODEL, host: '127.0.0.1', port: 0, ...settings }),
    ...environment,
  });

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s: a request that has begun is answered, then the process exits 0',
  async (signal) => {
    const handler = start();
    await handler.event('ready');
    const body = JSON.stringify(rows);
    const headers = { ...JSON_HEADERS, 'content-length': body.length, expect: '100-continue' };
    const request = http.request(`${await handler.base()}/predict`, { method: 'POST', headers, agent: false });
    const received = reply(request);
    request.flushHeaders();
    await once(request, 'continue'); // the handler waits for the body
    handler.signal(signal);
    await handler.event('stopping');
    request.end(body);
    const answer = await received;
    expect(answer.json).toEqual({ result: labels });
    expect(answer.headers.connection).toBe('close');
    expect(await handler.exited).toBe(0);
    expect(handler.events.map((event) => event.event)).toEqual(['listening', 'ready', 'stopping', 'stopped']);
  },
);

test('every line it logs is JSON with time, level, event and pid', async () => {
  const handler = start();
  const event = await handler.event('ready');
  expect(event).toMatchObject({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    pid: expect.any(Number),
  });
  handler.signal('SIGTERM');
  await handler.exited;
});

test.each([1, 2])(
  'a log that nobody reads keeps %d worker(s) neither from serving nor from stopping',
  async (workers) => {
    const handler = start({ requestLog: true, workers });
    await handler.event('ready', workers);
    const base = await handler.base();
    handler.stopReading();
    // more lines than a pipe and the reader hold, 64 KiB each
    for (let i = 0; i < 1000; i++) expect((await send(base, `/${'x'.repeat(150)}`)).status).toBe(404);
    handler.signal('SIGTERM');
    expect(await handler.exited).toBe(0);
  },
);

test('a variable of OpenTelemetry that is wrong is told, and the handler serves', async () => {
  const handler = start({}, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_RESOURCE_ATTRIBUTES: 'x=%zz' });
  await handler.event('ready');
  expect(await handler.event('setting left out')).toMatchObject({ variable: 'OTEL_RESOURCE_ATTRIBUTES' });
  handler.signal('SIGTERM');
  expect(await handler.exited).toBe(0);
});

describe('what it cannot serve with ends it, with one message and status 2', () => {
  test('a wrong environment, all mistakes at once', async () => {
    const handler = start({}, { SLIPWAY_WORKERS: 'many', SLIPWAY_TLS_KEY: 'key.pem' });
    expect(await handler.exited).toBe(2);
    expect(handler.events).toEqual([
      expect.objectContaining({
        level: 'error',
        event: 'failed',
        code: 'E_USAGE',
        problems: [expect.stringContaining('got "many"'), expect.stringContaining('SLIPWAY_TLS_KEY')],
      }),
    ]);
  });

  test.each([
    ['a model package that is missing', { model: join(folder, 'nowhere') }, 'E_PACKAGE', 'does not exist'],
    [
      'a certificate that is missing',
      { tls: { certificate: '/nowhere.pem', key: '/nowhere.key' } },
      'E_FILE',
      '/nowhere.pem',
    ],
  ])('%s', async (_, settings, code, message) => {
    const handler = start(settings);
    expect(await handler.exited).toBe(2);
    expect(handler.events).toEqual([expect.objectContaining({ code, error: expect.stringContaining(message) })]);
    expect(handler.events[0]).not.toHaveProperty('stack');
  });

  test('a model that was changed after packing', async () => {
    const model = join(folder, 'changed');
    cpSync(MODEL, model, { recursive: true });
    writeFileSync(join(model, 'model.onnx'), 'changed');
    const handler = start({ model, workers: 2 });
    expect(await handler.exited).toBe(2);
    expect(await handler.event('failed')).toMatchObject({ code: 'E_PACKAGE' });
  });

  test('a port in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const handler = start({ port });
    expect(await handler.exited.finally(() => taken.close())).toBe(2);
    expect(handler.events).toEqual([
      expect.objectContaining({
        code: 'E_PORT',
        error: `port ${port} of 127.0.0.1 cannot be listened on: another process listens there; stop it, or choose another port`,
      }),
    ]);
  });
});

// there is a list of what a process has mapped on Linux alone
onLinux.each([
  ['auto', /^native \d/, false],
  ['onnxruntime', /^onnxruntime \d/, true],
] as const)('with the engine %s it maps ONNX Runtime only when it uses it', async (engine, name, mapped) => {
  const handler = start({ engine });
  const { engine: said, pid } = await handler.event('ready');
  expect(said).toMatch(name);
  expect(readFileSync(`/proc/${pid}/maps`, 'utf8').includes('onnxruntime')).toBe(mapped);
  handler.signal('SIGTERM');
  expect(await handler.exited).toBe(0);
});

describe('with several workers', () => {
  test('they serve HTTPS with one certificate, and plain HTTP is answered nothing', async () => {
    const handler = start({ workers: 2, tls: await localCertificate(join(folder, 'tls')) });
    await handler.event('ready', 2);
    const base = await handler.base();
    expect(base).toMatch(/^https:/);
    const answers = await Promise.all(Array.from({ length: 6 }, () => send(base, '/predict', { body: rows })));
    for (const { json } of answers) expect(json).toEqual({ result: labels });
    await expect(send(base.replace('https:', 'http:'), '/predict', { body: rows })).rejects.toThrow();
    expect(await handler.stop()).toBe(0);
  });

  test('they share the port, add up what they measure, replace the dead, and stop together', async () => {
    const handler = start({ workers: 2 });
    await handler.event('ready', 2);
    const base = await handler.base();
    const ask = () => send(base, '/predict', { body: rows }); // each on a connection of its own, so by turns
    for (let i = 0; i < 4; i++) expect((await ask()).json).toEqual({ result: labels });
    const { text } = await send(base, '/metrics');
    expect(text).toContain('slipway_http_requests_total{route="/predict",code="200"} 4');
    expect(text).toMatch(/slipway_model_info\{[^}]+\} 1\n/);
    expect(text).toContain('slipway_model_ready 1');
    // the word that all are ready reaches the workers one after the other
    let ready = await send(base, '/readyz');
    for (let i = 0; ready.status !== 200 && i < 1000; i++) ready = await send(base, '/readyz');
    expect(ready.status).toBe(200);

    const { pid } = await handler.event('ready');
    process.kill(pid as number, 'SIGKILL');
    expect(await handler.event('worker died')).toMatchObject({ worker: pid, signal: 'SIGKILL' });
    for (let i = 0; i < 3; i++) expect((await ask()).status).toBe(200); // the one that is left answers
    await handler.event('ready', 3);
    for (let i = 0; i < 4; i++) expect((await ask()).json).toEqual({ result: labels });

    handler.signal('SIGTERM');
    expect(await handler.exited).toBe(0);
  });
});
