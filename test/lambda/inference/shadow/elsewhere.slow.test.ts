/** A shadow that stands elsewhere: handlers that serve, and handlers that are their shadow, as processes. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { toEnvironment } from '../../../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS, type HandlerSettings } from '../../../../lib/model/instance/handler-settings';
import { bundledHandler } from '../../../../testing/bundled-handler';
import { LoggedHandler } from '../../../../testing/handler-process';
import { shiftedPackage } from '../../../../testing/shifted-package';
import { temporaryFolder } from '../../../../testing/temporary-folder';
import { labels, MODEL, rows } from '../serving';
import { asked, metricsWhen } from './asked';

jest.setTimeout(90_000);

/** Addresses are looked at every five seconds, and a shadow that ended starts anew after one, two, or four. Here it is less. */
const FASTER = `for (const [name, waits] of Object.entries({ setInterval: [5000], setTimeout: [1000, 2000, 4000] })) {
  const timer = globalThis[name];
  globalThis[name] = (go, ms, ...more) => timer(go, waits.includes(ms) ? ms / 20 : ms, ...more);
}`;

const folder = temporaryFolder();
const faster = join(folder, 'faster.cjs');
const addresses = join(folder, 'addresses');
/** Of the shadow an instance that serves has the manifest alone. */
const described = join(folder, 'described');
const other = join(folder, 'other');
let bundle: string;
beforeAll(() => {
  bundle = bundledHandler();
  writeFileSync(faster, FASTER);
  shiftedPackage(MODEL, other, { by: -4 });
  mkdirSync(described);
  cpSync(join(other, 'manifest.json'), join(described, 'manifest.json'));
});
beforeEach(() => writeFileSync(addresses, ''));
afterAll(() => LoggedHandler.killAll());

const started = (settings: Partial<HandlerSettings>) =>
  new LoggedHandler(bundle, {
    ...toEnvironment({ ...DEFAULT_HANDLER_SETTINGS, model: MODEL, host: '127.0.0.1', port: 0, ...settings }),
    NODE_OPTIONS: `--require=${faster}`,
  });
const serving = (more: Partial<HandlerSettings> = {}) =>
  started({ shadow: { model: described, share: 1, tolerance: 0.01, addresses }, ...more });
const shadowing = (more: Partial<HandlerSettings> = {}) => started({ model: other, shadowPort: 0, ...more });

async function announced(...shadows: readonly LoggedHandler[]): Promise<string> {
  const events = await Promise.all(shadows.map((shadow) => shadow.event('shadow listens')));
  const lines = events.map(({ address }) => `${address}\n`).join('');
  writeFileSync(addresses, lines);
  return lines;
}

test.each([1, 2])('%d worker(s) of each: rows go there, and what differs comes back', async (workers) => {
  const handler = serving({ workers });
  const shadow = shadowing({ workers });
  await handler.event('shadow starts', workers);
  const base = await handler.base();
  expect((await asked(base, 'before')).json).toEqual({ result: labels }); // nobody is there yet
  expect(await announced(shadow)).toMatch(/^127\.0\.0\.1:\d+\n$/);
  await handler.event('shadow ready', workers);
  expect((await asked(base, 'first')).json).toEqual({ result: labels });
  const value = await metricsWhen(base, (read) => read('rows_total') === rows.length);
  expect(value('requests_total')).toBe(2);
  expect(value('dropped_rows_total')).toBe(rows.length);
  const changed = value('labels_total{served="1",shadow="0"}');
  expect(changed).toBeGreaterThan(0);
  expect(value('output_agreeing_rows_total{output="predict"}')).toBe(rows.length - changed);
  expect(value('cpu_seconds_total')).toBeGreaterThan(0);
  expect(await handler.stop()).toBe(0);
  const lines = handler.events.filter(({ event }) => event === 'shadow');
  expect(lines.reduce((sum, line) => sum + (line.rows as number), 0)).toBe(rows.length);
  expect(await shadow.stop()).toBe(0);
});

test('instances of the shadow that are lost, hang, or have another package harm nobody; another takes their place', async () => {
  const handler = serving();
  const wrong = started({ model: MODEL, shadowPort: 0 });
  await handler.event('shadow starts');
  const base = await handler.base();
  await announced(wrong);
  expect(await handler.event('shadow not reached')).toMatchObject({ reason: expect.stringContaining('it has ') });
  const first = shadowing();
  await announced(first);
  await handler.event('shadow ready');
  first.signal('SIGSTOP');
  for (let i = 0; i < 200; i++) expect((await asked(base)).json).toEqual({ result: labels });
  const value = await metricsWhen(base, (read) => read('dropped_rows_total') > 0);
  expect(value('queue_rows')).toBeLessThanOrEqual(4096);
  first.signal('SIGKILL');
  await handler.event('shadow ended');
  expect((await asked(base)).json).toEqual({ result: labels });
  const second = shadowing();
  await announced(second);
  await handler.event('shadow ready', 2);
  await asked(base);
  await metricsWhen(base, (read) => read('rows_total') === rows.length && read('restarts_total') === 1);
  const third = shadowing();
  await announced(second, third); // all get work when there is one more
  expect(await handler.event('shadow ended', 2)).toMatchObject({ how: expect.stringContaining('joined') });
  await handler.event('shadow ready', 3);
  for (const one of [handler, wrong, second, third]) expect(await one.stop()).toBe(0);
});

test('rows are encrypted where requests are, with a certificate of the shadow alone', async () => {
  const [key, certificate] = ['key.pem', 'certificate.pem'].map((file) => join(folder, file)) as [string, string];
  execFileSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-batch'],
    ...['-subj', '/CN=slipway', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate],
  ]);
  const tls = { certificate, key };
  const handler = serving({ tls });
  const shadow = shadowing({ tls });
  const plain = shadowing();
  await announced(plain);
  await handler.event('shadow not reached'); // what does not speak TLS is told nothing
  await announced(shadow);
  await handler.event('shadow ready');
  await pause(100);
  for (const one of [handler, shadow, plain]) expect(await one.stop()).toBe(0);
});
