/** A package that somebody made by hand, whose model never ends or grows, ends the process that loads it, and is told. */
import { cpSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { findLimitLine, loadLimits } from '../../../../lambda/inference/engine/contract/load-bound';
import { toEnvironment } from '../../../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS, type HandlerSettings } from '../../../../lib/model/instance/handler-settings';
import { bundledHandler } from '../../../../testing/bundled-handler';
import { LoggedHandler } from '../../../../testing/handler-process';
import { temporaryFolder } from '../../../../testing/temporary-folder';
import { send } from '../http-client';
import { labels, MODEL, modelPackage, rows } from '../serving';
import { endless, large, writeHandMade } from './unbounded';

jest.setTimeout(60_000);

const folder = temporaryFolder();
let bundle: string;
const [never, much] = [join(folder, 'never'), join(folder, 'much')];

beforeAll(() => {
  bundle = bundledHandler();
  writeHandMade(never, 'never', endless());
  writeHandMade(much, 'much', large(4096));
});
afterAll(() => LoggedHandler.killAll());

const start = (settings: Pick<HandlerSettings, 'model'> & Partial<HandlerSettings>) =>
  new LoggedHandler(bundle, toEnvironment({ ...DEFAULT_HANDLER_SETTINGS, host: '127.0.0.1', port: 0, ...settings }));

const failure = (handler: LoggedHandler) => handler.events.find(({ event }) => event === 'failed');

test('a model that never ends ends the process, and the log says why', async () => {
  const handler = start({ model: never, loadSeconds: 1 });
  await handler.exited;
  expect(failure(handler)).toMatchObject({
    level: 'error',
    code: 'E_LIMIT',
    error: expect.stringMatching(
      /^never: the engine has not come to an end of loading the model, .* within 1 s; .*loop/,
    ),
    time: expect.stringMatching(/^\d{4}-/),
  });
  expect(handler.events.map(({ event }) => event)).not.toContain('ready');
});

test('a model that takes more memory than it may ends the process before the memory is taken', async () => {
  const handler = start({ model: much, loadMiB: 600 });
  await handler.exited;
  expect(failure(handler)).toMatchObject({
    code: 'E_LIMIT',
    error: expect.stringMatching(
      /^much: the process takes more than 600 MiB of memory to load the model of \d+ bytes /,
    ),
  });
});

test('with several workers nobody tries again: the handler ends with status 2', async () => {
  const handler = start({ model: never, loadSeconds: 1, workers: 2 });
  expect(await handler.exited).toBe(2);
  expect(failure(handler)).toMatchObject({ code: 'E_LIMIT' });
});

test('a model that is loaded while others are served harms none of them', async () => {
  const served = join(folder, 'repository', modelPackage.manifest.name);
  cpSync(MODEL, served, { recursive: true });
  writeHandMade(join(folder, 'repository', 'never'), 'never', endless());
  const handler = start({ model: served, loadSeconds: 1, adminPort: 0 });
  await handler.untilReady(await handler.base());
  const { port } = await handler.event('admin listening');
  const answer = await fetch(`http://127.0.0.1:${port}/v2/repository/models/never/load`, { method: 'POST' });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toMatch(/never.* is not changed: the process that loaded it ended; the log says why/);
  expect((await send(await handler.base(), '/predict', { body: rows })).json).toEqual({ result: labels });
  handler.signal('SIGTERM');
  expect(await handler.exited).toBe(0);
});

test('what has been loaded and tried may take its time', async () => {
  const handler = start({ model: MODEL, loadSeconds: 1, engine: 'onnxruntime' });
  await handler.event('ready');
  handler.signal('SIGTERM');
  expect(await handler.exited).toBe(0);
});

test('the limits grow with the file, and not beyond the machine', () => {
  const [small, medium, huge] = [0, 100, 2 ** 20].map((mebibytes) => loadLimits(mebibytes * 2 ** 20));
  expect(medium!.seconds).toBeGreaterThan(small!.seconds);
  expect(medium!.processMiB).toBeGreaterThanOrEqual(small!.processMiB);
  expect(huge!.processMiB * 2 ** 20).toBeLessThan(totalmem());
});

test('the line is found among what else was said', () => {
  const line = '{"time":"t","level":"error","event":"failed","pid":1,"code":"E_LIMIT","error":"x: too much"}';
  expect(findLimitLine(`noise\n${line}\n{"time": cut`)).toMatchObject({ error: 'x: too much' });
  expect(findLimitLine('noise')).toBeUndefined();
});
