/**
 * The head of a plain request: a POST over HTTP/1.1 with a length, each of whose lines is of the strictest form that
 * RFC 9112 has. What is in any way unusual is not understood, never guessed at: it is left to Node.js.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHead } from '../request';

export interface PlainHead extends RequestHead {
  /** Of the body, in bytes; at least one. */
  readonly length: number;
}

const REQUEST_LINE = /POST (\/[!-~]*) HTTP\/1\.1\r\n/y;
/** No white space before the colon, no folded lines, no bytes beyond ASCII, no empty values, no control characters but tabs. */
const FIELD = /([A-Za-z][A-Za-z0-9-]*):[ \t]*([!-~](?:[\t -~]*[!-~])?)[ \t]*\r\n/y;
const LENGTH = /^[1-9]\d{0,8}$/;

/** Fields by which a request is more than a plain one, or that Node.js does not give as one text. */
const NOT_PLAIN: ReadonlySet<string> = new Set([
  'content-encoding',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const MOST_FIELDS = 64;

/**
 * @param text all lines of the head, each with its end
 * @returns undefined for whatever is not plain
 */
export function plainHead(text: string): PlainHead | undefined {
  REQUEST_LINE.lastIndex = 0;
  const url = REQUEST_LINE.exec(text)?.[1];
  if (url === undefined) return undefined;
  const headers: IncomingHttpHeaders = {};
  let at = REQUEST_LINE.lastIndex;
  for (let fields = 0; at < text.length; fields++) {
    FIELD.lastIndex = at;
    const field = FIELD.exec(text);
    if (field === null || fields === MOST_FIELDS) return undefined;
    const name = field[1]!.toLowerCase();
    if (NOT_PLAIN.has(name) || Object.hasOwn(headers, name)) return undefined; // which of two would count?
    headers[name] = field[2]!;
    at = FIELD.lastIndex;
  }
  const { host, connection, 'content-length': length } = headers;
  if (host === undefined || length === undefined || !LENGTH.test(length)) return undefined;
  if (connection !== undefined && connection.toLowerCase() !== 'keep-alive') return undefined;
  return { method: 'POST', url, headers, length: Number(length) };
}
