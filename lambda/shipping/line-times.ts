/** When the lines of a log were written, as CloudWatch takes it: in order, neither too old nor in the future. */
import { FURTHEST_MS, OLDEST_MS } from './limits';

/** The handler's lines begin so, with 24 characters of a time behind. */
const TIMED = '{"time":"';
const TIME_LENGTH = 24;

export class LineTimes {
  private last = 0;

  /** @param clock now, milliseconds since 1970: the time of lines that do not tell theirs */
  constructor(private readonly clock: number) {}

  timeOf(line: string): number {
    const told = line.startsWith(TIMED) ? Date.parse(line.slice(TIMED.length, TIMED.length + TIME_LENGTH)) : Number.NaN;
    const { clock } = this;
    const time = told >= clock - OLDEST_MS && told <= clock + FURTHEST_MS ? told : clock;
    // several workers write to one log: what comes a moment late keeps its place
    this.last = Math.max(this.last, time);
    return this.last;
  }
}
