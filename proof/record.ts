/**
 * The table of results, `docs/proof.md`: each proof writes its own section when it runs with `SLIPWAY_PROOF_RECORD=1`, as
 * `npm run proof:all` does. Whether it records or not, a row of the page that it does not show any more has fallen.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { PROOF_RESULTS, PROVED, rowsOf, sectionOf, withRows, withSection } from '../testing/proof-results';
import type { Report } from './report';

const RECORD_VARIABLE = 'SLIPWAY_PROOF_RECORD';

/** Whether what this run makes goes into the documentation. */
export const isRecording = () => process.env[RECORD_VARIABLE] === '1';

/**
 * Hold a run against the page, record it where that is wanted, and print the counts.
 *
 * @param whole whether all of the proof has run
 * @returns whether all of it holds
 */
export function conclude(
  proof: string,
  report: Report,
  { versions = {}, whole = true }: { versions?: Readonly<Record<string, string>>; whole?: boolean } = {},
): boolean {
  const { rows } = report;
  const page = readFileSync(PROOF_RESULTS, 'utf8');
  const stood = [...new Set([...rowsOf(page, proof), ...(PROVED[proof] ?? [])])];
  const gone = stood.filter((what) => !rows.some((row) => row.what === what));
  if (whole && gone.length > 0) report.check(false, 'what docs/proof.md has is shown', gone.join('; '));
  else if (isRecording()) {
    const day = new Date().toISOString().slice(0, 10);
    const section = () => withSection(page, proof, sectionOf(proof, rows, versions, day));
    writeFileSync(PROOF_RESULTS, whole ? section() : withRows(page, proof, rows, day));
  }
  return report.close().failed === 0;
}
