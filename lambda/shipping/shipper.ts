/** Sends logs on, batch by batch, and waits longer each time when CloudWatch cannot be reached. */
import { type LogGroup, RefusedError } from './log-group';
import type { Places } from './places';
import { type LogEvent, TailedFile } from './tailed-file';

export interface ShippedLog {
  /** Name of the log stream. */
  readonly stream: string;
  readonly path: string;
  /** Whether the file is emptied when it has been sent and is large. @default false */
  readonly emptied?: boolean;
}

/** Size from which a log is emptied once it has been sent; at four times of it in any case. */
export const LARGEST_LOG_BYTES = 64 * 1024 * 1024;

/** Wait after a failure, doubled each time. */
const BACK_OFF_MS = { first: 1000, longest: 60_000 };

/** Lines of the shipper's own that may wait: two hours of one a minute. */
const MOST_OWN_LINES = 120;

export interface Shipping {
  readonly group: LogGroup;
  readonly places: Places;
  readonly logs: readonly ShippedLog[];
  /** Stream of the lines that are told by `tell`. */
  readonly ownStream: string;
  /** Milliseconds since 1970. @default Date.now */
  readonly clock?: () => number;
  /** @default LARGEST_LOG_BYTES */
  readonly largestBytes?: number;
}

export class Shipper {
  private readonly files: readonly { readonly log: ShippedLog; readonly file: TailedFile }[];
  private readonly own: LogEvent[] = [];
  private readonly clock: () => number;
  private failures = 0;
  private quietUntil = 0;
  private running: Promise<void> = Promise.resolve();
  /** Lines that CloudWatch did not take, and bytes of a log that was emptied before it was sent. */
  lost = 0;

  constructor(private readonly shipping: Shipping) {
    const { logs, places } = shipping;
    this.clock = shipping.clock ?? Date.now;
    this.files = logs.map((log) => ({ log, file: new TailedFile(log.path, places.of(log.stream)) }));
  }

  /** A line of the shipper's own, sent with the next batch. */
  tell(event: string, fields: Readonly<Record<string, unknown>>): void {
    const timestamp = this.clock();
    const message = JSON.stringify({ time: new Date(timestamp).toISOString(), level: 'info', event, ...fields });
    this.own.push({ timestamp, message });
    if (this.own.length > MOST_OWN_LINES) this.own.shift();
  }

  /** Bytes of the logs that have not been sent. */
  get waiting(): number {
    return this.files.reduce((sum, { file }) => sum + file.waiting, 0);
  }

  /**
   * Sends what has come, unless a failure is too recent. Calls wait for each other.
   *
   * @param final whether this is the last time: lines without an end are sent, and a recent failure does not count
   */
  ship(final = false): Promise<void> {
    this.running = this.running.then(() => this.shipNow(final));
    return this.running;
  }

  private async shipNow(final: boolean): Promise<void> {
    try {
      if (final || this.clock() >= this.quietUntil) {
        await this.sendOwn();
        for (const { log, file } of this.files) await this.sendFile(log, file, final);
        this.failures = 0;
      }
    } catch (error) {
      const wait = Math.min(BACK_OFF_MS.first * 2 ** this.failures++, BACK_OFF_MS.longest);
      this.quietUntil = this.clock() + wait * (0.5 + Math.random() / 2); // a fleet does not come back in step
      if (this.failures === 1) console.error(`logs cannot be sent, and are kept: ${(error as Error).message}`);
    }
    this.bound();
  }

  private async sendOwn(): Promise<void> {
    if (this.own.length === 0) return;
    const events = this.own.slice();
    await this.put(this.shipping.ownStream, events);
    this.own.splice(0, events.length);
  }

  private async sendFile({ stream }: ShippedLog, file: TailedFile, final: boolean): Promise<void> {
    for (let batch = file.next(final, this.clock()); batch; batch = file.next(final, this.clock())) {
      if (batch.events.length > 0) await this.put(stream, batch.events);
      file.taken(batch.place);
      this.shipping.places.keep(stream, batch.place);
    }
  }

  private async put(stream: string, events: readonly LogEvent[]): Promise<void> {
    let taken: number;
    try {
      taken = await this.shipping.group.put(stream, events);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      console.error(`CloudWatch refuses ${events.length} lines of ${stream}: ${error.message}`);
      taken = 0;
    }
    this.lost += events.length - taken;
  }

  private bound(): void {
    for (const { log, file } of this.files) {
      if (!log.emptied) continue;
      const bytes = file.keepWithin(this.shipping.largestBytes ?? LARGEST_LOG_BYTES);
      if (bytes === 0) continue;
      this.lost += bytes;
      this.tell('log emptied before it was sent', { log: log.stream, bytes });
    }
  }
}
