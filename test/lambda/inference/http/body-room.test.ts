/** Bodies that are on their way: what has come of them counts, and who does not go on gives way. */
import { BodyRoom, type ComingBytes, clientOf } from '../../../../lambda/inference/http/body-room';
import type { HttpError } from '../../../../lambda/inference/http/http-answer';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const SECOND = 1000;

/** A body of a client, and with what it was given up. */
function begin(room: BodyRoom, client: string): { readonly body: ComingBytes; readonly statuses: number[] } {
  const statuses: number[] = [];
  const body = room.begin(client, (error: HttpError) => statuses.push(error.status));
  return { body, statuses };
}

const socket = (remoteAddress: string) => ({ remoteAddress }) as never;

test('what is announced takes no room, however many announce', () => {
  const room = new BodyRoom(1000);
  for (let i = 0; i < 10_000; i++) begin(room, `client ${i % 7}`);
  expect(room.has(1000, {}, socket('another'))).toBe(true);
  expect(room.has(1001, {}, socket('another'))).toBe(false);
});

test('bytes that came take room until the body has ended', () => {
  const room = new BodyRoom(1000);
  const { body } = begin(room, 'one');
  room.add(body, 600);
  expect(room.has(401, {}, socket('one'))).toBe(false);
  room.end(body);
  expect(room.has(1000, {}, socket('one'))).toBe(true);
  expect(jest.getTimerCount()).toBe(1);
  jest.advanceTimersByTime(SECOND);
  expect(jest.getTimerCount()).toBe(0); // nothing is on its way, so nobody looks
});

test('a body that is there takes room until it has been made rows of, and never gives way or is late', () => {
  const room = new BodyRoom(1000);
  const { body, statuses } = begin(room, 'one');
  room.add(body, 600);
  const release = room.keep(body);
  jest.advanceTimersByTime(60 * SECOND);
  const other = begin(room, 'two');
  room.add(other.body, 500);
  expect([statuses, other.statuses]).toEqual([[], [503]]);
  release();
  room.end(other.body);
  expect(room.has(1000, {}, socket('two'))).toBe(true);
});

test('a client has the whole room to itself, and gives way when another comes', () => {
  const room = new BodyRoom(1000);
  const greedy = Array.from({ length: 10 }, () => begin(room, 'greedy'));
  for (const { body } of greedy) room.add(body, 100);
  const more = begin(room, 'greedy');
  room.add(more.body, 50);
  expect(more.statuses).toEqual([503]);
  const modest = begin(room, 'modest');
  room.add(modest.body, 150);
  expect(modest.statuses).toEqual([]);
  expect(greedy.map(({ statuses }) => statuses)).toEqual([[503], [503], ...Array(8).fill([])]);
  expect(room.has(300, {}, socket('modest'))).toBe(true);
});

test('no client gets more than the one that holds the most', () => {
  const room = new BodyRoom(1000);
  const bodies = ['one', 'two', 'three', 'four'].map((client) => begin(room, client));
  for (let sent = 0; sent < 1000; sent += 10) for (const { body } of bodies) if (!body.dropped) room.add(body, 10);
  const held = bodies.map(({ body }) => body.held);
  expect(held.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(1000);
  expect(Math.max(...held)).toBeGreaterThan(250);
});

test('a body that has stalled gives way first, also to its own client', () => {
  const room = new BodyRoom(1000);
  const [stalled, going] = [begin(room, 'one'), begin(room, 'one')];
  room.add(stalled.body, 500);
  room.add(going.body, 400);
  jest.advanceTimersByTime(2 * SECOND);
  room.add(going.body, 100);
  const fresh = begin(room, 'one');
  room.add(fresh.body, 500);
  expect([stalled.statuses, going.statuses, fresh.statuses]).toEqual([[503], [], []]);
});

test('a body of which nothing comes for ten seconds is late', () => {
  const room = new BodyRoom(1000);
  const { body, statuses } = begin(room, 'one');
  for (let i = 0; i < 2; i++) {
    jest.advanceTimersByTime(10 * SECOND);
    expect(statuses).toEqual([]);
    room.add(body, 1);
  }
  jest.advanceTimersByTime(11 * SECOND);
  expect(statuses).toEqual([408]);
  room.end(body);
  jest.advanceTimersByTime(60 * SECOND);
  expect(statuses).toEqual([408]);
});

test('a body that trickles is late after thirty seconds, one that flows is not', () => {
  const room = new BodyRoom(1e9);
  const [trickle, flow] = [begin(room, 'one'), begin(room, 'two')];
  for (let second = 0; second < 90; second++) {
    room.add(trickle.body, 1);
    room.add(flow.body, 65_536);
    jest.advanceTimersByTime(SECOND);
    if (second < 30) expect(trickle.statuses).toEqual([]);
  }
  expect(trickle.statuses[0]).toBe(408);
  expect(flow.statuses).toEqual([]);
});

test('a client is who the load balancer says, not who it claims to be', () => {
  expect(clientOf({ 'x-forwarded-for': '10.0.0.1, 192.0.2.7' }, socket('10.0.0.9'))).toBe('192.0.2.7');
  expect(clientOf({ 'x-forwarded-for': '192.0.2.7' }, socket('10.0.0.9'))).toBe('192.0.2.7');
  expect(clientOf({}, socket('10.0.0.9'))).toBe('10.0.0.9');
});
