/** Plain heads against the parser of Node.js, which the rest is left to: what is read here is what it would have read. */

import * as http from 'node:http';
import fc from 'fast-check';
import { listen } from '../../../../../lambda/inference/http/listen';
import { plainHead } from '../../../../../lambda/inference/http/plain/head';
import { runs } from '../../../../runs';
import { open } from '../../http-client';

const LINES = ['Host: example.com', 'Content-Type: application/json', 'Content-Length: 2'];
const headOf = (...lines: readonly string[]) => ['POST /predict HTTP/1.1', ...lines, ''].join('\r\n');

test('a plain head is read', () => {
  expect(plainHead(headOf(...LINES, 'X-Api-Key:  secret key\t '))).toEqual({
    method: 'POST',
    url: '/predict',
    headers: {
      host: 'example.com',
      'content-type': 'application/json',
      'content-length': '2',
      'x-api-key': 'secret key',
    },
    length: 2,
  });
});

test.each<[string, string]>([
  ['another method', headOf(...LINES).replace('POST', 'PUT')],
  ['a method in small letters', headOf(...LINES).replace('POST', 'post')],
  ['another version', headOf(...LINES).replace('1.1', '1.0')],
  ['a whole address', headOf(...LINES).replace('/predict', 'http://example.com/predict')],
  ['two spaces', headOf(...LINES).replace('POST ', 'POST  ')],
  ['a path beyond ASCII', headOf(...LINES).replace('/predict', '/pr\u00e9dict')],
  ['no host', headOf(...LINES.slice(1))],
  ['two hosts', headOf(...LINES, 'host: example.com')],
  ['no length', headOf(...LINES.slice(0, 2))],
  ['two lengths that agree', headOf(...LINES, 'Content-Length: 2')],
  ['a list of lengths', headOf('Host: x', 'Content-Length: 2, 2')],
  ['a length of nothing', headOf('Host: x', 'Content-Length: 0')],
  ['a length with a sign', headOf('Host: x', 'Content-Length: +2')],
  ['a length with a zero before it', headOf('Host: x', 'Content-Length: 02')],
  ['a hexadecimal length', headOf('Host: x', 'Content-Length: 0x2')],
  ['chunks', headOf(...LINES, 'Transfer-Encoding: chunked')],
  ['chunks in disguise', headOf(...LINES, 'Transfer-Encoding : chunked')],
  ['a body that waits to be asked for', headOf(...LINES, 'Expect: 100-continue')],
  ['a compressed body', headOf(...LINES, 'Content-Encoding: gzip')],
  ['another protocol', headOf(...LINES, 'Upgrade: h2c', 'Connection: Upgrade')],
  ['the last request', headOf(...LINES, 'Connection: close')],
  ['a list of connection options', headOf(...LINES, 'Connection: keep-alive, te')],
  ['a space before the colon', headOf(...LINES, 'X-One : 1')],
  ['a line without a colon', headOf(...LINES, 'X-One')],
  ['a folded line', headOf(...LINES, 'X-One: 1', ' 2')],
  ['an empty value', headOf(...LINES, 'X-One:')],
  ['a line that ends without a carriage return', `${headOf(...LINES, 'X-One: 1')}X-Two: 2\n`],
  ['a carriage return within a value', headOf(...LINES, 'X-One: 1\r2')],
  ['a NUL within a value', headOf(...LINES, 'X-One: 1\u00002')],
  ['a value beyond ASCII', headOf(...LINES, 'X-One: \u00e9')],
  ['a prototype', headOf(...LINES, '__proto__: 1')],
  ['more fields than anybody has', headOf(...LINES, ...Array.from({ length: 62 }, (_, i) => `X-${i}: 1`))],
  ['a line that is cut short', headOf(...LINES).slice(0, -1)],
])('%s is left to Node.js', (_, text) => {
  expect(plainHead(text)).toBeUndefined();
});

test('names of members that every object has are names like others', () => {
  expect(plainHead(headOf(...LINES, 'constructor: x', 'valueOf: y'))?.headers).toMatchObject({
    constructor: 'x',
    valueof: 'y',
  });
});

const name = fc.oneof(
  fc.constantFrom(
    'Host',
    'content-length',
    'Content-Type',
    'Connection',
    'X-Forwarded-For',
    'accept',
    'Cookie',
    'Set-Cookie',
    'X_y',
    'TE',
    'a b',
  ),
  fc.string({ unit: fc.constantFrom(...'abcXYZ09-_:\t \u00e9'), minLength: 1, maxLength: 6 }),
);
const value = fc.oneof(
  fc.constantFrom(
    '2',
    'close',
    'keep-alive',
    'Keep-Alive',
    'text/csv; q=1',
    '  spaces\t',
    'a\tb',
    '\u00ff',
    'a\r\n b',
    'a\nb',
  ),
  fc.string({ unit: fc.constantFrom(...'ab ,;="\t\r\n\u007f\u00e9~!'), maxLength: 8 }),
);
const field = fc.tuple(name, fc.constantFrom(':', ': ', ':\t', ' : '), value).map((parts) => parts.join(''));
const target = fc.constantFrom(
  '/predict',
  '/predict?proba=true',
  '/v2/models/a%20b/infer',
  '/#x',
  '/\u00e9',
  '*',
  '/a b',
  '/..//"<>\\^`{|}',
);

describe('beside Node.js', () => {
  let got: http.IncomingMessage | undefined;
  const server = http.createServer((request, response) => {
    got = request;
    request.resume();
    response.end();
  });
  let base: string;
  beforeAll(async () => {
    base = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  async function readByNode(text: string): Promise<http.IncomingMessage | undefined> {
    got = undefined;
    const socket = await open(base);
    socket.on('error', () => {});
    await new Promise<void>((resolve) => {
      socket.on('data', () => resolve());
      socket.on('close', () => resolve());
      socket.write(Buffer.from(`${text}\r\n[]`, 'latin1'));
    });
    socket.destroy();
    return got;
  }

  test('whatever head is read here, Node.js reads the same method, address and fields', async () => {
    let plain = 0;
    await fc.assert(
      fc.asyncProperty(target, fc.array(field, { maxLength: 4 }), fc.nat(3), async (url, fields, at) => {
        const lines = ['Host: x', 'Content-Length: 2', ...fields];
        const text = [
          `POST ${url} HTTP/1.1`,
          ...lines.slice(at % lines.length),
          ...lines.slice(0, at % lines.length),
          '',
        ].join('\r\n');
        const head = plainHead(text);
        if (head === undefined) return;
        plain++;
        const request = await readByNode(text);
        expect(request).toBeDefined();
        expect([request!.method, request!.url]).toEqual([head.method, head.url]);
        expect({ ...request!.headers }).toEqual(head.headers);
      }),
      { numRuns: runs(3000) },
    );
    expect(plain).toBeGreaterThan(runs(200));
  });
});
