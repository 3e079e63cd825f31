/**
 * What a process must not leave behind: children that go on, folders that nobody will look for. It is undone when the
 * process ends, also when Ctrl-C or a cancelled CI job ends it in the middle of something. While there is something to undo,
 * a signal waits until what runs synchronously is done, so that what is written in one go is whole.
 */

/** What ends a command from outside. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const undone = new Set<() => void>();
let gently: ((signal: NodeJS.Signals) => void) | undefined;

function undoAll(): void {
  for (const undo of [...undone].reverse()) undo();
  undone.clear();
}

function interrupted(signal: NodeJS.Signals): void {
  if (gently) {
    const stop = gently;
    gently = undefined; // who asks again will not wait
    stop(signal);
    return;
  }
  undoAll();
  settle();
  process.kill(process.pid, signal); // and now as if nobody had listened
}

function listen(): void {
  process.on('exit', undoAll);
  for (const signal of SIGNALS) process.on(signal, interrupted);
}

function settle(): void {
  process.removeListener('exit', undoAll);
  for (const signal of SIGNALS) process.removeListener(signal, interrupted);
}

/**
 * Have something undone if the process ends before it is released. The last is undone first.
 *
 * @param undo synchronous; called once at most
 * @returns releases it, without undoing
 */
export function undoAtEnd(undo: () => void): () => void {
  const entry = () => undo();
  if (undone.size === 0) listen();
  undone.add(entry);
  return () => {
    if (undone.delete(entry) && undone.size === 0) settle();
  };
}

/**
 * Stop gently at the first signal; at the second everything is undone at once.
 *
 * @param stop ends the process in its own time
 */
export function whenInterrupted(stop: (signal: NodeJS.Signals) => void): void {
  gently = stop;
}
