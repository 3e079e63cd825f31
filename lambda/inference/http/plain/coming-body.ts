/** A body of which a part is still to come. */

import type { BodyRoom, ComingBytes } from '../body-room';
import { Chunks } from '../chunks';
import { ClientGoneError } from '../http-answer';

export class ComingBody {
  /** Absent once nobody wants them: the rest is then passed over. */
  private chunks: Chunks | undefined = new Chunks();
  private bytes?: Buffer;
  private failure: Error = new ClientGoneError();
  private wanted?: { readonly resolve: (body: Buffer) => void; readonly reject: (error: Error) => void };
  private readonly place: ComingBytes;

  /**
   * @param missing bytes that are still to come
   * @param cut closes the connection, of which nothing more is expected
   */
  constructor(
    public missing: number,
    first: Buffer,
    private readonly room: BodyRoom,
    client: string,
    cut: () => void,
  ) {
    this.chunks?.add(first);
    this.place = room.begin(client, (error) => {
      if (this.chunks === undefined) cut();
      else this.fail(error);
    });
    room.add(this.place, first.length);
  }

  /** @throws ClientGoneError when the client has gone; HttpError 408, 503 */
  read(): Buffer | Promise<Buffer> {
    if (this.bytes !== undefined) return this.bytes;
    return new Promise((resolve, reject) => {
      if (this.chunks === undefined) reject(this.failure);
      else this.wanted = { resolve, reject };
    });
  }

  /** @returns what of the chunk is beyond the body */
  add(chunk: Buffer): Buffer | undefined {
    const { missing, room, place } = this;
    const mine = chunk.length > missing ? chunk.subarray(0, missing) : chunk;
    this.missing -= mine.length;
    this.chunks?.add(mine);
    if (this.missing > 0) {
      room.add(place, mine.length);
      return undefined;
    }
    room.end(place);
    if (this.chunks !== undefined) {
      this.bytes = this.chunks.whole();
      this.wanted?.resolve(this.bytes);
    }
    return chunk.length > missing ? chunk.subarray(missing) : undefined;
  }

  /** Nobody wants what is still to come, since the request has been answered. */
  passOver(): void {
    if (this.missing > 0 && this.chunks !== undefined) this.fail(this.failure);
  }

  /** The client has gone. */
  end(): void {
    this.passOver();
    this.room.end(this.place);
  }

  private fail(error: Error): void {
    this.chunks = undefined;
    this.failure = error;
    this.room.drop(this.place);
    this.wanted?.reject(error);
  }
}
