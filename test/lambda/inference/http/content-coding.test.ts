import * as zlib from 'node:zlib';
import { JSON_HEADERS, send } from '../http-client';
import { labels, rows, type Serving, startServing, stopServings } from '../serving';

const LIMIT = 400_000;
let serving: Serving;
beforeAll(async () => {
  serving = await startServing({ settings: { maximumBodyBytes: LIMIT } });
});
afterAll(stopServings);

const post = (body: Buffer, headers: object) =>
  send(serving.base, '/predict', { body, headers: { ...JSON_HEADERS, ...headers } });
const json = JSON.stringify(rows);

test.each([
  ['gzip', zlib.gzipSync(json)],
  ['x-gzip', zlib.gzipSync(json)],
  ['GZIP', zlib.gzipSync(json)],
  ['deflate', zlib.deflateSync(json)],
  ['identity', Buffer.from(json)],
])('a body in %s is read', async (coding, body) => {
  expect((await post(body, { 'content-encoding': coding })).json).toEqual({ result: labels });
});

test.each([
  ['a coding that is not read', 'br', zlib.brotliCompressSync(json), 415],
  ['one coding upon another', 'gzip, gzip', zlib.gzipSync(zlib.gzipSync(json)), 415],
  ['a body that is not of its coding', 'gzip', Buffer.from(json), 400],
  ['a body that is cut short', 'gzip', zlib.gzipSync(json).subarray(0, 200), 400],
  ['an empty body', 'deflate', Buffer.alloc(0), 400],
  ['a small body that inflates beyond the limit', 'gzip', zlib.gzipSync(Buffer.alloc(LIMIT * 20, ' ')), 413],
])('%s is refused', async (_, coding, body, status) => {
  const reply = await post(body, { 'content-encoding': coding });
  expect(reply.status).toBe(status);
  expect(reply.headers['accept-encoding']).toBe(status === 415 ? 'gzip, deflate' : undefined);
  expect(reply.headers['content-type']).toBe('application/problem+json');
});

describe('answers', () => {
  const many = { data: Array.from({ length: 900 }, (_, r) => rows[r % rows.length]) };
  const ask = (accept: string, path = '/predict_proba', data: object = many) =>
    fetch(serving.base + path, {
      method: 'POST',
      body: zlib.gzipSync(JSON.stringify(data)),
      headers: { ...JSON_HEADERS, 'content-encoding': 'gzip', 'accept-encoding': accept },
    });

  test.each([
    ['gzip, deflate', 'gzip'],
    ['deflate', 'deflate'],
    ['gzip;q=0, deflate', 'deflate'],
    ['br', null],
    ['gzip;q=0.0', null],
    ['identity', null],
  ])('that are large come in a coding that is accepted: %s', async (accept, coding) => {
    const reply = await ask(accept);
    expect(reply.headers.get('content-encoding')).toBe(coding);
    expect(((await reply.json()) as { result: unknown[] }).result).toHaveLength(900);
  });

  test('that are small come as they are', async () => {
    const reply = await ask('gzip', '/predict', [rows[0]!]);
    expect(reply.headers.get('content-encoding')).toBeNull();
    expect(await reply.json()).toEqual({ result: [labels[0]] });
  });
});
