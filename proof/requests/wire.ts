/** Conversations that no honest client has, byte for byte: what is written, and how the connection is left. */
import * as fc from 'fast-check';

export interface Conversation {
  readonly kind: string;
  /** Written one after the other, with a turn of the event loop or more between them. */
  readonly parts: readonly Buffer[];
  /** Whether the connection is cut without waiting for an answer. */
  readonly hangUp: boolean;
  /** Whether the first answer must be a refusal: the request means two things to two readers. */
  readonly refused: boolean;
}

const NEWLINE = '\r\n';

function request(head: readonly string[], body = ''): string {
  return [...head, '', body].join(NEWLINE);
}

const post = (body: string, ...headers: string[]) =>
  request(['POST /predict HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...headers], body);

const withLength = (body: string, ...headers: string[]) =>
  post(body, `Content-Length: ${Buffer.byteLength(body)}`, ...headers);

const INSIDE = 'GET /metrics HTTP/1.1\r\nHost: inside\r\n\r\n';

/** Requests whose end two readers see in different places (CWE-444). */
const SMUGGLING: readonly string[] = [
  post(`0${NEWLINE}${NEWLINE}${INSIDE}`, 'Content-Length: 5', 'Transfer-Encoding: chunked'),
  post(`0${NEWLINE}${NEWLINE}${INSIDE}`, 'Transfer-Encoding: chunked', 'Content-Length: 5'),
  post(`[[1]]${INSIDE}`, 'Content-Length: 5', `Content-Length: ${5 + INSIDE.length}`),
  post(`[[1]]${INSIDE}`, `Content-Length: 5, ${5 + INSIDE.length}`),
  post(`[[1]]${INSIDE}`, 'Content-Length: +5'),
  post(`[[1]]${INSIDE}`, 'Content-Length: 0x5'),
  post(`[[1]]${INSIDE}`, 'Content-Length : 5'),
  post(`[[1]]${INSIDE}`, 'Content-Length: -5'),
  post(`0${NEWLINE}${NEWLINE}${INSIDE}`, 'Transfer-Encoding: xchunked'),
  post(`0${NEWLINE}${NEWLINE}${INSIDE}`, 'Transfer-Encoding: chunked, identity'),
  post(`0${NEWLINE}${NEWLINE}${INSIDE}`, 'Transfer-Encoding : chunked'),
  post(`5;${'x'.repeat(20_000)}${NEWLINE}[[1]]${NEWLINE}0${NEWLINE}${NEWLINE}`, 'Transfer-Encoding: chunked'),
  post(`zz${NEWLINE}[[1]]${NEWLINE}0${NEWLINE}${NEWLINE}`, 'Transfer-Encoding: chunked'),
  post(`fffffffffffffffff${NEWLINE}[[1]]`, 'Transfer-Encoding: chunked'),
  `POST /predict HTTP/1.1\nHost: x\nContent-Length: 5\n\n[[1]]${INSIDE}`,
  `POST /predict HTTP/1.1\r\nHost: x\r\n Content-Length: 5\r\n\r\n[[1]]`,
  `POST /predict HTTP/1.1\r\nHost: x\0y\r\nContent-Length: 5\r\n\r\n[[1]]`,
];

const OVERSIZED: readonly string[] = [
  withLength('[[1]]', `X-Long: ${'a'.repeat(20_000)}`),
  withLength('[[1]]', ...Array.from({ length: 3000 }, (_, i) => `X-${i}: 1`)),
  request([`POST /${'a'.repeat(20_000)} HTTP/1.1`, 'Host: x', 'Content-Length: 0']),
];

const ODD: readonly string[] = [
  '\r\n\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'GET / HTTP/0.9\r\n\r\n',
  'GET / HTTP/9.9\r\nHost: x\r\n\r\n',
  'GET http://elsewhere/ HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /%2e%2e/%ff%fe HTTP/1.1\r\nHost: x\r\n\r\n',
  'CONNECT elsewhere:443 HTTP/1.1\r\nHost: x\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n',
  'TRACE / HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET / HTTP/1.1\r\n\r\n',
  'GET /readyz HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n',
  post('', 'Content-Length: 5', 'Expect: 100-continue'),
  post('', 'Content-Length: 5', 'Expect: something'),
  withLength('[[1]]', 'Content-Encoding: gzip'),
  withLength('[[1]]', 'Content-Encoding: br'),
  withLength('[[1]]', 'x-envoy-expected-rq-timeout-ms: 0'),
  withLength('[[1]]', 'traceparent: 00-zz-zz-zz', 'X-Amzn-Trace-Id: \u00ff'),
];

/** @param good the body of a request that is answered 200 */
export function conversations(good: string): fc.Arbitrary<Conversation> {
  const whole = Buffer.from(withLength(good), 'latin1');
  const of = (kind: string, text: string | Buffer, more: Partial<Conversation> = {}): Conversation => ({
    kind,
    parts: [typeof text === 'string' ? Buffer.from(text, 'latin1') : text],
    hangUp: false,
    refused: false,
    ...more,
  });
  const mutated = fc
    .array(fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom('put', 'cut', 'set', 'double')), {
      minLength: 1,
      maxLength: 6,
    })
    .map((changes) => {
      let bytes = whole;
      for (const [at, byte, change] of changes) {
        // mostly in the head, which is short beside the body
        const place = at % 3 === 0 ? at % bytes.length : at % Math.min(bytes.length, 110);
        const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
        if (change === 'put') bytes = Buffer.concat([before, Buffer.of(byte), after]);
        else if (change === 'cut') bytes = Buffer.concat([before, after.subarray(1 + (byte % 8))]);
        else if (change === 'set') bytes = Buffer.concat([before, Buffer.of(byte), after.subarray(1)]);
        else bytes = Buffer.concat([before, after.subarray(0, byte), after]);
        if (bytes.length === 0) bytes = whole;
      }
      return of('damaged bytes', bytes);
    });
  const cut = fc.nat(whole.length - 1).map((end) => of('hung up', whole.subarray(0, end + 1), { hangUp: true }));
  const slow = fc.array(fc.nat(whole.length), { minLength: 1, maxLength: 12 }).map((cuts) => {
    const ends = [...cuts, whole.length].sort((a, b) => a - b);
    return of('slow body', '', { parts: ends.map((end, i) => whole.subarray(ends[i - 1] ?? 0, end)) });
  });
  const pipelined = fc
    .array(
      fc.constantFrom(whole, Buffer.from(withLength('[[1]]')), Buffer.from(INSIDE), Buffer.from(withLength('nothing'))),
      { minLength: 2, maxLength: 8 },
    )
    .map((parts) => of('pipelined', Buffer.concat(parts)));
  const bytes = fc.uint8Array({ maxLength: 200 }).map((random) => of('random bytes', Buffer.from(random)));
  return fc.oneof(
    { arbitrary: mutated, weight: 8 },
    { arbitrary: cut, weight: 3 },
    { arbitrary: slow, weight: 2 },
    { arbitrary: pipelined, weight: 2 },
    { arbitrary: bytes, weight: 1 },
    { arbitrary: fc.constantFrom(...SMUGGLING.map((text) => of('smuggling', text, { refused: true }))), weight: 2 },
    {
      arbitrary: fc.constantFrom(...OVERSIZED.map((text) => of('oversized head', text, { refused: true }))),
      weight: 1,
    },
    { arbitrary: fc.constantFrom(...ODD.map((text) => of('odd request', text))), weight: 2 },
  );
}
