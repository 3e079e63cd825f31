/** A log that grows, read in batches that CloudWatch takes. */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { BATCH_BYTES, BATCH_EVENTS, BATCH_SPAN_MS, EVENT_OVERHEAD_BYTES, MESSAGE_BYTES } from './limits';
import { LineTimes } from './line-times';

export interface LogEvent {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly message: string;
}

/** Up to where a file has been sent. */
export interface Place {
  readonly inode: number;
  readonly offset: number;
}

export interface Batch {
  /** In the order of the file and of their times; none where there were empty lines alone. */
  readonly events: readonly LogEvent[];
  /** Behind the last of them. */
  readonly place: Place;
}

const LINE_FEED = 10;

/** Bytes that are read at once: a batch, so that never more than one is held. */
const PIECE_BYTES = BATCH_BYTES;

export class TailedFile {
  private readonly piece = Buffer.allocUnsafe(PIECE_BYTES);

  /** @param place up to where it was sent before */
  constructor(
    readonly path: string,
    private place: Place = { inode: 0, offset: 0 },
  ) {}

  /**
   * What has come since the place that was taken last, as much as one request may carry.
   *
   * @param final whether a last line without an end is one too
   * @param clock now, milliseconds since 1970
   * @returns undefined when nothing has come, or there is no file
   */
  next(final: boolean, clock: number): Batch | undefined {
    return this.opened('r', (file, { ino: inode }) => {
      const start = this.place.offset;
      const length = readSync(file, this.piece, 0, PIECE_BYTES, start);
      const lines = new LineTimes(clock);
      const events: LogEvent[] = [];
      let bytes = 0;
      let taken = 0;
      while (taken < length && events.length < BATCH_EVENTS) {
        const end = this.endOfMessage(taken, length, final);
        if (end === undefined) break;
        const message = this.piece.toString('utf8', taken, end);
        bytes += Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES; // what is no UTF-8 grows
        const timestamp = lines.timeOf(message);
        if (bytes > BATCH_BYTES || timestamp - (events[0]?.timestamp ?? timestamp) > BATCH_SPAN_MS) break;
        if (message.trim() !== '') events.push({ timestamp, message });
        taken = this.piece[end] === LINE_FEED && end < length ? end + 1 : end;
      }
      return taken === 0 ? undefined : { events, place: { inode, offset: start + taken } };
    });
  }

  /** What was read up to there is sent, or given up. */
  taken(place: Place): void {
    this.place = place;
  }

  /** Bytes that have not been taken yet. */
  get waiting(): number {
    return this.opened('r', (_file, { size }) => size - this.place.offset) ?? 0;
  }

  /**
   * Empties the file once it has been sent and is larger than that. One that cannot be sent is emptied at four times the
   * size, so that it does not fill the volume. Whoever writes to it appends, and goes on at its new end.
   *
   * @returns bytes that are lost by that
   */
  keepWithin(bytes: number): number {
    return (
      this.opened('r+', (file, { ino: inode, size }) => {
        const lost = size - this.place.offset;
        if (size < bytes || (lost > 0 && size < 4 * bytes)) return 0;
        ftruncateSync(file);
        this.place = { inode, offset: 0 };
        return lost;
      }) ?? 0
    );
  }

  /** Index behind a message that begins there; undefined while its line is not whole. */
  private endOfMessage(start: number, length: number, final: boolean): number | undefined {
    const most = start + MESSAGE_BYTES;
    const feed = this.piece.indexOf(LINE_FEED, start);
    if (feed !== -1 && feed < length && feed <= most) return feed;
    if (length > most) return this.characterBefore(most);
    return final ? length : undefined;
  }

  /** The start of the character that lies across that index. */
  private characterBefore(index: number): number {
    let start = index;
    while (start > index - 4 && (this.piece[start]! & 0xc0) === 0x80) start--;
    return start;
  }

  private opened<T>(flags: 'r' | 'r+', use: (file: number, stat: { ino: number; size: number }) => T): T | undefined {
    let file: number;
    try {
      file = openSync(this.path, flags);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      const { ino, size } = fstatSync(file);
      // another file under the name, or emptied since
      if (ino !== this.place.inode || size < this.place.offset) this.place = { inode: ino, offset: 0 };
      return use(file, { ino, size });
    } finally {
      closeSync(file);
    }
  }
}
