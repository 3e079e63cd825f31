/**
 * Parity with the libraries themselves: random models of every family, which are the CASES of its make.py among the
 * fixtures, fitted by several releases, converted, and
 * asked the same rows.
 *
 *     npm run proof:parity -- [--seeds N] [--first-seed N] [--release 1.9.1] [--family trees] [--models N]
 *
 * Labels must be equal; numbers within 1e-9 of the library's own, relative, or 1e-6 where the library itself
 * computes in float32. A number may be further off where large terms cancel, so that the library's own moves by as
 * much when X moves by one rounding (see comparison.ts): such numbers are counted, and must be few. What is refused
 * by name is counted apart: a refusal is an answer, a wrong number is not. `--models` takes as many of each family,
 * chosen by the seed.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createEngine } from '../../lambda/inference/engine';
import { SlipwayError } from '../../lib/model/error';
import type { Predictions } from '../../lib/model/package/golden-replay';
import { answers } from '../../lib/model/rows/answer';
import { encodeRows, InputError } from '../../lib/model/rows/row';
import type { Signature } from '../../lib/model/rows/signature';
import { rowRefusal } from '../../lib/model/rows/undecided-row';
import { prepare } from '../../lib/packaging/conversion/prepare';
import { PACKAGING_FIXTURES } from '../../testing/fixtures';
import { ProofProblem } from '../problem';
import { endAll, run } from '../process';
import { Report } from '../report';
import { compare, compareFar, type Recorded, type Rule } from './comparison';
import { interpreterOf, NoPython, releasesCalled } from './environments';

const DOUBLE: Rule = { relative: 1e-9, absolute: 1e-12, excused: true };
const SINGLE: Rule = { relative: 1e-6, absolute: 1e-6, excused: false };

/** Share of the numbers of a family that its library's own movement may excuse. */
const MAXIMUM_EXCUSED = 0.001;

const METHODS = ['predict', 'predict_proba', 'decision_function'] as const;

interface Outcome {
  models: number;
  rows: number;
  /** Rows far outside of training that were compared. */
  far: number;
  /** Numbers that were compared, labels apart. */
  numbers: number;
  /** Those that are as close as the library's own answer is certain, and no closer. */
  excused: number;
  /** Reasons of refusals, with how many there were. */
  refused: Map<string, number>;
  withoutMethods: Map<string, number>;
  wrong: string[];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1' },
      'first-seed': { type: 'string', default: '1' },
      release: { type: 'string', multiple: true },
      family: { type: 'string', multiple: true },
      models: { type: 'string' },
    },
  });
  const families = [...familiesOfSklearn(), 'boosters'];
  const chosen = values.family ?? families;
  const unknown = chosen.find((family) => !families.includes(family));
  if (unknown !== undefined)
    throw new ProofProblem(`--family ${unknown}: there is none; there are ${families.join(', ')}`);
  const first = wholeNumber('first-seed', values['first-seed']);
  const last = first + wholeNumber('seeds', values.seeds) - 1;
  if (values.models !== undefined) wholeNumber('models', values.models);
  const report = new Report(console.log);
  for (const release of releasesCalled(values.release)) {
    const python = await interpreterOf(release, console.log).catch((error: unknown) => {
      if (error instanceof NoPython) return error;
      throw error;
    });
    report.section(`scikit-learn ${release.version}`);
    if (python instanceof NoPython) {
      report.unproved(release.version, python.message);
      continue;
    }
    for (const family of chosen) {
      for (let seed = first; seed <= last; seed++) {
        await proveFamily(report, python, [family, String(seed)], values.models);
      }
    }
  }
  return report.close().failed === 0 ? 0 : 1;
}

/** The folders with a `make.py`. */
function familiesOfSklearn(): readonly string[] {
  const folder = join(PACKAGING_FIXTURES, 'sklearn');
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'make.py')));
}

function wholeNumber(option: string, text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new ProofProblem(`--${option} ${text}: a whole number from 1 on is wanted`);
}

