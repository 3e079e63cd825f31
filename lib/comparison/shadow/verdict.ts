/** Whether a shadow may take the place of the model that is served. */
import type { ShadowCounts } from '../../model/instance/shadow-counts';

/** What is known of a shadow, wherever it was read. */
export interface ShadowObservation {
  readonly counts: ShadowCounts;
  /** Name and version, where they were told. */
  readonly shadow?: { readonly model: string; readonly version: string; readonly served: string };
  /** Milliseconds of the engine for a row of the served model. @default - not told there */
  readonly servedMsPerRow?: number;
  /** What the place does not have, each with how to see it, as a phrase. @default - nothing */
  readonly absent?: readonly string[];
}

export interface ShadowBounds {
  /** Share of the rows that must agree. */
  readonly agreement: number;
  /** Rows without which nothing is said. */
  readonly rows: number;
}

export const DEFAULT_BOUNDS: ShadowBounds = { agreement: 0.99, rows: 1000 };

export type ShadowVerdict = 'agrees' | 'differs' | 'too few rows';

export interface ShadowReport extends ShadowObservation {
  readonly verdict: ShadowVerdict;
  /** Why, as a sentence. */
  readonly reason: string;
  /** Share of the rows that agree, those without an answer among them; absent without rows. */
  readonly agreement?: number;
  /** Rows that it was given, and has answered or not. */
  readonly givenRows: number;
  readonly bounds: ShadowBounds;
  readonly cpuMsPerRow?: number;
  readonly runMsPerRow?: number;
}

/** Hold what was counted against the bounds. A row that the shadow has no answer to does not agree. */
export function shadowReport(observation: ShadowObservation, bounds: ShadowBounds = DEFAULT_BOUNDS): ShadowReport {
  const { counts } = observation;
  const givenRows = counts.rows + counts.refusedRows + counts.failedRows;
  const agreement = givenRows === 0 ? undefined : counts.agreeingRows / givenRows;
  const percent = (share: number) => `${Number((100 * share).toFixed(3))} %`;
  const told = (verdict: ShadowVerdict, reason: string): ShadowReport => ({
    ...observation,
    verdict,
    reason,
    givenRows,
    bounds,
    ...(agreement !== undefined && { agreement }),
    ...(givenRows > 0 && { cpuMsPerRow: counts.cpuMs / givenRows }),
    ...(counts.runMs > 0 && counts.rows > 0 && { runMsPerRow: counts.runMs / counts.rows }),
  });
  if (agreement === undefined || givenRows < bounds.rows) {
    const dropped = counts.droppedRows > 0 ? `, and ${counts.droppedRows} were dropped` : '';
    return told('too few rows', `it was given ${givenRows} rows of the ${bounds.rows} that are wanted${dropped}`);
  }
  const agrees = agreement >= bounds.agreement;
  const unanswered = givenRows - counts.rows;
  const without = unanswered > 0 ? `; ${unanswered} have no answer, which counts as another one` : '';
  const rows = `${percent(agreement)} of ${givenRows} rows agree, ${percent(bounds.agreement)} are wanted${without}`;
  return told(agrees ? 'agrees' : 'differs', rows);
}
