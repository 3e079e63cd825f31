/**
 * Long work is cut into pieces, each of them done in a turn of the event loop of its own: however
 * many large requests are read and answered at once, between two pieces the process looks after
 * everybody else.
 */
import { eventLoop } from '../turns/event-loop';

interface Waiting {
  readonly since: number;
  readonly go: () => void;
}

/** Each has its turn once all before it have had theirs. */
const waiting: Waiting[] = [];
let scheduled = false;

/** Milliseconds after which long work should wait for its next turn. */
const TURN_MS = 0.5;

function next(): void {
  if (!eventLoop.holds) waiting.shift()!.go();
  if (waiting.length > 0) setImmediate(next);
  else scheduled = false;
}

/** Milliseconds for which the work that is next has waited for its turn; 0 when there is none. */
export function waitedForTurn(): number {
  return waiting.length === 0 ? 0 : performance.now() - waiting[0]!.since;
}

/** Resolves in a later turn of the event loop, one caller a turn. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push({ since: performance.now(), go: resolve });
    if (scheduled) return;
    scheduled = true;
    setImmediate(next);
  });
}

/** Says when the work of this turn has taken long enough, and waits for the next one. */
export class Turn {
  private until = performance.now() + TURN_MS;

  get over(): boolean {
    return performance.now() > this.until;
  }

  async next(): Promise<void> {
    await nextTurn();
    this.until = performance.now() + TURN_MS;
  }
}
