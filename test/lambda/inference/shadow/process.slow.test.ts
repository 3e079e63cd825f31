/** A handler with a shadow, as processes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { toEnvironment } from '../../../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS, type HandlerSettings } from '../../../../lib/model/instance/handler-settings';
import { bundledHandler } from '../../../../testing/bundled-handler';
import { LoggedHandler } from '../../../../testing/handler-process';
import { shiftedPackage } from '../../../../testing/shifted-package';
import { temporaryFolder } from '../../../../testing/temporary-folder';
import { onLinux } from '../../../on-linux';
import { send } from '../http-client';
import { labels, MODEL, rows } from '../serving';
import { asked, metricsWhen } from './asked';

jest.setTimeout(60_000);

const folder = temporaryFolder();
let bundle: string;
const other = join(folder, 'other');
beforeAll(() => {
  bundle = bundledHandler();
  shiftedPackage(MODEL, other, { by: -4 });
});
afterAll(() => LoggedHandler.killAll());

const start = (shadow: Partial<HandlerSettings['shadow']> = {}, more: Partial<HandlerSettings> = {}) =>
  new LoggedHandler(
    bundle,
    toEnvironment({
      ...DEFAULT_HANDLER_SETTINGS,
      model: MODEL,
      host: '127.0.0.1',
      port: 0,
      ...more,
      shadow: { model: other, share: 1, tolerance: 0.01, ...shadow },
    }),
  );

test.each([1, 2])('%d worker(s): the shadow is given rows, and how it differs is told by label', async (workers) => {
  const handler = start({}, { workers });
  await handler.event('shadow ready', workers);
  const base = await handler.base();
  expect((await asked(base, 'first')).json).toEqual({ result: labels });
  const value = await metricsWhen(base, (read) => read('rows_total') === rows.length);
  expect(value('requests_total')).toBe(1);
  expect(value('dropped_rows_total')).toBe(0);
  const told = (served: number, shadow: number) => value(`labels_total{served="${served}",shadow="${shadow}"}`);
  const changed = told(1, 0);
  expect(changed).toBeGreaterThan(0); // a lower score: fewer of the second class, and none more
  expect(told(0, 1)).toBe(0);
  expect(told(1, 1)).toBe(labels.filter((label) => label === 1).length - changed);
  expect(value('output_agreeing_rows_total{output="predict"}')).toBe(rows.length - changed);
  expect(value('cpu_seconds_total')).toBeGreaterThan(0);
  expect(await handler.stop()).toBe(0);
  const lines = handler.events.filter(({ event }) => event === 'shadow');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ rows: rows.length, largest: expect.arrayContaining([]) });
  const largest = lines[0]!.largest as Record<string, unknown>[];
  expect(largest).toHaveLength(Math.min(10, changed));
  for (const difference of largest) {
    expect(Object.keys(difference).sort()).toEqual(['difference', 'output', 'requestId', 'row', 'served', 'shadow']);
    expect(difference.requestId).toBe('first');
  }
});

test('row values are logged where they are asked for', async () => {
  const handler = start({ rowValues: true });
  await handler.event('shadow ready');
  const base = await handler.base();
  await asked(base);
  await metricsWhen(base, (read) => read('rows_total') > 0);
  await handler.stop();
  const [line] = handler.events.filter(({ event }) => event === 'shadow');
  const [{ values, row }] = line!.largest as [{ values: object; row: number }];
  expect(Object.values(values)).toEqual(rows[row]);
});

onLinux('a shadow that is killed, and one that hangs, is not noticed by who asks', async () => {
  const handler = start();
  const { process: pid } = await handler.event('shadow ready');
  const base = await handler.base();
  expect(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8')).toBe('1000\n');
  // the nineteenth field is its nice value (proc_pid_stat(5)); the name in parentheses may have spaces
  expect(
    readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')[16],
  ).toBe('19');
  process.kill(pid as number, 'SIGSTOP');
  for (let i = 0; i < 200; i++) expect((await asked(base)).json).toEqual({ result: labels });
  const value = await metricsWhen(base, (read) => read('dropped_rows_total') > 0);
  expect(value('queue_rows')).toBeLessThanOrEqual(4096);
  expect(value('rows_total')).toBe(0);
  process.kill(pid as number, 'SIGKILL');
  expect(await handler.event('shadow ended')).toMatchObject({ how: 'SIGKILL' });
  expect((await asked(base)).json).toEqual({ result: labels });
  await handler.event('shadow ready', 2);
  await asked(base);
  await metricsWhen(base, (read) => read('rows_total') === rows.length && read('restarts_total') === 1);
  expect(await handler.stop()).toBe(0);
});

test('a shadow that cannot be loaded is told, and the model is served', async () => {
  const handler = start({ model: join(folder, 'nothing') });
  await handler.event('ready');
  expect(await handler.event('shadow unfit')).toMatchObject({ level: 'error', code: 'E_PACKAGE' });
  expect((await asked(await handler.base())).json).toEqual({ result: labels });
  expect(await handler.stop()).toBe(0);
});

onLinux('it ends with the handler, however that ends', async () => {
  const handler = start();
  const { process: pid } = await handler.event('shadow ready');
  handler.signal('SIGKILL');
  await handler.exited;
  for (;;) {
    try {
      process.kill(pid as number, 0);
    } catch {
      break;
    }
    await pause(20);
  }
});

test('beside versions it is given the rows of the version of the file, wherever that is in the list', async () => {
  const second = join(folder, 'second');
  shiftedPackage(MODEL, second, { by: 1 });
  const versions = [
    { name: '2', model: second, weight: 1 },
    { name: '1', weight: 0 },
  ];
  const handler = start({}, { versions });
  await handler.event('shadow ready');
  const base = await handler.base();
  await asked(base, 'by the weights'); // version 2
  const body = { body: { data: rows }, headers: { 'x-model-version': '1' } };
  expect((await send(base, '/predict', body)).json).toEqual({ result: labels });
  const value = await metricsWhen(base, (read) => read('rows_total') === rows.length);
  expect(value('requests_total')).toBe(1);
  expect(await handler.stop()).toBe(0);
});
