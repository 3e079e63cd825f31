/** One JSON request to an endpoint, with errors that say what to look at. */
import { lookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { SlipwayError } from '../../lib/model/error';
import { MIB } from '../../lib/model/units';
import { isReadOnTheWay, shownUrl } from './endpoint-url';

export interface Trust {
  /** PEM of a certificate authority to trust besides the well-known ones. */
  readonly ca?: string;
  /** API key or token for an endpoint with access control. */
  readonly key?: string;
  /** Whether a key, or the password of the URL, may go over plain HTTP to another machine. @default false */
  readonly keyOverHttp?: boolean;
  /** Longest from sending a request to the last byte of its answer, milliseconds. @default 30,000 */
  readonly timeoutMs?: number;
  /** Host name to connect to, in place of the one in the URL, which stays the name in the request and in the certificate. */
  readonly connectTo?: string;
  /** Whether the certificate may be of an authority that is not known; never with a key. @default false */
  readonly anyAuthority?: boolean;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What takes requests in place of a connection. @default - they go over the network */
  readonly through?: Through;
}

/** A request, and its answer as text; the key is in the headers. */
export type Through = (request: {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}) => Promise<{ readonly status: number; readonly text: string }>;

export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
  /** From sending the request to the end of the answer. */
  readonly milliseconds: number;
}

/** An endpoint whose answer is not whole after this long is reported as not answering. */
const TIMEOUT_MS = 30_000;

/** An answer larger than this is not a prediction; reading it further would only fill memory. */
const MAXIMUM_ANSWER_BYTES = 64 * MIB;

/** What a key or a token is made of (RFC 6750, 2.1), and any other visible character. */
const KEY = /^[\x21-\x7e]+$/;

/** @throws SlipwayError E_USAGE when the key could be read by others, or is none */
function checkKey(url: URL, { key, keyOverHttp = false }: Trust): void {
  if (key !== undefined && !KEY.test(key)) {
    throw new SlipwayError(
      'E_USAGE',
      'the key has characters that no key has, such as a space or a line feed; is there one at its end?',
    );
  }
  if (keyOverHttp || (key === undefined && url.password === '') || !isReadOnTheWay(url)) return;
  throw new SlipwayError(
    'E_USAGE',
    `${shownUrl(url)}: a key is not sent over plain HTTP to another machine, since whoever is on the way reads it; ` +
      'ask over https, leave out the key, or allow it with --key-over-http',
  );
}

/**
 * POST a JSON document.
 *
 * @throws SlipwayError E_UNREACHABLE when there is no answer in time, or one that is not JSON; E_USAGE for a key that others
 *   could read on the way
 */
export function postJson(url: URL, document: unknown, trust: Trust = {}): Promise<JsonAnswer> {
  return ask(url, Buffer.from(JSON.stringify(document)), trust);
}

/** GET a JSON document; errors as of `postJson`. */
export function getJson(url: URL, trust: Trust = {}): Promise<JsonAnswer> {
  return ask(url, undefined, trust);
}

const headersOf = (body: Buffer | undefined, { key, headers }: Trust): Record<string, string> => ({
  ...(body && { 'content-type': 'application/json', 'content-length': `${body.byteLength}` }),
  ...(key && { authorization: `Bearer ${key}` }),
  ...headers,
});

async function askThrough(through: Through, url: URL, body: Buffer | undefined, trust: Trust): Promise<JsonAnswer> {
  const started = process.hrtime.bigint();
  const method = body ? 'POST' : 'GET';
  const { status, text } = await through({ method, url, headers: headersOf(body, trust), ...(body && { body }) });
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  try {
    return { status, body: JSON.parse(text), milliseconds };
  } catch (cause) {
    throw new SlipwayError('E_UNREACHABLE', `${shownUrl(url)}: ${notJson(status, text)}`, { cause });
  }
}

const notJson = (status: number | undefined, text: string) =>
  `answered ${status} with something that is not JSON: ${JSON.stringify(text.slice(0, 80))}`;

async function ask(url: URL, body: Buffer | undefined, trust: Trust): Promise<JsonAnswer> {
  checkKey(url, trust);
  if (trust.through) return askThrough(trust.through, url, body, trust);
  const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
  const started = process.hrtime.bigint();
  const { timeoutMs = TIMEOUT_MS, connectTo } = trust;
  return new Promise((resolve, reject) => {
    const fail = (reason: string, cause?: unknown) => {
      clearTimeout(timer);
      reject(new SlipwayError('E_UNREACHABLE', `${shownUrl(url)}: ${reason}`, { cause }));
    };
    const request = send(
      url,
      {
        method: body ? 'POST' : 'GET',
        headers: headersOf(body, trust),
        ...(trust.ca && { ca: trust.ca }),
        ...(trust.anyAuthority && trust.key === undefined && { rejectUnauthorized: false }),
        ...(connectTo && { lookup: (_, options, done) => lookup(connectTo, options, done) }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.byteLength;
          if (bytes > MAXIMUM_ANSWER_BYTES) response.destroy(new Error('the answer is too large to be a prediction'));
          else chunks.push(chunk);
        });
        response.on('error', (error) => fail(explain(error), error));
        response.on('end', () => {
          clearTimeout(timer);
          const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
          const text = Buffer.concat(chunks).toString('utf8');
          try {
            resolve({ status: response.statusCode ?? 0, body: JSON.parse(text), milliseconds });
          } catch {
            fail(notJson(response.statusCode, text));
          }
        });
      },
    );
    // one limit for all of it: a server that sends a byte now and then is never idle
    const timer = setTimeout(() => {
      fail(`no whole answer within ${timeoutMs / 1000} s`);
      request.destroy();
    }, timeoutMs);
    request.on('error', (error) => fail(explain(error), error));
    request.end(body);
  });
}

/** Network errors in words; the code alone tells few people what to do. */
export function explain(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'nothing listens there; is the endpoint running?';
    case 'ENOTFOUND':
      return 'the name does not resolve; is the record deployed, and the zone delegated?';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `its certificate is not trusted (${error.code}); give the authority's certificate with --ca FILE`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `its certificate is for another name (${error.message})`;
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return 'what answers there does not speak HTTPS; are scheme and port right?';
    default:
      if (error.code?.startsWith('HPE_')) return 'what answers there does not speak HTTP; are scheme and port right?';
      // a refused connection to a name with several addresses arrives as an AggregateError without a message
      return error.message || error.code || 'the connection failed';
  }
}
