/** A body of which a part is still to come. */
import type { BodyReader } from '../body';
import { AbandonedError } from '../scheduler';

/** Time to send a body whose head was there. */
const BODY_MS = 30_000;

export class ComingBody {
  private readonly until = performance.now() + BODY_MS;
  /** Absent once nobody wants them: the rest is then passed over. */
  private chunks?: Buffer[];
  private bytes?: Buffer;
  private wanted?: { readonly resolve: (body: Buffer) => void; readonly reject: (error: Error) => void };

  /**
   * @param missing bytes that are still to come
   * @param bodies has held room for all of it
   */
  constructor(
    private readonly length: number,
    public missing: number,
    first: Buffer,
    private readonly bodies: Pick<BodyReader, 'release'>,
  ) {
    this.chunks = [first];
  }

  get late(): boolean {
    return performance.now() > this.until;
  }

  /** @throws AbandonedError when the client has gone */
  read(): Buffer | Promise<Buffer> {
    if (this.bytes !== undefined) return this.bytes;
    return new Promise((resolve, reject) => {
      if (this.chunks === undefined) reject(new AbandonedError());
      else this.wanted = { resolve, reject };
    });
  }

  /** @returns what of the chunk is beyond the body */
  add(chunk: Buffer): Buffer | undefined {
    const { chunks, missing } = this;
    const mine = chunk.length > missing ? chunk.subarray(0, missing) : chunk;
    chunks?.push(mine);
    this.missing -= mine.length;
    if (this.missing === 0 && chunks !== undefined) {
      this.bodies.release(this.length);
      this.bytes = Buffer.concat(chunks);
      this.wanted?.resolve(this.bytes);
    }
    return chunk.length > missing ? chunk.subarray(missing) : undefined;
  }

  /** Nobody wants what is still to come: the request has been answered, or its client has gone. */
  passOver(): void {
    if (this.missing === 0 || this.chunks === undefined) return;
    delete this.chunks;
    this.bodies.release(this.length);
    this.wanted?.reject(new AbandonedError());
  }
}
