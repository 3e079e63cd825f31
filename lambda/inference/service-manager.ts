/**
 * Tells systemd that the handler has started, and from then on that it lives: sd_notify(3). Node.js cannot open a datagram
 * socket of the file system, so the unit opens it and leaves it to this process (lib/constructs/boot/systemd-unit.ts).
 */
import { write } from 'node:fs';
import { NOTIFY_VARIABLE } from '../../lib/model/instance/handler-settings';

/** Beats within the time after which systemd takes silence for a fault. */
const BEATS = 6;

const MICROSECONDS_PER_MS = 1000;

export class ServiceManager {
  private readonly socket: number | undefined;
  private readonly beatMs: number;

  /** @param environment as systemd makes it, WATCHDOG_USEC among it; nothing is told where there is no systemd */
  constructor(environment: NodeJS.ProcessEnv) {
    const socket = environment[NOTIFY_VARIABLE];
    this.socket = socket === undefined ? undefined : Number(socket);
    this.beatMs = Number(environment.WATCHDOG_USEC ?? 0) / MICROSECONDS_PER_MS / BEATS;
  }

  /**
   * The start is over. From now on each beat is told from the event loop: one that does not turn is silent, and systemd
   * starts the handler anew.
   *
   * @param alive looks whether all else lives, too. @default - it does
   */
  started(alive: () => boolean = () => true): void {
    if (this.socket === undefined) return;
    this.tell('READY=1');
    if (this.beatMs > 0) setInterval(() => alive() && this.tell('WATCHDOG=1'), this.beatMs).unref();
  }

  private tell(state: string): void {
    // not in the event loop; and what systemd has no room for is told with the next beat
    write(this.socket!, state, () => {});
  }
}
