/** Clients that begin much and finish nothing: they hold up nobody, and lose their connections. */
import type { Socket } from 'node:net';
import { open, send, untilClosed, untilInFlight } from '../http-client';
import { labels, rows, type Serving, startServing, stopServings } from '../serving';

afterAll(stopServings);
afterEach(() => {
  jest.useRealTimers();
});

const head = (length: number, ...fields: readonly string[]) =>
  [
    'POST /predict HTTP/1.1',
    'Host: x',
    'Content-Type: application/json',
    `Content-Length: ${length}`,
    ...fields,
    '',
    '',
  ].join('\r\n');

/** Only what looks at bodies that are on their way; everything else goes on by itself. */
function stopTheClock(): void {
  jest.useFakeTimers({
    doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'setTimeout', 'clearTimeout', 'performance', 'Date'],
  });
}

/** `setImmediate` and sockets go on by themselves: enough turns that what was done is seen. */
async function seen({ base }: Serving): Promise<void> {
  await send(base, '/livez');
}

test('four hundred connections that announce bodies and send none of them keep nobody out', async () => {
  const serving = await startServing();
  const sockets: Socket[] = [];
  for (let i = 0; i < 400; i++) {
    const socket = await open(serving.base);
    socket.write(head(65_536));
    sockets.push(socket);
  }
  await untilInFlight(serving.base, 400);
  const [body, [first, second]] = [JSON.stringify(rows), [await open(serving.base), await open(serving.base)]];
  first!.write(head(body.length));
  second!.write(`${head(body.length, 'Connection: close')}${body}`);
  await untilInFlight(serving.base, 401);
  const answer = untilClosed(second!);
  expect((await send(serving.base, '/predict', { body: rows })).json).toEqual({ result: labels });
  expect((await answer).endsWith(JSON.stringify({ result: labels }))).toBe(true);
  for (const socket of [...sockets, first!]) socket.destroy();
});

test.each([
  ['a plain request', []],
  ['a request that Node.js reads', ['TE: trailers']],
])('a body that does not come in time is answered 408, and its connection closed: %s', async (_, fields) => {
  stopTheClock();
  const serving = await startServing();
  const socket = await open(serving.base);
  const closed = untilClosed(socket);
  socket.write(`${head(1000, ...fields)}[[1,`);
  await untilInFlight(serving.base, 1);
  jest.advanceTimersByTime(9000);
  await seen(serving);
  expect(socket.destroyed).toBe(false);
  jest.advanceTimersByTime(2000);
  const text = await closed;
  expect(text).toMatch(/^HTTP\/1\.1 408 /);
  expect(text).toMatch(/\r\nconnection: close\r\n/i);
  expect(text).toContain('the body does not come in time');
});

test('a connection whose request was refused, and whose body never comes, is closed', async () => {
  stopTheClock();
  const serving = await startServing();
  const socket = await open(serving.base);
  const closed = untilClosed(socket);
  socket.write(`${head(1000).replace('application/json', 'text/html')}[[1,`);
  await new Promise((resolve) => socket.once('data', resolve));
  jest.advanceTimersByTime(11_000);
  expect(await closed).toMatch(/^HTTP\/1\.1 415 /);
});

test.each([
  ['plain requests', []],
  ['requests that Node.js reads', ['TE: trailers']],
])('one client cannot hold more than its share of the room for bodies: %s', async (_, fields) => {
  stopTheClock();
  const serving = await startServing({ settings: { queueBytes: 20_000, maximumBodyBytes: 10_000 } });
  const from = (address: string) => [`X-Forwarded-For: 1.1.1.1, ${address}`, ...fields];
  const greedy = await open(serving.base);
  const refused = new Promise((resolve) => greedy.once('data', resolve));
  greedy.write(head(10_000, ...from('192.0.2.1')) + ' '.repeat(9_990));
  const other = await open(serving.base);
  other.write(head(10_000, ...from('192.0.2.1')) + ' '.repeat(9_990));
  await untilInFlight(serving.base, 2);
  const body = JSON.stringify(rows.slice(0, 5));
  const modest = await open(serving.base);
  const answer = untilClosed(modest);
  modest.write(head(body.length, ...from('192.0.2.2'), 'Connection: close') + body.slice(0, -1));
  expect(String(await refused)).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 1\r\n/i);
  modest.write(body.slice(-1));
  expect((await answer).endsWith(JSON.stringify({ result: labels.slice(0, 5) }))).toBe(true);
  for (const socket of [greedy, other]) socket.destroy();
});

test('large bodies that are being parsed take room, until they are answered', async () => {
  const serving = await startServing({ settings: { queueBytes: 1_000_000, maximumBodyBytes: 1_000_000 } });
  const { running, release } = serving.engine.hold();
  const body = `[${Array.from({ length: 3000 }, () => JSON.stringify(rows[0])).join()}]`;
  expect(body.length).toBeGreaterThan(500_000);
  const first = send(serving.base, '/predict', { body });
  await running;
  const second = await send(serving.base, '/predict', { body });
  expect(second.status).toBe(503);
  expect((second.json as { detail: string }).detail).toContain('too many large bodies');
  release();
  expect((await first).status).toBe(200);
  expect((await send(serving.base, '/predict', { body })).status).toBe(200);
});

test('a body that comes byte by byte is read', async () => {
  const serving = await startServing();
  const socket = (await open(serving.base)).setNoDelay();
  const answer = untilClosed(socket);
  const body = JSON.stringify(rows.slice(0, 2));
  socket.write(head(body.length, 'Connection: close', 'TE: trailers'));
  for (const character of body) {
    socket.write(character);
    await new Promise(setImmediate);
  }
  expect((await answer).endsWith(JSON.stringify({ result: labels.slice(0, 2) }))).toBe(true);
});

test('when there are too many connections those that ask nothing are closed, the first of them first', async () => {
  const serving = await startServing({ mostConnections: 4 });
  const silent = [await open(serving.base), await open(serving.base), await open(serving.base)];
  const closed = silent.map((socket) => untilClosed(socket));
  const { running, release } = serving.engine.hold();
  const first = send(serving.base, '/predict', { body: rows });
  await running;
  const second = send(serving.base, '/predict', { body: rows });
  const third = send(serving.base, '/predict', { body: rows });
  await closed[0];
  await closed[1];
  release();
  for (const answer of [first, second, third]) expect((await answer).json).toEqual({ result: labels });
  expect(silent[2]!.destroyed).toBe(false);
});

test('when there are too many connections those that were answered and idle are closed too', async () => {
  const serving = await startServing({ mostConnections: 2 });
  const idle = await open(serving.base);
  const closed = untilClosed(idle);
  const body = JSON.stringify(rows);
  idle.write(head(body.length) + body);
  await new Promise((resolve) => idle.once('data', resolve));
  for (let i = 0; i < 3; i++) expect((await send(serving.base, '/predict', { body: rows })).status).toBe(200);
  const { running, release } = serving.engine.hold();
  const answers = [send(serving.base, '/predict', { body: rows })];
  await running;
  answers.push(send(serving.base, '/predict', { body: rows }));
  await closed;
  release();
  for (const answer of answers) expect((await answer).json).toEqual({ result: labels });
});
