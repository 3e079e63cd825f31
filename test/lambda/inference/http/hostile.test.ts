/** Bodies and bytes that no honest client sends. After each the server must still give the right answer. */

import * as http from 'node:http';
import { createConnection } from 'node:net';
import { JSON_HEADERS, open, reply, send, untilClosed } from '../http-client';
import { labels, rows, type Serving, startServing, stopServings } from '../serving';

const LIMIT = 200_000;
let serving: Serving;
beforeAll(async () => {
  serving = await startServing({ settings: { maximumBodyBytes: LIMIT, queueBytes: 16 * LIMIT } });
});
afterAll(stopServings);

afterEach(async () => {
  const { json } = await send(serving.base, '/predict', { body: rows });
  expect(json).toEqual({ result: labels });
  expect(serving.events.filter((event) => event.level === 'error')).toEqual([]);
});

const row = JSON.stringify(rows[0]);
const withFirst = (text: string) => `[${row.replace(String(rows[0]![0]), text)}]`;

test.each<[string, string | Buffer, RegExp, status?: number]>([
  ['a prototype as a document', '{"__proto__": {"data": []}}', /__proto__/],
  ['a prototype as a row', `{"data": [{"__proto__": {"mean radius": 1}}]}`, /fields do not fit/, 422],
  ['a constructor as a row', '{"data": [{"constructor": {"prototype": {"x": 1}}}]}', /fields do not fit/, 422],
  ['a number beyond the doubles', withFirst('1e999'), /expected a finite number.*got Infinity/, 422],
  ['NaN', withFirst('NaN'), /JSON has no NaN: send a missing value as null/],
  ['deep nesting of arrays', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, /expected 30 values.*got 1/, 422],
  ['deep nesting of arrays in a large body', `${'['.repeat(90_000)}${']'.repeat(90_000)}`, /nested too deeply/, 413],
  ['deep nesting that never closes', '['.repeat(60_000), /is not JSON/],
  ['deep nesting that never closes in a large body', '['.repeat(90_000), /nested too deeply/, 413],
  ['deep nesting of objects', `${'{"data":'.repeat(7_000)}1${'}'.repeat(7_000)}`, /an array of rows/],
  [
    'deep nesting of objects in a large body',
    `${'{"data":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
    /nested too deeply/,
    413,
  ],
  ['invalid UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d]), /not valid UTF-8/],
  ['truncated JSON', '[[1, 2', /is not JSON/],
  ['nothing but spaces', '   ', /is not JSON/],
  ['an empty body', '', /is empty/],
  ['a very long key', JSON.stringify({ ['k'.repeat(50_000)]: 1 }), /"k{40}"/],
])('%s is refused and explained', async (_, body, detail, status = 400) => {
  const answer = await send(serving.base, '/predict', { body });
  expect(answer.status).toBe(status);
  expect((answer.json as { detail: string }).detail).toMatch(detail);
  expect(answer.text.length).toBeLessThan(3000);
  expect(({} as { x?: unknown; data?: unknown }).x).toBeUndefined();
});

test('a declared length beyond the limit is refused before the body is sent', async () => {
  const headers = { ...JSON_HEADERS, 'content-length': LIMIT + 1, expect: '100-continue' };
  const request = http.request(`${serving.base}/predict`, { method: 'POST', headers, agent: false });
  let continued = false;
  request.on('continue', () => {
    continued = true;
  });
  const received = reply(request);
  request.flushHeaders();
  const answer = await received;
  expect(answer.status).toBe(413);
  expect(answer.headers.connection).toBe('close');
  expect(continued).toBe(false);
});

test('a client that asks whether to continue is told so', async () => {
  const body = JSON.stringify(rows);
  const headers = { ...JSON_HEADERS, 'content-length': body.length, expect: '100-continue' };
  const request = http.request(`${serving.base}/predict`, { method: 'POST', headers, agent: false });
  request.on('continue', () => request.end(body));
  const received = reply(request);
  request.flushHeaders();
  expect((await received).json).toEqual({ result: labels });
});

test('a chunked body beyond the limit is refused, and the client can read the answer while it still sends', async () => {
  const request = http.request(`${serving.base}/predict`, { method: 'POST', headers: JSON_HEADERS, agent: false });
  const received = reply(request);
  for (let i = 0; i < 5; i++) request.write(Buffer.alloc(LIMIT / 4, ' '));
  const answer = await received;
  expect(answer.status).toBe(413);
  request.end();
});

test('more large bodies at once than memory has room for are refused until the others have ended', async () => {
  const headers = { ...JSON_HEADERS, 'content-length': LIMIT };
  const begun = Array.from({ length: 16 }, () =>
    http.request(`${serving.base}/predict`, { method: 'POST', headers, agent: false }),
  );
  const answers = begun.map((request) => reply(request));
  for (const request of begun) request.write(Buffer.alloc(LIMIT - 1, ' '));
  const probe = async () => {
    const over = http.request(`${serving.base}/predict`, { method: 'POST', headers, agent: false });
    const answer = reply(over);
    over.end(Buffer.alloc(LIMIT, ' '));
    return answer;
  };
  let refused = await probe();
  for (let i = 0; refused.status !== 503 && i < 1000; i++) refused = await probe(); // the others may be on their way
  expect(refused.status).toBe(503);
  expect(refused.headers['retry-after']).toBe('1');
  for (const request of begun) request.end(' ');
  expect((await Promise.all(answers)).map((answer) => answer.status)).toEqual(Array(16).fill(400));
});

test('a body of nothing but brackets is refused before it is parsed', async () => {
  const large = await startServing();
  for (const body of [`[${'[[[]]],'.repeat(700_000)}[]]`, `[${'{},'.repeat(300_000)}{}]`]) {
    const answer = await send(large.base, '/predict', { body });
    expect(answer.status).toBe(413);
    expect(answer.text).toContain('too many arrays and objects');
  }
});

test('brackets within strings are not arrays', async () => {
  const large = await startServing();
  const body = JSON.stringify([{ 'mean radius': `\\"${'['.repeat(250_000)}` }]);
  const answer = await send(large.base, '/predict', { body });
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('the string');
});

test('a chunked body within the limit is read', async () => {
  const request = http.request(`${serving.base}/predict`, { method: 'POST', headers: JSON_HEADERS, agent: false });
  const received = reply(request);
  const text = JSON.stringify({ data: rows });
  for (let i = 0; i < text.length; i += 1000) request.write(text.slice(i, i + 1000));
  request.end();
  expect((await received).json).toEqual({ result: labels });
});

test('a client that goes away in the middle of its body leaves no trace but a count', async () => {
  const socket = await open(serving.base);
  socket.end(`POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n[[1`);
  await untilClosed(socket);
  const metrics = await send(serving.base, '/metrics');
  expect(metrics.text).toContain('slipway_http_requests_total{route="/predict",code="499"} 1');
});

test('pipelined requests are answered in their order', async () => {
  const request = (body: string, last = false) =>
    `POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${last ? 'Connection: close\r\n' : ''}\r\n${body}`;
  const socket = await open(serving.base);
  const received = untilClosed(socket);
  socket.write(request(`[${row}]`) + request('[[1]]') + request(JSON.stringify(rows), true));
  const text = await received;
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]);
  expect(statuses).toEqual(['200', '422', '200']);
  expect(text.endsWith(JSON.stringify({ result: labels }))).toBe(true);
});

test('bytes that are not HTTP get a 400 and a closed connection', async () => {
  const socket = createConnection(Number(new URL(serving.base).port), '127.0.0.1');
  const received = untilClosed(socket);
  socket.write('\x16\x03\x01 hello\r\n\r\n');
  expect(await received).toMatch(/^HTTP\/1\.1 400 /);
});
