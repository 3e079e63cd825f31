import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LogGroup, RefusedError } from '../../../lambda/shipping/log-group';
import { Places } from '../../../lambda/shipping/places';
import { Shipper, type Shipping } from '../../../lambda/shipping/shipper';
import { temporaryFolder } from '../../../testing/temporary-folder';

/** A log group in memory. */
class MemoryGroup implements LogGroup {
  readonly clockOffsetSeconds = undefined;
  readonly streams: Record<string, string[]> = {};
  asked = 0;
  fault: Error | undefined;

  async put(stream: string, events: readonly { message: string }[]): Promise<number> {
    this.asked++;
    if (this.fault) throw this.fault;
    this.streams[stream] = [...(this.streams[stream] ?? []), ...events.map(({ message }) => message)];
    return events.length;
  }
}

let folder: string;
let log: string;
let now: number;
let group: MemoryGroup;
let said: jest.SpyInstance;

beforeEach(() => {
  folder = temporaryFolder();
  log = join(folder, 'handler.log');
  now = 1_000_000;
  group = new MemoryGroup();
  said = jest.spyOn(console, 'error').mockImplementation();
});
afterEach(() => said.mockRestore());

const shipper = (more: Partial<Shipping> = {}) =>
  new Shipper({
    group,
    places: new Places(join(folder, 'places.json')),
    logs: [{ stream: 'i-1/handler', path: log, emptied: true }],
    ownStream: 'i-1/instance',
    clock: () => now,
    ...more,
  });

test('sends what has come, and its own lines, each to its stream', async () => {
  writeFileSync(log, 'one\ntwo\n');
  const sending = shipper();
  sending.tell('instance', { load1: 0.5 });
  await sending.ship();
  expect(group.streams['i-1/handler']).toEqual(['one', 'two']);
  expect(JSON.parse(group.streams['i-1/instance']![0]!)).toMatchObject({ event: 'instance', load1: 0.5 });
  expect(sending.waiting).toBe(0);
});

test('another process goes on where this one stopped', async () => {
  writeFileSync(log, 'one\n');
  await shipper().ship();
  appendFileSync(log, 'two\n');
  await shipper().ship();
  expect(group.streams['i-1/handler']).toEqual(['one', 'two']);
});

test.each(['', '{', '[]', '{"i-1/handler":{"inode":"x"}}', 'null'])(
  'places that are damaged (%s) count as none',
  (damaged) => {
    writeFileSync(join(folder, 'places.json'), damaged);
    expect(new Places(join(folder, 'places.json')).of('i-1/handler')).toBeUndefined();
  },
);

test('waits longer after each failure, says so once, and then sends all, once', async () => {
  writeFileSync(log, 'one\n');
  group.fault = new Error('connect ETIMEDOUT');
  const sending = shipper();
  sending.tell('own', {});
  for (let second = 0; second < 600; second++) {
    now += 1000;
    await sending.ship();
  }
  // 1, 2, 4, ... to 60 seconds, each shortened by at most half
  expect(group.asked).toBeGreaterThan(600 / 60);
  expect(group.asked).toBeLessThan(600 / 30 + 8);
  expect(said.mock.calls).toEqual([['logs cannot be sent, and are kept: connect ETIMEDOUT']]);
  group.fault = undefined;
  now += 60_000;
  await sending.ship();
  expect(group.streams['i-1/handler']).toEqual(['one']);
  expect(group.streams['i-1/instance']).toHaveLength(1);
});

test('the last time a recent failure does not count, and a line without an end is sent', async () => {
  writeFileSync(log, 'one\nlast words');
  group.fault = new Error('not now');
  const sending = shipper();
  await sending.ship();
  group.fault = undefined;
  await sending.ship(true);
  expect(group.streams['i-1/handler']).toEqual(['one', 'last words']);
});

test('what CloudWatch refuses for ever is given up, and counted', async () => {
  writeFileSync(log, 'one\n');
  group.fault = new RefusedError('too odd');
  const sending = shipper();
  await sending.ship();
  group.fault = undefined;
  appendFileSync(log, 'two\n');
  await sending.ship();
  expect(group.streams['i-1/handler']).toEqual(['two']);
  expect(sending.lost).toBe(1);
});

test('a log that cannot be sent does not fill the volume, and what is lost is told', async () => {
  group.fault = new Error('not now');
  const sending = shipper({ largestBytes: 100 });
  writeFileSync(log, 'x'.repeat(399));
  await sending.ship();
  expect(readFileSync(log)).toHaveLength(399);
  appendFileSync(log, 'y');
  await sending.ship();
  expect(readFileSync(log)).toHaveLength(0);
  expect(sending.lost).toBe(400);
  group.fault = undefined;
  await sending.ship(true);
  expect(JSON.parse(group.streams['i-1/instance']![0]!)).toMatchObject({ log: 'i-1/handler', bytes: 400 });
});

test('its own lines do not gather for ever', async () => {
  group.fault = new Error('not now');
  const sending = shipper();
  for (let i = 0; i < 1000; i++) sending.tell('line', { i });
  group.fault = undefined;
  await sending.ship();
  const lines = group.streams['i-1/instance']!;
  expect(lines).toHaveLength(120);
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ i: 999 });
});

test('a place that cannot be kept is said once, and stops nothing', async () => {
  writeFileSync(log, 'one\n');
  const sending = shipper({ places: new Places(join(folder, 'missing', 'places.json')) });
  await sending.ship();
  appendFileSync(log, 'two\n');
  await sending.ship();
  expect(group.streams['i-1/handler']).toEqual(['one', 'two']);
  expect(said).toHaveBeenCalledTimes(1);
});
