/** Warming up: doing the work until it takes no less time than before. */
import { setImmediate } from 'node:timers/promises';

/** Rounds of a window; the fastest of them stands for it, since whatever disturbs the machine only adds time. */
const ROUNDS = 10;
/** V8 compiles what is hot beside it, and until it is done nothing gets faster: a window must outlast that. */
const WINDOW_MS = 5;
/** Windows in a row that are not faster than what came before. */
const STEADY_WINDOWS = 2;
/** Share by which a window must be faster to count as faster. */
const FASTER = 0.05;
/** A model whose time never settles is served all the same. */
const LONGEST_MS = 2000;

export interface WarmUp {
  readonly milliseconds: number;
  /** Of the fastest round. */
  readonly roundMs: number;
}

/**
 * Repeat `round` until two windows, of ten rounds and five milliseconds at least, bring no further gain of 5 %, at
 * most two seconds. Every five milliseconds, or after each longer round, health checks are answered.
 */
export async function untilSteady(
  round: (index: number) => Promise<void>,
  now: () => number = () => performance.now(),
): Promise<WarmUp> {
  const begin = now();
  let fastest = Number.POSITIVE_INFINITY;
  let after = begin;
  for (let steady = 0, index = 0, turnedAt = begin; steady < STEADY_WINDOWS; ) {
    let window = Number.POSITIVE_INFINITY;
    for (let i = 0, from = after; i < ROUNDS || after - from < WINDOW_MS; i++) {
      if (after - turnedAt > WINDOW_MS) {
        await setImmediate(); // a round may end without having given up its turn of the event loop
        turnedAt = now();
      }
      const before = now();
      await round(index++);
      after = now();
      window = Math.min(window, after - before);
      if (after - begin > LONGEST_MS) return { milliseconds: after - begin, roundMs: Math.min(fastest, window) };
    }
    steady = window < fastest * (1 - FASTER) ? 0 : steady + 1;
    fastest = Math.min(fastest, window);
  }
  return { milliseconds: now() - begin, roundMs: fastest };
}
