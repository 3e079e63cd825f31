/** A file, and the milliseconds of processor time that it took. */
export interface Timed {
  readonly name: string;
  readonly ms: number;
}

/** So many of the slowest are told. */
const TOLD = 10;

export function slowestOf(timed: readonly Timed[]): Timed[] {
  return [...timed].sort((a, b) => b.ms - a.ms).slice(0, TOLD);
}
