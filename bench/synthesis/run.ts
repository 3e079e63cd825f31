/**
 * How long synthesis takes, next to importing aws-cdk-lib and rendering one empty stack.
 *
 * Run: `node --require tsx/cjs bench/synthesis/run.ts [runs]`. The two take turns, so that a busy machine slows
 * both; the figures are medians. Needs the Node.js runtime in its cache (`npx slipway runtime`).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const runs = Number(process.argv[2] ?? 5);
const CONFIG = 'bench/synthesis/two-stages.yaml';
const GOAL = 2;

const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));
const TSX = ['--require', 'tsx/cjs'];
const EMPTY = 'bench/synthesis/empty-app.ts';

type Command = (outdir: string) => { arguments: string[]; environment: Record<string, string> };

/** The app alone, as the CLI would start it. */
const direct =
  (script: string, validation: boolean): Command =>
  (outdir) => ({
    arguments: [...TSX, script],
    environment: {
      CDK_OUTDIR: outdir,
      CDK_VALIDATION: String(validation),
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, 'slipway:config': CONFIG }),
    },
  });

const cli =
  (script: string): Command =>
  (outdir) => ({
    arguments: [
      'node_modules/aws-cdk/bin/cdk',
      'synth',
      '--quiet',
      '--no-lookups',
      ...['--app', `node ${TSX.join(' ')} ${script}`],
      ...['--context', `slipway:config=${CONFIG}`],
      ...['--output', outdir],
    ],
    environment: {},
  });

function seconds(command: Command): number {
  const outdir = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const { arguments: args, environment } = command(outdir);
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1', CI: '1', ...environment },
  });
  const elapsed = Number(process.hrtime.bigint() - start) / 1e9;
  rmSync(outdir, { recursive: true });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with status ${status}\n${stderr}`);
  return elapsed;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

function compare(name: string, two: Command, empty: Command): number {
  const samples = Array.from({ length: runs }, () => ({ empty: seconds(empty), two: seconds(two) }));
  const emptySeconds = median(samples.map((sample) => sample.empty));
  const twoSeconds = median(samples.map((sample) => sample.two));
  const ratio = twoSeconds / emptySeconds;
  const cells = [name.padEnd(34), emptySeconds.toFixed(2).padStart(10), twoSeconds.toFixed(2).padStart(10)];
  console.log(`${cells.join('  ')}  ${ratio.toFixed(2).padStart(6)}`);
  return ratio;
}

const version = (name: string) =>
  JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
console.log(
  `${cpus().length} x ${cpus()[0]?.model}, Node.js ${process.version}, aws-cdk-lib ${version('aws-cdk-lib')}, aws-cdk ${version('aws-cdk')}, median of ${runs}`,
);
console.log(`${''.padEnd(34)}  ${'empty, s'.padStart(10)}  ${'two, s'.padStart(10)}   ratio`);
const app = 'bin/app.ts';
const ratio = compare('cdk synth', cli(app), cli(EMPTY));
compare('the app alone', direct(app, true), direct(EMPTY, true));
compare('the app alone, without validation', direct(app, false), direct(EMPTY, false));
console.log(`goal: cdk synth of two stages below ${GOAL} x of an empty stack: ${ratio < GOAL ? 'met' : 'missed'}`);
