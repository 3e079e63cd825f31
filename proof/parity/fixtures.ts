/**
 * Remakes the committed models of scikit-learn, and its answers, in an environment of each of their releases.
 *
 *     npm run fixtures:sklearn -- [--release 1.9.1]
 *
 * What scikit-learn answers, in expected.json, is the same in every run. The models differ in the timings that a search
 * records, the time that gzip writes down and an address that vectorizers of text keep (`_stop_words_id`).
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ProofProblem } from '../problem';
import { endAll, run } from '../process';
import { interpreterOf, releasesCalled } from './environments';

const FOLDER = 'test/fixtures/packaging';

/** The oldest release that is converted, the newest, and two between. */
const FOUR = ['0.22.2.post1', '1.1.3', '1.5.2', '1.9.1'];

/** What makes them, and in which releases. The last in which forests accept no missing values is among the first. */
const MAKERS: Readonly<Record<string, readonly string[]>> = {
  'make.py': [...FOUR, '1.3.2'],
  'models/make.py': FOUR,
  'trees/make.py': FOUR,
  'preprocessing/make.py': FOUR,
  'text/make.py': FOUR,
  'estimators/make.py': FOUR,
  'transforms/make.py': FOUR,
  'companions/make.py': FOUR,
  'hard/make.py': FOUR,
  'between/make.py': FOUR,
  'steps/make.py': FOUR,
  // three releases of LightGBM, and five of XGBoost, of which each since 3.2 writes DART in another way
  'boosters/make.py': ['1.3.2', '1.5.2', '1.9.1', '1.9.1-xgboost-3.3', '1.9.1-xgboost-3.4'],
};

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { release: { type: 'string', multiple: true } } });
  for (const release of releasesCalled(values.release)) {
    const makers = Object.keys(MAKERS).filter((maker) => MAKERS[maker]!.includes(release.version));
    if (makers.length === 0) continue;
    const python = await interpreterOf(release, console.log);
    for (const maker of makers) {
      const { code, output } = await run([python, join(FOLDER, maker)]);
      if (code !== 0) throw new ProofProblem(`${maker} fails with scikit-learn ${release.version}\n${output}`);
      console.log(`${maker}: ${output.trim().split('\n').at(-1)}`);
    }
  }
}

process.once('exit', endAll);
process.once('SIGINT', () => process.exit(130));
main().catch((error: unknown) => {
  process.exitCode = 2;
  console.error(error instanceof ProofProblem ? error.message : error);
});
