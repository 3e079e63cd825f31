/** A Spot instance that is taken back: it leaves the load balancer, and answers until it is stopped. */
import { toEnvironment } from '../../../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS } from '../../../../lib/model/instance/handler-settings';
import { bundledHandler } from '../../../../testing/bundled-handler';
import { LoggedHandler } from '../../../../testing/handler-process';
import { MetadataService } from '../../../../testing/metadata-service';
import { labels, MODEL, rows } from '../serving';

jest.setTimeout(60_000); // it starts processes, on a machine that may be busy

let service: MetadataService;
let bundle: string;
beforeAll(async () => {
  bundle = bundledHandler();
  service = await MetadataService.start();
});
afterAll(() => {
  LoggedHandler.killAll();
  service.stop();
});

const start = (workers: number, spot: boolean) =>
  new LoggedHandler(bundle, {
    ...toEnvironment({
      ...DEFAULT_HANDLER_SETTINGS,
      ...{ model: MODEL, host: '127.0.0.1', port: 0, workers, endpoint: 'a.example.com' },
      ...(spot && { spot }),
    }),
    ...service.environment,
  });

const ready = async (base: string) => {
  const answer = await fetch(`${base}/readyz`, { headers: { connection: 'close' } });
  return { status: answer.status, ...((await answer.json()) as { stage: string }) };
};

test.each([1, 2])(
  'with %d worker(s) it is not ready from the notice on, and answers all that comes',
  async (workers) => {
    service.told.clear();
    const handler = start(workers, true);
    const base = await handler.base();
    await handler.event('ready', workers);
    while ((await ready(base)).status !== 200);
    service.interrupt();
    expect(await handler.event('taken back')).toMatchObject({ action: 'terminate', SpotInterruptions: 1 });
    while ((await ready(base)).status === 200);
    for (let i = 0; i < 2 * workers; i++) {
      expect(await ready(base)).toEqual({ status: 503, ready: false, stage: 'taken back' });
      const answer = await fetch(`${base}/predict`, {
        ...{ method: 'POST', body: JSON.stringify(rows) },
        headers: { 'content-type': 'application/json', connection: 'close' },
      });
      expect([answer.status, await answer.json()]).toEqual([200, { result: labels }]);
    }
    expect(await handler.stop()).toBe(0);
    expect(handler.events.filter(({ event }) => event === 'taken back')).toHaveLength(1);
  },
);

test('one that is on demand asks for no notices', async () => {
  service.interrupt();
  const asked = service.asked.length;
  const handler = start(1, false);
  const base = await handler.base();
  await handler.event('ready');
  expect((await ready(base)).status).toBe(200);
  expect(await handler.stop()).toBe(0);
  expect(service.asked).toHaveLength(asked);
});
