/**
 * Whether a request is taken at all, when more come than can be answered.
 *
 * A queue that comes and goes does no harm, one that stands delays everybody for nothing (Nichols and Jacobson, "Controlling
 * Queue Delay", 2012). So nothing is refused before all requests have waited for longer than the service
 * level has it, for as long: a process that stood still for a moment answers what came meanwhile. While the queue stands, each
 * turn of the event loop takes requests for a moment only, no more rows than the next run has, and none while longer requests
 * wait to be read on: turns stay short, so that requests do not wait in their sockets and a load balancer needs few
 * connections. All else is refused at once.
 */

/** Of the deadline, which is ten times the p99 of the service level, and at least a second. */
const PATIENCE = 0.1;

/** Milliseconds of a turn in which requests are taken. */
const TAKING_MS = 1;

/** What is known of the event loop. */
export interface Turn {
  /** Milliseconds since the first request of this turn was read. */
  readonly elapsedMs: number;
  /** Whether connections are being let in, which comes first. */
  readonly holds: boolean;
}

export class Admission {
  /** For which requests may wait, milliseconds. */
  readonly patienceMs: number;
  /** Since when everything that was seen had waited for too long; the beginning of an interval while the queue stands. */
  private since?: number | undefined;
  private stands = false;
  private refused = false;

  constructor(private readonly deadlineMs: number) {
    this.patienceMs = PATIENCE * deadlineMs;
  }

  /**
   * A request comes.
   *
   * @param cameAt when it has come, as far as can be known
   * @param full whether the next run has as many rows as it takes, or what was taken before waits to be read
   * @returns whether it is taken
   */
  admits(cameAt: number, now: number, turn: Turn, full: boolean): boolean {
    this.waited(now - cameAt, now);
    if (!this.stands) return true;
    if (!full && !turn.holds && turn.elapsedMs <= TAKING_MS) return true;
    this.refused = true;
    return false;
  }

  /** A request has waited for so many milliseconds. */
  waited(milliseconds: number, now: number): void {
    const long = milliseconds > this.patienceMs;
    // whatever waited then waits no more
    if (this.since !== undefined && now - this.since > this.deadlineMs) {
      this.stands = false;
      this.since = undefined;
    }
    if (this.since === undefined) {
      if (long) this.since = now;
    } else if (!this.stands && !long) {
      this.since = undefined;
    } else if (now - this.since >= this.patienceMs) {
      // it is gone when there was room for all that came
      this.stands = !this.stands || this.refused;
      this.since = this.stands ? now : undefined;
      this.refused = false;
    }
  }
}
