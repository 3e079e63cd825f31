/**
 * Where the lines of the log go. Whoever reads them may be slow, or have stopped reading: what cannot be written is kept
 * up to a bound, and lost beyond it, rather than that the process serves no more, grows without end, or does not stop.
 */
import type { Writable } from 'node:stream';

/** Lines that wait: an hour of a quiet log, some seconds of one with a line for each request. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;

/** Time that a process which ends gives to whoever reads its log. */
const LAST_LINES_MS = 1000;

export class LogOutput {
  private lost = 0;

  /** @param tellLost called when there is room again after so many lines were lost */
  constructor(
    private readonly stream: Writable,
    tellLost: (lines: number) => void,
  ) {
    stream.on('error', () => {}); // whoever read the log has gone; that is no reason to stop serving
    stream.on('drain', () => {
      const { lost } = this;
      this.lost = 0;
      if (lost > 0) tellLost(lost);
    });
  }

  write(line: string): void {
    if (this.stream.writableLength < MOST_WAITING_BYTES) this.stream.write(line);
    else this.lost++;
  }

  /** Resolves when everything has been written, or is not read within a second. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      setTimeout(resolve, LAST_LINES_MS);
      this.stream.write('', () => resolve());
    });
  }
}
