/** Compressed bodies (RFC 9110, section 8.4): inflating those of requests, compressing large answers for who asks. */
import { promisify } from 'node:util';
import type * as zlib from 'node:zlib';
import { type Answer, HttpError } from './http-answer';
import type { RequestHead } from './request';

/** `deflate` is the zlib format, as the RFC says and as Triton's client sends it. */
export type Coding = 'gzip' | 'deflate';

const CODINGS = 'gzip, deflate';

/** Loaded when it is needed: many a process never compresses anything. */
const loadZlib = () => require('node:zlib') as typeof zlib;

/**
 * How the body of a request is compressed; undefined where it is not.
 *
 * @throws HttpError 415
 */
export function codingOf(request: Pick<RequestHead, 'headers'>): Coding | undefined {
  const header = request.headers['content-encoding'];
  if (header === undefined) return undefined;
  const coding = header.trim().toLowerCase();
  if (coding === 'identity') return undefined;
  if (coding === 'gzip' || coding === 'x-gzip') return 'gzip';
  if (coding === 'deflate') return 'deflate';
  throw new HttpError(
    415,
    'media_type',
    `content-encoding ${header.slice(0, 40)} is not read: send the body uncompressed, or as gzip or deflate`,
    { headers: { 'accept-encoding': CODINGS } },
  );
}

export function tooLarge(limit: number): HttpError {
  return new HttpError(413, 'too_large', `the body is larger than ${limit} bytes: send fewer rows in a request`);
}

/** What is inflated at once: most bodies. */
const SMALL_BYTES = 65_536;

/** Bytes that are inflated between two looks at anything else. */
const CHUNK_BYTES = 262_144;

/** Large bodies are inflated one after the other: of a thousand side by side each could grow to the limit. */
let inflating: Promise<unknown> = Promise.resolve();

/**
 * Inflate a body; a large one in the thread pool, so that others are served meanwhile.
 *
 * @param limit bytes of the largest body, once inflated
 * @throws HttpError 400 when the bytes are not of this coding or are cut short, 413
 */
export async function inflate(body: Buffer, coding: Coding, limit: number): Promise<Buffer> {
  const zlib = loadZlib();
  try {
    return (coding === 'gzip' ? zlib.gunzipSync : zlib.inflateSync)(body, {
      maxOutputLength: Math.min(SMALL_BYTES, limit),
    });
  } catch (cause) {
    if (limit <= SMALL_BYTES || !isTooLarge(cause)) throw inflateError(cause, coding, limit);
  }
  const whole = promisify<Buffer, zlib.ZlibOptions, Buffer>(coding === 'gzip' ? zlib.gunzip : zlib.inflate);
  const inflated = inflating.then(() => whole(body, { maxOutputLength: limit, chunkSize: CHUNK_BYTES }));
  inflating = inflated.catch(() => {});
  return inflated.catch((cause) => {
    throw inflateError(cause, coding, limit);
  });
}

const isTooLarge = (cause: unknown) => (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';

function inflateError(cause: unknown, coding: Coding, limit: number): HttpError {
  if (isTooLarge(cause)) return tooLarge(limit);
  return new HttpError(400, 'body', `the body is declared to be ${coding} and is not: ${(cause as Error).message}`);
}

/** Answers below this size are sent as they are: compressing them costs more than sending them. */
const COMPRESSED_FROM_BYTES = 16_384;

/** The coding that a client accepts, the first of ours that it names without refusing it. */
function acceptedCoding(header: string): Coding | undefined {
  const accepted = header
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => !/;\s*q=0(?:\.0*)?$/.test(part))
    .map((part) => part.split(';')[0]!.trim());
  return accepted.includes('gzip') ? 'gzip' : accepted.includes('deflate') ? 'deflate' : undefined;
}

/** The answer, compressed; undefined where it is too small for that or the client does not accept it. */
export function compressed(answer: Answer, request: RequestHead): Promise<Answer> | undefined {
  const header = request.headers['accept-encoding'];
  if (answer.body.length < COMPRESSED_FROM_BYTES || typeof header !== 'string') return undefined;
  const coding = acceptedCoding(header);
  if (coding === undefined) return undefined;
  // in the thread pool, at its fastest: the numbers of predictions hardly get smaller with more effort
  const { gzip, deflate, constants } = loadZlib();
  const compress = promisify<string | Buffer, zlib.ZlibOptions, Buffer>(coding === 'gzip' ? gzip : deflate);
  return compress(answer.body, { level: constants.Z_BEST_SPEED }).then((body) => ({
    ...answer,
    body,
    headers: { ...answer.headers, 'content-encoding': coding, vary: 'accept-encoding' },
  }));
}
