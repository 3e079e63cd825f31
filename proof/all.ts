/**
 * `npm run proof:all`: the slow proofs one after the other, each of which writes its rows into docs/proof.md. Ends with
 * status 0 when all hold, 1 when not; what cannot run here is said, and keeps the rows that it had.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { tied } from './process';

/** Those that take minutes and have a table of results, and those that have none. */
const PROOFS = [
  'validators',
  'deploy',
  'boot',
  'traffic',
  'watch',
  'python-helper',
  'registry',
  'package',
  'fleets',
  'profile',
  'examples',
  'pipelines',
  'pull-requests',
] as const;

const CANNOT_RUN = 2;

let failed = false;
for (const proof of PROOFS) {
  console.log(`\nproof:${proof}`);
  const [program, ...rest] = tied([process.execPath, '--import', 'tsx', join(__dirname, proof, 'run.ts')]);
  const { status } = spawnSync(program!, rest, {
    stdio: 'inherit',
    env: { ...process.env, SLIPWAY_PROOF_RECORD: '1' },
  });
  if (status === CANNOT_RUN) console.log(`proof:${proof} cannot run here; its rows stay as they were`);
  else if (status !== 0) failed = true;
}
process.exitCode = failed ? 1 : 0;
