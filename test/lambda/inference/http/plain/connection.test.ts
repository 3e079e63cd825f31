/** Connections that are read without Node.js, on real sockets: cut anywhere, mixed with what Node.js reads, and misused. */
import * as http from 'node:http';
import type { Socket } from 'node:net';
import { PLAIN_BODY_BYTES } from '../../../../../lib/model/instance/handler-settings';
import { open, send, untilClosed, untilInFlight } from '../../http-client';
import { labels, rows, type Serving, startServing, stopServings } from '../../serving';

let serving: Serving;
let requests: number;
beforeAll(async () => {
  serving = await startServing();
  serving.server.on('request', () => requests++);
});
beforeEach(() => {
  requests = 0;
});
afterAll(stopServings);

const body = JSON.stringify(rows);
const answered = JSON.stringify({ result: labels });
const plain = (text = body, ...fields: readonly string[]) =>
  [
    `POST /predict HTTP/1.1`,
    'Host: x',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    ...fields,
    '',
    text,
  ].join('\r\n');

/** The next whole answers, without their dates. */
async function answers(socket: Socket, count: number): Promise<string[]> {
  let text = '';
  const found: string[] = [];
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += chunk;
    for (let whole = take(); whole !== undefined && found.length < count; whole = take()) found.push(whole);
    if (found.length === count) return found;
  }
  throw new Error(`the connection ended after ${JSON.stringify(found)} with ${JSON.stringify(text)}`);

  function take(): string | undefined {
    const end = text.indexOf('\r\n\r\n') + 4;
    const length = Number(/content-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? Number.NaN);
    if (end < 4 || !(text.length >= end + length)) return undefined;
    const whole = text.slice(0, end + length);
    text = text.slice(end + length);
    return whole;
  }
}

const bodyOf = (answer: string) => answer.slice(answer.indexOf('\r\n\r\n') + 4);
const connect = async () => (await open(serving.base)).setEncoding('utf8');

test('a plain request is answered as Node.js would, without it', async () => {
  const socket = await connect();
  socket.write(plain());
  const [ours] = await answers(socket, 1);
  socket.write(plain(body, 'TE: trailers'));
  const [theirs] = await answers(socket, 1);
  expect(requests).toBe(1);
  const fields = (answer: string) =>
    answer
      .slice(0, answer.indexOf('\r\n\r\n'))
      .split('\r\n')
      .map((line) => line.replace(/^[\w-]+:/, (name) => name.toLowerCase()).replace(/^date: .*GMT$/, 'date'))
      .sort();
  expect(fields(ours!)).toEqual(fields(theirs!));
  expect([bodyOf(ours!), bodyOf(theirs!)]).toEqual([answered, answered]);
  socket.destroy();
});

test('wherever a request is cut, it is answered, and so is the next', async () => {
  const text = plain();
  const head = text.indexOf('\r\n\r\n') + 4;
  for (const cut of [
    1,
    20,
    head - 3,
    head - 1,
    head,
    head + 1,
    Math.floor((head + text.length) / 2),
    text.length - 1,
  ]) {
    const socket = await connect();
    socket.write(text.slice(0, cut));
    await new Promise(setImmediate);
    await send(serving.base, '/livez'); // the server has seen what there was
    socket.write(text.slice(cut));
    expect((await answers(socket, 1)).map(bodyOf)).toEqual([answered]);
    socket.write(text);
    expect((await answers(socket, 1)).map(bodyOf)).toEqual([answered]);
    socket.destroy();
  }
});

test('requests that do not wait for their answers get them in their order', async () => {
  const socket = await connect();
  const { running, release } = serving.engine.hold();
  socket.write(plain());
  await running;
  socket.write(plain('[[1]]') + plain());
  await send(serving.base, '/livez');
  socket.write(plain('[]') + plain(body, 'TE: trailers'));
  release();
  const statuses = (await answers(socket, 5)).map((answer) => answer.slice(9, 12));
  expect(statuses).toEqual(['200', '422', '200', '422', '200']);
  socket.destroy();
});

