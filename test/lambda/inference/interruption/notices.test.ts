/** What the handler makes of EC2's notices, told by a metadata service that wants tokens. */
import { InstanceMetadata } from '../../../../lambda/inference/interruption/metadata';
import { watchNotices } from '../../../../lambda/inference/interruption/notices';
import { MetadataService } from '../../../../testing/metadata-service';

let service: MetadataService;
beforeEach(async () => {
  service = await MetadataService.start();
});
afterEach(() => service.stop());

/** Resolves with all that was logged when the instance is taken back. */
function watched(environment: NodeJS.ProcessEnv = service.environment) {
  const logged: Readonly<Record<string, unknown>>[] = [];
  const until = (event: string) =>
    new Promise<void>((resolve) => {
      const look = () => (logged.some((line) => line.event === event) ? resolve() : void setTimeout(look, 2));
      look();
    });
  const over = new Promise<void>((resolve) => {
    watchNotices({
      log: (level, event, fields) => logged.push({ level, event, ...fields }),
      endpoint: 'a.example.com',
      takenBack: resolve,
      metadata: new InstanceMetadata(environment),
      lookMs: 2,
    });
  });
  return { logged, until, over };
}

test('an interruption is logged once, with a metric, and ends the watch', async () => {
  const { logged, over } = watched();
  service.interrupt('2026-11-30T12:34:56Z');
  await over;
  expect(logged).toEqual([
    expect.objectContaining({
      ...{ level: 'warn', event: 'taken back', action: 'terminate', at: '2026-11-30T12:34:56Z' },
      ...{ Endpoint: 'a.example.com', SpotInterruptions: 1 },
      _aws: expect.objectContaining({
        CloudWatchMetrics: [
          {
            Namespace: 'Slipway',
            Dimensions: [['Endpoint']],
            Metrics: [{ Name: 'SpotInterruptions', Unit: 'Count' }],
          },
        ],
      }),
    }),
  ]);
  const asked = service.asked.length;
  await new Promise((resolve) => setImmediate(resolve));
  expect(service.asked).toHaveLength(asked);
});

test('a recommendation alone is logged once, and takes the instance from nobody', async () => {
  const { logged, until, over } = watched();
  service.told.set('events/recommendations/rebalance', '{"noticeTime":"2026-11-30T12:00:00Z"}');
  await until('may be taken back');
  service.interrupt();
  await over;
  expect(logged.map(({ event }) => event)).toEqual(['may be taken back', 'taken back']);
});

test('a token that has run out is asked for again', async () => {
  const { logged, until, over } = watched();
  service.told.set('events/recommendations/rebalance', '{"noticeTime":"2026-11-30T12:00:00Z"}');
  await until('may be taken back');
  service.forgetTokens();
  service.interrupt();
  await over;
  expect(service.asked.filter((path) => path === '/latest/api/token')).toHaveLength(2);
  expect(logged.map(({ event }) => event)).not.toContain('no notices');
});

test('a notice that is none of EC2 as documented is one all the same', async () => {
  const { logged, over } = watched();
  service.told.set('spot/instance-action', 'terminate');
  await over;
  expect(logged).toEqual([expect.objectContaining({ event: 'taken back', SpotInterruptions: 1 })]);
});

test('a service that does not answer is logged once, and asked again', async () => {
  const { environment } = service;
  service.stop();
  const { logged, until } = watched(environment);
  await until('no notices');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(logged).toEqual([expect.objectContaining({ level: 'warn', event: 'no notices' })]);
});
