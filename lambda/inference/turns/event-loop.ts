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

/**
 * Behind how many others a connection came nobody can tell. So long it has waited at the most, as is supposed: half of the
 * shortest deadline that a plan has (`LEAST_DEADLINE_MS` of `lib/sizing/settings.ts`), that some time is left in any case.
 */
const LONGEST_UNKNOWN_MS = 500;

export class EventLoop {
  /** When the first was read in this turn, or in the one before. */
  private began = Number.NEGATIVE_INFINITY;
  private cameFrom = Number.NEGATIVE_INFINITY;
  private ended = Number.NEGATIVE_INFINITY;
  private within = false;

  private accepts = false;
  private crowdedSince?: number | undefined;
  /** Counts turns while there are newcomers, and one more. */
  private looks = 0;
  private lookedAt = 0;
  private heldUntil = Number.NEGATIVE_INFINITY;
  /**
   * Whether work that can wait for another turn should: connections are coming in, one a turn, and turns with nothing else to do are
   * short. They get no more time than the work between, so that there is always some.
   */
  holds = false;

  constructor(private readonly now = () => performance.now()) {}

  /** The earliest time at which what is read now can have come, as of `performance.now()`. */
  cameAt(now: number): number {
    if (!this.within) {
      this.within = true;
      setImmediate(this.end);
      this.cameFrom = now - this.ended < APART_MS ? this.began : now;
      this.began = now;
    }
    return this.cameFrom;
  }

  private readonly end = (): void => {
    this.within = false;
    this.ended = this.now();
  };

  /** A connection has been accepted. */
  accepted(): Newcomer {
    const now = this.now();
    this.accepts = true;
    if (this.crowdedSince === undefined) {
      this.crowdedSince = this.cameAt(now);
      this.lookedAt = now;
      setImmediate(this.look);
    }
    return { cameAt: Math.max(this.crowdedSince, now - LONGEST_UNKNOWN_MS), turn: this.looks };
  }

  private readonly look = (): void => {
    this.looks++;
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

  /** Whether what is read now from a connection came together with it: it was there in the first turn that could read it. */
  isNew({ turn }: Newcomer): boolean {
    return this.looks <= turn + 1;
  }
}

/** A connection that has been accepted. */
export interface Newcomer {
  /** Earliest time at which it can have come. */
  readonly cameAt: number;
  readonly turn: number;
}

/** That of this thread. */
export const eventLoop = new EventLoop();