test('what comes behind the rest of a body is the next request', async () => {
  const socket = await connect();
  const text = plain();
  socket.write(text.slice(0, -10));
  await untilInFlight(serving.base, 1);
  socket.write(text.slice(-10) + plain('[[1]]'));
  expect((await answers(socket, 2)).map((answer) => answer.slice(9, 12))).toEqual(['200', '422']);
  socket.destroy();
});

test('a request that is refused before its body has come is answered at once, and the body passed over', async () => {
  const socket = await connect();
  const refused = plain().replace('application/json', 'text/html');
  socket.write(refused.slice(0, -1000));
  const [answer] = await answers(socket, 1);
  expect(answer!.slice(9, 12)).toBe('415');
  socket.write(refused.slice(-1000, -500));
  await send(serving.base, '/livez');
  socket.write(refused.slice(-500));
  await send(serving.base, '/livez');
  socket.write(plain());
  expect((await answers(socket, 1)).map(bodyOf)).toEqual([answered]);
  socket.destroy();
});

test('a larger body is read by Node.js', async () => {
  const socket = await connect();
  const large = `[${Array.from({ length: 600 }, () => JSON.stringify(rows[0])).join(',')}]`;
  expect(large.length).toBeGreaterThan(PLAIN_BODY_BYTES);
  socket.write(plain(large));
  const [answer] = await answers(socket, 1);
  expect(JSON.parse(bodyOf(answer!))).toEqual({ result: Array(600).fill(labels[0]) });
  expect(requests).toBe(1);
  socket.destroy();
});

test('a client that goes away while its rows wait is not computed for', async () => {
  const { running, release } = serving.engine.hold();
  const first = send(serving.base, '/predict', { body });
  await running;
  const socket = await connect();
  socket.write(plain());
  await untilInFlight(serving.base, 2);
  const before = serving.engine.batches.length;
  socket.destroy();
  // the server has seen it once it has seen what was sent later
  await send(serving.base, '/livez');
  release();
  expect((await first).json).toEqual({ result: labels });
  await untilInFlight(serving.base, 0);
  expect(serving.engine.batches.length).toBe(before);
});

test('answers beyond Latin letters have their length in bytes', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const strange = JSON.stringify([{ '\u4e2d\u6587 \u{1f600}': 1 }]);
  const answer = await send(serving.base, '/predict', { body: strange, agent });
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('\u4e2d\u6587 \u{1f600}');
  expect(Number(answer.headers['content-length'])).toBe(Buffer.byteLength(answer.text));
  expect((await send(serving.base, '/predict', { body, agent })).json).toEqual({ result: labels });
  expect(requests).toBe(0);
  agent.destroy();
});

test('bodies that are on their way count in the room for bodies', async () => {
  const small = await startServing({ settings: { queueBytes: 10_000, maximumBodyBytes: 8_000 } });
  const text = plain(`[${' '.repeat(6000)}]`);
  const [one, two] = [await open(small.base), (await open(small.base)).setEncoding('utf8')];
  one.write(text.slice(0, -10));
  await untilInFlight(small.base, 1);
  two.write(text);
  expect((await answers(two, 1))[0]!.slice(9, 12)).toBe('503');
  one.destroy();
  two.destroy();
  await untilInFlight(small.base, 0);
  expect((await send(small.base, '/predict', { body: `[${' '.repeat(6000)}]` })).status).toBe(422);
});

test('when the server stops a connection is closed after its next answer, an idle one soon', async () => {
  const stopping = await startServing();
  const [idle, kept, busy] = [await open(stopping.base), await open(stopping.base), await open(stopping.base)];
  for (const socket of [idle, kept]) {
    socket.write(plain());
    await new Promise((resolve) => socket.once('data', resolve));
  }
  const keptClosed = untilClosed(kept);
  const { running, release } = stopping.engine.hold();
  const [idleClosed, busyClosed] = [untilClosed(idle), untilClosed(busy)];
  busy.write(plain());
  await running;
  const closed = stopping.close(60_000);
  kept.write(plain());
  await idleClosed;
  release();
  const last = await keptClosed;
  expect(last).toMatch(/\r\nConnection: close\r\n/);
  expect(last.endsWith(answered)).toBe(true);
  const text = await busyClosed;
  expect(text).toMatch(/\r\nConnection: close\r\n/);
  expect(text.endsWith(answered)).toBe(true);
  expect(await closed).toBe(true);
});
