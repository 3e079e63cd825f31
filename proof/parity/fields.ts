/**
 * Writes the fields that estimators of the oldest and the newest tested release have: what is fitted by others is
 * refused, also with --allow-untested, when it has fields that the nearest of these does not.
 *
 *     npm run fields:sklearn
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TESTED_RELEASES } from '../../lib/packaging/estimator/version';
import { RELEASES } from '../../testing/library-releases';
import { ProofProblem } from '../problem';
import { endAll, run } from '../process';
import { interpreterOf } from './environments';

async function main(): Promise<void> {
  for (const release of [TESTED_RELEASES[0], TESTED_RELEASES.at(-1)]) {
    const python = await interpreterOf(RELEASES.find(({ version }) => version.startsWith(`${release}.`))!, console.log);
    const { code, output } = await run([python, join(__dirname, 'fields.py')]);
    if (code !== 0) throw new ProofProblem(`fields.py fails with scikit-learn ${release}\n${output}`);
    writeFileSync(join('lib/packaging/estimator/fields', `${release}.json`), output);
  }
}

process.once('exit', endAll);
main().catch((error: unknown) => {
  process.exitCode = 2;
  console.error(error instanceof ProofProblem ? error.message : error);
});
