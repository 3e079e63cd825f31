/**
 * Remakes the committed models of scikit-learn, and its answers, in an environment of each of their releases.
 *
 *     npm run fixtures:sklearn -- [--release 1.9.1] [--family linear]
 *
 * What scikit-learn answers, in expected.json, is the same in every run. The models differ in the timings that a search
 * records, the time that gzip writes down and an address that vectorizers of text keep (`_stop_words_id`).
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PACKAGING_FIXTURES } from '../../testing/fixtures';
import { ProofProblem } from '../problem';
import { endAll, run } from '../process';
import { interpreterOf, releasesCalled } from './environments';

/** The oldest release that is converted, the newest, and two between. */
const FOUR = ['0.22.2.post1', '1.1.3', '1.5.2', '1.9.1'];

interface Maker {
  /** A script of Python, and what it is given. */
  readonly script: string;
  readonly families?: readonly string[];
  readonly releases: readonly string[];
}

const MAKERS: readonly Maker[] = [
  { script: 'sklearn/write.py', releases: FOUR },
  // the last release in which forests accept no missing values
  { script: 'sklearn/write.py', families: ['linear', 'trees', 'composition'], releases: ['1.3.2'] },
  // SciPy 1.18
  { script: 'sklearn/write.py', families: ['scaling'], releases: ['1.9.1-xgboost-3.3'] },
  { script: 'joblib/make.py', releases: [...FOUR, '1.3.2'] },
  { script: 'refused/make.py', releases: ['1.9.1'] },
  { script: 'steps/make.py', releases: FOUR },
  // three releases of LightGBM, and five of XGBoost, of which each since 3.2 writes DART in another way
  {
    script: 'boosters/make.py',
    releases: ['1.3.2', '1.5.2', '1.9.1', '1.9.1-xgboost-3.3', '1.9.1-xgboost-3.4'],
  },
];

/** What is run in a release. @param family the one that is wanted; all of them, and what is of none, when absent */
function commandsIn(release: string, family: string | undefined): readonly (readonly string[])[] {
  const makers = MAKERS.filter(({ releases }) => releases.includes(release));
  if (family === undefined) return makers.map(({ script, families = [] }) => [script, ...families]);
  return makers
    .filter(({ families = [family] }) => families.includes(family))
    .flatMap(({ script }) => (script === 'sklearn/write.py' ? [[script, family]] : []));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { release: { type: 'string', multiple: true }, family: { type: 'string' } },
  });
  for (const release of releasesCalled(values.release)) {
    const commands = commandsIn(release.version, values.family);
    if (commands.length === 0) continue;
    const python = await interpreterOf(release, console.log);
    for (const [script, ...families] of commands) {
      const { code, output } = await run([python, join(PACKAGING_FIXTURES, script!), ...families]);
      if (code !== 0) throw new ProofProblem(`${script} fails with scikit-learn ${release.version}\n${output}`);
      console.log(output.trim());
    }
  }
}

process.once('exit', endAll);
process.once('SIGINT', () => process.exit(130));
main().catch((error: unknown) => {
  process.exitCode = 2;
  console.error(error instanceof ProofProblem ? error.message : error);
});
