/**
 * How long something can have waited for the event loop, unseen.
 *
 * A turn reads all sockets that have something, but accepts one connection (libuv has not accepted in a loop since 1.45). What
 * comes during a turn waits for the next one or, as a connection, for as many turns as there are others before it.
 */

/** Milliseconds between two turns, from which on they were apart: then what is read has come just now. */
const APART_MS = 0.2;

/** Time that newcomers get at the least while there are some, milliseconds. */
const LEAST_FOR_NEWCOMERS_MS = 1;

export class EventLoop {
  /** When the first was read in this turn, or in the one before. */
  private began = Number.NEGATIVE_INFINITY;
  private cameFrom = Number.NEGATIVE_INFINITY;
  private ended = Number.NEGATIVE_INFINITY;
  private within = false;

  private accepts = false;
  /** Since when each turn has accepted a connection. */
  private crowdedSince?: number | undefined;
  private lookedAt = 0;
  private heldUntil = Number.NEGATIVE_INFINITY;
  /**
   * Whether work that can wait for another turn should: connections are coming in, one a turn, and turns with nothing else to do are
   * short. They get no more time than the work between, so that there is always some.
   */
  holds = false;

  constructor(private readonly now = () => performance.now()) {}

  /**
   * When what is read now has come, as of `performance.now()`: in the turn before, on the average in the middle of it. While
   * connections come in, one a turn, some wait for as long as that has been going on.
   */
  cameAt(now: number): number {
    if (!this.within) {
      this.within = true;
      setImmediate(this.end);
      this.cameFrom = now - this.ended < APART_MS ? (this.began + now) / 2 : now;
      this.began = now;
    }
    return this.crowdedSince === undefined ? this.cameFrom : Math.min(this.cameFrom, this.crowdedSince);
  }

  /** Milliseconds since the first was read in this turn. */
  get elapsedMs(): number {
    return this.within ? this.now() - this.began : 0;
  }

  private readonly end = (): void => {
    this.within = false;
    this.ended = this.now();
  };

  /** A connection has been accepted. Behind how many others it came nobody can tell. */
  accepted(): void {
    this.accepts = true;
    if (this.crowdedSince !== undefined) return;
    const now = this.now();
    this.crowdedSince = this.cameAt(now);
    this.lookedAt = now;
    setImmediate(this.look);
  }

  private readonly look = (): void => {
    const now = this.now();
    if (this.accepts) {
      if (!this.holds) this.heldUntil = now + Math.max(LEAST_FOR_NEWCOMERS_MS, now - this.lookedAt);
      this.holds = now < this.heldUntil;
      setImmediate(this.look);
    } else {
      this.crowdedSince = undefined;
      this.holds = false;
    }
    this.lookedAt = now;
    this.accepts = false;
  };
}

/** That of this thread. */
export const eventLoop = new EventLoop();
