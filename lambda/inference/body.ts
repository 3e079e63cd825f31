/** Reading request bodies: bounded, of the right type, whole, and JSON. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpError } from './http-answer';
import { AbandonedError } from './scheduler';

const JSON_MEDIA_TYPE =
  /^\s*(?:application\/(?:[\w.+-]+\+)?json|text\/json)\s*(?:;\s*charset\s*=\s*"?utf-?8"?\s*)?;?\s*$/i;

const FORM = 'application/x-www-form-urlencoded';

/** Refuses what is not JSON by its headers, before any of it is read. */
function checkMediaType(request: IncomingMessage): void {
  const type = request.headers['content-type'];
  if (type !== undefined && type !== 'application/json' && !JSON_MEDIA_TYPE.test(type)) {
    const hint = type.startsWith(FORM) ? " (that is curl's default)" : '';
    throw new HttpError(
      415,
      'media_type',
      `the body is declared to be ${type.slice(0, 80)}${hint}, but only JSON in UTF-8 is read: send the header, e.g. curl -H 'content-type: application/json'`,
      { headers: { accept: 'application/json' } },
    );
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new HttpError(
      415,
      'media_type',
      `content-encoding ${encoding.slice(0, 40)} is not read: send the body uncompressed`,
      { headers: { 'accept-encoding': 'identity' } },
    );
  }
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, 'too_large', `the body is larger than ${limit} bytes: send fewer rows in a request`);
}

function checkLength(request: IncomingMessage, limit: number): void {
  const length = request.headers['content-length'];
  if (length === undefined && request.headers['transfer-encoding'] === undefined) {
    throw new HttpError(411, 'body', 'the request has no body: send one, with a content-length');
  }
  if (length !== undefined && Number(length) > limit) throw tooLarge(limit);
}

/**
 * Read a body of at most `limit` bytes.
 *
 * What comes after a refusal is not kept: Node.js discards it, so that the client, which may still
 * be sending, can read the answer instead of meeting a closed connection.
 *
 * @throws HttpError 411, 413, 415; AbandonedError when the client went away
 */
export function readBody(request: IncomingMessage, response: ServerResponse, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    checkMediaType(request);
    checkLength(request, limit);
    if (request.headers.expect !== undefined) response.writeContinue();
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limit) chunks.push(chunk);
      else {
        chunks.length = 0;
        reject(tooLarge(limit));
      }
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.on('close', () => {
      if (!request.readableEnded) reject(new AbandonedError());
    });
    request.on('error', () => reject(new AbandonedError()));
  });
}

/** @throws HttpError 400 */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) throw new HttpError(400, 'body', 'the body is empty: send JSON');
  if (!isUtf8(body)) throw new HttpError(400, 'body', 'the body is not valid UTF-8');
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    const text = body.toString();
    const hint = /\b(?:NaN|Infinity)\b/.test(text) ? '; JSON has no NaN: send a missing value as null' : '';
    throw new HttpError(400, 'body', `the body is not JSON: ${(error as Error).message}${hint}`);
  }
}
