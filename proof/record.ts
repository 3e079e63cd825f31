/**
 * The table of results, `docs/proof.md`: each proof writes its own section when it runs with `SLIPWAY_PROOF_RECORD=1`, as
 * `npm run proof:all` does. `test/docs/proof.test.ts` fails when a row does not hold, or is gone.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { PROOF_RESULTS, PROVED, type ProofRow, sectionOf, withSection } from '../testing/proof-results';

const RECORD_VARIABLE = 'SLIPWAY_PROOF_RECORD';

/** Write the section of a proof, where the run is to be recorded and shows all that the proof has to show. */
export function recordRows(proof: string, rows: readonly ProofRow[], versions: Readonly<Record<string, string>>): void {
  if (process.env[RECORD_VARIABLE] !== '1') return;
  const missing = PROVED[proof]!.filter((what) => !rows.some((row) => row.what === what));
  if (missing.length > 0) {
    console.log(`not recorded: the run does not show ${missing.join(', ')}`);
    return;
  }
  const day = new Date().toISOString().slice(0, 10);
  const page = readFileSync(PROOF_RESULTS, 'utf8');
  writeFileSync(PROOF_RESULTS, withSection(page, proof, sectionOf(proof, rows, versions, day)));
}
