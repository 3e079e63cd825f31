/** What has come of a body, piece by piece. */

/** Pieces that are joined when there are so many: one of a single byte would take a hundred times its size. */
const JOINED = 256;

const EMPTY = Buffer.alloc(0);

export class Chunks {
  private first?: Buffer;
  private readonly joined: Buffer[] = [];
  private last: Buffer[] = [];

  add(chunk: Buffer): void {
    if (this.first === undefined) {
      this.first = chunk;
      return;
    }
    this.last.push(chunk);
    if (this.last.length < JOINED) return;
    this.joined.push(Buffer.concat(this.last));
    this.last = [];
  }

  /** All of it. */
  whole(): Buffer {
    const { first = EMPTY, joined, last } = this;
    return joined.length + last.length === 0 ? first : Buffer.concat([first, ...joined, ...last]);
  }
}
