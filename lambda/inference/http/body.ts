/** Reading request bodies: bounded, whole, inflated, and JSON. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { boundsFor, TooMuchError } from '../json/bounds';
import { parseInPieces } from '../json/pieces';
import { BodyRoom, clientOf } from './body-room';
import { Chunks } from './chunks';
import { codingOf, inflate, tooLarge } from './content-coding';
import { ClientGoneError, HttpError } from './http-answer';

/** Bodies up to this size are parsed at once: they are done before they could hold anything up. */
const SMALL_BYTES = 65_536;

const ignore = () => {};

export class BodyReader {
  readonly room: BodyRoom;

  /**
   * @param limit bytes of the largest body
   * @param most bytes of all bodies that are on their way at the same time
   */
  constructor(
    readonly limit: number,
    most: number,
  ) {
    this.room = new BodyRoom(most);
  }

  /**
   * Read a body.
   *
   * What comes after a refusal is not kept: Node.js discards it, so that the client, which may still
   * be sending, can read the answer instead of meeting a closed connection.
   *
   * @returns the body, inflated where it came compressed
   * @throws HttpError 400, 408, 411, 413, 415, 503; ClientGoneError when the client went away
   */
  async read(request: IncomingMessage, response: ServerResponse): Promise<Buffer> {
    const coding = codingOf(request);
    this.checkLength(request);
    if (request.headers.expect !== undefined) response.writeContinue();
    return new Promise((resolve, reject) => {
      /** Absent once the body is refused. */
      let chunks: Chunks | undefined = new Chunks();
      let bytes = 0;
      const refuse = (error: Error) => {
        if (chunks === undefined) return;
        chunks = undefined;
        this.room.end(coming);
        reject(error);
      };
      const coming = this.room.begin(clientOf(request.headers, request.socket), refuse);
      request.on('data', (chunk: Buffer) => {
        if (chunks === undefined) return;
        chunks.add(chunk);
        bytes += chunk.length;
        if (bytes > this.limit) refuse(tooLarge(this.limit));
        else this.room.add(coming, chunk.length);
      });
      request.on('end', () => {
        if (chunks === undefined) return;
        // a large one is parsed in turns, while others come: it takes room until it is answered
        if (bytes > SMALL_BYTES) response.once('close', this.room.keep(coming));
        else this.room.end(coming);
        const body = chunks.whole();
        resolve(coding === undefined ? body : inflate(body, coding, this.limit));
      });
      request.on('close', () => {
        if (!request.readableEnded) refuse(new ClientGoneError());
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

/** Whether the first that looks like one of these words is one. */
function mentionsNaN(body: Buffer): boolean {
  return ['NaN', 'Infinity'].some((word) => {
    const at = body.indexOf(word);
    return (
      at >= 0 && new RegExp(`\\b${word}\\b`).test(body.toString('latin1', Math.max(0, at - 1), at + word.length + 1))
    );
  });
}

/**
 * Read the JSON of a body; a large one in turns of the event loop, so that others are served meanwhile.
 *
 * @param columns of the model that is asked
 * @throws HttpError 400, 413
 */
export async function readJson(bytes: Buffer, columns: number): Promise<unknown> {
  // RFC 8259 lets a reader pass over a byte order mark, which PowerShell and editors of Windows write
  const body = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  if (body.length === 0) throw new HttpError(400, 'body', 'the body is empty: send JSON');
  if (!isUtf8(body)) throw new HttpError(400, 'body', 'the body is not valid UTF-8');
  try {
    return body.length > SMALL_BYTES ? await parseInPieces(body, boundsFor(columns)) : JSON.parse(body.toString());
  } catch (error) {
    if (error instanceof TooMuchError) throw new HttpError(413, 'too_large', error.message);
    const hint = mentionsNaN(body) ? '; JSON has no NaN: send a missing value as null' : '';
    throw new HttpError(400, 'body', `the body is not JSON: ${(error as Error).message}${hint}`);
  }
}
