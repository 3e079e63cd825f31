/**
 * Whose run is next, where several models share a process: start-time fair queueing (Goyal, Vin and Cheng, "Start-time fair
 * queueing", SIGCOMM 1996), by the time that runs were measured to take. While several want the processor, each gets time in
 * proportion to its weight, whatever its runs cost and however many of its rows wait; one that wants it seldom waits for the
 * run that is under way and no more. What nobody else wants costs nothing later.
 */

interface Asking {
  readonly share: Share;
  /** Virtual time at which its run begins: the least is next. */
  readonly start: number;
  readonly go: () => void;
}

/** What one model has of a process. */
export class Share {
  /** Virtual time at which its last run ended. */
  finish = 0;

  constructor(
    private readonly turns: FairTurns,
    private readonly weight: number,
  ) {}

  /** Calls `go` in a later turn of the event loop, when no other is before it. To be asked again for each run. */
  readonly next = (go: () => void): void => this.turns.ask(this, go);

  /** Its run took so long. */
  used(milliseconds: number): void {
    this.finish += milliseconds / this.weight;
  }
}

export class FairTurns {
  private readonly asking: Asking[] = [];
  /** When the run that was begun last began. */
  private virtual = 0;

  constructor(private readonly later: (call: () => void) => void = setImmediate) {}

  /** @param weight beside those of others, above 0 */
  share(weight: number): Share {
    return new Share(this, weight);
  }

  /** @param go called in a turn of its own, in which nobody else is called */
  ask(share: Share, go: () => void): void {
    if (this.asking.length === 0) this.later(this.pick);
    share.finish = Math.max(share.finish, this.virtual);
    this.asking.push({ share, start: share.finish, go });
  }

  private readonly pick = (): void => {
    let first = 0;
    for (let i = 1; i < this.asking.length; i++) if (this.asking[i]!.start < this.asking[first]!.start) first = i;
    const [{ start, go }] = this.asking.splice(first, 1) as [Asking];
    this.virtual = start;
    if (this.asking.length > 0) this.later(this.pick);
    go();
  };
}
