/** Reading request bodies: bounded, whole, inflated, and JSON. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { codingOf, inflate, tooLarge } from './content-coding';
import { HttpError, unavailable } from './http-answer';
import { parseInPieces, TooManyContainersError } from './json/pieces';
import { AbandonedError } from './scheduler';

/** Bodies up to this size are parsed at once: they are done before they could hold anything up. */
const SMALL_BYTES = 65_536;

/**
 * Arrays and objects in one body. 6 MiB of opening brackets would hold up the process for seconds, while 4096 rows
 * in the most wasteful of the accepted forms, each of 30 columns as a nested tensor, have half as many.
 */
const MAXIMUM_CONTAINERS = 250_000;

const EMPTY = Buffer.alloc(0);
const ignore = () => {};

export class BodyReader {
  /** Bytes of bodies that have begun and not ended. */
  private held = 0;

  /**
   * @param limit bytes of the largest body
   * @param most bytes of all bodies that are being read at the same time
   */
  constructor(
    private readonly limit: number,
    private readonly most: number,
  ) {}

  /** Whether a body of so many bytes may be read now; then `release` is due when it has been, or will not be. */
  hold(bytes: number): boolean {
    if (bytes > this.limit || this.held + bytes > this.most) return false;
    this.held += bytes;
    return true;
  }

  release(bytes: number): void {
    this.held -= bytes;
  }

  /**
   * Read a body.
   *
   * What comes after a refusal is not kept: Node.js discards it, so that the client, which may still
   * be sending, can read the answer instead of meeting a closed connection.
   *
   * @returns the body, inflated where it came compressed
   * @throws HttpError 400, 411, 413, 415, 503; AbandonedError when the client went away
   */
  async read(request: IncomingMessage, response: ServerResponse): Promise<Buffer> {
    const coding = codingOf(request);
    this.checkLength(request);
    if (request.headers.expect !== undefined) response.writeContinue();
    return new Promise((resolve, reject) => {
      let first: Buffer | undefined;
      let others: Buffer[] | undefined;
      let bytes = 0;
      let refused = false;
      const refuse = (error: Error) => {
        refused = true;
        this.held -= bytes;
        first = others = undefined;
        reject(error);
      };
      request.on('data', (chunk: Buffer) => {
        if (refused) return;
        if (first === undefined) first = chunk;
        else if (others === undefined) others = [first, chunk];
        else others.push(chunk);
        bytes += chunk.length;
        this.held += chunk.length;
        if (bytes > this.limit) refuse(tooLarge(this.limit));
        else if (this.held > this.most) {
          refuse(unavailable('queue_full', 'too many large bodies are being sent; try again in a second'));
        }
      });
      request.on('end', () => {
        if (refused) return;
        this.held -= bytes;
        const body = others === undefined ? (first ?? EMPTY) : Buffer.concat(others);
        if (coding === undefined) {
          resolve(body);
          return;
        }
        try {
          resolve(inflate(body, coding, this.limit));
        } catch (error) {
          reject(error); // thrown here it would end the process
        }
      });
      request.on('close', () => {
        if (!request.readableEnded && !refused) refuse(new AbandonedError());
      });
      request.on('error', ignore); // 'close' follows
    });
  }

  private checkLength(request: IncomingMessage): void {
    const length = request.headers['content-length'];
    if (length === undefined && request.headers['transfer-encoding'] === undefined) {
      throw new HttpError(411, 'body', 'the request has no body: send one, with a content-length');
    }
    if (length !== undefined && Number(length) > this.limit) throw tooLarge(this.limit);
  }
}

/**
 * Read the JSON of a body; a large one in turns of the event loop, so that others are served meanwhile.
 *
 * @throws HttpError 400, 413
 */
export async function readJson(bytes: Buffer): Promise<unknown> {
  // RFC 8259 lets a reader pass over a byte order mark, which PowerShell and editors of Windows write
  const body = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  if (body.length === 0) throw new HttpError(400, 'body', 'the body is empty: send JSON');
  if (!isUtf8(body)) throw new HttpError(400, 'body', 'the body is not valid UTF-8');
  try {
    return body.length > SMALL_BYTES ? await parseInPieces(body, MAXIMUM_CONTAINERS) : JSON.parse(body.toString());
  } catch (error) {
    if (error instanceof TooManyContainersError) {
      const limit = `at most ${MAXIMUM_CONTAINERS} are read: send fewer rows in a request`;
      throw new HttpError(413, 'too_large', `the body has too many arrays and objects; ${limit}`);
    }
    const hint = /\b(?:NaN|Infinity)\b/.test(body.toString()) ? '; JSON has no NaN: send a missing value as null' : '';
    throw new HttpError(400, 'body', `the body is not JSON: ${(error as Error).message}${hint}`);
  }
}
