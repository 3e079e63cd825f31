/**
 * Parity with the libraries themselves: random models of every family, fitted by several releases, converted, and
 * asked the same rows.
 *
 *     npm run proof:parity -- [--seeds N] [--first-seed N] [--release 1.9.1] [--family trees]
 *
 * Labels must be equal; numbers within 1e-9 of the library's own, relative, or 1e-6 where the library itself
 * computes in float32. What is refused by name is counted apart: a refusal is an answer, a wrong number is not.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createEngine } from '../../lambda/inference/engine';
import { SlipwayError } from '../../lib/model/error';
import { type GoldenRows, parseGoldenRows, replayGolden, type Tolerance } from '../../lib/model/golden';
import { prepare } from '../../lib/packaging/conversion/prepare';
import { ProofProblem } from '../problem';
import { endAll, run } from '../process';
import { Report } from '../report';
import { interpreterOf, RELEASES } from './environments';

const DOUBLE: Tolerance = { absolute: 1e-12, relative: 1e-9 };
const SINGLE: Tolerance = { absolute: 1e-6, relative: 1e-6 };

interface Outcome {
  cases: number;
  rows: number;
  refused: Map<string, number>;
  wrong: string[];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1' },
      'first-seed': { type: 'string', default: '1' },
      release: { type: 'string', multiple: true },
      family: { type: 'string', multiple: true },
    },
  });
  const families = readdirSync(join(__dirname, 'families'))
    .filter((file) => file.endsWith('.py'))
    .map((file) => file.slice(0, -3));
  const chosen = values.family ?? families;
  const first = Number(values['first-seed']);
  const report = new Report(console.log);
  for (const release of RELEASES.filter(({ version }) => values.release?.includes(version) ?? true)) {
    const python = await interpreterOf(release, console.log);
    report.section(`scikit-learn ${release.version}`);
    for (const family of chosen) {
      for (let seed = first; seed < first + Number(values.seeds); seed++) {
        await compare(report, python, family, seed);
      }
    }
  }
  return report.close().failed === 0 ? 0 : 1;
}

/** One family, one seed. */
async function compare(report: Report, python: string, family: string, seed: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-parity-'));
  const what = `${family}, seed ${seed}`;
  try {
    const made = await run([python, join(__dirname, 'generate.py'), family, String(seed), folder]);
    if (made.code !== 0) {
      const said = made.output.trim().split('\n').at(-1) ?? '';
      if (/No module named '(xgboost|lightgbm)'/.test(said)) report.unproved(what, said);
      else report.check(false, what, said);
      return;
    }
    const outcome: Outcome = { cases: 0, rows: 0, refused: new Map(), wrong: [] };
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
      await one(join(folder, file.replace(/json$/, 'joblib')), readFileSync(join(folder, file), 'utf8'), outcome);
    }
    const refused = [...outcome.refused].map(([reason, times]) => `${times} x ${reason}`);
    const detail = `${outcome.cases} models, ${outcome.rows} rows${refused.length > 0 ? `; refused: ${refused.join('; ')}` : ''}`;
    report.check(outcome.wrong.length === 0 && outcome.cases > 0, what, [detail, ...outcome.wrong].join('\n     '));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function one(model: string, text: string, outcome: Outcome): Promise<void> {
  const { name, golden: recorded } = JSON.parse(text) as { name: string; golden: object };
  try {
    const { model: converted } = await prepare({ files: [model] }, () => {});
    const golden = withKnownMethods(
      recorded,
      converted.signature.outputs.map((output) => output.name),
    );
    const path = `${model}.onnx`;
    writeFileSync(path, converted.onnx);
    const engine = await createEngine(path);
    const tolerance = converted.singlePrecision ? SINGLE : DOUBLE;
    const replay = await replayGolden(golden, converted.signature, tolerance, (inputs, methods) =>
      engine.run(inputs, methods),
    );
    await engine.close();
    outcome.cases += 1;
    outcome.rows += golden.inputs.length;
    const [difference] = replay.differences;
    if (difference) {
      const { row, method, expected, got } = difference;
      const count = replay.differences.length;
      outcome.wrong.push(
        `${name}: ${count} answers differ, the first in row ${row}, ${method}: ${JSON.stringify(expected)} and not ${JSON.stringify(got)}`,
      );
    }
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    if (error.code === 'E_UNSUPPORTED') {
      const reason = error.message.replace(/^\S+: (the model|step [^(]*?) ?/, '').slice(0, 90);
      outcome.refused.set(reason, (outcome.refused.get(reason) ?? 0) + 1);
    } else {
      outcome.wrong.push(`${name}: ${error.code} ${error.message} ${error.problems.slice(0, 2).join('; ')}`);
    }
  }
}

/** A method that a conversion leaves out is not offered by the endpoint either, so nobody can get a wrong answer from it. */
function withKnownMethods(recorded: object, methods: readonly string[]): GoldenRows {
  const kept = Object.entries(recorded).filter(([key]) => key === 'inputs' || methods.includes(key));
  return parseGoldenRows(JSON.stringify(Object.fromEntries(kept)), 'golden');
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