/** One family, one seed. @param most how many models at most */
async function proveFamily(
  report: Report,
  python: string,
  [family, seed]: readonly [string, string],
  most: string | undefined,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-parity-'));
  const what = `${family}, seed ${seed}`;
  try {
    const made = await run(
      [...[python, join(__dirname, 'generate.py'), family, seed, folder], ...(most === undefined ? [] : [most])],
      { env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' } },
    ); // small models, many processes
    if (made.code !== 0) {
      const said = made.output.trim().split('\n').at(-1) ?? '';
      if (/No module named '(xgboost|lightgbm)'/.test(said)) report.unproved(what, said);
      else report.check(false, what, said);
      return;
    }
    const outcome: Outcome = {
      ...{ models: 0, rows: 0, far: 0, numbers: 0, excused: 0, wrong: [] },
      ...{ refused: new Map(), withoutMethods: new Map() },
    };
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
      const recorded = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recorded;
      await one(join(folder, file.replace(/json$/, 'joblib')), recorded, outcome);
    }
    const { models, rows, far, numbers, excused, wrong } = outcome;
    if (excused > MAXIMUM_EXCUSED * numbers)
      wrong.push(`${excused} of ${numbers} numbers are excused, which are too many`);
    const detail = [
      `${models} models, ${rows} rows, ${far} far ones, ${numbers} numbers, ${excused} of them by the movement of the library's own`,
      ...(outcome.withoutMethods.size > 0 ? [`not offered: ${listed(outcome.withoutMethods)}`] : []),
      ...(outcome.refused.size > 0 ? [`refused: ${listed(outcome.refused)}`] : []),
    ].join('; ');
    report.check(wrong.length === 0 && models > 0, what, [detail, ...wrong].join('\n     '));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function one(model: string, recorded: Recorded, outcome: Outcome): Promise<void> {
  try {
    const { model: converted } = await prepare({ files: [model] }, () => {});
    const path = `${model}.onnx`;
    writeFileSync(path, converted.onnx);
    const { signature, singlePrecision } = converted;
    const answered = await answersTo(path, recorded.golden.inputs, signature);
    const { numbers, excused, wrong } = compare(
      recorded,
      answered,
      signature.classes !== undefined,
      singlePrecision ? SINGLE : DOUBLE,
    );
    const far = await farRows(path, recorded, signature, outcome);
    outcome.models += 1;
    outcome.rows += recorded.golden.inputs.length;
    outcome.numbers += numbers;
    outcome.excused += excused;
    outcome.wrong.push(...wrong, ...far);
    // a method that a conversion leaves out is not offered by the endpoint either, so nobody gets a wrong answer from it
    for (const method of METHODS) {
      if (method in recorded.golden && !(method in answered))
        count(outcome.withoutMethods, `${method} of ${recorded.name}`);
    }
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    // here it is what is proved
    const untested = /this version of Slipway (is tested with|does not know)/.test(error.message);
    if (error.code === 'E_UNSUPPORTED' && !untested)
      count(outcome.refused, error.message.replace(/^\S+: (the model|step [^(]*?) ?/, '').slice(0, 90));
    else
      outcome.wrong.push(`${recorded.name}: ${error.code} ${error.message} ${error.problems.slice(0, 2).join('; ')}`);
  }
}

/** What is wrong for rows far outside of training, at most one a model. Those that are refused get no wrong answer. */
async function farRows(path: string, recorded: Recorded, signature: Signature, outcome: Outcome): Promise<string[]> {
  for (const { input, answers: expected } of recorded.far) {
    const answered = await answersTo(path, [input], signature).catch((error: unknown) => {
      if (SlipwayError.is(error)) return undefined;
      throw error;
    });
    if (!answered) continue;
    outcome.far += 1;
    const wrong = compareFar(expected, answered, signature.classes !== undefined);
    if (wrong !== undefined) return [`${recorded.name}: the row ${JSON.stringify(input)} has ${wrong}`];
  }
  return [];
}

/** What the converted model answers to all rows. */
async function answersTo(path: string, inputs: readonly unknown[], signature: Signature): Promise<Predictions> {
  const engine = await createEngine(path);
  try {
    const methods = signature.outputs.map(({ name }) => name);
    const outputs = await engine.run(encodeRows(signature, inputs, ''), methods);
    return Object.fromEntries(methods.map((method) => [method, answers(outputs[method]!)]));
  } catch (error) {
    if (rowRefusal(error)) throw new SlipwayError('E_UNSUPPORTED', 'one of its rows is left to rounding');
    if (!(error instanceof InputError)) throw error;
    const problems = error.fields.map(({ pointer, expected, got }) => `${pointer}: expected ${expected}, got ${got}`);
    throw new SlipwayError('E_GOLDEN', 'rows that scikit-learn answers are refused', { problems });
  } finally {
    await engine.close();
  }
}

function listed(times: ReadonlyMap<string, number>): string {
  return [...times].map(([what, number]) => `${number} x ${what}`).join('; ');
}

function count(times: Map<string, number>, what: string): void {
  times.set(what, (times.get(what) ?? 0) + 1);
}

process.once('exit', endAll);
process.once('SIGINT', () => process.exit(130));
main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.exitCode = 2;
    console.error(error instanceof ProofProblem ? error.message : error);
  },
);
